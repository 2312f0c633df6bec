/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Of a PC's clock, the MC146818, the time: no alarm, no interrupt, no RAM, and it
 * cannot be set.
 *
 * Linux reads it as it boots, whatever ACPI says of it, unless KVM tells the time.
 * A port where nobody answers reads as a clock that is about to change, for which
 * Linux waits for a second before it gives up.
 */
#ifndef RTC_H
#define RTC_H

#include <stdint.h>
#include <time.h>

#define RTC_INDEX	0x70	/* port: which register, in the low 7 bits */
#define RTC_DATA	0x71	/* port: what is in it */

/* The register @index at @now. */
uint8_t rtc_read(uint8_t index, time_t now);

#endif /* RTC_H */

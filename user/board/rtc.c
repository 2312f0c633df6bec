// SPDX-License-Identifier: GPL-2.0-only
#include "board/rtc.h"

#define INDEX_MASK	0x7f
#define A_DIVIDER	0x26	/* as PCs have it; no update is in progress */
#define B_BINARY	0x04
#define B_24_HOURS	0x02
#define D_VALID		0x80

uint8_t rtc_read(uint8_t index, time_t now)
{
	struct tm tm;

	gmtime_r(&now, &tm);
	const uint8_t registers[] = {
		[0] = tm.tm_sec,
		[2] = tm.tm_min,
		[4] = tm.tm_hour,
		[6] = tm.tm_wday + 1,
		[7] = tm.tm_mday,
		[8] = tm.tm_mon + 1,
		[9] = tm.tm_year % 100,
		[10] = A_DIVIDER,
		[11] = B_BINARY | B_24_HOURS,
		[13] = D_VALID,
	};

	index &= INDEX_MASK;
	return index < sizeof(registers) ? registers[index] : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "board/rtc.h"
#include "tap.h"

/* Tuesday, 2028-02-29, 23:59:58 UTC. */
#define LEAP_DAY	1835481598

void test_rtc(void)
{
	claim(rtc_read(0, LEAP_DAY) == 58 && rtc_read(2, LEAP_DAY) == 59 &&
	      rtc_read(4, LEAP_DAY) == 23, "rtc: the time, in binary");
	claim(rtc_read(7, LEAP_DAY) == 29 && rtc_read(8, LEAP_DAY) == 2 &&
	      rtc_read(9, LEAP_DAY) == 28, "rtc: the date");
	claim_number(rtc_read(6, LEAP_DAY), 3, "rtc: Tuesday is the third day");
	claim(rtc_read(0, LEAP_DAY + 2) == 0 && rtc_read(7, LEAP_DAY + 2) == 1 &&
	      rtc_read(8, LEAP_DAY + 2) == 3, "rtc: two seconds later");
	claim(!(rtc_read(10, LEAP_DAY) & 0x80), "rtc: it is never busy");
	claim_number(rtc_read(11, LEAP_DAY), 0x06,
		     "rtc: it says that it is binary, with 24 hours");
	claim_number(rtc_read(13, LEAP_DAY), 0x80, "rtc: and that it is valid");
	claim_number(rtc_read(0x80 + 13, LEAP_DAY), 0x80,
		     "rtc: the bit that masks NMIs is not its own");
	claim(!rtc_read(5, LEAP_DAY) && !rtc_read(12, LEAP_DAY) &&
	      !rtc_read(0x7f, LEAP_DAY), "rtc: no alarm, interrupt or RAM");
}

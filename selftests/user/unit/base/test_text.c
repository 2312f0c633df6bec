// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "base/text.h"
#include "tap.h"

struct clean_case {
	const char *in, *out, *claim;
};

static const struct clean_case cases[] = {
	{ "plain\ttext\n", "plain\ttext\n", "text: newline and tab pass" },
	{ "\303\244 \342\202\254 \360\237\230\200",
	  "\303\244 \342\202\254 \360\237\230\200",
	  "text: characters of two, three and four bytes pass" },
	{ "\033[31m\a\b\r\177", "\\x1b[31m\\x07\\x08\\x0d\\x7f",
	  "text: C0 controls and DEL are escaped" },
	{ "\302\233[31m", "\\xc2\\x9b[31m", "text: so are C1 controls" },
	{ "\302\240", "\302\240", "text: the first after C1 passes" },
	{ "\377\376\200", "\\xff\\xfe\\x80", "text: stray bytes are escaped" },
	{ "\300\200 \340\200\257 \360\200\200\200",
	  "\\xc0\\x80 \\xe0\\x80\\xaf \\xf0\\x80\\x80\\x80",
	  "text: overlong forms are escaped" },
	{ "\355\240\200 \355\237\277", "\\xed\\xa0\\x80 \355\237\277",
	  "text: a surrogate is escaped, the one before it passes" },
	{ "\364\217\277\277 \364\220\200\200",
	  "\364\217\277\277 \\xf4\\x90\\x80\\x80",
	  "text: the last of Unicode passes, the next is escaped" },
	{ "\342\202", "\\xe2\\x82", "text: a character cut off is escaped" },
	{ "\342ABC", "\\xe2ABC", "text: what follows a broken character stays" },
	{ "", "", "text: nothing gives nothing" },
};

void test_text(void)
{
	uint8_t all[256];
	char out[TEXT_CLEAN_MAX(sizeof(all))];
	size_t i, len;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint8_t *in = (const uint8_t *)cases[i].in;

		text_clean(out, in, strlen(cases[i].in));
		claim_string(out, cases[i].out, cases[i].claim);
	}
	text_clean(out, (const uint8_t *)"\342\202\254", 2);
	claim_string(out, "\\xe2\\x82", "text: nothing past the end is looked at");
	text_clean(out, (const uint8_t *)"a\0b", 3);
	claim_string(out, "a\\x00b", "text: NUL is escaped, and ends nothing");

	memset(all, 0xff, sizeof(all));
	len = text_clean(out, all, sizeof(all));
	claim_number(len, 4 * sizeof(all), "text: the longest result fits");

	claim(text_is_clean("f\303\274r"), "text: UTF-8 is clean");
	claim(!text_is_clean("a\033b") && !text_is_clean("\377"),
	      "text: controls and stray bytes are not");
}

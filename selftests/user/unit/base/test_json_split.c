// SPDX-License-Identifier: GPL-2.0-only
/* Where one text ends and the next begins, however the bytes come. */
#include <stdio.h>
#include <string.h>

#include "base/json_split.h"
#include "tap.h"

/* What came out: texts in <>, ! for what is bad. */
static char got[512];

static void note(const char *begin, const char *text, size_t len,
		 const char *end)
{
	size_t at = strlen(got);
	size_t space = strspn(text, " \t\r\n");

	/* What is before a text may come with it, or have gone already. */
	text += space;
	len -= space;
	snprintf(got + at, sizeof(got) - at, "%s%.*s%s", begin, (int)len, text,
		 end);
}

/* As a client does it, with bytes that come in pieces of @step. */
static void feed(const char *stream, size_t size, size_t step, size_t room)
{
	struct json_split split = { 0 };
	enum json_piece piece;
	size_t at = 0, len = 0, used;
	char in[256];

	got[0] = '\0';
	while (at < size) {
		size_t n = step < size - at ? step : size - at;

		n = n < room - len ? n : room - len;
		memcpy(in + len, stream + at, n);
		at += n;
		len += n;
		do {
			piece = json_split(&split, in, len, &used);
			if (piece == PIECE_TEXT)
				note("<", in, used, ">");
			else if (piece == PIECE_BAD)
				note("!", "", 0, "");
			len -= used;
			memmove(in, in + used, len);
		} while (piece != PIECE_NONE);
		if (len == room) {
			json_split_drop(&split);
			note("~", "", 0, "");
			len = 0;
		}
	}
}

static void splits(const char *stream, const char *wanted, const char *what)
{
	size_t len = strlen(stream), step;
	char text[128];

	for (step = 1; step < len; step++) {
		feed(stream, len, step, sizeof(got));
		if (strcmp(got, wanted))
			break;
	}
	snprintf(text, sizeof(text), "split: %s, in pieces of any size", what);
	claim_string(got, wanted, text);
}

static void test_texts(void)
{
	splits("{}{}[]", "<{}><{}><[]>", "texts side by side");
	splits(" {\"a\":[1,{}]}\r\n\t[2] ", "<{\"a\":[1,{}]}><[2]>",
	       "texts with space between");
	splits("{\"a\":\"}\\\"]\\\\\"}{\"[{\":1}",
	       "<{\"a\":\"}\\\"]\\\\\"}><{\"[{\":1}>", "brackets in strings");
	splits("[[[[]]]][", "<[[[[]]]]>", "an unfinished one stays");
	splits("{]{]", "<{]><{]>", "brackets of the wrong kind end it too");
	splits("foo bar\n1\n", "<foo bar\n><1\n>", "lines without brackets");
	splits(",{}]]\n[]", "<,><{}><]]\n><[]>", "a bracket ends a line");
	splits("\377\n{}", "<\377\n><{}>", "a byte that only means trouble");
}

static void test_bad(void)
{
	splits("{\"a\nb\":{}}\n[]", "!<b\":><{}><}\n><[]>",
	       "a string that does not end with its line");
	splits("{\"a\001b\"xx\n[]", "!<[]>", "a control character in a string");
	splits("[[\001\002\003]]]\n[]", "!<[]>",
	       "control characters between brackets");
	splits("{\"a\":\377{}", "!<{}>", "0xff, which gets it back in step");
	splits("{\376[]", "!<[]>", "0xfe, right before the next");
	splits("[\v{\v{\v{}", "!!!<{}>", "one complaint for each beginning");
}

static void test_long(void)
{
	static const char stream[] =
		"[1,2,3,4,5,6,\"]\",[7]][1]{\"ab\":\"cdefghijk\"}[2]abcdefghijkl\n[3]";
	size_t step;

	for (step = 1; step < sizeof(stream); step++) {
		feed(stream, sizeof(stream) - 1, step, 8);
		if (strcmp(got, "~<[1]>~<[2]>~<[3]>"))
			break;
	}
	claim_string(got, "~<[1]>~<[2]>~<[3]>",
		     "split: one that is too long is dropped to its own end");
	feed("[\"aaaaaaaa\001\n[1]", 15, 1, 8);
	claim_string(got, "~<[1]>", "split: and complained about once");
}

void test_json_split(void)
{
	test_texts();
	test_bad();
	test_long();
}

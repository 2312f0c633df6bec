// SPDX-License-Identifier: GPL-2.0-only
/* What is JSON and what is not, by RFC 8259; and the limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_parse.h"
#include "tap.h"

static struct json_text json;

/* In a block of its own size, so that the sanitizers see a step past it. */
static const char *read_text(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	const char *why;

	memcpy(copy, text, len);
	why = json_parse(&json, copy, len);
	free(copy);
	return why;
}

static const char *const good[] = {
	"0", "-0", "1", "-1", "10", "0.5", "-0.0", "1e5", "1E+5", "1e-05",
	"0e1", "12345678901234567890123", "1.5e300", "1e999",
	"true", "false", "null", "\"\"", "\"a\"", "[]", "{}", "[[]]", "[{}]",
	" [ ] ", "\t\r\n{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }\n",
	"[1,\"2\",null,true,{\"a\":[]}]", "{\"\":0}", "{\"a\":{\"a\":1}}",
	"\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t\"", "\"\\u0000\"", "\"\\u00e4\"",
	"\"\\uD83D\\uDE00\"", "\"\\udbff\\udfff\"", "\"\\uFFFF\"", "\"\177\"",
	"\"\303\244\"", "\"\342\202\254\"", "\"\360\237\230\200\"",
	"\"\357\273\277\"", "\"\357\277\277\"", "\"\364\217\277\277\"",
	"[\"{]\"]", "{\"a\":1,\"A\":2}",
};

static const char *const bad[] = {
	"", " ", "[", "]", "{", "}", "[}", "{]", "[1", "[1,", "[,1]", "[1,]",
	"[1,,2]", "[1 2]", "[:]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
	"{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\",1}", "{1:2}", "{a:1}",
	"{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}",
	"{\"\\ud83d\\ude00\":1,\"\360\237\230\200\":2}", "{\"a\":}", "{:1}",
	"{\"a\"::1}", "1 2", "[] []", "[]x", "{}#", "1,", "nul", "nullx",
	"True", "NaN", "Infinity", "-Infinity", "undefined", "'a'",
	"-", "+1", ".5", "-.5", "1.", "1.e5", "01", "-01", "00", "1e", "1e+",
	"1e5.5", "0x10", "1_000", "- 1", "--1", "1..2", "\357\273\277[]",
	"// a\n1", "/* a */1", "[1]\v", "\f1", "\302\2401", "\342\200\2511",
	"\"", "\"a", "\"\\\"", "\"\\", "\"\\q\"", "\"\\'\"", "\"\\U0041\"",
	"\"\\x41\"", "\"\\u\"", "\"\\u12\"", "\"\\u123\"", "\"\\u12g4\"",
	"\"\\u 123\"", "\"\\u-123\"", "\"\\ud800\"", "\"\\ud800x\"",
	"\"\\ud800\\n\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"",
	"\"\\udc00\"", "\"\\udc00\\ud800\"", "\"\\udc00\\udc00\"",
	"\"\\ud800\\u\"", "\"\\ud800\\",
	"\"a\nb\"", "\"\t\"", "\"\001\"", "\"\037\"",
	"\"\377\"", "\"\200\"", "\"\300\200\"", "\"\340\200\257\"", "\"\303\"",
	"\"\342\202\"", "\"\355\240\200\"", "\"\364\220\200\200\"",
	"\"\370\210\200\200\200\"", "\"\342\202", "\303\244", "{\"\377\":1}",
};

/* All of a table, and which of it is not as it should be. */
static void test_table(const char *const *texts, size_t nr, bool wanted,
		       const char *what)
{
	unsigned int wrong = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		const char *why = read_text(texts[i], strlen(texts[i]));

		if (!why == wanted)
			continue;
		wrong++;
		printf("# text %zu: %s\n", i, why ? why : "is read");
	}
	claim_number(wrong, 0, what);
}

/* Whatever begins a text and is not whole is none. */
static void test_cut(void)
{
	static const char text[] =
		"{\"a\":[1,\"b\\u00e4\\ud83d\\ude00\303\244\",null,true],\"c\":{\"d\":false}}";
	unsigned int wrong = 0;
	size_t len;

	for (len = 0; len < sizeof(text) - 1; len++)
		wrong += !read_text(text, len);
	claim_number(wrong, 0, "json: no text that is cut off is read");
	claim(!read_text(text, sizeof(text) - 1), "json: the whole is");
	claim(read_text("[\0]", 3) && read_text("\"\0\"", 3) &&
	      read_text("1\0", 2), "json: a NUL byte is no JSON");
}

/* @n times @one, and behind it @n times @other. */
static const char *repeat(const char *one, size_t n, const char *other)
{
	static char text[16384];
	size_t i, one_len = strlen(one), other_len = strlen(other);

	for (i = 0; i < n; i++)
		memcpy(text + i * one_len, one, one_len);
	for (i = 0; i < n; i++)
		memcpy(text + n * one_len + i * other_len, other, other_len);
	text[n * (one_len + other_len)] = '\0';
	return text;
}

static const char *read_repeated(const char *one, size_t n, const char *other)
{
	const char *text = repeat(one, n, other);

	return read_text(text, strlen(text));
}

static void test_limits(void)
{
	static const char deep[] = "JSON nesting depth limit exceeded";
	static const char many[] = "JSON token count limit exceeded";
	char text[4 * JSON_VALUES];

	claim_string(read_repeated("[", JSON_DEPTH, "]"), NULL,
		     "json: arrays as deep as may be");
	claim_string(read_repeated("[", JSON_DEPTH + 1, "]"), deep,
		     "json: one more is too deep");
	claim_string(read_repeated("[", 8000, "]"), deep,
		     "json: 8,000 are, whatever the stack");
	claim_string(read_repeated("{\"a\":", 1500, "}"), deep,
		     "json: objects too");
	snprintf(text, sizeof(text), "[%s1]",
		 repeat("1,", JSON_VALUES - 2, ""));
	claim_string(read_text(text, strlen(text)), NULL,
		     "json: as many values as may be");
	snprintf(text, sizeof(text), "[%s1]",
		 repeat("1,", JSON_VALUES - 1, ""));
	claim_string(read_text(text, strlen(text)), many,
		     "json: one more is too many");
	claim_string(read_repeated("[[],", 4000, ""), deep,
		     "json: the first limit that is met is the one named");
}

/* A string's characters, as a program wants them. */
static void string_is(const char *text, size_t size, const char *wanted,
		      bool whole, const char *what)
{
	char out[64];
	bool got;

	if (json_parse(&json, text, strlen(text))) {
		claim(false, what);
		return;
	}
	got = json_get_string(&json, 0, out, size);
	claim(got == whole && !strcmp(out, wanted), what);
}

static void test_strings(void)
{
	string_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 64, "\"\\/\b\f\n\r\t", true,
		  "json: escapes mean what they should");
	string_is("\"\\u0041\\u00e4\\u20ac\\uD83d\\ude00\"", 64,
		  "A\303\244\342\202\254\360\237\230\200", true,
		  "json: so do codes, of one to four bytes");
	string_is("\"abc\"", 4, "abc", true, "json: a string that just fits");
	string_is("\"abcd\"", 4, "abc", false, "json: one that does not");
	string_is("\"ab\342\202\254\"", 4, "ab", false,
		  "json: no character is cut");
	string_is("\"a\\u0000b\"", 64, "a", false,
		  "json: a NUL does not go unseen");
}

static void test_members(void)
{
	static const char text[] =
		"{\"a\":{\"b\":1,\"x\":0},\"\\u0062\":[{\"c\":1}],\"c\":\"a\\u0000\"}";
	unsigned int a;

	json_parse(&json, text, strlen(text));
	a = json_member(&json, 0, "a");
	claim(a && json.values[a].type == JSON_OBJECT, "json: a member");
	claim_number(json.values[json_member(&json, 0, "b")].type, JSON_ARRAY,
		     "json: behind another object's, whose key is the same");
	claim(json_member(&json, a, "b") && !json_member(&json, a, "c"),
	      "json: an object has its own members only");
	claim(!json_member(&json, 0, "x") && !json_member(&json, 0, ""),
	      "json: what is not there is not found");
	claim(!json_is(&json, json_member(&json, 0, "c"), "a"),
	      "json: a NUL is not the end of a string");
}

static void test_values(void)
{
	static const char text[] =
		"{\"d\":false,\"e\":1.0,\"f\":-7,\"g\":1e2}";

	json_parse(&json, text, strlen(text));
	claim(!json_get_bool(&json, json_member(&json, 0, "d")),
	      "json: false is not true");
	claim(!json_is_integer(&json, json_member(&json, 0, "e")) &&
	      json_is_integer(&json, json_member(&json, 0, "f")) &&
	      !json_is_integer(&json, json_member(&json, 0, "g")),
	      "json: which numbers are integers");
}

static void test_numbers(void)
{
	static const char text[] =
		"[0,18446744073709551615,18446744073709551616,-1,1.0,1e2,40000000000000000000]";
	uint64_t value = 1;

	json_parse(&json, text, strlen(text));
	claim(json_get_number(&json, 1, &value) && !value, "json: 0 is 0");
	claim(json_get_number(&json, 2, &value), "json: the largest number");
	claim_number(value, UINT64_MAX, "json: is that");
	claim(!json_get_number(&json, 3, &value) &&
	      !json_get_number(&json, 4, &value) &&
	      !json_get_number(&json, 5, &value) &&
	      !json_get_number(&json, 6, &value) &&
	      !json_get_number(&json, 7, &value),
	      "json: one that is larger, or has a sign or a fraction, is none");
}

void test_json_parse(void)
{
	test_table(good, sizeof(good) / sizeof(good[0]), true,
		   "json: what is JSON is read");
	test_table(bad, sizeof(bad) / sizeof(bad[0]), false,
		   "json: what is not is refused");
	test_cut();
	test_limits();
	test_strings();
	test_members();
	test_values();
	test_numbers();
}

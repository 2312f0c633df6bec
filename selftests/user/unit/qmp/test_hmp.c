// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of QEMU's monitor, against what QEMU 7.2 answers to the same of the same
 * memory.
 */
#include <string.h>

#include "qmp/hmp.h"
#include "tap.h"

/* The end of a BIOS, below 1 MiB, and zeros. */
#define MEMORY_AT	0xfffe0
#define MEMORY_END	0x101000

static const uint8_t bytes[MEMORY_END - MEMORY_AT] = {
	0xf1, 0x66, 0x83, 0xc9, 0xff, 0x66, 0x89, 0xc8,
	0x66, 0x5b, 0x66, 0x5e, 0x66, 0x5f, 0x66, 0xc3,
	0xea, 0x5b, 0xe0, 0x00, 0xf0, 0x30, 0x36, 0x2f,
	0x32, 0x33, 0x2f, 0x39, 0x39, 0x00, 0xfc, 0x00,
};

static struct qmp_facts facts(const struct machine *machine)
{
	(void)machine;
	return (struct qmp_facts){ .cpus = 2 };
}

static const void *memory(const struct machine *machine, uint64_t gpa,
			  uint64_t len)
{
	(void)machine;
	if (gpa < MEMORY_AT || gpa >= MEMORY_END || len > MEMORY_END - gpa)
		return NULL;
	return bytes + (gpa - MEMORY_AT);
}

static bool ram(const struct machine *machine, unsigned int piece,
		struct qmp_range *range)
{
	(void)machine;
	*range = piece ? (struct qmp_range){ 0x100000000, 0x10000 } :
			 (struct qmp_range){ 0, 0xc0000000 };
	return piece < 2;
}

static void registers(const struct machine *machine, unsigned int cpu,
		      struct buf *out)
{
	(void)machine;
	buf_put(out, cpu ? "EAX=1\r\n" : "EAX=0\r\n");
}

static const struct qmp_ops ops = {
	.facts = facts,
	.memory = memory,
	.ram = ram,
	.registers = registers,
};

static char text[HMP_OUT_MAX];

static const char *run(const char *line)
{
	struct buf out;

	buf_init(&out, text, sizeof(text));
	hmp_run(&ops, NULL, 1, line, &out);
	return out.full ? "it does not fit" : text;
}

static void answers(const char *line, const char *wanted)
{
	claim_string(run(line), wanted, line);
}

static void test_formats(void)
{
	answers("xp /2cb 0xfffe0", "00000000000fffe0: '\\xf1' 'f'\r\n");
	answers("xp /3dh 0xffff0", "00000000000ffff0: 23530   224 12528\r\n");
	answers("xp /3uw 0xffff0",
		"00000000000ffff0:   14703594  792080624  959394610\r\n");
	answers("xp /3og 0xffff0",
		"00000000000ffff0: 0274661417000070055752   03740003447113631462\r\n"
		"0000000000100000:                      0\r\n");
	answers("xp/3ob 0xffff0", "00000000000ffff0: 0352 0133 0340\r\n");
	answers("xp 0xffff0", "00000000000ffff0: 0x00e05bea\r\n");
	answers("xp /b 0xffff0", "00000000000ffff0: 0xea\r\n");
	answers("xp /cgwb 1048576", "0000000000100000: '\\x00'\r\n");
	answers("xp /3xg 0xfffe0",
		"00000000000fffe0: 0xc88966ffc98366f1 0xc3665f665e665b66\r\n"
		"00000000000ffff0: 0x2f3630f000e05bea\r\n");
	answers("xp /10xb 0xffff0",
		"00000000000ffff0: 0xea 0x5b 0xe0 0x00 0xf0 0x30 0x36 0x2f\r\n"
		"00000000000ffff8: 0x32 0x33\r\n");
	answers("xp /5cg 0xfffe0",
		"00000000000fffe0: '\\xf1' 'f' '\\x83' '\\xc9' '\\xff' 'f' '\\x89' '\\xc8' 'f' '[' 'f' '^' 'f' '_' 'f' '\\xc3'\r\n"
		"00000000000ffff0: '\\xea' '[' '\\xe0' '\\x00' '\\xf0' '0' '6' '/' '2' '3' '/' '9' '9' '\\x00' '\\xfc' '\\x00'\r\n"
		"0000000000100000: '\\x00' '\\x00' '\\x00' '\\x00' '\\x00' '\\x00' '\\x00' '\\x00'\r\n");
}

static void test_memory(void)
{
	answers("xp /0x 0", "");
	answers("xp /4xw 0x7fffffff0",
		"00000007fffffff0: Cannot access memory\r\n");
	answers("xp /3xb 0x100ffe", "0000000000100ffe: Cannot access memory\r\n");
	answers("xp /9xb 0x100ff8",
		"0000000000100ff8: 0x00 0x00 0x00 0x00 0x00 0x00 0x00 0x00\r\n"
		"0000000000101000: Cannot access memory\r\n");
	answers("xp /2xg 0xfffffffffffffff8",
		"fffffffffffffff8: Cannot access memory\r\n");
	answers("xp /4097xb 0",
		"xp: no more than 4096 bytes at a time\r\nTry \"help xp\" for more information\r\n");
	answers("xp /513xg 0",
		"xp: no more than 4096 bytes at a time\r\nTry \"help xp\" for more information\r\n");
	/* One that is no number, and one that is 0 in bytes. */
	answers("xp /18446744073709551617xb 0",
		"xp: no more than 4096 bytes at a time\r\nTry \"help xp\" for more information\r\n");
	answers("xp /2305843009213693952xg 0",
		"xp: no more than 4096 bytes at a time\r\nTry \"help xp\" for more information\r\n");
	run("xp /4096cb 0x100000");
	claim_number(strlen(text), 512 * (17 + 8 * 7 + 2),
		     "hmp: the longest answer fits");
	claim(strstr(run("gpa2hva 0xfffe0"),
		     "Host virtual address for 0xfffe0 (ram) is 0x") == text,
	      "gpa2hva 0xfffe0");
	answers("gpa2hva 0x123456789a",
		"No memory is mapped at address 0x123456789a\r\n");
	answers("info mtree -f",
		"FlatView #0\r\n AS \"memory\", root: system\r\n Root memory region: system\r\n"
		"  0000000000000000-00000000bfffffff (prio 0, ram): ram\r\n"
		"  0000000100000000-000000010000ffff (prio 0, ram): ram\r\n\r\n");
}

static void test_registers(void)
{
	answers("info registers", "\r\nCPU#1\r\nEAX=1\r\n");
	answers(" info\tregisters 0 ", "\r\nCPU#0\r\nEAX=0\r\n");
	answers("info registers -a",
		"\r\nCPU#0\r\nEAX=0\r\n\r\nCPU#1\r\nEAX=1\r\n");
	answers("info registers 2", "CPU#2 not available\r\n");
	answers("info registers 0x100000000", "CPU#4294967296 not available\r\n");
	answers("info registers -b",
		"registers: unsupported option -b\r\nTry \"help info registers\" for more information\r\n");
	answers("info registers zz",
		"invalid char 'z' in expression\r\nTry \"help info registers\" for more information\r\n");
}

static void test_refused(void)
{
	answers("", "");
	answers(" \t", "");
	answers("/", "unknown command: ''\r\n");
	answers("foo bar", "unknown command: 'foo'\r\n");
	answers("  info   foo bar", "unknown command: '  info   foo'\r\n");
	answers("xpp 0", "unknown command: 'xpp'\r\n");
	answers("xp", "unexpected end of expression\r\nTry \"help xp\" for more information\r\n");
	answers("xp /2", "unexpected end of expression\r\nTry \"help xp\" for more information\r\n");
	answers("xp /1q 0", "invalid char in format: 'q'\r\nTry \"help xp\" for more information\r\n");
	answers("xp 0x10 x", "xp: extraneous characters at the end of line\r\nTry \"help xp\" for more information\r\n");
	answers("xp /3xb 08", "xp: extraneous characters at the end of line\r\nTry \"help xp\" for more information\r\n");
	answers("xp /2x 99999999999999999999", "number too large\r\nTry \"help xp\" for more information\r\n");
	answers("gpa2hva", "unexpected end of expression\r\nTry \"help gpa2hva\" for more information\r\n");
	/* Half a character would be no JSON. */
	answers("xp /\303\251 0", "invalid char in format: '?'\r\nTry \"help xp\" for more information\r\n");
	answers("xp \303\251", "invalid char '?' in expression\r\nTry \"help xp\" for more information\r\n");
	answers("info registers -\303\251", "registers: unsupported option -?\r\nTry \"help info registers\" for more information\r\n");
	claim(strstr(run("help xp"), "xp /fmt addr -- ") &&
	      strstr(run("info"), "info registers [-a|vcpu] -- "),
	      "hmp: help and info show what there is");
}

void test_hmp(void)
{
	test_formats();
	test_memory();
	test_registers();
	test_refused();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: a line of a client's.  Out: what QEMU would show, to the letter where it
 * is about the same thing, since programs read it: drgn reads the answers of
 * mtree, gpa2hva and xp.  What is not known of a VM is left out.
 */
#include <inttypes.h>
#include <string.h>

#include "qmp/hmp.h"

/* For xp, what a line shows. */
#define LINE_BYTES(size)	((size) == 1 ? 8 : 16)

static void put_byte(struct buf *out, uint8_t byte)
{
	switch (byte) {
	case '\'':
	case '\\':
		buf_print(out, " '\\%c'", byte);
		break;
	case '\n':
		buf_put(out, " '\\n'");
		break;
	case '\r':
		buf_put(out, " '\\r'");
		break;
	default:
		buf_print(out, byte >= ' ' && byte <= '~' ? " '%c'" :
							    " '\\x%02x'",
			  byte);
		break;
	}
}

/* As wide as the largest of its size is.  Only one of 8 bytes has a sign. */
static void put_value(struct buf *out, const struct hmp_command *c,
		      uint64_t value)
{
	int bits = (int)c->size * 8;

	switch (c->format) {
	case 'o':
		buf_print(out, " %#*" PRIo64, (bits + 2) / 3, value);
		break;
	case 'u':
		buf_print(out, " %*" PRIu64, (bits * 10 + 32) / 33, value);
		break;
	case 'd':
		buf_print(out, " %*" PRId64, (bits * 10 + 32) / 33,
			  (int64_t)value);
		break;
	default:
		buf_print(out, " 0x%0*" PRIx64, bits / 4, value);
		break;
	}
}

static void put_values(struct buf *out, const struct hmp_command *c,
		       const uint8_t *bytes, uint64_t len)
{
	uint64_t i, value;

	for (i = 0; i < len; i += c->size) {
		value = 0;
		memcpy(&value, bytes + i, c->size);
		put_value(out, c, value);
	}
}

static void show_memory(const struct qmp_ops *ops, struct machine *machine,
			const struct hmp_command *c, struct buf *out)
{
	uint64_t left = c->count * c->size;
	uint64_t at = c->address;
	uint64_t i, len;

	for (; left; at += len, left -= len) {
		const uint8_t *bytes;

		len = LINE_BYTES(c->size);
		if (len > left)
			len = left;
		buf_print(out, "%016" PRIx64 ":", at);
		bytes = ops->memory(machine, at, len);
		if (!bytes) {
			buf_put(out, " Cannot access memory\r\n");
			return;
		}
		if (c->format != 'c')
			put_values(out, c, bytes, len);
		for (i = 0; c->format == 'c' && i < len; i++)
			put_byte(out, bytes[i]);
		buf_put(out, "\r\n");
	}
}

static void show_map(const struct qmp_ops *ops, struct machine *machine,
		     struct buf *out)
{
	struct qmp_range ram;
	unsigned int i;

	buf_put(out, "FlatView #0\r\n"
		     " AS \"memory\", root: system\r\n"
		     " Root memory region: system\r\n");
	for (i = 0; ops->ram(machine, i, &ram); i++)
		buf_print(out, "  %016" PRIx64 "-%016" PRIx64
			  " (prio 0, ram): ram\r\n",
			  ram.begin, ram.begin + ram.length - 1);
	buf_put(out, "\r\n");
}

static void show_host_address(const struct qmp_ops *ops,
			      struct machine *machine, uint64_t gpa,
			      struct buf *out)
{
	const void *host = ops->memory(machine, gpa, 1);

	if (host)
		buf_print(out, "Host virtual address for 0x%" PRIx64
			  " (ram) is %p\r\n", gpa, host);
	else
		buf_print(out, "No memory is mapped at address 0x%" PRIx64
			  "\r\n", gpa);
}

static void show_registers(const struct qmp_ops *ops, struct machine *machine,
			   const struct hmp_command *c, struct buf *out)
{
	unsigned int cpus = ops->facts(machine).cpus;
	uint64_t i = c->all ? 0 : c->cpu;
	uint64_t end = c->all ? cpus : i + 1;

	if (!c->all && i >= cpus) {
		buf_print(out, "CPU#%" PRIu64 " not available\r\n", i);
		return;
	}
	for (; i < end; i++) {
		buf_print(out, "\r\nCPU#%" PRIu64 "\r\n", i);
		ops->registers(machine, (unsigned int)i, out);
	}
}

void hmp_run(const struct qmp_ops *ops, struct machine *machine,
	     unsigned int cpu, const char *line, struct buf *out)
{
	struct hmp_command command;

	if (!hmp_parse(line, &command, out))
		return;
	switch (command.kind) {
	case HMP_HELP:
		hmp_put_help(out);
		break;
	case HMP_REGISTERS:
		if (!command.has_cpu)
			command.cpu = cpu;
		show_registers(ops, machine, &command, out);
		break;
	case HMP_MTREE:
		show_map(ops, machine, out);
		break;
	case HMP_GPA2HVA:
		show_host_address(ops, machine, command.address, out);
		break;
	case HMP_XP:
		show_memory(ops, machine, &command, out);
		break;
	}
}

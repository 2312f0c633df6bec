/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's memory with as much of a Linux kernel in it as a reader of its log
 * needs: VMCOREINFO, page tables and a printk ring, laid out as 6.12 does.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include "guest/mem.h"
#include "guest/vmcoreinfo.h"

#define FAKE_MEMORY	(32 * MIB)

/* Where things are; each kernel of several has its own MiBs. */
#define FAKE_TABLES	0x10000
#define FAKE_NOTE	0x20000
#define FAKE_IMAGE	0x200000
#define FAKE_DIRECT	UINT64_C(0xffff888000000000)
#define FAKE_IMAGE_VA	UINT64_C(0xffffffff81200000)

#define FAKE_COUNT_BITS	5
#define FAKE_TEXT_BITS	12

struct fake_desc {
	uint64_t state, begin, next;
};

struct fake_info {
	uint64_t seq, time;
	uint16_t len;
	uint8_t rest[70];
};

/* What prb points to. */
struct fake_prb {
	uint32_t count_bits, pad;
	uint64_t descs, infos, head, tail, last_finalized;
	uint32_t size_bits, pad2;
	uint64_t data, head_lpos, tail_lpos, fail;
};

struct fake_kernel {
	struct mem *mem;
	uint64_t at;		/* what its places above are moved by */
	struct fake_prb *prb;
	struct fake_desc *desc;
	struct fake_info *info;
	char *text;
	uint64_t lpos;
};

/* An empty log, at @at. */
void fake_kernel_init(struct fake_kernel *fake, struct mem *mem, uint64_t at);

/* As Linux does: the block of the record that is the newest then. */
struct fake_desc *fake_kernel_say(struct fake_kernel *fake, uint64_t time,
				  const char *text);

/* The note; @format gives the text, or NULL for the kernel's own. */
void fake_kernel_note(struct fake_kernel *fake, const char *text);

/* The value of CR3 with which it runs. */
uint64_t fake_kernel_cr3(const struct fake_kernel *fake);

#endif /* FAKE_KERNEL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's memory with as much of a Linux kernel in it as a reader of its log
 * needs: VMCOREINFO, page tables and a printk ring, laid out as 6.12 does.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include "guest/mem.h"
#include "guest/paging.h"
#include "guest/vmcoreinfo.h"

#define FAKE_MEMORY	(32 * MIB)

/* Where things are; each kernel of several has its own MiBs. */
#define FAKE_TABLES	0x10000
#define FAKE_NOTE	0x20000
#define FAKE_IMAGE	0x200000
#define FAKE_DIRECT	UINT64_C(0xffff888000000000)
#define FAKE_IMAGE_VA	UINT64_C(0xffffffff81200000)

/* Few records; as for the least that Linux can be built with. */
#define FAKE_COUNT_BITS	5
#define FAKE_TEXT_BITS	12
#define FAKE_LEAST_BITS	(FAKE_TEXT_BITS - 5)

struct fake_desc {
	uint64_t state, begin, next;
};

struct fake_info {
	uint64_t seq, time;
	uint16_t len;
	uint8_t facility;
	uint8_t level;		/* in the top three bits */
	uint32_t caller;
	uint8_t rest[64];
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
	uint64_t first;		/* id */
};

/* An empty log, at @at, which is a multiple of 2 MiB. */
void fake_kernel_init(struct fake_kernel *fake, struct mem *mem, uint64_t at);

/* The same with a ring of 1 << @bits descriptors. */
void fake_kernel_clear(struct fake_kernel *fake, unsigned int bits);

/* An empty one as older kernels have it. */
void fake_kernel_short_ids(struct fake_kernel *fake);

/* As Linux does: the block of the record that is the newest then. */
struct fake_desc *fake_kernel_say(struct fake_kernel *fake, uint64_t time,
				  const char *text);

/* The note; @format gives the text, or NULL for the kernel's own. */
void fake_kernel_note(struct fake_kernel *fake, const char *text);

/* One line more in the note. */
void fake_kernel_add(struct fake_kernel *fake, const char *line);

/* That of a kernel that has handed over to its crash kernel. */
#define FAKE_CRASHED	"CRASHTIME=1700000000\n"

/* Of the image, before its variables: at most so much. */
#define FAKE_STRINGS	0x2000
void fake_kernel_string(struct fake_kernel *fake, unsigned int at,
			const char *string);

/* The record that is the newest. */
struct fake_info *fake_kernel_info(struct fake_kernel *fake);

/* As a panic does it. */
void fake_kernel_panic(struct fake_kernel *fake, uint64_t time,
		       const char *text);

/* The tables with which it runs, and a vCPU that uses them. */
struct paging fake_kernel_paging(const struct fake_kernel *fake);
struct regs fake_kernel_regs(const struct fake_kernel *fake);

#endif /* FAKE_KERNEL_H */

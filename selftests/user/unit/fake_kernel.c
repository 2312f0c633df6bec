// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fake_kernel.h"

#define PRESENT		0x3
#define HUGE		0x80
#define FINALIZED	(UINT64_C(2) << 62)

#define ID_MASK		(~(UINT64_C(3) << 62))

#define TEXT_SIZE	(1 << FAKE_TEXT_BITS)

/* In the image. */
#define PRB		0x2000
#define PRB_POINTER	0x3000
#define DESCS		0x4000
#define INFOS		0x8000
#define TEXT		0x10000

_Static_assert(sizeof(struct fake_prb) == 88 && sizeof(struct fake_desc) == 24 &&
	       sizeof(struct fake_info) == 88, "as in Linux 6.12");

static const char keys[] =
	"OFFSET(printk_ringbuffer.desc_ring)=0\n"
	"OFFSET(printk_ringbuffer.text_data_ring)=48\n"
	"OFFSET(prb_desc_ring.count_bits)=0\n"
	"OFFSET(prb_desc_ring.descs)=8\n"
	"OFFSET(prb_desc_ring.infos)=16\n"
	"OFFSET(prb_desc_ring.head_id)=24\n"
	"OFFSET(prb_desc_ring.tail_id)=32\n"
	"SIZE(prb_desc)=24\n"
	"OFFSET(prb_desc.state_var)=0\n"
	"OFFSET(prb_desc.text_blk_lpos)=8\n"
	"OFFSET(prb_data_blk_lpos.begin)=0\n"
	"OFFSET(prb_data_blk_lpos.next)=8\n"
	"SIZE(printk_info)=88\n"
	"OFFSET(printk_info.ts_nsec)=8\n"
	"OFFSET(printk_info.text_len)=16\n"
	"OFFSET(printk_info.caller_id)=20\n"
	"OFFSET(prb_data_ring.size_bits)=0\n"
	"OFFSET(prb_data_ring.data)=8\n";

static void *place(const struct fake_kernel *fake, uint64_t gpa)
{
	return mem_at(fake->mem, fake->at + gpa, PAGE_SIZE);
}

/*
 * The image in pages of 4 KiB, what is before it in one of 2 MiB, all memory in
 * one of 1 GiB.
 */
static void map(const struct fake_kernel *fake)
{
	uint64_t *top = place(fake, FAKE_TABLES);
	uint64_t *pdpt = top + 512, *pd = pdpt + 512, *pt = pd + 512;
	uint64_t *direct = pt + 512;
	uint64_t tables = fake->at + FAKE_TABLES;
	unsigned int i;

	top[511] = (tables + PAGE_SIZE) | PRESENT;
	pdpt[510] = (tables + 2 * PAGE_SIZE) | PRESENT;
	pd[(FAKE_IMAGE_VA >> 21 & 511) - 1] = fake->at | PRESENT | HUGE;
	pd[FAKE_IMAGE_VA >> 21 & 511] = (tables + 3 * PAGE_SIZE) | PRESENT;
	for (i = 0; i < 512; i++)
		pt[i] = (fake->at + FAKE_IMAGE + i * PAGE_SIZE) | PRESENT;
	top[FAKE_DIRECT >> 39 & 511] = (tables + 4 * PAGE_SIZE) | PRESENT;
	direct[0] = PRESENT | HUGE;
}

void fake_kernel_init(struct fake_kernel *fake, struct mem *mem, uint64_t at)
{
	uint64_t direct = FAKE_DIRECT + at + FAKE_IMAGE;
	uint64_t *pointer;

	*fake = (struct fake_kernel){ .mem = mem, .at = at };
	memset(place(fake, 0), 0, 4 * MIB);
	map(fake);
	fake->prb = place(fake, FAKE_IMAGE + PRB);
	fake->desc = place(fake, FAKE_IMAGE + DESCS);
	fake->info = place(fake, FAKE_IMAGE + INFOS);
	fake->text = place(fake, FAKE_IMAGE + TEXT);
	pointer = place(fake, FAKE_IMAGE + PRB_POINTER);
	*pointer = FAKE_IMAGE_VA + PRB;
	*fake->prb = (struct fake_prb){
		.size_bits = FAKE_TEXT_BITS,
		.descs = direct + DESCS, .infos = direct + INFOS,
		.data = direct + TEXT,
	};
	fake_kernel_note(fake, NULL);
	fake_kernel_clear(fake, FAKE_COUNT_BITS);
}

static void begin_at(struct fake_kernel *fake, uint64_t id)
{
	fake->first = id;
	fake->prb->head = (id - 1) & ID_MASK;
	fake->prb->tail = fake->prb->head;
	fake->lpos = (uint64_t)-TEXT_SIZE;
}

/* As Linux begins: ids and places are to wrap soon. */
void fake_kernel_clear(struct fake_kernel *fake, unsigned int bits)
{
	fake->prb->count_bits = bits;
	begin_at(fake, -(UINT64_C(1) << bits) & ID_MASK);
}

void fake_kernel_short_ids(struct fake_kernel *fake)
{
	begin_at(fake, (UINT64_C(1) << 32) -
		       (UINT64_C(1) << fake->prb->count_bits));
}

struct fake_desc *fake_kernel_say(struct fake_kernel *fake, uint64_t time,
				  const char *text)
{
	uint64_t count = UINT64_C(1) << fake->prb->count_bits;
	uint64_t id = (fake->prb->head + 1) & ID_MASK;
	struct fake_desc *desc = &fake->desc[id % count];
	uint64_t len = strlen(text);
	uint64_t size = (sizeof(id) + len + 7) & ~UINT64_C(7);
	uint64_t begin = fake->lpos;

	fake->prb->head = id;
	if (((id - fake->prb->tail) & ID_MASK) >= count)
		fake->prb->tail = (id - count + 1) & ID_MASK;
	fake->info[id % count] = (struct fake_info){
		.seq = (id - fake->first) & ID_MASK, .time = time,
		.len = (uint16_t)len,
	};
	*desc = (struct fake_desc){ FINALIZED | id, 3, 3 };
	if (!len)
		return desc;
	fake->lpos = begin + size;
	/* Not split: one that does not fit begins anew. */
	if ((fake->lpos - 1) / TEXT_SIZE != begin / TEXT_SIZE)
		fake->lpos = fake->lpos / TEXT_SIZE * TEXT_SIZE + size;
	desc->begin = begin;
	desc->next = fake->lpos;
	begin = fake->lpos - size;
	memcpy(fake->text + begin % TEXT_SIZE, &id, sizeof(id));
	memcpy(fake->text + begin % TEXT_SIZE + sizeof(id), text, len);
	return desc;
}

void fake_kernel_note(struct fake_kernel *fake, const char *text)
{
	uint32_t *note = place(fake, FAKE_NOTE);
	char own[VMCOREINFO_MAX];

	if (!text)
		snprintf(own, sizeof(own),
			 "OSRELEASE=6.12.0\nSYMBOL(_stext)=%" PRIx64
			 "\nSYMBOL(swapper_pg_dir)=%" PRIx64
			 "\nSYMBOL(prb)=%" PRIx64 "\nNUMBER(phys_base)=%" PRId64
			 "\nNUMBER(pgtable_l5_enabled)=0\n%s",
			 FAKE_IMAGE_VA,
			 FAKE_IMAGE_VA - FAKE_IMAGE + FAKE_TABLES,
			 FAKE_IMAGE_VA + PRB_POINTER,
			 (int64_t)(fake->at + FAKE_IMAGE - 0x1200000), keys);
	text = text ? text : own;
	note[0] = sizeof("VMCOREINFO");
	note[1] = (uint32_t)strlen(text);
	note[2] = 0;
	memcpy(note + 3, "VMCOREINFO\0", 12);
	memcpy(note + 6, text, strlen(text));
}

void fake_kernel_string(struct fake_kernel *fake, unsigned int at,
			const char *string)
{
	memcpy((char *)place(fake, FAKE_IMAGE) + at, string,
	       strlen(string) + 1);
}

void fake_kernel_add(struct fake_kernel *fake, const char *line)
{
	uint32_t *note = place(fake, FAKE_NOTE);

	memcpy((char *)(note + 6) + note[1], line, strlen(line));
	note[1] += (uint32_t)strlen(line);
}

struct fake_info *fake_kernel_info(struct fake_kernel *fake)
{
	return &fake->info[fake->prb->head &
			   ((1U << fake->prb->count_bits) - 1)];
}

void fake_kernel_panic(struct fake_kernel *fake, uint64_t time,
		       const char *text)
{
	char line[256];

	snprintf(line, sizeof(line), "Kernel panic - not syncing: %s", text);
	fake_kernel_say(fake, time, line);
}

struct paging fake_kernel_paging(const struct fake_kernel *fake)
{
	return (struct paging){ .root = fake->at + FAKE_TABLES };
}

struct regs fake_kernel_regs(const struct fake_kernel *fake)
{
	return (struct regs){
		.cr0 = UINT64_C(1) << 31 | 1, .cr3 = fake->at + FAKE_TABLES,
		.cr4 = UINT64_C(1) << 5, .efer = UINT64_C(1) << 10 | 1 << 8,
	};
}

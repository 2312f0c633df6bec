// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: the images that the command line names, and empty guest memory.  Out:
 * memory as the 64-bit boot protocol of Linux wants it (the kernel's
 * Documentation/arch/x86/boot.rst), or a flat binary at 0x1000.
 *
 * Guest memory below 1 MiB, while the guest starts:
 *
 *	0x00500	GDT
 *	0x01000	page tables: one PML4, one PDPT, four page directories
 *	0x08000	boot_params, "the zero page"
 *	0x10000	command line
 *	0x9fc00	end of the RAM that the guest may use
 *	0xe0000	ACPI tables (acpi.c)
 */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "board/acpi.h"
#include "board/boot.h"
#include "board/bzimage.h"
#include "board/elf.h"
#include "board/image.h"

#define GDT_AT		0x500
#define PAGETABLE_AT	0x1000
#define ZEROPAGE_AT	0x8000
#define CMDLINE_AT	0x10000
#define CMDLINE_MAX	0x10000
#define LOW_END		0x9fc00
#define HIGH_START	0x100000
#define FLAT_AT		0x1000

#define LOADER_UNKNOWN	0xff	/* type_of_loader: none of the known ones */

/* Types of struct boot_e820_entry; the kernel does not export their names. */
#define E820_RAM	1
#define E820_RESERVED	2

#define PTE_PRESENT_RW	0x3
#define PTE_HUGE	0x80
#define ENTRIES		512

static const uint64_t gdt[] = {
	0, 0,
	0x00af9b000000ffff,	/* ENTRY_CS: 64-bit code */
	0x00cf93000000ffff,	/* ENTRY_DS: flat data */
};

/* The guest's own address 0 to 4 GiB, in pages of 2 MiB. */
static void map_identity(const struct mem *mem)
{
	uint64_t *pml4 = mem_at(mem, PAGETABLE_AT, 6 * PAGE_SIZE);
	uint64_t *pdpt = pml4 + ENTRIES;
	uint64_t *pd = pdpt + ENTRIES;
	uint64_t i;

	pml4[0] = (PAGETABLE_AT + PAGE_SIZE) | PTE_PRESENT_RW;
	for (i = 0; i < 4; i++)
		pdpt[i] = (PAGETABLE_AT + (2 + i) * PAGE_SIZE) | PTE_PRESENT_RW;
	for (i = 0; i < 4 * ENTRIES; i++)
		pd[i] = i * 2 * MIB | PTE_PRESENT_RW | PTE_HUGE;
}

static void add_e820(struct boot_params *bp, uint64_t from, uint64_t to,
		     uint32_t type)
{
	bp->e820_table[bp->e820_entries++] = (struct boot_e820_entry){
		.addr = from, .size = to - from, .type = type,
	};
}

static void fill_e820(struct boot_params *bp, const struct mem *mem)
{
	const struct mem_region *high = &mem->region[1];

	add_e820(bp, 0, LOW_END, E820_RAM);
	add_e820(bp, LOW_END, HIGH_START, E820_RESERVED);
	add_e820(bp, HIGH_START, mem_low_end(mem), E820_RAM);
	if (mem->nr > 1)
		add_e820(bp, high->gpa, high->gpa + high->size, E820_RAM);
}

static enum status load_cmdline(const char *text, const struct kernel *kernel,
				const struct mem *mem)
{
	size_t len = strlen(text);
	uint32_t max = kernel->header.cmdline_size;

	if (max >= CMDLINE_MAX)
		max = CMDLINE_MAX - 1;
	if (len > max)
		return log_fail(STATUS_USAGE, "--append: is %zu bytes, and this kernel takes %u; shorten it",
				len, max);
	memcpy(mem_at(mem, CMDLINE_AT, len + 1), text, len + 1);
	return 0;
}

/* As high as the kernel allows, so that it does not stand in its way. */
static enum status load_initrd(const struct image *image,
			       const struct kernel *kernel,
			       const struct mem *mem,
			       struct setup_header *header)
{
	uint64_t end = mem_low_end(mem);
	uint64_t at;

	if (end > kernel->header.initrd_addr_max + 1ULL)
		end = kernel->header.initrd_addr_max + 1ULL;
	if (end < kernel->run_end || image->size > end - kernel->run_end)
		return log_fail(STATUS_USAGE, "--initrd %s: does not fit: %" PRIu64
				" KiB beside the kernel in --memory %" PRIu64
				"M; give the guest more",
				image->path, image->size / KIB,
				mem_size(mem) / MIB);

	at = (end - image->size) & ~(PAGE_SIZE - 1ULL);
	if (at < kernel->run_end)
		at = kernel->run_end;
	header->ramdisk_image = (uint32_t)at;
	header->ramdisk_size = (uint32_t)image->size;
	return image_read(image, 0, mem_at(mem, at, image->size), image->size);
}

/* Reads the kernel's head and checks it, also against the guest's memory. */
static enum status check_kernel(const struct image *image,
				const struct mem *mem, struct kernel *kernel)
{
	uint8_t head[KERNEL_HEAD_MAX];
	enum status status;
	const char *wrong;
	uint64_t len;

	len = image->size < sizeof(head) ? image->size : sizeof(head);
	status = image_read(image, 0, head, len);
	if (status)
		return status;
	wrong = elf_begins(head, len) ?
		elf_check(head, len, image->size, kernel) :
		bzimage_check(head, len, image->size, kernel);
	if (wrong)
		return log_fail(STATUS_USAGE, "--kernel %s: %s", image->path,
				wrong);
	if (kernel->run_end > mem_low_end(mem))
		return log_fail(STATUS_USAGE, "--memory %" PRIu64
				"M: is too small: %s needs %" PRIu64
				"M to start; give it more",
				mem_size(mem) / MIB, image->path,
				kernel->run_end / MIB + 1);
	return 0;
}

static enum status load_kernel(const struct image *image,
			       const struct mem *mem, struct kernel *kernel)
{
	enum status status = check_kernel(image, mem, kernel);
	const struct kernel_part *part = kernel->part;

	for (; !status && part < &kernel->part[kernel->nr]; part++)
		status = image_read(image, part->offset,
				    mem_at(mem, part->gpa, part->size),
				    part->size);
	return status;
}

static enum status load_linux(const struct images *images,
			      const struct mem *mem, uint64_t rsdp,
			      struct entry *entry)
{
	struct boot_params *bp = mem_at(mem, ZEROPAGE_AT, sizeof(*bp));
	struct kernel kernel;
	enum status status = load_kernel(&images->kernel, mem, &kernel);

	if (status)
		return status;
	bp->hdr = kernel.header;
	/* For a loader to fill in, whatever the file has there. */
	bp->hdr.ramdisk_image = 0;
	bp->hdr.ramdisk_size = 0;
	bp->hdr.setup_data = 0;
	bp->hdr.type_of_loader = LOADER_UNKNOWN;
	bp->hdr.cmd_line_ptr = CMDLINE_AT;
	bp->acpi_rsdp_addr = rsdp;
	fill_e820(bp, mem);
	status = load_cmdline(images->boot->append, &kernel, mem);
	if (!status && images->boot->initrd)
		status = load_initrd(&images->initrd, &kernel, mem, &bp->hdr);

	map_identity(mem);
	memcpy(mem_at(mem, GDT_AT, sizeof(gdt)), gdt, sizeof(gdt));
	*entry = (struct entry){
		.long_mode = true,
		.rip = kernel.entry,
		.rsi = ZEROPAGE_AT,
		.cr3 = PAGETABLE_AT,
		.gdt = GDT_AT,
		.gdt_limit = sizeof(gdt) - 1,
	};
	return status;
}

/* At 0:0x1000, with a stack that grows down from there. */
static enum status load_flat(const struct image *image, const struct mem *mem,
			     struct entry *entry)
{
	if (image->size > LOW_END - FLAT_AT)
		return log_fail(STATUS_USAGE, "--flat %s: is too large: it must end below 0x%x",
				image->path, LOW_END);
	*entry = (struct entry){ .rip = FLAT_AT, .rsp = FLAT_AT };
	return image_read(image, 0, mem_at(mem, FLAT_AT, image->size),
			  image->size);
}

void boot_open(struct images *images, const struct boot *boot)
{
	images->boot = boot;
	if (boot->flat)
		image_open(&images->kernel, "--flat", boot->flat);
	else
		image_open(&images->kernel, "--kernel", boot->kernel);
	if (boot->initrd)
		image_open(&images->initrd, "--initrd", boot->initrd);
}

enum status boot_load(const struct images *images, const struct mem *mem,
		      uint64_t rsdp, struct entry *entry)
{
	if (images->boot->flat)
		return load_flat(&images->kernel, mem, entry);
	return load_linux(images, mem, rsdp, entry);
}

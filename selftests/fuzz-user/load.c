// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images to boot: the first byte says whether it is flat, and the guest's
 * memory; the rest is the image.  It is refused with a sentence, or lies in
 * memory, which is on the heap, where AddressSanitizer knows its end.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board/boot.h"
#include "board/elf.h"
#include "fuzz.h"

#define FLAT		1
#define WITH_INITRD	2
#define ZEROPAGE	0x8000	/* boot.c */

static int make_image(const uint8_t *data, size_t size)
{
	static int fd;

	if (!fd)
		fd = memfd_create("image", MFD_CLOEXEC);
	must(!ftruncate(fd, 0), "a file can be emptied");
	must(pwrite(fd, data, size, 0) == (ssize_t)size, "and written");
	return fd;
}

/* The end of a vmlinux in memory, which has what the file has. */
static uint64_t check_segments(const struct mem *mem, const uint8_t *file)
{
	uint64_t end = 0;
	unsigned int i;
	Elf64_Ehdr e;
	Elf64_Phdr p;

	memcpy(&e, file, sizeof(e));
	for (i = 0; i < e.e_phnum; i++) {
		memcpy(&p, file + e.e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type != PT_LOAD || !p.p_memsz)
			continue;
		must(p.p_paddr >= MIB && mem_at(mem, p.p_paddr, p.p_memsz),
		     "a segment is in RAM");
		if (p.p_paddr + p.p_memsz > end)
			end = p.p_paddr + p.p_memsz;
	}
	/* Nothing is read after the last one, unless it is empty. */
	if (p.p_type == PT_LOAD && p.p_memsz)
		must(!memcmp(mem_at(mem, p.p_paddr, p.p_filesz),
			     file + p.p_offset, p.p_filesz),
		     "the last segment is in place");
	return end;
}

/* What the kernel is told: its own place, and its initrd's, do not meet. */
static void check_linux(const struct mem *mem, const uint8_t *file,
			size_t size)
{
	const struct boot_params *bp = mem_at(mem, ZEROPAGE, sizeof(*bp));
	uint64_t end = bp->hdr.pref_address + bp->hdr.init_size;

	if (elf_begins(file, size))
		end = check_segments(mem, file);
	must(bp->hdr.header == KERNEL_MAGIC && bp->hdr.type_of_loader == 0xff,
	     "the kernel knows its loader");
	must(end > MIB && end <= mem_low_end(mem), "it has room to start");
	if (!bp->hdr.ramdisk_size)
		return;
	must(bp->hdr.ramdisk_size == size, "the initrd is all there");
	must(bp->hdr.ramdisk_image >= end &&
	     mem_at(mem, bp->hdr.ramdisk_image, size), "behind the kernel");
	must(!memcmp(mem_at(mem, bp->hdr.ramdisk_image, size), file, size),
	     "in RAM");
}

static void load(const struct boot *boot, const struct mem *mem,
		 const uint8_t *file, size_t size)
{
	const struct image image = {
		.option = "--kernel", .path = "fuzz",
		.fd = make_image(file, size), .size = size,
	};
	const struct images images = {
		.boot = boot, .kernel = image, .initrd = image,
	};
	struct entry entry;

	if (boot_load(&images, mem, 0xe0000, &entry))
		return;
	must(mem_at(mem, entry.rip, 1), "the guest starts in RAM");
	if (boot->kernel)
		check_linux(mem, file, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *ram;
	const size_t most = 20 * MIB;
	struct boot boot = { .append = "console=ttyS0" };
	struct mem mem;

	if (size < 2)
		return 0;
	if (!ram)
		ram = malloc(most);
	/* Boot parameters are put into memory that has never been used. */
	memset(ram, 0, 128 * KIB);
	mem = (struct mem){ .region = { { 0, most, ram } }, .nr = 1 };
	if (*data & FLAT)
		boot.flat = "fuzz";
	else
		boot.kernel = "fuzz";
	if (*data & WITH_INITRD && boot.kernel)
		boot.initrd = "fuzz";
	load(&boot, &mem, data + 1, size - 1);
	return 0;
}

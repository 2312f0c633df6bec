// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images to boot: the first byte says whether it is flat, and the guest's
 * memory; the rest is the image.  It is refused with a sentence, or lies in
 * memory, which is on the heap, where AddressSanitizer knows its end.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board/boot.h"
#include "board/bzimage.h"
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

/* What the kernel is told: its own place, and its initrd's, do not meet. */
static void check_linux(const struct mem *mem, const struct image *image)
{
	const struct boot_params *bp = mem_at(mem, ZEROPAGE, sizeof(*bp));
	uint64_t end = bp->hdr.pref_address + bp->hdr.init_size;

	must(bp->hdr.pref_address < end && end <= mem_low_end(mem),
	     "the kernel has room to start");
	if (!bp->hdr.ramdisk_size)
		return;
	must(bp->hdr.ramdisk_size == image->size, "the initrd is all there");
	must(bp->hdr.ramdisk_image >= end &&
	     mem_at(mem, bp->hdr.ramdisk_image, image->size),
	     "behind the kernel, in RAM");
}

static void load(const struct boot *boot, const struct image *image,
		 const struct mem *mem)
{
	const struct images images = {
		.boot = boot, .kernel = *image, .initrd = *image,
	};
	struct entry entry;

	if (boot_load(&images, mem, 0xe0000, &entry))
		return;
	must(mem_at(mem, entry.rip, 1), "the guest starts in RAM");
	if (boot->kernel)
		check_linux(mem, image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *ram;
	const size_t most = 20 * MIB;
	struct image image = { .option = "--kernel", .path = "fuzz" };
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
	image.fd = make_image(data + 1, size - 1);
	image.size = size - 1;
	load(&boot, &image, &mem);
	return 0;
}

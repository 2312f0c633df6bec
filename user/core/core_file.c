// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "core/core_file.h"
#include "core/core_note.h"

#define NAME_MAX_BYTES	16

#define CR4_LA57	(UINT64_C(1) << 12)

/* For thousands of vCPUs; a larger one would only take our time. */
#define NOTES_MAX	(16 * MIB)

/* A note and the two that precede what it says. */
struct note {
	Elf64_Nhdr head;
	char name[NAME_MAX_BYTES];
	uint64_t at;		/* of what it says, in the file */
};

/* All of it, or false. */
static bool read_at(const struct core_file *core, uint64_t at, void *to,
		    size_t len)
{
	return at <= core->size && len <= core->size - at &&
	       !fs_read(core->fd, at, to, len);
}

/* The same by pages that are kept. */
static bool read_kept(const struct core_file *core, uint64_t at, void *to,
		      size_t len)
{
	uint8_t *out = to;

	while (len) {
		uint64_t offset = at % PAGE_SIZE, start = at - offset;
		struct core_page *page = &core->pages[start / PAGE_SIZE %
						      CORE_FILE_PAGES];
		size_t part = len < PAGE_SIZE - offset ? len :
							 PAGE_SIZE - offset;

		if (start >= core->size)
			return false;
		if (!page->len || page->at != start) {
			page->at = start;
			page->len = core->size - start < PAGE_SIZE ?
				    core->size - start : PAGE_SIZE;
			if (!read_at(core, start, page->bytes, page->len))
				page->len = 0;
		}
		if (offset + part > page->len)
			return false;
		memcpy(out, page->bytes + offset, part);
		out += part;
		at += part;
		len -= part;
	}
	return true;
}

static const struct guest_range *find_range(const struct guest_reader *reader,
					    uint64_t gpa, unsigned int *i)
{
	for (*i = 0; *i < reader->nr; ++*i) {
		const struct guest_range *range = &reader->range[*i];

		if (gpa >= range->gpa && gpa - range->gpa < range->size)
			return range;
	}
	return NULL;
}

static bool read_phys(const struct guest_reader *reader, uint64_t gpa, void *to,
		      size_t len)
{
	const struct core_file *core = reader->source;
	const struct guest_range *range;
	unsigned int i;

	range = find_range(reader, gpa, &i);
	return range && len <= range->size - (gpa - range->gpa) &&
	       read_kept(core, core->offset[i] + (gpa - range->gpa), to, len);
}

/* By the holes of the file; a page that is one in part may not be zero. */
static uint64_t used_phys(const struct guest_reader *reader, uint64_t gpa,
			  uint64_t *end)
{
	const struct core_file *core = reader->source;
	const struct guest_range *range;
	uint64_t delta, stop, used;
	off_t data, hole;
	unsigned int i;

	range = find_range(reader, gpa, &i);
	stop = range ? range->gpa + range->size : gpa;
	*end = stop;
	if (!range)
		return gpa;
	delta = core->offset[i] - range->gpa;
	data = lseek(core->fd, (off_t)(gpa + delta), SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? stop : gpa;
	hole = lseek(core->fd, data, SEEK_HOLE);
	if (hole > 0 && (uint64_t)hole - delta < stop)
		*end = (uint64_t)hole - delta;
	used = (uint64_t)data - delta;
	used -= (used - range->gpa) % PAGE_SIZE;
	return used < stop ? used : stop;
}

static uint64_t padded(uint64_t len)
{
	return (len + 3) & ~UINT64_C(3);
}

/* The note at @at, which must end by @end; the place of the next, or 0. */
static uint64_t read_note(const struct core_file *core, uint64_t at,
			  uint64_t end, struct note *note)
{
	uint64_t next;

	*note = (struct note){ 0 };
	if (end - at < sizeof(note->head) ||
	    !read_at(core, at, &note->head, sizeof(note->head)))
		return 0;
	note->at = at + sizeof(note->head) + padded(note->head.n_namesz);
	next = note->at + padded(note->head.n_descsz);
	if (next > end)
		return 0;
	/* A longer name is none of those that are of interest. */
	if (note->head.n_namesz < sizeof(note->name) &&
	    !read_at(core, at + sizeof(note->head), note->name,
		     note->head.n_namesz))
		return 0;
	return next;
}

static void take_vcpu(struct core_file *core, const struct note *note)
{
	struct core_note_qemu vcpu;

	if (core->nr_vcpus < CORE_FILE_MAX_VCPUS &&
	    note->head.n_descsz >= sizeof(vcpu) &&
	    read_at(core, note->at, &vcpu, sizeof(vcpu)))
		core->vcpus[core->nr_vcpus++] = (struct paging){
			vcpu.cr[3], vcpu.cr[4] & CR4_LA57,
		};
}

static void take_info(struct core_file *core, const struct note *note)
{
	char text[VMCOREINFO_MAX];

	if (!core->has_info && note->head.n_descsz <= sizeof(text) &&
	    read_at(core, note->at, text, note->head.n_descsz))
		core->has_info = vmcoreinfo_set(&core->info, text,
						note->head.n_descsz);
}

static const char *take_notes(struct core_file *core, const Elf64_Phdr *ph)
{
	uint64_t end = ph->p_offset + ph->p_filesz;
	uint64_t at = ph->p_offset;
	struct note note;

	if (ph->p_filesz > NOTES_MAX || core->has_notes)
		return "has more notes than a core has; it is damaged";
	core->has_notes = true;
	while (at < end) {
		at = read_note(core, at, end, &note);
		if (!at)
			return "has a note that is cut off; was it written completely?";
		if (!strcmp(note.name, CORE_NOTE_QEMU))
			take_vcpu(core, &note);
		else if (!strcmp(note.name, VMCOREINFO_NAME))
			take_info(core, &note);
	}
	return NULL;
}

static const char *take_load(struct core_file *core, const Elf64_Phdr *ph)
{
	struct guest_reader *reader = &core->reader;

	if (ph->p_paddr + ph->p_filesz < ph->p_paddr)
		return "has a segment past the end of all addresses; it is damaged";
	if (reader->nr == GUEST_MAX_RANGES)
		return "has more segments of memory than a machine has";
	reader->range[reader->nr] = (struct guest_range){
		ph->p_paddr, ph->p_filesz,
	};
	core->offset[reader->nr++] = ph->p_offset;
	return NULL;
}

static const char *take_segment(struct core_file *core, const Elf64_Phdr *ph)
{
	if (ph->p_type != PT_NOTE && ph->p_type != PT_LOAD)
		return NULL;
	if (ph->p_offset > core->size ||
	    ph->p_filesz > core->size - ph->p_offset)
		return "has a segment that ends after the file does; was it copied completely?";
	return ph->p_type == PT_NOTE ? take_notes(core, ph) :
				       take_load(core, ph);
}

static bool is_vmcore(const Elf64_Ehdr *eh)
{
	return !memcmp(eh->e_ident, ELFMAG, SELFMAG) &&
	       eh->e_ident[EI_CLASS] == ELFCLASS64 &&
	       eh->e_ident[EI_DATA] == ELFDATA2LSB &&
	       eh->e_type == ET_CORE && eh->e_machine == EM_X86_64;
}

static const char *read_headers(struct core_file *core)
{
	const char *wrong = NULL;
	Elf64_Ehdr eh;
	Elf64_Phdr ph;
	unsigned int i;

	if (!read_at(core, 0, &eh, sizeof(eh)) || !is_vmcore(&eh))
		return "is not an ELF64 core of x86-64; name one of --core or of QEMU";
	if (eh.e_phentsize != sizeof(ph) || eh.e_phnum == PN_XNUM)
		return "has program headers of another kind than a vmcore's; it is damaged";
	for (i = 0; i < eh.e_phnum && !wrong; i++) {
		if (!read_at(core, eh.e_phoff + i * sizeof(ph), &ph,
			     sizeof(ph)))
			return "ends within its program headers; was it copied completely?";
		wrong = take_segment(core, &ph);
	}
	return wrong;
}

const char *core_file_open(struct core_file *core, const char *path)
{
	struct stat st;

	*core = (struct core_file){
		.reader.read = read_phys,
		.reader.used = used_phys,
	};
	core->reader.source = core;
	core->reader.left = &core->left;
	core->left = GUEST_STEP_COST;
	core->pages = core->page;
	/* NONBLOCK: opening a FIFO should not wait for its writer. */
	core->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (core->fd < 0 || fstat(core->fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "is not a regular file; name the core itself";
	core->size = (uint64_t)st.st_size;
	return read_headers(core);
}

void core_file_close(struct core_file *core)
{
	if (core->fd >= 0)
		close(core->fd);
}

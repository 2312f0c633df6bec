// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/vmcoreinfo.h"

#define FIRST_KEY	"OSRELEASE="

/* The note as far as its length is known: a name is padded to 4 bytes. */
struct head {
	Elf64_Nhdr note;
	char name[(sizeof(VMCOREINFO_NAME) + 3) & ~3UL];
	char first_key[sizeof(FIRST_KEY) - 1];
};

bool vmcoreinfo_set(struct vmcoreinfo *info, const void *text, size_t len)
{
	if (len < strlen(FIRST_KEY) || len > VMCOREINFO_MAX ||
	    memcmp(text, FIRST_KEY, strlen(FIRST_KEY)) || memchr(text, 0, len))
		return false;
	memmove(info->text, text, len);
	info->text[len] = '\0';
	info->len = len;
	return true;
}

bool vmcoreinfo_read(const struct guest_reader *reader, uint64_t gpa,
		     struct vmcoreinfo *info)
{
	struct head head;
	size_t len;

	if (!guest_read(reader, gpa, &head, sizeof(head)))
		return false;
	len = head.note.n_descsz;
	if (head.note.n_namesz != sizeof(VMCOREINFO_NAME) ||
	    head.note.n_type != 0 || len > VMCOREINFO_MAX ||
	    memcmp(head.name, VMCOREINFO_NAME, sizeof(VMCOREINFO_NAME)))
		return false;
	return guest_read(reader, gpa + offsetof(struct head, first_key),
			  info->text, len) &&
	       vmcoreinfo_set(info, info->text, len);
}

/* Past what is zero for sure; false: to the end of the range. */
static bool skip_zeros(const struct guest_reader *reader,
		       const struct guest_range *range,
		       struct vmcoreinfo_scan *scan)
{
	if (scan->offset >= range->size)
		return false;
	if (scan->offset >= scan->used) {
		uint64_t gpa = range->gpa + scan->offset;

		scan->offset = reader->used(reader, gpa, &scan->used) -
			       range->gpa;
		scan->used -= range->gpa;
	}
	return scan->offset < range->size;
}

bool vmcoreinfo_next(const struct guest_reader *reader,
		     struct vmcoreinfo_scan *scan,
		     struct vmcoreinfo *info, uint64_t *gpa)
{
	while (scan->range < reader->nr) {
		const struct guest_range *range = &reader->range[scan->range];

		while (skip_zeros(reader, range, scan)) {
			*gpa = range->gpa + scan->offset;
			scan->offset += PAGE_SIZE;
			if (vmcoreinfo_read(reader, *gpa, info))
				return true;
		}
		*scan = (struct vmcoreinfo_scan){ .range = scan->range + 1 };
	}
	return false;
}

/* Where the value of @key begins, or NULL. */
static const char *find(const struct vmcoreinfo *info, const char *key)
{
	size_t len = strlen(key);
	const char *line = info->text;

	while (line) {
		if (!strncmp(line, key, len) && line[len] == '=')
			return line + len + 1;
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return NULL;
}

static bool number(const struct vmcoreinfo *info, const char *key, int base,
		   uint64_t *value)
{
	const char *text = find(info, key);
	char *end;

	if (!text)
		return false;
	errno = 0;
	*value = strtoull(text, &end, base);
	return !errno && end != text && (*end == '\n' || !*end);
}

bool vmcoreinfo_hex(const struct vmcoreinfo *info, const char *key,
		    uint64_t *value)
{
	return number(info, key, 16, value);
}

bool vmcoreinfo_decimal(const struct vmcoreinfo *info, const char *key,
			uint64_t *value)
{
	return number(info, key, 10, value);
}

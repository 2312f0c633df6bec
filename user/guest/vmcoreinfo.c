// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/vmcoreinfo.h"

#define FIRST_KEY	"OSRELEASE="

/* With what is before and after it; none that is looked for is longer. */
#define KEY_MAX		64

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

/* Of each page once, so this is not on the sum of what reads may cost. */
static bool read_head(const struct guest_reader *reader, uint64_t gpa,
		      struct head *head)
{
	return reader->read(reader, gpa, head, sizeof(*head)) &&
	       head->note.n_namesz == sizeof(VMCOREINFO_NAME) &&
	       head->note.n_type == 0 &&
	       head->note.n_descsz <= VMCOREINFO_MAX &&
	       !memcmp(head->name, VMCOREINFO_NAME, sizeof(VMCOREINFO_NAME));
}

bool vmcoreinfo_read(const struct guest_reader *reader, uint64_t gpa,
		     struct vmcoreinfo *info)
{
	struct head head;
	size_t len;

	if (!read_head(reader, gpa, &head))
		return false;
	len = head.note.n_descsz;
	return guest_read(reader, gpa + offsetof(struct head, first_key),
			  info->text, len) &&
	       vmcoreinfo_set(info, info->text, len);
}

bool vmcoreinfo_next(const struct guest_reader *reader,
		     struct guest_scan *scan,
		     struct vmcoreinfo *info, uint64_t *gpa)
{
	while (guest_scan_next(reader, scan, gpa))
		if (vmcoreinfo_read(reader, *gpa, info))
			return true;
	return false;
}

/* Where the value of @key begins, or NULL. */
static const char *find(const struct vmcoreinfo *info, const char *key)
{
	char line[KEY_MAX];
	const char *found;
	int len = snprintf(line, sizeof(line), "\n%s=", key);

	if (!strncmp(info->text, line + 1, (size_t)len - 1))
		return info->text + len - 1;
	found = strstr(info->text, line);
	return found ? found + len : NULL;
}

size_t vmcoreinfo_text(const struct vmcoreinfo *info, const char *key,
		       const char **text)
{
	*text = find(info, key);
	return *text ? strcspn(*text, "\n") : 0;
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

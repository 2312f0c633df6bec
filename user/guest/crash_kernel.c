// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "guest/crash_kernel.h"
#include "guest/vmcoreinfo.h"

#define PARAMETER	"elfcorehdr="

/* Its value, as "16K@0x1000", and a NUL. */
#define VALUE_MAX	64

/* As the kernel reads sizes and addresses: base by prefix, and then a unit. */
static uint64_t parse_size(const char *text, char **end)
{
	static const char units[] = "KkMmGgTtPpEe";
	uint64_t value = strtoull(text, end, 0);
	const char *unit = **end ? strchr(units, **end) : NULL;

	if (!unit)
		return value;
	(*end)++;
	return value << 10 * ((unit - units) / 2 + 1);
}

/* "[SIZE@]ADDRESS" */
static uint64_t parse_value(const char *text)
{
	char *end;
	uint64_t value = parse_size(text, &end);

	return *end == '@' ? parse_size(end + 1, &end) : value;
}

/* The last one counts, as it does for the kernel; 0: there is none. */
static uint64_t find_address(const char *line, size_t len)
{
	const size_t name = strlen(PARAMETER);
	uint64_t address = 0;
	char value[VALUE_MAX];
	size_t at;

	for (at = 0; at + name < len; at++) {
		size_t size = len - at - name;

		if ((at && line[at - 1] != ' ') ||
		    memcmp(line + at, PARAMETER, name))
			continue;
		if (size >= sizeof(value))
			size = sizeof(value) - 1;
		memcpy(value, line + at + name, size);
		value[size] = '\0';
		address = parse_value(value);
	}
	return address;
}

static bool is_core(const Elf64_Ehdr *eh)
{
	return !memcmp(eh->e_ident, ELFMAG, SELFMAG) &&
	       eh->e_ident[EI_CLASS] == ELFCLASS64 && eh->e_type == ET_CORE &&
	       eh->e_phentsize == sizeof(Elf64_Phdr);
}

bool crash_kernel_find_note(const struct guest_reader *reader,
			    const char *command_line, size_t len,
			    uint64_t *gpa)
{
	uint64_t header = find_address(command_line, len);
	struct vmcoreinfo info;
	Elf64_Ehdr eh;
	Elf64_Phdr ph;
	unsigned int i;

	if (!header || !guest_read(reader, header, &eh, sizeof(eh)) ||
	    !is_core(&eh))
		return false;
	for (i = 0; i < eh.e_phnum; i++) {
		if (!guest_read(reader, header + eh.e_phoff + i * sizeof(ph),
				&ph, sizeof(ph)))
			return false;
		/* One for each CPU, and one that is looked for. */
		if (ph.p_type == PT_NOTE &&
		    vmcoreinfo_read(reader, ph.p_offset, &info)) {
			*gpa = ph.p_offset;
			return true;
		}
	}
	return false;
}

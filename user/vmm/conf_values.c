// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: what stands behind an option.  Out: its value, or one sentence that names
 * the option, what is wrong and what would be right.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "board/chipset.h"
#include "guest/mem.h"
#include "vmm/conf_values.h"

#define MEMORY_MIN	MIB
#define MEMORY_MAX	(1024 * GIB)

#define ITEM_MAX	64
#define MODELS		"hyperv, isa[=PORT], mmio[=ADDRESS] and none"
#define ADDRESS_MAX	0xfffffffffffffULL	/* x86 has 52 bits at most */

unsigned long conf_number(const char *option, const char *text,
			  unsigned long min, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value < min ||
	    value > max)
		log_die(STATUS_USAGE, "%s %s: is not a number from %lu to %lu",
			option, text, min, max);
	return value;
}

static uint64_t unit_of(const char *suffix)
{
	if (!strcmp(suffix, "K"))
		return KIB;
	if (!strcmp(suffix, "M"))
		return MIB;
	if (!strcmp(suffix, "G"))
		return GIB;
	return 0;
}

/* A unit is required: to guess one, as others do, is to guess wrong. */
uint64_t conf_memory(const char *text)
{
	unsigned long long value;
	uint64_t unit;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	unit = unit_of(end);
	if (errno || end == text || *text == '-' || !unit)
		log_die(STATUS_USAGE, "--memory %s: is not a size; write it as in 512M or 4G",
			text);
	if (value > MEMORY_MAX / unit || value * unit < MEMORY_MIN ||
	    value * unit % PAGE_SIZE)
		log_die(STATUS_USAGE, "--memory %s: must be from 1M to 1024G, in pages of 4K",
			text);
	return value * unit;
}

bool conf_is_on(const char *option, const char *text, const char *other)
{
	bool on = !strcmp(text, "on");

	if (!on && strcmp(text, other))
		log_die(STATUS_USAGE, "%s %s: is neither on nor %s", option,
			text, other);
	return on;
}

/* @usual: one that is free. */
static uint16_t parse_port(const char *option, const char *text,
			   unsigned int usual)
{
	unsigned long port;
	char *end;

	errno = 0;
	port = strtoul(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || port > 0xffff)
		log_die(STATUS_USAGE, "%s%s: is not an I/O port; it must be from 0 to 0xffff, as in 0x%x",
			option, text, usual);
	if (chipset_owns((uint16_t)port))
		log_die(STATUS_USAGE, "%s%s: another device of the VM answers there; 0x%x is free",
			option, text, usual);
	return (uint16_t)port;
}

uint16_t conf_exit_port(const char *text)
{
	return parse_port("--exit-port ", text, CONF_EXIT_PORT);
}

static void set_isa(struct models *models, const char *port)
{
	if (models->isa)
		log_die(STATUS_USAGE, "--panic: isa is there twice; a guest has one such port");
	models->isa = true;
	models->isa_port = PVPANIC_ISA_PORT;
	if (port)
		models->isa_port = parse_port("--panic isa=", port,
					      PVPANIC_ISA_PORT);
}

static uint64_t parse_address(const char *text)
{
	unsigned long long address;
	char *end;

	errno = 0;
	address = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' ||
	    address > ADDRESS_MAX)
		log_die(STATUS_USAGE, "--panic mmio=%s: is not a guest physical address; it must be below 2^52, as in mmio=0x%x",
			text, PVPANIC_MMIO_ADDR);
	if (chipset_owns_mmio(address))
		log_die(STATUS_USAGE, "--panic mmio=%s: another device of the VM answers there; 0x%x is free",
			text, PVPANIC_MMIO_ADDR);
	return address;
}

static void set_mmio(struct models *models, const char *address)
{
	if (models->mmio)
		log_die(STATUS_USAGE, "--panic: mmio is there twice; a guest has one such address");
	models->mmio = true;
	models->mmio_addr = address ? parse_address(address) :
				      PVPANIC_MMIO_ADDR;
}

static void set_hyperv(struct models *models, const char *value)
{
	if (value)
		log_die(STATUS_USAGE, "--panic hyperv=%s: hyperv takes no value",
			value);
	models->hyperv = true;
}

static void set_model(struct models *models, char *item)
{
	char *value = strchr(item, '=');

	if (value)
		*value++ = '\0';
	if (!strcmp(item, "hyperv"))
		set_hyperv(models, value);
	else if (!strcmp(item, "isa"))
		set_isa(models, value);
	else if (!strcmp(item, "mmio"))
		set_mmio(models, value);
	else
		log_die(STATUS_USAGE, "--panic %s: is not a model; they are "
			MODELS,
			item);
}

struct models conf_models(const char *text)
{
	struct models models = { 0 };
	const char *next = text;

	if (!strcmp(text, "none"))
		return models;
	while (next) {
		size_t len = strcspn(next, ",");
		char item[ITEM_MAX];

		if (len >= sizeof(item))
			log_die(STATUS_USAGE, "--panic %s: is not a list of models; they are "
				MODELS,
				text);
		memcpy(item, next, len);
		item[len] = '\0';
		set_model(&models, item);
		next = next[len] ? next + len + 1 : NULL;
	}
	return models;
}

void conf_check_models(const struct models *models, uint64_t memory)
{
	if (models->mmio && mem_covers(memory, models->mmio_addr))
		log_die(STATUS_USAGE, "--panic mmio=0x%" PRIx64
			": is in the guest's RAM, which takes --memory %" PRIu64
			"M; 0x%x never is",
			models->mmio_addr, memory / MIB,
			PVPANIC_MMIO_ADDR);
}

enum backend_choice conf_backend(const char *text)
{
	if (!strcmp(text, "auto"))
		return CHOOSE_AUTO;
	if (!strcmp(text, "kernel"))
		return CHOOSE_KERNEL;
	if (!strcmp(text, "userspace"))
		return CHOOSE_USERSPACE;
	log_die(STATUS_USAGE, "--backend %s: is not a backend; they are auto, kernel and userspace",
		text);
}

enum panic_action conf_action(const char *text)
{
	enum panic_action action;

	for (action = PANIC_IGNORE; action <= PANIC_PAUSE; action++)
		if (!strcmp(text, panic_action_name(action)))
			return action;
	log_die(STATUS_USAGE, "--on-panic %s: is not an action; they are destroy, restart, rename-restart, preserve, pause and ignore",
		text);
}

void conf_crashload(const char *text, struct panic_policy *policy,
		    unsigned int *seconds)
{
	static const char wait_for[] = "wait=";
	const size_t len = sizeof(wait_for) - 1;

	*seconds = 0;
	policy->crashload_panics = !strcmp(text, "panic");
	policy->hyperv_waits = !policy->crashload_panics;
	if (policy->crashload_panics || !strcmp(text, "wait"))
		return;
	if (strncmp(text, wait_for, len))
		log_die(STATUS_USAGE, "--on-crashload %s: is not a mode; they are wait[=SECONDS] and panic",
			text);
	*seconds = (unsigned int)conf_number("--on-crashload", text + len, 1,
					     CONF_TIMEOUT_MAX);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "board/chipset.h"
#include "guest/mem.h"
#include "vmm/conf_panic.h"

#define ITEM_MAX	64
#define MODELS		"hyperv, isa[=PORT], mmio[=ADDRESS] and none"
#define ADDRESS_MAX	0xfffffffffffffULL	/* x86 has 52 bits at most */

static uint16_t parse_port(const char *text)
{
	unsigned long port;
	char *end;

	errno = 0;
	port = strtoul(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || port > 0xffff)
		log_die(STATUS_USAGE, "--panic isa=%s: is not an I/O port; it must be from 0 to 0xffff, as in isa=0x505",
			text);
	if (chipset_owns((uint16_t)port))
		log_die(STATUS_USAGE, "--panic isa=%s: another device of the VM answers there; 0x505 is free",
			text);
	return (uint16_t)port;
}

static void set_isa(struct models *models, const char *port)
{
	if (models->isa)
		log_die(STATUS_USAGE, "--panic: isa is there twice; a guest has one such port");
	models->isa = true;
	models->isa_port = port ? parse_port(port) : PVPANIC_ISA_PORT;
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

void conf_parse_panic(struct conf *conf, const char *text)
{
	const char *next = text;

	conf->models = (struct models){ 0 };
	if (!strcmp(text, "none"))
		return;
	while (next) {
		size_t len = strcspn(next, ",");
		char item[ITEM_MAX];

		if (len >= sizeof(item))
			log_die(STATUS_USAGE, "--panic %s: is not a list of models; they are "
				MODELS,
				text);
		memcpy(item, next, len);
		item[len] = '\0';
		set_model(&conf->models, item);
		next = next[len] ? next + len + 1 : NULL;
	}
}

void conf_check_panic(const struct conf *conf)
{
	const struct models *models = &conf->models;

	if (models->mmio && mem_covers(conf->memory, models->mmio_addr))
		log_die(STATUS_USAGE, "--panic mmio=0x%" PRIx64
			": is in the guest's RAM, which takes --memory %" PRIu64
			"M; 0x%x never is",
			models->mmio_addr, conf->memory / MIB,
			PVPANIC_MMIO_ADDR);
}

void conf_parse_backend(struct conf *conf, const char *text)
{
	if (!strcmp(text, "auto"))
		conf->backend = CHOOSE_AUTO;
	else if (!strcmp(text, "kernel"))
		conf->backend = CHOOSE_KERNEL;
	else if (!strcmp(text, "userspace"))
		conf->backend = CHOOSE_USERSPACE;
	else
		log_die(STATUS_USAGE, "--backend %s: is not a backend; they are auto, kernel and userspace",
			text);
}

void conf_parse_action(struct conf *conf, const char *text)
{
	enum panic_action action;

	for (action = PANIC_IGNORE; action <= PANIC_PAUSE; action++) {
		if (!strcmp(text, panic_action_name(action))) {
			conf->policy.on_panic = action;
			return;
		}
	}
	log_die(STATUS_USAGE, "--on-panic %s: is not an action; they are destroy, restart, rename-restart, preserve, pause and ignore",
		text);
}

void conf_parse_crashload(struct conf *conf, const char *text)
{
	static const char wait_for[] = "wait=";
	const size_t len = sizeof(wait_for) - 1;

	conf->policy.crashload_panics = !strcmp(text, "panic");
	conf->dump_timeout = 0;
	if (conf->policy.crashload_panics || !strcmp(text, "wait"))
		return;
	if (strncmp(text, wait_for, len))
		log_die(STATUS_USAGE, "--on-crashload %s: is not a mode; they are wait[=SECONDS] and panic",
			text);
	conf->dump_timeout = (unsigned int)conf_number("--on-crashload",
						       text + len, 1,
						       CONF_TIMEOUT_MAX);
}

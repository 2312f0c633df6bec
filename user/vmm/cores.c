// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "vmm/cores.h"

#define PROGRESS_MS	500

bool core_is_due(const struct machine *machine, enum panic_action action)
{
	return machine->conf->core && panic_halts(action);
}

/* FILE, FILE.1, FILE.2, ...: a later panic does not cost the first one's. */
void core_name(struct machine *machine, struct record_core *core)
{
	struct shared *s = machine->shared;
	char path[CONF_CORE_MAX + 16];
	char end[16] = "";

	if (s->cores)
		snprintf(end, sizeof(end), ".%u", s->cores);
	snprintf(path, sizeof(path), "%s%s", s->conf->core, end);
	snprintf(machine->core_base, sizeof(machine->core_base), "%s%s",
		 s->core_name, end);
	/* A name is any bytes; a record is UTF-8. */
	text_clean(machine->core_file, (const uint8_t *)path, strlen(path));
	core->file = machine->core_file;
	core->state = dump_state_name(DUMP_ACTIVE);
}

static void update_record(struct machine *m)
{
	const struct dump *dump = &m->dump;
	struct record_core *core = &m->record.core;
	struct buf json;

	core->state = dump_state_name(dump->state);
	core->bytes = dump->size;
	core->error = dump->state == DUMP_FAILED ? dump->work.error : NULL;
	buf_init(&json, m->json, sizeof(m->json));
	report_update(&m->shared->report, &m->record, &json);
	if (core->error)
		log_say("--core %s: %s", core->file, core->error);
	else
		log_say("core %s is complete", core->file);
}

bool core_start(struct machine *machine)
{
	struct shared *s = machine->shared;
	const struct dump_target target = {
		.dir = s->core_dir,
		.name = machine->core_base,
		.fd = -1,
		.held = &s->held,
	};

	s->cores++;
	machine->after_dump = AFTER_ACTION;
	if (!dump_start(&machine->dump, &target, &machine->vm.mem, NULL,
			machine->record.vcpus, machine->record.nr_vcpus))
		return true;
	update_record(machine);
	qmp_dump_done(&machine->server.qmp);
	return false;
}

int core_progress(const struct machine *machine)
{
	const struct dump *dump = &machine->dump;
	uint64_t total = dump->work.total;

	if (!dump_is_busy(dump) || machine->after_dump != AFTER_ACTION ||
	    !isatty(STDERR_FILENO))
		return -1;
	log_progress("\rpanicvm: core %s: %3u %% of %u MiB\r",
		     machine->core_file,
		     (unsigned int)(total ? dump->work.completed * 100 / total : 0),
		     (unsigned int)(total / MIB));
	return PROGRESS_MS;
}

void core_close_dir(struct machine *machine)
{
	if (machine->dump_dir >= 0)
		close(machine->dump_dir);
	machine->dump_dir = -1;
}

void core_finish(struct machine *machine)
{
	dump_finish(&machine->dump);
	if (machine->after_dump == AFTER_ACTION)
		update_record(machine);
	else if (machine->dump.state == DUMP_FAILED)
		log_say("the dump that a client asked for: %s",
			machine->dump.work.error);
	core_close_dir(machine);
	qmp_dump_done(&machine->server.qmp);
}

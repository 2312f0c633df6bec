// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
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

	snprintf(machine->core_file, sizeof(machine->core_file), "%s",
		 s->conf->core);
	snprintf(machine->core_base, sizeof(machine->core_base), "%s",
		 s->core_name);
	if (s->cores) {
		snprintf(machine->core_file, sizeof(machine->core_file),
			 "%s.%u", s->conf->core, s->cores);
		snprintf(machine->core_base, sizeof(machine->core_base),
			 "%s.%u", s->core_name, s->cores);
	}
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
	if (!dump_start(&machine->dump, &target, &machine->vm.mem,
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
	core_close_dir(machine);
	qmp_dump_done(&machine->server.qmp);
}

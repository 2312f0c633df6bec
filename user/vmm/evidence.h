/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a VM that has been stopped, for a record. */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "vmm/machine.h"

/* All but what the guest reported, and what its memory tells. */
void evidence_collect(struct machine *machine, struct record *record,
		      enum panic_action action);

/* What changes until a record that was kept is written again. */
void evidence_renew(struct machine *machine, struct record *record);

/* The guest's log, and the name of what has happened to it. */
void evidence_read(struct machine *machine, struct record *record);

/* @ev may have brought the text of a panic that @record has already. */
void evidence_add_text(struct machine *machine, struct record *record,
		       const struct guest_event *ev);

/* When the guest reported @ev; now, if that is not known. */
struct timespec evidence_time(const struct guest_event *ev);

uint64_t evidence_ns(const struct timespec *time);

#endif /* EVIDENCE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What turns a guest's report into an event: the host's kernel, or panicvm. */
#ifndef BACKEND_H
#define BACKEND_H

#include <stdatomic.h>
#include <stdint.h>

#include "kvm/crash_msr.h"
#include "kvm/vm.h"
#include "panic/model.h"

/* --backend */
enum backend_choice {
	CHOOSE_AUTO,
	CHOOSE_KERNEL,
	CHOOSE_USERSPACE,
};

enum backend_kind {
	BACKEND_KERNEL,		/* the guest-panic device */
	BACKEND_USERSPACE,	/* exits of a stock KVM, see exit_decode.c */
};

struct backend {
	enum backend_kind kind;
	struct models models;
	int device;		/* or negative */
	bool freezes;		/* the device stops all vCPUs at a panic */
	const char *why;	/* it is this one; NULL: there is no model */
	struct crash_msr crash_msr;	/* userspace */
	atomic_ullong seq;	/* userspace: of the last event */
};

/*
 * Choose by @choice and by what the host has, and enable @models.  0 or a status,
 * as log_fail() returns it; backend_close() is due either way.
 */
enum status backend_attach(struct backend *backend, const struct vm *vm,
			   const struct models *models,
			   enum backend_choice choice);

/* Nothing to do if there is no device. */
void backend_close(struct backend *backend);

const char *backend_name(enum backend_kind kind);

/* Which one was chosen, and why, on stderr. */
void backend_say(const struct backend *backend);

/* Only for BACKEND_USERSPACE: the device numbers its own. */
static inline uint64_t backend_next_seq(struct backend *backend)
{
	return atomic_fetch_add(&backend->seq, 1) + 1;
}

/*
 * The stopping event @seq has been handled: the device latches the next one, or
 * lets vCPUs enter the guest again if there is none.
 */
void backend_resume(const struct backend *backend, uint64_t seq);

/* --version: what the device of this host can do, on stdout. */
void backend_print_host(void);

#endif /* BACKEND_H */

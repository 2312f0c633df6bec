// SPDX-License-Identifier: GPL-2.0-only
/*
 * panicvm: boot a guest, and when it panics, stop it, keep the facts, apply the
 * policy, report.  The path of a panic:
 *
 *	kvm/vcpu_run.c		KVM_RUN returns an exit
 *	kvm/exit_decode.c	it is a report of the guest's
 *	kvm/vcpus.c		every vCPU leaves the guest and parks
 *	vmm/incident.c		a record, by panic/panic.c and panic/report.c
 *	core/dump.c		a core
 *	vmm/session.c		the action
 */
#include <signal.h>
#include <stdio.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/version.h"
#include "core/kmsg_show.h"
#include "kvm/backend.h"
#include "vmm/conf.h"
#include "vmm/session.h"

static void say_end(const struct conf *conf, enum end end, uint8_t value)
{
	if (end == END_POWER_OFF)
		log_say("the guest powered off");
	else if (end == END_RESET)
		log_say("the guest asked for a reset");
	else if (end == END_QUIT)
		log_say("a monitor asked to quit");
	else if (end == END_TIMEOUT)
		log_say("time-out after %u s", conf->timeout);
	else if (end == END_SILENCE)
		log_say("silence: nothing was written to a serial port for %u s",
			conf->silence);
	else if (end == END_HALTED)
		log_say("the guest halted for good: every vCPU is halted, with interrupts off");
	else if (end == END_EXIT)
		log_say("the guest wrote %u to --exit-port 0x%x", value,
			conf->exit_port);
}

/* Die by the signal, so that panicvm's parent sees what ended it. */
static void die_by(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
	static struct session session;
	struct conf conf;

	/* Without stderr the reason cannot be said. */
	if (fs_open_standard() < 0)
		return STATUS_HOST;
	log_open();
	conf_parse(&conf, argc, argv);
	if (conf.version) {
		printf("panicvm " VERSION "\n");
		backend_print_host();
		return 0;
	}
	if (conf.kmsg) {
		kmsg_show(conf.kmsg);
		return 0;
	}
	session_open(&session, &conf);
	session_run(&session);
	session_close(&session);

	say_end(&conf, session.end, session.exit_value);
	if (session.end == END_SIGNAL) {
		die_by(session.signal);
		/* The signal is ignored: return what a shell would. */
		return 128 + session.signal;
	}
	return panic_status(session.end, session.panics,
			    session.exit_value);
}

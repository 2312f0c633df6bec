// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: KVM_RUN.  Out: devices answered, and for what ends or stops the VM, a
 * call to the crew.  A thread must not wait for another one here, except
 * parked: whoever stops the crew waits for all of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "board/chipset.h"
#include "kvm/cpuid.h"
#include "kvm/vcpu.h"
#include "kvm/vcpu_state.h"
#include "vmm/machine.h"

#define KERNEL_SIGSET_SIZE	8
#define MSR_HV_CRASH_CTL	0x40000105
#define MSRS_MAX		8

union msr_list {
	struct kvm_msrs msrs;
	uint8_t room[sizeof(struct kvm_msrs) +
		     MSRS_MAX * sizeof(struct kvm_msr_entry)];
};

static void set_cpuid(const struct vcpu *vcpu)
{
	const struct machine *m = vcpu->machine;
	const struct cpuid_facts facts = {
		.id = vcpu->id,
		.cpus = m->conf->smp,
		.tsc_deadline =
			vm_has_cap(&m->vm, KVM_CAP_TSC_DEADLINE_TIMER) > 0,
		.hyperv = m->conf->models.hyperv,
	};
	union vm_cpuid cpuid;
	int err;

	err = vm_supported_cpuid(&m->vm, &cpuid);
	if (!err) {
		cpuid_adapt(&cpuid, &facts);
		err = ioctl(vcpu->fd, KVM_SET_CPUID2, &cpuid) < 0 ? -errno : 0;
	}
	if (err)
		log_die(STATUS_HOST, "KVM does not take the CPUID of vCPU %u: %s",
			vcpu->id, strerror(-err));
}

/* Stock KVM offers NOTIFY to the guest only if the host has written it. */
static void offer_crash(const struct vcpu *vcpu)
{
	const struct backend *b = &vcpu->machine->backend;

	if (b->kind != BACKEND_USERSPACE || !b->models.hyperv)
		return;
	if (!vcpu_set_msr(vcpu, MSR_HV_CRASH_CTL, CRASH_NOTIFY))
		log_die(STATUS_HOST, "--panic hyperv: this host's KVM has no crash MSRs; use --panic isa");
}

/* Only the kick gets a thread out of KVM_RUN. */
static void set_run_mask(const struct vcpu *vcpu)
{
	union {
		struct kvm_signal_mask mask;
		uint8_t room[sizeof(struct kvm_signal_mask) +
			     KERNEL_SIGSET_SIZE];
	} run;
	sigset_t kick;

	run.mask.len = KERNEL_SIGSET_SIZE;
	crew_kick_mask(&kick);
	memcpy(run.mask.sigset, &kick, KERNEL_SIGSET_SIZE);
	if (ioctl(vcpu->fd, KVM_SET_SIGNAL_MASK, &run) < 0)
		log_die(STATUS_HOST, "KVM does not take a signal mask: %s",
			strerror(errno));
}

void vcpu_create(struct vcpu *vcpu, struct machine *machine, unsigned int id,
		 const struct entry *entry)
{
	int err;

	*vcpu = (struct vcpu){ .machine = machine, .id = id };
	vcpu->fd = vm_create_vcpu(&machine->vm, id, &vcpu->run);
	set_cpuid(vcpu);
	set_run_mask(vcpu);
	/* The others stay in wait-for-SIPI, as KVM creates them. */
	if (id)
		return;
	err = vcpu_state_start(vcpu->fd, entry);
	if (err)
		log_die(STATUS_HOST, "KVM does not take the first vCPU's registers: %s",
			strerror(-err));
	offer_crash(vcpu);
}

void vcpu_close(struct vcpu *vcpu)
{
	munmap(vcpu->run, vcpu->machine->vm.run_size);
	close(vcpu->fd);
}

int vcpu_nmi(const struct vcpu *vcpu)
{
	return ioctl(vcpu->fd, KVM_NMI) < 0 ? -errno : 0;
}

void vcpu_get_msrs(const struct vcpu *vcpu, uint32_t first, unsigned int nr,
		   uint64_t *values)
{
	union msr_list list;
	unsigned int i;

	memset(&list, 0, sizeof(list));
	list.msrs.nmsrs = nr;
	for (i = 0; i < nr; i++)
		list.msrs.entries[i].index = first + i;
	ioctl(vcpu->fd, KVM_GET_MSRS, &list);
	for (i = 0; i < nr; i++)
		values[i] = list.msrs.entries[i].data;
}

bool vcpu_set_msr(const struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
	union msr_list list;

	memset(&list, 0, sizeof(list));
	list.msrs.nmsrs = 1;
	list.msrs.entries[0].index = msr;
	list.msrs.entries[0].data = value;
	return ioctl(vcpu->fd, KVM_SET_MSRS, &list) == 1;
}

/* One place is enough: a stopped vCPU runs nothing that could report more. */
static void report_event(struct vcpu *vcpu, const struct guest_event *ev)
{
	vcpu->event = *ev;
	vcpu->has_event = true;
	crew_stop(&vcpu->machine->crew);
}

static void handle_io(struct vcpu *vcpu)
{
	struct machine *m = vcpu->machine;
	const struct kvm_run *run = vcpu->run;
	struct chipset_access access = {
		.port = run->io.port,
		.size = run->io.size,
		.in = run->io.direction == KVM_EXIT_IO_IN,
	};
	uint8_t *data = vcpu_io_data(vcpu);
	__u32 i;

	if (event_answers_read(&m->backend, vcpu))
		return;
	for (i = 0; i < run->io.count; i++) {
		enum end end = chipset_access(m, &access, data);

		if (end != END_NONE)
			crew_end(&m->crew, end);
		data += access.size;
	}
}

/* Nothing else answers outside RAM: reads give all ones, as on an empty bus. */
static void handle_mmio(struct vcpu *vcpu)
{
	if (event_answers_read(&vcpu->machine->backend, vcpu))
		return;
	if (!vcpu->run->mmio.is_write)
		memset(vcpu->run->mmio.data, 0xff, sizeof(vcpu->run->mmio.data));
}

/* Not to be entered again, so there is nothing left to settle. */
static void give_up(struct vcpu *vcpu, enum end end)
{
	vcpu->settled = true;
	crew_end(&vcpu->machine->crew, end);
}

static void handle_failure(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;

	switch (run->exit_reason) {
	case KVM_EXIT_SHUTDOWN:
		log_say("vCPU %u: triple fault", vcpu->id);
		give_up(vcpu, END_FAULT);
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		log_say("vCPU %u: KVM internal error, suberror %u", vcpu->id,
			run->internal.suberror);
		give_up(vcpu, END_FAULT);
		break;
	case KVM_EXIT_FAIL_ENTRY:
		log_say("vCPU %u: KVM cannot enter the guest, hardware reason 0x%llx",
			vcpu->id,
			run->fail_entry.hardware_entry_failure_reason);
		give_up(vcpu, END_FAULT);
		break;
	default:
		log_say("vCPU %u: an exit of KVM that panicvm does not know, reason %u",
			vcpu->id, run->exit_reason);
		give_up(vcpu, END_HOST);
		break;
	}
}

static void handle_exit(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	struct guest_event ev;

	if (event_decode(&vcpu->machine->backend, vcpu, &ev)) {
		report_event(vcpu, &ev);
		return;
	}
	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		handle_io(vcpu);
		break;
	case KVM_EXIT_MMIO:
		handle_mmio(vcpu);
		break;
	case KVM_EXIT_INTR:
		break;
	default:
		handle_failure(vcpu);
		break;
	}
}

static void run_once(struct vcpu *vcpu)
{
	/*
	 * With immediate_exit KVM completes the last instruction and comes
	 * back.  A stop between this line and KVM_RUN is not lost: its kick is
	 * pending by then, and KVM_RUN unblocks it.
	 */
	vcpu->run->immediate_exit = crew_stopping(&vcpu->machine->crew);
	vcpu->settled = false;
	if (!ioctl(vcpu->fd, KVM_RUN, 0)) {
		handle_exit(vcpu);
	} else if (errno == EINTR) {
		vcpu->settled = true;
		crew_drain_kick();
	} else if (errno != EAGAIN) {
		/* EAGAIN is a SIPI: run again. */
		log_say("vCPU %u: KVM_RUN failed: %s", vcpu->id,
			strerror(errno));
		give_up(vcpu, END_HOST);
	}
}

static bool pause_vcpu(struct vcpu *vcpu)
{
	if (vcpu_state_read(vcpu->fd, &vcpu->regs) < 0)
		log_say("vCPU %u: cannot read all of its registers: %s",
			vcpu->id, strerror(errno));
	return crew_park(&vcpu->machine->crew);
}

void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	struct crew *crew = &vcpu->machine->crew;
	char name[16];
	bool go_on;

	snprintf(name, sizeof(name), "vCPU %u", vcpu->id);
	prctl(PR_SET_NAME, name);
	vcpu->thread = gettid();
	/* Its registers count even if the VM ends before it ever runs. */
	go_on = pause_vcpu(vcpu);
	while (go_on) {
		run_once(vcpu);
		if (vcpu->settled && crew_stopping(crew))
			go_on = pause_vcpu(vcpu);
	}
	return NULL;
}

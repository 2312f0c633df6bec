// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one decoder of crash exits.  In: kvm_run, as the last KVM_RUN left it.
 * Out: struct guest_event.  There are four ways that a report arrives:
 *
 * - from the in-kernel device, whole: KVM_SYSTEM_EVENT_CRASH with the facts in
 *   data[], snapshotted when the guest made the report;
 * - from stock KVM with a filter of MSRs, KVM_EXIT_X86_WRMSR: crash_msr.c keeps
 *   P0 to P4, and they are taken here, with CRASH_CTL as written;
 * - from an older one, a bare KVM_SYSTEM_EVENT_CRASH: P0 to P4 are VM-wide MSRs,
 *   read here as soon as the exit is seen, and CRASH_CTL was not kept;
 * - from stock KVM, KVM_EXIT_IO or KVM_EXIT_MMIO where pvpanic is.
 *
 * It must not decide anything, nor block: siblings still run.
 */
#include <string.h>
#include <linux/kvm_guest_panic.h>

#include "kvm/backend.h"
#include "kvm/exit_decode.h"
#include "kvm/vcpu.h"

/* model.h keeps the ABI's numbers, so that a device's facts pass unchanged. */
#define SAME(ours, theirs) \
	_Static_assert((ours) == (theirs), #ours " is " #theirs)

SAME(MODEL_HYPERV, KVM_GUEST_PANIC_HYPERV);
SAME(MODEL_ISA, KVM_GUEST_PANIC_ISA);
SAME(MODEL_MMIO, KVM_GUEST_PANIC_MMIO);
_Static_assert((int)MODEL_NR == KVM_GUEST_PANIC_FAULT,
	       "the device's next model is not enabled");
SAME(PVPANIC_PANICKED, KVM_GUEST_PANIC_PANICKED);
SAME(PVPANIC_CRASH_LOADED, KVM_GUEST_PANIC_CRASH_LOADED);
SAME(PVPANIC_SHUTDOWN, KVM_GUEST_PANIC_SHUTDOWN);

/* The facts as the device gives them; false if no device wrote this. */
static bool decode_device(const struct kvm_run *run, struct guest_event *ev)
{
	const __u64 *data = run->system_event.data;

	if (run->system_event.ndata != KVM_GUEST_PANIC_NDATA ||
	    data[KVM_GUEST_PANIC_DATA_MODEL] >= MODEL_NR)
		return false;
	ev->model = (enum model)data[KVM_GUEST_PANIC_DATA_MODEL];
	ev->vcpu = (unsigned int)data[KVM_GUEST_PANIC_DATA_VCPU_ID];
	ev->seq = data[KVM_GUEST_PANIC_DATA_SEQ];
	ev->code = data[KVM_GUEST_PANIC_DATA_CODE];
	ev->time = data[KVM_GUEST_PANIC_DATA_TIME];
	memcpy(ev->param, &data[KVM_GUEST_PANIC_DATA_PARAM],
	       sizeof(ev->param));
	return true;
}

static void decode_bare(struct backend *backend, struct vcpu *vcpu,
			struct guest_event *ev)
{
	ev->model = MODEL_HYPERV;
	ev->vcpu = vcpu->id;
	ev->seq = backend_next_seq(backend);
	/* All that is known of it: without NOTIFY there is no exit. */
	ev->code = CRASH_NOTIFY;
	vcpu_get_msrs(vcpu, MSR_HV_CRASH_P0, EVENT_PARAMS, ev->param);
}

static bool decode_crash(struct backend *backend, struct vcpu *vcpu,
			 struct guest_event *ev)
{
	if (vcpu->run->system_event.type != KVM_SYSTEM_EVENT_CRASH)
		return false;
	if (backend->kind == BACKEND_KERNEL) {
		if (!decode_device(vcpu->run, ev))
			return false;
	} else {
		decode_bare(backend, vcpu, ev);
	}
	if (ev->model == MODEL_HYPERV)
		vcpu_get_msrs(vcpu, MSR_HV_GUEST_OS_ID, 1, &ev->guest_os_id);
	return true;
}

static bool decode_wrmsr(struct backend *backend, struct vcpu *vcpu,
			 struct guest_event *ev)
{
	const struct kvm_run *run = vcpu->run;

	if (!backend->crash_msr.is_taken ||
	    run->exit_reason != KVM_EXIT_X86_WRMSR ||
	    run->msr.index != MSR_HV_CRASH_CTL ||
	    !(run->msr.data & CRASH_NOTIFY))
		return false;
	ev->model = MODEL_HYPERV;
	ev->vcpu = vcpu->id;
	ev->seq = backend_next_seq(backend);
	ev->code = run->msr.data;
	crash_msr_fill(&backend->crash_msr, ev);
	if (!backend->crash_msr.is_alone)
		vcpu_get_msrs(vcpu, MSR_HV_GUEST_OS_ID, 1, &ev->guest_os_id);
	return true;
}

static bool is_port(const struct backend *backend, const struct kvm_run *run)
{
	return backend->models.isa && run->exit_reason == KVM_EXIT_IO &&
	       run->io.size == 1 && run->io.port == backend->models.isa_port;
}

static bool is_mmio(const struct backend *backend, const struct kvm_run *run)
{
	return backend->models.mmio && run->exit_reason == KVM_EXIT_MMIO &&
	       run->mmio.len == 1 &&
	       run->mmio.phys_addr == backend->models.mmio_addr;
}

/* A pvpanic access that stock KVM passed on: one byte wide, as the device. */
struct pvpanic_access {
	enum model model;
	bool write;
	uint8_t *data;
	uint32_t count;		/* bytes, one after the other: rep outsb */
};

static bool find_pvpanic(const struct backend *backend, struct vcpu *vcpu,
			 struct pvpanic_access *access)
{
	struct kvm_run *run = vcpu->run;

	if (backend->kind != BACKEND_USERSPACE)
		return false;
	if (is_port(backend, run)) {
		*access = (struct pvpanic_access){
			.model = MODEL_ISA,
			.write = run->io.direction == KVM_EXIT_IO_OUT,
			.data = vcpu_io_data(vcpu),
			.count = run->io.count,
		};
		return true;
	}
	if (is_mmio(backend, run)) {
		*access = (struct pvpanic_access){
			.model = MODEL_MMIO,
			.write = run->mmio.is_write,
			.data = run->mmio.data,
			.count = 1,
		};
		return true;
	}
	return false;
}

static bool decode_pvpanic(struct backend *backend, struct vcpu *vcpu,
			   struct guest_event *ev)
{
	struct pvpanic_access access;
	uint8_t code = 0;
	uint32_t i;

	if (!find_pvpanic(backend, vcpu, &access) || !access.write)
		return false;
	/* A string of bytes is one event: the bits of all of them. */
	for (i = 0; i < access.count; i++)
		code |= access.data[i] & PVPANIC_ALL;
	if (!code)
		return false;
	ev->model = access.model;
	ev->vcpu = vcpu->id;
	ev->seq = backend_next_seq(backend);
	ev->code = code;
	return true;
}

bool exit_latched(const struct backend *backend, const struct vcpu *vcpus,
		  struct guest_event *ev)
{
	struct kvm_guest_panic_event raw;

	if (backend->kind != BACKEND_KERNEL ||
	    vm_get_attr(backend->device, KVM_DEV_GUEST_PANIC_STATE,
			KVM_GUEST_PANIC_LATCHED, &raw))
		return false;
	*ev = (struct guest_event){
		.model = (enum model)raw.model,
		.vcpu = raw.vcpu_id,
		.seq = raw.seq,
		.code = raw.code,
		.time = raw.time,
	};
	memcpy(ev->param, raw.param, sizeof(ev->param));
	if (ev->model == MODEL_HYPERV)
		vcpu_get_msrs(vcpus, MSR_HV_GUEST_OS_ID, 1, &ev->guest_os_id);
	return true;
}

bool exit_decode(struct backend *backend, struct vcpu *vcpu,
		 struct guest_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	if (vcpu->run->exit_reason == KVM_EXIT_SYSTEM_EVENT)
		return decode_crash(backend, vcpu, ev);
	return decode_wrmsr(backend, vcpu, ev) ||
	       decode_pvpanic(backend, vcpu, ev);
}

static bool answers_msr(struct crash_msr *msr, struct kvm_run *run)
{
	uint64_t value = run->msr.data;
	bool is_there;

	if (!msr->is_taken)
		return false;
	if (run->exit_reason == KVM_EXIT_X86_WRMSR)
		is_there = crash_msr_write(msr, run->msr.index, value);
	else if (run->exit_reason == KVM_EXIT_X86_RDMSR)
		is_there = crash_msr_read(msr, run->msr.index, &value);
	else
		return false;
	run->msr.data = value;
	/* With an error KVM gives the guest a #GP. */
	run->msr.error = !is_there;
	return true;
}

bool exit_answers(struct backend *backend, struct vcpu *vcpu)
{
	struct pvpanic_access access;

	if (answers_msr(&backend->crash_msr, vcpu->run))
		return true;
	if (!find_pvpanic(backend, vcpu, &access) || access.write)
		return false;
	memset(access.data, PVPANIC_ALL, access.count);
	return true;
}

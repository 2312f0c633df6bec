// SPDX-License-Identifier: GPL-2.0-only
#include "event.h"
#include "fail.h"
#include "state.h"

void fuzz_add_vcpu(struct fuzz *f)
{
	static const uint32_t ids[VM_MAX_VCPUS] = { 0, 7, 2, 5, 1, 100, 31, 4 };
	int n = f->vm.nr_vcpus;

	if (n == VM_MAX_VCPUS)
		return;
	vm_add_vcpu(&f->vm, ids[n]);
	f->model.vcpu[n].id = ids[n];
	f->model.nr_vcpus++;
}

void fuzz_begin(struct fuzz *f)
{
	f->model = (struct model) { 0 };
	vm_create(&f->vm);
	fuzz_add_vcpu(f);
	fuzz_add_vcpu(f);
}

void verify_outstanding(const char *what, struct model_vcpu *vcpu,
			const struct kvm_guest_panic_event *got)
{
	if (!vcpu->is_timed) {
		if (got->time < vcpu->earliest || got->time > vm_now())
			fail("%s: time %llu, reported after %lu", what,
			     got->time, vcpu->earliest);
		vcpu->event.time = got->time;
		vcpu->is_timed = true;
	}
	verify_same_event(what, got, &vcpu->event);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/kvm_guest_panic.h>

#include "base/log.h"
#include "kvm/backend.h"

const char *backend_name(enum backend_kind kind)
{
	return kind == BACKEND_KERNEL ? "kernel" : "userspace";
}

static bool has_model(int device, enum model model)
{
	return !vm_has_attr(device, KVM_DEV_GUEST_PANIC_MODEL, model);
}

/* NULL if the device can do all that --panic asks for, or what it cannot. */
static const char *lacking_model(int device, const struct models *models)
{
	if (models->hyperv && !has_model(device, MODEL_HYPERV))
		return "this host's guest-panic device has no model hyperv";
	if (models->isa && !has_model(device, MODEL_ISA))
		return "this host's guest-panic device has no model isa";
	if (models->mmio && !has_model(device, MODEL_MMIO))
		return "this host's guest-panic device has no model mmio";
	return NULL;
}

void backend_close(struct backend *backend)
{
	if (backend->device >= 0)
		close(backend->device);
	backend->device = -1;
}

/*
 * backend->why becomes NULL with the device open, or why the host cannot do it.
 * A device that cannot be had now is another matter: a later boot must not get
 * another backend than the first.
 */
static enum status open_device(struct backend *backend, const struct vm *vm)
{
	int device = vm_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);

	backend->device = device;
	backend->why = "this host's KVM has no guest-panic device";
	if (device == -ENODEV || device == -ENOTTY)
		return 0;
	if (device < 0)
		return log_fail(STATUS_HOST, "KVM does not create the guest-panic device: %s; --backend userspace does without it",
				strerror(-device));
	backend->why = lacking_model(device, &backend->models);
	if (backend->why)
		backend_close(backend);
	return 0;
}

static enum status enable(const struct backend *backend, enum model model,
			  uint64_t addr, uint32_t events)
{
	const struct kvm_guest_panic_model m = {
		.addr = addr,
		.events = events,
	};
	int err = vm_set_attr(backend->device, KVM_DEV_GUEST_PANIC_MODEL,
			      model, &m);

	if (err == -EBUSY)
		return log_fail(STATUS_USAGE, "--panic %s: a device of the host's KVM answers at 0x%llx already; choose another place",
				model_name(model), (unsigned long long)addr);
	if (err)
		return log_fail(STATUS_HOST, "the guest-panic device refuses model %s: %s; --backend userspace does without it",
				model_name(model), strerror(-err));
	return 0;
}

static enum status enable_models(const struct backend *backend)
{
	const struct models *models = &backend->models;
	enum status status = 0;

	if (models->hyperv)
		status = enable(backend, MODEL_HYPERV, 0,
				KVM_GUEST_PANIC_NOTIFY |
				KVM_GUEST_PANIC_NOTIFY_MSG);
	if (models->isa && !status)
		status = enable(backend, MODEL_ISA, models->isa_port,
				PVPANIC_ALL);
	if (models->mmio && !status)
		status = enable(backend, MODEL_MMIO, models->mmio_addr,
				PVPANIC_ALL);
	return status;
}

/* Without it, other vCPUs run on until their threads are kicked. */
static void enable_freeze(struct backend *backend)
{
	const uint32_t on = 1;

	backend->freezes = !vm_set_attr(backend->device,
					KVM_DEV_GUEST_PANIC_CTRL,
					KVM_GUEST_PANIC_FREEZE, &on);
}

void backend_resume(const struct backend *backend, uint64_t seq)
{
	if (backend->kind == BACKEND_KERNEL)
		vm_set_attr(backend->device, KVM_DEV_GUEST_PANIC_CTRL,
			    KVM_GUEST_PANIC_RESUME, &seq);
}

static bool emulates_hyperv(const struct vm *vm)
{
	return vm_has_cap(vm, KVM_CAP_HYPERV) > 0;
}

/* Without an emulation, the crash MSRs are there if panicvm can take them. */
static enum status check_hyperv(const struct backend *backend,
				const struct vm *vm)
{
	if (backend->models.hyperv && !emulates_hyperv(vm) &&
	    !crash_msr_is_offered(vm))
		return log_fail(STATUS_HOST, "--panic hyperv: this host's KVM has neither Hyper-V emulation (KVM_CAP_HYPERV) nor an MSR filter (Linux 5.10); use --panic isa");
	return 0;
}

static enum status take_crash_msrs(struct backend *backend, const struct vm *vm)
{
	int err;

	if (!backend->models.hyperv || !crash_msr_is_offered(vm))
		return 0;
	err = crash_msr_take(&backend->crash_msr, vm, !emulates_hyperv(vm));
	if (err)
		return log_fail(STATUS_HOST, "--panic hyperv: KVM does not take an MSR filter: %s; use --panic isa",
				strerror(-err));
	return 0;
}

/* Where no access of the guest gets to, no panic is ever reported. */
static enum status check_mmio(const struct backend *backend,
			      const struct vm *vm)
{
	const struct models *models = &backend->models;
	unsigned int bits;

	/* To ask takes KVM a while: it asks the CPU, which may be virtual. */
	if (!models->mmio)
		return 0;
	bits = vm_address_bits(vm);
	if (models->mmio_addr >> bits)
		return log_fail(STATUS_HOST, "--panic mmio=0x%llx: is out of reach: guests of this host have %u bits of physical address; choose a lower one",
				(unsigned long long)models->mmio_addr, bits);
	return 0;
}

static enum status choose(struct backend *backend, const struct vm *vm,
			  enum backend_choice choice)
{
	enum status status;

	if (choice == CHOOSE_USERSPACE) {
		backend->why = "as --backend asks";
		return 0;
	}
	status = open_device(backend, vm);
	if (status)
		return status;
	if (backend->why && choice == CHOOSE_KERNEL)
		return log_fail(STATUS_HOST, "--backend kernel: %s; load the patched modules, or use --backend userspace",
				backend->why);
	if (backend->why)
		return 0;
	backend->kind = BACKEND_KERNEL;
	backend->why = "this host's KVM has the guest-panic device";
	return 0;
}

/* What a report by Hyper-V has depends on it. */
static const char *crash_msr_note(const struct backend *backend)
{
	if (backend->kind == BACKEND_KERNEL || !backend->models.hyperv)
		return "";
	return backend->crash_msr.is_taken ?
	       "; crash MSRs by MSR filter" :
	       "; no MSR filter: P0 to P4 are read after the exit, no NOTIFY_MSG";
}

void backend_say(const struct backend *backend)
{
	if (backend->why)
		log_say("backend %s: %s%s", backend_name(backend->kind),
			backend->why, crash_msr_note(backend));
}

enum status backend_attach(struct backend *backend, const struct vm *vm,
			   const struct models *models,
			   enum backend_choice choice)
{
	enum status status;

	*backend = (struct backend){
		.kind = BACKEND_USERSPACE,
		.models = *models,
		.device = -1,
	};
	status = check_hyperv(backend, vm);
	if (!status)
		status = check_mmio(backend, vm);
	if (status || (models_empty(models) && choice != CHOOSE_KERNEL))
		return status;
	status = choose(backend, vm, choice);
	if (!status && backend->kind == BACKEND_USERSPACE)
		return take_crash_msrs(backend, vm);
	if (!status)
		status = enable_models(backend);
	if (!status)
		enable_freeze(backend);
	return status;
}

static void print_device(const struct vm *vm)
{
	int device = vm_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);

	printf("Hyper-V emulation: %s\n",
	       emulates_hyperv(vm) ? "yes" : "no");
	printf("crash MSRs by MSR filter: %s\n",
	       crash_msr_is_offered(vm) ? "yes" : "no");
	if (device < 0) {
		printf("guest-panic device: no; --backend auto uses userspace\n");
		return;
	}
	printf("guest-panic device: yes; model hyperv: %s, model isa: %s, model mmio: %s, freeze: %s\n",
	       has_model(device, MODEL_HYPERV) ? "yes" : "no",
	       has_model(device, MODEL_ISA) ? "yes" : "no",
	       has_model(device, MODEL_MMIO) ? "yes" : "no",
	       vm_has_attr(device, KVM_DEV_GUEST_PANIC_CTRL,
			   KVM_GUEST_PANIC_FREEZE) ? "no" : "yes");
	close(device);
}

void backend_print_host(void)
{
	struct vm vm = { 0 };
	const char *why;
	int err;

	vm.kvm = vm_open_kvm(&why);
	if (vm.kvm < 0) {
		printf("/dev/kvm %s\n", why);
		return;
	}
	err = vm_create_bare(&vm);
	if (err) {
		printf("/dev/kvm does not create a VM: %s\n", strerror(-err));
		return;
	}
	print_device(&vm);
	vm_close(&vm);
}

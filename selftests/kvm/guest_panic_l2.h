/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested guests of the tests of the guest-panic device, on SVM and on VMX.
 * L1 intercepts nothing that it does not have to.
 */
#ifndef SELFTEST_KVM_GUEST_PANIC_L2_H
#define SELFTEST_KVM_GUEST_PANIC_L2_H

#include "guest_panic.h"
#include "svm_util.h"
#include "vmx.h"

/* The guest's copy says what L2 may not ask CPUID, which exits to L1 on VMX. */
static bool is_svm;

static inline bool can_nest(void)
{
	return kvm_cpu_has(X86_FEATURE_SVM) || kvm_cpu_has(X86_FEATURE_VMX);
}

/* What the library needs in L1, as the first argument of the guest's code. */
static inline void give_nested_data(struct kvm_vcpu *vcpu)
{
	struct kvm_vm *vm = vcpu->vm;
	u64 gva;

	is_svm = kvm_cpu_has(X86_FEATURE_SVM);
	sync_global_to_guest(vm, is_svm);
	if (is_svm)
		vcpu_alloc_svm(vm, &gva);
	else
		vcpu_alloc_vmx(vm, &gva);
	vcpu_args_set(vcpu, 1, gva);
}

/* The library wants a stack for L2 from its caller, or brings one itself. */
typedef void svm_setup(struct svm_test_data *svm, void *rip);
typedef void svm_setup_stack(struct svm_test_data *svm, void *rip, void *rsp);
typedef void vmx_setup(struct vmx_pages *vmx, void *rip);
typedef void vmx_setup_stack(struct vmx_pages *vmx, void *rip, void *rsp);

#define LIBRARY_HAS_STACK						\
	__builtin_types_compatible_p(typeof(generic_svm_setup), svm_setup)

static inline void prepare_svm(svm_setup setup, struct svm_test_data *svm,
			       void *rip, void *rsp)
{
	setup(svm, rip);
}

static inline void prepare_svm_stack(svm_setup_stack setup,
				     struct svm_test_data *svm, void *rip,
				     void *rsp)
{
	setup(svm, rip, rsp);
}

static inline void prepare_vmx(vmx_setup setup, struct vmx_pages *vmx,
			       void *rip, void *rsp)
{
	setup(vmx, rip);
}

static inline void prepare_vmx_stack(vmx_setup_stack setup,
				     struct vmx_pages *vmx, void *rip,
				     void *rsp)
{
	setup(vmx, rip, rsp);
}

/* In L1: have @l2_guest_code be what L2 runs when it is entered. */
static inline void prepare_l2(void *nested, void *l2_guest_code, void *rsp)
{
	if (is_svm) {
		__builtin_choose_expr(LIBRARY_HAS_STACK, prepare_svm,
				      prepare_svm_stack)
			(generic_svm_setup, nested, l2_guest_code, rsp);
		return;
	}
	GUEST_ASSERT(prepare_for_vmx_operation(nested));
	GUEST_ASSERT(load_vmcs(nested));
	__builtin_choose_expr(LIBRARY_HAS_STACK, prepare_vmx,
			      prepare_vmx_stack)
		(prepare_vmcs, nested, l2_guest_code, rsp);
}

/* In L1: run L2 until L1 gets control again. */
static inline void run_l2(void *nested)
{
	struct svm_test_data *svm = nested;

	if (is_svm)
		run_guest(svm->vmcb, svm->vmcb_gpa);
	else
		GUEST_ASSERT(!vmlaunch());
}

#define L2_STACK_WORDS	64

static inline void enter_l2(void *nested, void *l2_guest_code)
{
	unsigned long stack[L2_STACK_WORDS];

	prepare_l2(nested, l2_guest_code, stack + L2_STACK_WORDS);
	run_l2(nested);
}

/* In L2: give control to L1.  It asks for nothing, and keeps its registers. */
static inline void exit_to_l1(void)
{
	if (is_svm)
		asm volatile("vmmcall" : : : "memory");
	else
		asm volatile("vmcall" : : : "memory");
}

/* In L1: L2 got as far as exit_to_l1(). */
static inline bool has_exited_to_l1(void *nested)
{
	struct svm_test_data *svm = nested;

	if (is_svm)
		return svm->vmcb->control.exit_code == SVM_EXIT_VMMCALL;
	return vmreadz(VM_EXIT_REASON) == EXIT_REASON_VMCALL;
}

#endif /* SELFTEST_KVM_GUEST_PANIC_L2_H */

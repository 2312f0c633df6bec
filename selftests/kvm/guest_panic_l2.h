/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested guests of the tests of the guest-panic device.
 */
#ifndef SELFTEST_KVM_GUEST_PANIC_L2_H
#define SELFTEST_KVM_GUEST_PANIC_L2_H

#include "guest_panic.h"
#include "svm_util.h"

/* The library wants a stack for L2 from its caller, or brings one itself. */
typedef void svm_setup(struct svm_test_data *svm, void *rip);
typedef void svm_setup_stack(struct svm_test_data *svm, void *rip, void *rsp);

#define LIBRARY_HAS_STACK						\
	__builtin_types_compatible_p(typeof(generic_svm_setup), svm_setup)

static inline void setup_l2(svm_setup setup, struct svm_test_data *svm,
			    void *rip, void *rsp)
{
	setup(svm, rip);
}

static inline void setup_l2_stack(svm_setup_stack setup,
				  struct svm_test_data *svm, void *rip,
				  void *rsp)
{
	setup(svm, rip, rsp);
}

/* In L1: run @l2_guest_code in L2, until L1 gets control again. */
static inline void enter_l2(struct svm_test_data *svm, void *l2_guest_code)
{
	unsigned long stack[64];

	__builtin_choose_expr(LIBRARY_HAS_STACK, setup_l2, setup_l2_stack)
		(generic_svm_setup, svm, l2_guest_code,
		 stack + ARRAY_SIZE(stack));
	run_guest(svm->vmcb, svm->vmcb_gpa);
}

#endif /* SELFTEST_KVM_GUEST_PANIC_L2_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports from a nested guest, on SVM and on VMX.  What L1 does not intercept
 * is an access of the VM: the exit comes while the vCPU is in L2, and L2 goes
 * on after it.  What L1 intercepts is L1's, and no report.
 *
 * On VMX a nested VM-entry may write CRASH_CTL, by its MSR-load list, when the
 * vCPU's state is L2's already and no instruction of it has been carried out.
 *
 * Only the claims of the vendor that runs them are planned.
 */
#include "guest_panic_l2.h"
#include "guest_panic_thread.h"

static const u64 params[NR_PARAMS] = { 21, 22, 23, 24, 25 };
static const u64 no_params[NR_PARAMS];

static bool is_in_l2(struct kvm_vcpu *vcpu)
{
	union {
		struct kvm_nested_state state;
		u8 room[16384];
	} nested = { .state.size = sizeof(nested) };

	vcpu_nested_state_get(vcpu, &nested.state);
	return nested.state.flags & KVM_STATE_NESTED_GUEST_MODE;
}

struct nested_vm {
	struct kvm_vcpu *vcpu;
	int dev;
};

static void on_nmi(struct ex_regs *regs)
{
}

static void nested_vm_create(struct nested_vm *n)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&n->vcpu, NULL);

	vcpu_set_hv_cpuid(n->vcpu);
	give_nested_data(n->vcpu);
	publish_apic_id(n->vcpu);
	vm_install_exception_handler(vm, NMI_VECTOR, on_nmi);
	virt_map(vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	n->dev = guest_panic_create(vm);
	guest_panic_set(n->dev, ISA, PVPANIC_PORT, PANICKED | CRASH_LOADED);
	guest_panic_set(n->dev, MMIO, PVPANIC_GPA, PANICKED | CRASH_LOADED);
	guest_panic_set(n->dev, HYPERV, 0, NOTIFY);
	guest_panic_set(n->dev, FAULT, 0, TRIPLE_FAULT);
}

static void nested_vm_free(struct nested_vm *n)
{
	close(n->dev);
	kvm_vm_free(n->vcpu->vm);
}

/* On both. */
FIXTURE(nested) {
	struct nested_vm vm;
};

FIXTURE_SETUP(nested)
{
	nested_vm_create(&self->vm);
}

FIXTURE_TEARDOWN(nested)
{
	nested_vm_free(&self->vm);
}

static void verify_l2_goes_on(struct nested_vm *n, u64 seq)
{
	TEST_ASSERT_EQ(is_in_l2(n->vcpu), true);
	guest_panic_resume(n->dev, seq);
	run_and_verify_done(n->vcpu);
}

/* L1, which runs @l2_guest_code until that exits to it. */
static void l1_runs(void *nested, void *l2_guest_code)
{
	enter_l2(nested, l2_guest_code);
	GUEST_ASSERT(has_exited_to_l1(nested));
	GUEST_DONE();
}

static void l2_writes_port(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	GUEST_ASSERT_EQ(port_inb(PVPANIC_PORT), PANICKED | CRASH_LOADED);
	exit_to_l1();
}

static void l1_of_port(void *nested)
{
	l1_runs(nested, l2_writes_port);
}

TEST_F(nested, port_write_is_an_event_and_l2_goes_on)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_of_port);
	run_and_verify_event(self->vm.vcpu, ISA, 1, PANICKED);
	verify_l2_goes_on(&self->vm, 1);
}

static void l2_writes_mmio(void)
{
	mmio_writeb(PVPANIC_GPA, PANICKED);
	GUEST_ASSERT_EQ(mmio_readb(PVPANIC_GPA), PANICKED | CRASH_LOADED);
	exit_to_l1();
}

static void l1_of_mmio(void *nested)
{
	l1_runs(nested, l2_writes_mmio);
}

TEST_F(nested, mmio_write_is_an_event_and_l2_goes_on)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_of_mmio);
	run_and_verify_event(self->vm.vcpu, MMIO, 1, PANICKED);
	verify_l2_goes_on(&self->vm, 1);
}

static const u8 bytes[1500] = {
	[0] = PANICKED, [sizeof(bytes) - 1] = CRASH_LOADED,
};

static void l2_writes_string(void)
{
	const u8 *p = bytes;
	u64 count = sizeof(bytes);

	asm volatile("rep outsb" : "+S"(p), "+c"(count) : "d"(PVPANIC_PORT)
		     : "memory");
	GUEST_ASSERT_EQ(count, 0);
	exit_to_l1();
}

static void l1_of_string(void *nested)
{
	l1_runs(nested, l2_writes_string);
}

TEST_F(nested, long_string_write_is_interrupted_and_goes_on)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_of_string);
	run_and_verify_event(self->vm.vcpu, ISA, 1, PANICKED);
	TEST_ASSERT_EQ(is_in_l2(self->vm.vcpu), true);
	guest_panic_resume(self->vm.dev, 1);
	run_and_verify_event(self->vm.vcpu, ISA, 2, CRASH_LOADED);
	TEST_ASSERT_EQ(is_in_l2(self->vm.vcpu), true);
	run_and_verify_done(self->vm.vcpu);
}

/* Not a ucall: L1 intercepts its port, too. */
static void l2_writes_intercepted_port(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
}

/* The SVM permission map's first page will do for the port. */
static void intercept_io(void *nested)
{
	struct svm_test_data *svm = nested;

	if (is_svm) {
		memset(svm->msr, 0xff, PAGE_SIZE);
		svm->vmcb->control.iopm_base_pa = svm->msr_gpa;
		svm->vmcb->control.intercept |=
			1ULL << INTERCEPT_IOIO_PROT;
	} else {
		vmwrite(CPU_BASED_VM_EXEC_CONTROL,
			vmreadz(CPU_BASED_VM_EXEC_CONTROL) |
			CPU_BASED_UNCOND_IO_EXITING);
	}
}

static void l1_intercepts_io(void *nested)
{
	struct svm_test_data *svm = nested;
	unsigned long stack[L2_STACK_WORDS];

	prepare_l2(nested, l2_writes_intercepted_port, stack + L2_STACK_WORDS);
	intercept_io(nested);
	run_l2(nested);
	if (is_svm)
		GUEST_ASSERT_EQ(svm->vmcb->control.exit_code, SVM_EXIT_IOIO);
	else
		GUEST_ASSERT_EQ(vmreadz(VM_EXIT_REASON),
				EXIT_REASON_IO_INSTRUCTION);
	GUEST_DONE();
}

TEST_F(nested, port_write_that_l1_intercepts_is_no_event)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_intercepts_io);
	run_and_verify_done(self->vm.vcpu);
	verify_stats(self->vm.vcpu->vm, 0, 0);
}

static void l2_dies(void)
{
	const struct desc_ptr no_idt = { };

	asm volatile("lidt %0; ud2" : : "m"(no_idt));
}

static void l1_intercepts_death(void *nested)
{
	struct svm_test_data *svm = nested;
	unsigned long stack[L2_STACK_WORDS];

	prepare_l2(nested, l2_dies, stack + L2_STACK_WORDS);
	if (is_svm)
		svm->vmcb->control.intercept |= 1ULL << INTERCEPT_SHUTDOWN;
	run_l2(nested);
	if (is_svm)
		GUEST_ASSERT_EQ(svm->vmcb->control.exit_code,
				SVM_EXIT_SHUTDOWN);
	else
		GUEST_ASSERT_EQ(vmreadz(VM_EXIT_REASON),
				EXIT_REASON_TRIPLE_FAULT);
	GUEST_DONE();
}

TEST_F(nested, triple_fault_that_l1_intercepts_is_no_event)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_intercepts_death);
	run_and_verify_done(self->vm.vcpu);
	verify_stats(self->vm.vcpu->vm, 0, 0);
}

/* On SVM, where an L1 need not intercept MSRs, nor shutdown. */
FIXTURE(nested_svm) {
	struct nested_vm vm;
};

FIXTURE_SETUP(nested_svm)
{
	nested_vm_create(&self->vm);
}

FIXTURE_TEARDOWN(nested_svm)
{
	nested_vm_free(&self->vm);
}

static void l2_writes_ctl(void)
{
	guest_crash(params, CTL_NOTIFY);
	GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_CTL), CTL_NOTIFY);
	exit_to_l1();
}

static void l1_of_ctl(void *nested)
{
	l1_runs(nested, l2_writes_ctl);
}

TEST_F(nested_svm, ctl_write_is_an_event_and_l2_goes_on)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_of_ctl);
	run_and_verify_crash_event(self->vm.vcpu, 1, CTL_NOTIFY, params);
	verify_l2_goes_on(&self->vm, 1);
}

static void l1_of_death(void *nested)
{
	l1_runs(nested, l2_dies);
}

TEST_F(nested_svm, triple_fault_that_nobody_intercepts_is_an_event)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_of_death);
	run_and_verify_event(self->vm.vcpu, FAULT, 1, TRIPLE_FAULT);
}

/*
 * On VMX: the VM-entry's MSR-load list.  L2 is to begin with HLT, in HLT, or
 * where L1's EPT maps nothing.  KVM may not carry out an instruction of L2 for
 * the report, nor leave L2 for it.
 */
FIXTURE(nested_vmx) {
	struct nested_vm vm;
};

FIXTURE_SETUP(nested_vmx)
{
	nested_vm_create(&self->vm);
}

FIXTURE_TEARDOWN(nested_vmx)
{
	nested_vm_free(&self->vm);
}

/* The page of the MSR bitmap, which L1 does not use. */
static void load_ctl_at_entry(struct vmx_pages *vmx)
{
	struct vmx_msr_entry *entry = vmx->msr;

	*entry = (struct vmx_msr_entry) {
		.index = HV_X64_MSR_CRASH_CTL,
		.value = CTL_NOTIFY,
	};
	GUEST_ASSERT(!vmwrite(VM_ENTRY_MSR_LOAD_ADDR, vmx->msr_gpa));
	GUEST_ASSERT(!vmwrite(VM_ENTRY_MSR_LOAD_COUNT, 1));
}

static void intercept_hlt(void)
{
	GUEST_ASSERT(!vmwrite(CPU_BASED_VM_EXEC_CONTROL,
			      vmreadz(CPU_BASED_VM_EXEC_CONTROL) |
			      CPU_BASED_HLT_EXITING));
}

static void run_l2_until(void *nested, u64 exit_reason)
{
	run_l2(nested);
	GUEST_ASSERT_EQ(vmreadz(VM_EXIT_REASON), exit_reason);
}

static void l2_exits(void)
{
	exit_to_l1();
}

static void l1_loads_ctl(void *nested)
{
	unsigned long stack[L2_STACK_WORDS];

	prepare_l2(nested, l2_exits, stack + L2_STACK_WORDS);
	load_ctl_at_entry(nested);
	run_l2_until(nested, EXIT_REASON_VMCALL);
	GUEST_DONE();
}

TEST_F(nested_vmx, msr_load_of_ctl_is_an_event_before_l2_begins)
{
	vcpu_arch_set_entry_point(self->vm.vcpu, l1_loads_ctl);
	run_and_verify_crash_event(self->vm.vcpu, 1, CTL_NOTIFY, no_params);
	verify_l2_goes_on(&self->vm, 1);
}

static void l2_halts(void)
{
	asm volatile("hlt");
	exit_to_l1();
}

static void l1_loads_ctl_and_intercepts_hlt(void *nested)
{
	unsigned long stack[L2_STACK_WORDS];

	prepare_l2(nested, l2_halts, stack + L2_STACK_WORDS);
	load_ctl_at_entry(nested);
	intercept_hlt();
	run_l2_until(nested, EXIT_REASON_HLT);
	GUEST_DONE();
}

TEST_F(nested_vmx, l2_that_begins_with_an_intercepted_hlt_exits_to_l1_later)
{
	vcpu_arch_set_entry_point(self->vm.vcpu,
				  l1_loads_ctl_and_intercepts_hlt);
	run_and_verify_crash_event(self->vm.vcpu, 1, CTL_NOTIFY, no_params);
	verify_l2_goes_on(&self->vm, 1);
}

#define ACTIVITY_HLT	1

static void l1_loads_ctl_into_a_halted_l2(void *nested)
{
	unsigned long stack[L2_STACK_WORDS];

	prepare_l2(nested, l2_exits, stack + L2_STACK_WORDS);
	load_ctl_at_entry(nested);
	intercept_hlt();
	GUEST_ASSERT(!vmwrite(GUEST_ACTIVITY_STATE, ACTIVITY_HLT));
	run_l2_until(nested, EXIT_REASON_VMCALL);
	GUEST_DONE();
}

/* The vCPU is halted: it reports, and blocks without entering the guest. */
TEST_F(nested_vmx, l2_that_begins_in_hlt_reports_and_stays_halted)
{
	struct kvm_vcpu *vcpu = self->vm.vcpu;
	struct kvm_mp_state state;
	struct runner runner;

	vcpu_arch_set_entry_point(vcpu, l1_loads_ctl_into_a_halted_l2);
	run_and_verify_crash_event(vcpu, 1, CTL_NOTIFY, no_params);
	TEST_ASSERT_EQ(is_in_l2(vcpu), true);
	vcpu_mp_state_get(vcpu, &state);
	TEST_ASSERT_EQ(state.mp_state, KVM_MP_STATE_HALTED);
	guest_panic_resume(self->vm.dev, 1);

	start_run(&runner, vcpu);
	verify_waiting(&runner);
	send_msi(vcpu, MSI_NMI);
	finish_run(&runner);
	TEST_ASSERT_EQ(get_ucall(vcpu, NULL), UCALL_DONE);
}

#define EPTP_WRITE_BACK		6ULL
#define EPTP_FOUR_LEVELS	(3ULL << 3)
#define EPT_RWX			7ULL
#define EPT_1G_WRITE_BACK	(EPT_RWX | EPTP_WRITE_BACK << 3 | BIT_ULL(7))

/* By the pages of the shadow VMCS's bitmaps, which L1 does not use. */
static void map_first_gb(struct vmx_pages *vmx)
{
	u64 *pml4 = vmx->vmread, *pdpt = vmx->vmwrite;

	memset(pml4, 0, PAGE_SIZE);
	memset(pdpt, 0, PAGE_SIZE);
	pml4[0] = vmx->vmwrite_gpa | EPT_RWX;
	pdpt[0] = EPT_1G_WRITE_BACK;
	GUEST_ASSERT(!vmwrite(EPT_POINTER, vmx->vmread_gpa | EPTP_WRITE_BACK |
			      EPTP_FOUR_LEVELS));
	GUEST_ASSERT(!vmwrite(SECONDARY_VM_EXEC_CONTROL,
			      SECONDARY_EXEC_ENABLE_EPT));
	GUEST_ASSERT(!vmwrite(CPU_BASED_VM_EXEC_CONTROL,
			      vmreadz(CPU_BASED_VM_EXEC_CONTROL) |
			      CPU_BASED_ACTIVATE_SECONDARY_CONTROLS));
}

static void l1_loads_ctl_into_an_l2_without_code(void *nested)
{
	unsigned long stack[L2_STACK_WORDS];

	prepare_l2(nested, (void *)PVPANIC_PAGE, stack + L2_STACK_WORDS);
	load_ctl_at_entry(nested);
	map_first_gb(nested);
	run_l2_until(nested, EXIT_REASON_EPT_VIOLATION);
	GUEST_DONE();
}

TEST_F(nested_vmx, l2_that_begins_where_ept_maps_nothing_exits_to_l1_later)
{
	if (!kvm_cpu_has_ept() ||
	    !(kvm_get_feature_msr(MSR_IA32_VMX_EPT_VPID_CAP) &
	      VMX_EPT_VPID_CAP_1G_PAGES))
		SKIP(return, "no EPT with pages of 1 GB for L1");
	vcpu_arch_set_entry_point(self->vm.vcpu,
				  l1_loads_ctl_into_an_l2_without_code);
	run_and_verify_crash_event(self->vm.vcpu, 1, CTL_NOTIFY, no_params);
	verify_l2_goes_on(&self->vm, 1);
}

int main(int argc, char *argv[])
{
	char *own[4] = { };

	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE_HYPERV();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_NESTED_STATE));
	__TEST_REQUIRE(can_nest(), "no SVM and no VMX for a nested guest");
	if (argc > 1)
		return test_harness_run(argc, argv);

	own[0] = argv[0];
	own[1] = "-F";
	own[2] = kvm_cpu_has(X86_FEATURE_SVM) ? "nested_vmx" : "nested_svm";
	return test_harness_run(3, own);
}

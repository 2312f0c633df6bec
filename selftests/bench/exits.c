// SPDX-License-Identifier: GPL-2.0-only
/*
 * exits [--rounds N]: what exits of a guest cost, in cycles of the TSC, or in
 * instructions of the host where the emulator counts these.
 *
 * Prints "NAME VALUE" for each measurement; names are those that kernel.py has.
 * What the guest does in a loop is timed for N and for 2N times: the difference
 * has neither the start nor the end in it.  What userspace has to do about an
 * exit is KVM_RUN again.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guest.h"

#define OPERATIONS	200
#define WAKE_UPS	100
#define REPORTS		20

#define REGS(...)	((struct kvm_regs){ __VA_ARGS__ })

#define MSR_GUEST_OS_ID	0x40000000
#define MSR_CRASH_P0	0x40000100

static void print(const char *prefix, const char *name, int64_t total,
		  unsigned int count)
{
	printf("%s%s %.1f\n", prefix, name, (double)total / count);
}

/* Until the guest has done all. */
static uint64_t run_to_end(const struct vcpu *vcpu)
{
	uint64_t start = now();

	do
		vcpu_run(vcpu);
	while (vcpu->run->exit_reason != KVM_EXIT_IO ||
	       vcpu->run->io.port != DONE_PORT);

	return now() - start;
}

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

/* Anew if another thread had the CPU in the middle, for up to a whole tick. */
static uint64_t run_alone(const struct vcpu *vcpu, const char *code,
			  const struct kvm_regs *regs)
{
	uint64_t ticks;
	long before;

	do {
		vcpu_start(vcpu, code, *regs);
		before = switches();
		ticks = run_to_end(vcpu);
	} while (switches() != before);

	return ticks;
}

static void repeat(const struct vm *vm, const char *prefix, const char *name,
		   const char *code, struct kvm_regs regs)
{
	uint64_t once, twice;

	regs.rsi = OPERATIONS;
	/* The first run is not timed: some things are done only then. */
	run_alone(&vm->vcpu[0], code, &regs);
	once = run_alone(&vm->vcpu[0], code, &regs);
	regs.rsi = 2 * OPERATIONS;
	twice = run_alone(&vm->vcpu[0], code, &regs);
	print(prefix, name, twice - once, OPERATIONS);
}

/* Those that have nothing to do with a panic. */
static void other_exits(const struct vm *vm, const char *prefix)
{
	repeat(vm, prefix, "nothing", bench_nothing, REGS());
	repeat(vm, prefix, "cpuid", bench_cpuid, REGS());
	repeat(vm, prefix, "pio-out", bench_out, REGS(.rdx = 0x80));
	repeat(vm, prefix, "pio-in", bench_in, REGS(.rdx = 0x80));
	repeat(vm, prefix, "mmio-load", bench_load, REGS(.rdi = 0x800));
	repeat(vm, prefix, "hv-rdmsr", bench_rdmsr,
	       REGS(.rcx = MSR_GUEST_OS_ID));
	repeat(vm, prefix, "hv-wrmsr", bench_wrmsr, REGS(.rcx = MSR_CRASH_P0));
}

/* What the kernel answers by itself; one of these is the cheapest. */
static void kernel_ports(const struct vm *vm)
{
	static const struct {
		const char *name;
		uint16_t port;
	} ports[] = {
		{ "in-pit", 0x40 }, { "in-speaker", 0x61 }, { "in-pic", 0x21 },
		{ "in-pic-2", 0xa1 }, { "in-elcr", 0x4d0 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		repeat(vm, "", ports[i].name, bench_in,
		       REGS(.rdx = ports[i].port));
}

struct halter {
	const struct vcpu *vcpu;
	int woken;
};

static void *halt(void *arg)
{
	const struct halter *h = arg;
	const uint64_t one = 1;
	int i;

	for (i = 0; i <= WAKE_UPS; i++) {
		vcpu_run(h->vcpu);
		if (write(h->woken, &one, sizeof(one)) < 0)
			fail("eventfd cannot be written");
	}
	return NULL;
}

/*
 * From an interrupt for a vCPU that halts until userspace has its exit.  Each by
 * itself, see reports().
 */
static void wake_up(const struct vm *vm, const char *prefix)
{
	struct halter h = { &vm->vcpu[0], eventfd(0, EFD_CLOEXEC) };
	uint64_t start, count;
	pthread_t thread;
	int i;

	vcpu_start(h.vcpu, bench_halt, REGS());
	pthread_create(&thread, NULL, halt, &h);
	for (i = 0; i <= WAKE_UPS; i++) {
		start = now();
		vm_pulse_irq(vm);
		if (read(h.woken, &count, sizeof(count)) < 0)
			fail("eventfd cannot be read");
		/* The first is not counted: the thread has to start. */
		if (i)
			print(prefix, "hlt-wake", now() - start, 1);
	}
	pthread_join(thread, NULL);
	close(h.woken);
}

/* From the instruction before the guest's write until KVM_RUN has returned. */
static uint64_t time_report(const struct vm *vm, uint32_t exit_reason)
{
	const struct vcpu *vcpu = &vm->vcpu[0];
	uint64_t returned, stamp;

	vcpu_run(vcpu);
	returned = now();
	if (vcpu->run->exit_reason != exit_reason)
		fail("wanted exit %u, got %u", exit_reason,
		     vcpu->run->exit_reason);
	memcpy(&stamp, vm->memory + STAMP, sizeof(stamp));
	return returned - stamp;
}

/* Each by itself: a mean of few would hide one that was interrupted. */
static void reports(const struct vm *vm, const char *name, uint8_t value,
		    uint32_t exit_reason)
{
	bool latches = exit_reason == KVM_EXIT_SYSTEM_EVENT &&
		       value & PANICKED;
	uint64_t ticks;
	int i;

	vcpu_start(&vm->vcpu[0], bench_report,
		   REGS(.rbx = STAMP, .rdi = PVPANIC_PORT, .rbp = value));
	for (i = 0; i <= REPORTS; i++) {
		ticks = time_report(vm, exit_reason);
		if (latches)
			vm_resume(vm, &vm->vcpu[0]);
		/* The first is not counted: some things are done only then. */
		if (i)
			print("", name, ticks, 1);
	}
}

static void without_device(void)
{
	struct vm vm;

	vm_create(&vm, 1);
	repeat(&vm, "", "read-exit", bench_in, REGS(.rdx = PVPANIC_PORT));
	reports(&vm, "report-exit", PANICKED, KVM_EXIT_IO);
	repeat(&vm, "", "write-exit", bench_out, REGS(.rdx = PVPANIC_PORT));
	other_exits(&vm, "none/");
	wake_up(&vm, "none/");
	vm_destroy(&vm);
}

static void with_device(struct vm *vm)
{
	vm_enable(vm, KVM_GUEST_PANIC_ISA, PVPANIC_PORT, 7);
	repeat(vm, "", "read-device", bench_in, REGS(.rdx = PVPANIC_PORT));
	kernel_ports(vm);
	vm_enable(vm, KVM_GUEST_PANIC_MMIO, PVPANIC_ADDR, 7);
	vm_enable(vm, KVM_GUEST_PANIC_HYPERV, 0, KVM_GUEST_PANIC_NOTIFY |
		  KVM_GUEST_PANIC_NOTIFY_MSG);
	reports(vm, "report-device", PANICKED, KVM_EXIT_SYSTEM_EVENT);
	reports(vm, "report-notice", KVM_GUEST_PANIC_CRASH_LOADED,
		KVM_EXIT_SYSTEM_EVENT);
	repeat(vm, "", "write-notice", bench_out,
	       REGS(.rdx = PVPANIC_PORT, .rax = KVM_GUEST_PANIC_CRASH_LOADED));
	vm_freeze(vm, true);
	reports(vm, "report-frozen", PANICKED, KVM_EXIT_SYSTEM_EVENT);
	other_exits(vm, "all/");
	wake_up(vm, "all/");
}

int main(int argc, char **argv)
{
	int rounds = argc == 3 && !strcmp(argv[1], "--rounds") ?
		     atoi(argv[2]) : 1;
	struct vm vm;

	/* Its reader must not take the CPU in the middle of a measurement. */
	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	while (rounds--) {
		without_device();
		vm_create(&vm, 1);
		if (vm_create_device(&vm))
			with_device(&vm);
		vm_destroy(&vm);
	}
	return 0;
}

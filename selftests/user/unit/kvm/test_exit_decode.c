// SPDX-License-Identifier: GPL-2.0-only
/* Exits as KVM leaves them in kvm_run, and what they mean. */
#include <string.h>
#include <linux/kvm.h>

#include "kvm/backend.h"
#include "kvm/exit_decode.h"
#include "kvm/vcpu.h"
#include "tap.h"

#define NDATA	11
#define DATA_AT	2048
#define MMIO_AT	0xfeb00004

static union {
	struct kvm_run run;
	uint8_t page[4096];
} shared;

static struct vcpu vcpu = { .id = 2, .fd = -1, .run = &shared.run };

static struct backend kernel = { .kind = BACKEND_KERNEL };
static struct backend userspace = {
	.kind = BACKEND_USERSPACE,
	.models = { .isa = true, .isa_port = 0x505,
		    .mmio = true, .mmio_addr = MMIO_AT },
};

static void set_crash(unsigned int ndata, const uint64_t *data)
{
	memset(&shared, 0, sizeof(shared));
	shared.run.exit_reason = KVM_EXIT_SYSTEM_EVENT;
	shared.run.system_event.type = KVM_SYSTEM_EVENT_CRASH;
	shared.run.system_event.ndata = ndata;
	memcpy(shared.run.system_event.data, data, ndata * sizeof(*data));
}

static void test_device(void)
{
	const uint64_t hyperv[] = { 0, 3, 7, CRASH_NOTIFY, 10, 11, 12, 13, 14,
				    15, 1 };
	const uint64_t isa[NDATA] = { 1, 3, 8, 3, [9] = 16, 1 };
	const uint64_t mmio[NDATA] = { 2, 3, 9, 1 };
	const uint64_t fault[NDATA] = { 3, 3, 9, 1 };
	struct guest_event ev;

	set_crash(NDATA, hyperv);
	claim(exit_decode(&kernel, &vcpu, &ev) && ev.model == MODEL_HYPERV,
	      "event: the device's Hyper-V exit");
	claim(ev.vcpu == 3 && ev.seq == 7 && ev.code == CRASH_NOTIFY,
	      "event: its vCPU, seq and code");
	claim(ev.param[0] == 10 && ev.param[4] == 14 && ev.time == 15,
	      "event: P0 to P4, and its time");

	set_crash(NDATA, isa);
	claim(exit_decode(&kernel, &vcpu, &ev) && ev.model == MODEL_ISA,
	      "event: the device's ISA exit");
	claim(ev.vcpu == 3 && ev.seq == 8 && ev.code == 3 && !ev.param[0] &&
	      ev.time == 16,
	      "event: its vCPU, seq, code and time, and no parameter");

	set_crash(NDATA, mmio);
	claim(exit_decode(&kernel, &vcpu, &ev) && ev.model == MODEL_MMIO,
	      "event: the device's MMIO exit");

	set_crash(NDATA, fault);
	claim(!exit_decode(&kernel, &vcpu, &ev),
	      "event: a model that panicvm did not enable is no event");
	set_crash(0, isa);
	claim(!exit_decode(&kernel, &vcpu, &ev),
	      "event: nor is an exit of the device without data");
	set_crash(NDATA, isa);
	shared.run.system_event.type = KVM_SYSTEM_EVENT_RESET;
	claim(!exit_decode(&kernel, &vcpu, &ev),
	      "event: nor is a system event that is not a crash");
}

static void test_bare(void)
{
	const uint64_t nothing[1] = { 0 };
	struct guest_event ev;

	set_crash(0, nothing);
	claim(exit_decode(&userspace, &vcpu, &ev) && ev.model == MODEL_HYPERV,
	      "event: stock KVM's bare exit is Hyper-V's");
	claim(ev.vcpu == 2 && ev.code == CRASH_NOTIFY,
	      "event: its vCPU, and all that is known of its code");
}

static void set_io(unsigned int port, unsigned int size, unsigned int direction,
		   const char *data, unsigned int count)
{
	memset(&shared, 0, sizeof(shared));
	shared.run.exit_reason = KVM_EXIT_IO;
	shared.run.io.port = (uint16_t)port;
	shared.run.io.size = (uint8_t)size;
	shared.run.io.direction = (uint8_t)direction;
	shared.run.io.count = count;
	shared.run.io.data_offset = DATA_AT;
	memcpy(shared.page + DATA_AT, data, (size_t)size * count);
}

static bool decodes(struct backend *backend, struct guest_event *ev)
{
	return exit_decode(backend, &vcpu, ev);
}

static void test_port_write(void)
{
	struct guest_event ev, next;

	set_io(0x505, 1, KVM_EXIT_IO_OUT, "\001", 1);
	claim(decodes(&userspace, &ev) && ev.model == MODEL_ISA &&
	      ev.code == 1 && ev.vcpu == 2, "event: a write to the port");
	claim(!decodes(&kernel, &next),
	      "event: is not one when the device has the port");
	set_io(0x505, 1, KVM_EXIT_IO_OUT, "\370\002\001", 3);
	claim(decodes(&userspace, &next) && next.code == 3,
	      "event: a string of bytes is one, with their OR");
	claim_number(next.seq, ev.seq + 1, "event: the next seq");
	set_io(0x505, 1, KVM_EXIT_IO_OUT, "\370", 1);
	claim(!decodes(&userspace, &ev), "event: unknown bits alone are not");
	set_io(0x505, 2, KVM_EXIT_IO_OUT, "\001\000", 1);
	claim(!decodes(&userspace, &ev), "event: nor is a wider write");
	set_io(0x506, 1, KVM_EXIT_IO_OUT, "\001", 1);
	claim(!decodes(&userspace, &ev), "event: nor is another port");
}

static void test_port_read(void)
{
	struct guest_event ev;

	set_io(0x505, 1, KVM_EXIT_IO_IN, "\377\377", 2);
	claim(!decodes(&userspace, &ev), "event: a read is not");
	claim(exit_answers(&userspace, &vcpu) &&
	      shared.page[DATA_AT] == 7 && shared.page[DATA_AT + 1] == 7,
	      "event: but says what may be reported");
	set_io(0x505, 2, KVM_EXIT_IO_IN, "\377\377", 1);
	claim(!exit_answers(&userspace, &vcpu),
	      "event: a wider read is not answered");
}

static void set_mmio(uint64_t gpa, unsigned int len, bool write, uint8_t first)
{
	memset(&shared, 0, sizeof(shared));
	shared.run.exit_reason = KVM_EXIT_MMIO;
	shared.run.mmio.phys_addr = gpa;
	shared.run.mmio.len = len;
	shared.run.mmio.is_write = write;
	shared.run.mmio.data[0] = first;
}

static void test_mmio_write(void)
{
	struct guest_event ev;

	set_mmio(MMIO_AT, 1, true, 0xf9);
	claim(decodes(&userspace, &ev) && ev.model == MODEL_MMIO &&
	      ev.code == 1 && ev.vcpu == 2, "event: a write to the address");
	claim(!decodes(&kernel, &ev),
	      "event: is not one when the device has the address");
	set_mmio(MMIO_AT, 1, true, 0xf8);
	claim(!decodes(&userspace, &ev),
	      "event: nor are unknown bits at the address");
	set_mmio(MMIO_AT, 2, true, 1);
	claim(!decodes(&userspace, &ev), "event: nor two bytes there");
	set_mmio(MMIO_AT + 1, 1, true, 1);
	claim(!decodes(&userspace, &ev), "event: nor the byte after it");
}

static void test_mmio_read(void)
{
	struct guest_event ev;

	set_mmio(MMIO_AT, 1, false, 1);
	claim(!decodes(&userspace, &ev), "event: a read there is not");
	claim(exit_answers(&userspace, &vcpu) &&
	      shared.run.mmio.data[0] == 7,
	      "event: but says what may be reported there");
	set_mmio(MMIO_AT, 4, false, 0);
	claim(!exit_answers(&userspace, &vcpu),
	      "event: a read of four bytes there is not answered");
	set_mmio(MMIO_AT, 1, true, 0);
	claim(!exit_answers(&userspace, &vcpu),
	      "event: nor is a write");
}

static struct backend filtered = {
	.kind = BACKEND_USERSPACE,
	.models.hyperv = true,
	.crash_msr = { .is_taken = true, .is_alone = true,
		       .lock = PTHREAD_MUTEX_INITIALIZER },
};

static void set_msr(unsigned int reason, uint32_t index, uint64_t data)
{
	memset(&shared, 0, sizeof(shared));
	shared.run.exit_reason = reason;
	shared.run.msr.reason = KVM_MSR_EXIT_REASON_FILTER;
	shared.run.msr.index = index;
	shared.run.msr.data = data;
}

static bool is_answered(uint32_t index, uint64_t data)
{
	struct guest_event ev;

	set_msr(KVM_EXIT_X86_WRMSR, index, data);
	return !decodes(&filtered, &ev) && exit_answers(&filtered, &vcpu);
}

static void test_msr_write(void)
{
	struct guest_event ev, next;
	bool answered = is_answered(MSR_HV_GUEST_OS_ID, 0x8100);
	uint32_t i;

	for (i = 0; i < EVENT_PARAMS; i++)
		answered = answered && is_answered(MSR_HV_CRASH_P0 + i, 10 + i);
	claim(answered && !shared.run.msr.error,
	      "event: a write of P0 to P4 is carried out, and none");
	set_msr(KVM_EXIT_X86_WRMSR, MSR_HV_CRASH_CTL, 0xb400000000000001);
	claim(decodes(&filtered, &ev) && ev.model == MODEL_HYPERV &&
	      ev.vcpu == 2 && ev.seq == 1, "event: one of CTL with NOTIFY is");
	claim_number(ev.code, 0xb400000000000001, "event: as it was written");
	is_answered(MSR_HV_CRASH_P0, 20);
	claim(ev.param[0] == 10 && ev.param[4] == 14 &&
	      ev.guest_os_id == 0x8100,
	      "event: with P0 to P4 and the OS id of that time");
	set_msr(KVM_EXIT_X86_WRMSR, MSR_HV_CRASH_CTL, CRASH_NOTIFY);
	claim(decodes(&filtered, &next) && next.seq == 2 &&
	      next.param[0] == 20 && next.param[4] == 14,
	      "event: the next one has what was written since");
	claim(is_answered(MSR_HV_CRASH_CTL, ~CRASH_NOTIFY) &&
	      !shared.run.msr.error, "event: without NOTIFY CTL is none");
	claim(is_answered(0x40000106, CRASH_NOTIFY) && shared.run.msr.error,
	      "event: nor is another MSR, of which there is none");
	set_msr(KVM_EXIT_X86_WRMSR, MSR_HV_CRASH_CTL, CRASH_NOTIFY);
	claim(!decodes(&userspace, &ev) && !exit_answers(&userspace, &vcpu),
	      "event: nor is any where the MSRs were not taken");
}

static void test_msr_read(void)
{
	struct guest_event ev;

	set_msr(KVM_EXIT_X86_RDMSR, MSR_HV_CRASH_CTL, 0);
	claim(!decodes(&filtered, &ev) && exit_answers(&filtered, &vcpu) &&
	      shared.run.msr.data == (CRASH_NOTIFY | CRASH_NOTIFY_MSG) &&
	      !shared.run.msr.error, "event: a read of CTL is answered");
	set_msr(KVM_EXIT_X86_RDMSR, MSR_HV_CRASH_P0 + 4, 0);
	claim(exit_answers(&filtered, &vcpu) && shared.run.msr.data == 14,
	      "event: and one of P4");
	set_msr(KVM_EXIT_X86_RDMSR, 0x400000ff, 0);
	claim(exit_answers(&filtered, &vcpu) && shared.run.msr.error,
	      "event: of another MSR it gets a #GP");
}

void test_exit_decode(void)
{
	test_device();
	test_bare();
	test_msr_write();
	test_msr_read();
	test_port_write();
	test_port_read();
	test_mmio_write();
	test_mmio_read();
}

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
	claim(exit_answers_read(&userspace, &vcpu) &&
	      shared.page[DATA_AT] == 7 && shared.page[DATA_AT + 1] == 7,
	      "event: but says what may be reported");
	set_io(0x505, 2, KVM_EXIT_IO_IN, "\377\377", 1);
	claim(!exit_answers_read(&userspace, &vcpu),
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
	claim(exit_answers_read(&userspace, &vcpu) &&
	      shared.run.mmio.data[0] == 7,
	      "event: but says what may be reported there");
	set_mmio(MMIO_AT, 4, false, 0);
	claim(!exit_answers_read(&userspace, &vcpu),
	      "event: a read of four bytes there is not answered");
	set_mmio(MMIO_AT, 1, true, 0);
	claim(!exit_answers_read(&userspace, &vcpu),
	      "event: nor is a write");
}

void test_exit_decode(void)
{
	test_device();
	test_bare();
	test_port_write();
	test_port_read();
	test_mmio_write();
	test_mmio_read();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contract of the device, Documentation/virt/kvm/devices/guest_panic.rst, as
 * a model.  Enters: a call, or an access of a guest.  Leaves: what the device has
 * to answer, and what it knows from then on.  No I/O, and no function of the
 * fuzzer's other files.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "model.h"

#define PVPANIC_EVENTS	7

/* The bits that can be enabled for each model. */
static const uint32_t possible[NR_MODELS] = {
	[KVM_GUEST_PANIC_HYPERV] = 15,
	[KVM_GUEST_PANIC_ISA] = PVPANIC_EVENTS,
	[KVM_GUEST_PANIC_MMIO] = PVPANIC_EVENTS,
	[KVM_GUEST_PANIC_FAULT] = 1,
};

/* Where the in-kernel interrupt controllers answer. */
static bool is_busy(uint64_t attr, uint64_t addr)
{
	if (attr == KVM_GUEST_PANIC_ISA)
		return addr == 0x20 || addr == 0x21 || addr == 0xa0 ||
		       addr == 0xa1 || addr == 0x4d0 || addr == 0x4d1;

	return (addr >= 0xfec00000 && addr < 0xfec00100) ||
	       (addr >= 0xfee00000 && addr < 0xfee01000);
}

static bool is_pvpanic(uint64_t model)
{
	return model == KVM_GUEST_PANIC_ISA || model == KVM_GUEST_PANIC_MMIO;
}

static bool is_valid_address(uint64_t attr, uint64_t addr)
{
	if (attr == KVM_GUEST_PANIC_ISA)
		return addr <= 0xffff;
	return attr == KVM_GUEST_PANIC_MMIO ? addr != UINT64_MAX : !addr;
}

int model_set(struct model *m, uint64_t attr, struct kvm_guest_panic_model s)
{
	if (attr >= NR_MODELS)
		return -ENXIO;
	if (s.flags || s.reserved[0] || s.reserved[1] ||
	    s.events & ~possible[attr] || !is_valid_address(attr, s.addr))
		return -EINVAL;
	if (attr == KVM_GUEST_PANIC_HYPERV && s.events &&
	    !(s.events & KVM_GUEST_PANIC_NOTIFY))
		return -EINVAL;
	if (is_pvpanic(attr) && s.events && is_busy(attr, s.addr))
		return -EBUSY;

	m->setting[attr] = s;
	return 0;
}

int model_set_freeze(struct model *m, uint32_t freeze)
{
	if (freeze > 1)
		return -EINVAL;
	m->freeze = freeze;
	return 0;
}

bool model_is_stopping(const struct kvm_guest_panic_event *event)
{
	return !is_pvpanic(event->model) ||
	       event->code & KVM_GUEST_PANIC_PANICKED;
}

struct model_vcpu *model_find_vcpu(struct model *m, uint32_t id)
{
	int i;

	for (i = 0; i < m->nr_vcpus; i++)
		if (m->vcpu[i].id == id)
			return &m->vcpu[i];
	return NULL;
}

struct model_vcpu *model_latched(const struct model *m)
{
	return m->nr_stopping ? m->stopping[0] : NULL;
}

static void insert(struct model *m, int at, struct model_vcpu *vcpu)
{
	memmove(&m->stopping[at + 1], &m->stopping[at],
		(m->nr_stopping++ - at) * sizeof(vcpu));
	m->stopping[at] = vcpu;
}

static void clear(struct model *m, struct model_vcpu *vcpu)
{
	int i;

	for (i = 0; i < m->nr_stopping; i++)
		if (m->stopping[i] == vcpu)
			memmove(&m->stopping[i], &m->stopping[i + 1],
				(--m->nr_stopping - i) * sizeof(vcpu));
	memset(&vcpu->event, 0, sizeof(vcpu->event));
}

int model_resume(struct model *m, uint64_t seq)
{
	struct model_vcpu *latched = model_latched(m);

	if (!latched || latched->event.seq != seq)
		return -ESTALE;
	clear(m, latched);
	return 0;
}

void model_discard(struct model *m)
{
	int i;

	for (i = 0; i < m->nr_vcpus; i++)
		clear(m, &m->vcpu[i]);
}

/* Whether a guest could have reported that, with its model enabled. */
static bool is_possible(const struct kvm_guest_panic_event *event)
{
	static const uint64_t none[NR_PARAMS];

	if (event->model >= NR_MODELS || !event->seq || event->seq > SEQ_MAX)
		return false;
	if (event->flags & KVM_GUEST_PANIC_DELIVERED &&
	    !model_is_stopping(event))
		return false;
	if (event->model == KVM_GUEST_PANIC_HYPERV)
		return event->code & CTL_NOTIFY;

	return !(event->code & ~(uint64_t)possible[event->model]) &&
	       !memcmp(event->param, none, sizeof(none));
}

/* Whether it can be outstanding together with what is. */
static bool fits(const struct model *m,
		 const struct kvm_guest_panic_event *event)
{
	const struct kvm_guest_panic_event *other;
	int i;

	for (i = 0; i < m->nr_vcpus; i++) {
		other = &m->vcpu[i].event;
		if (other->seq == event->seq || other->flags & event->flags)
			return false;
	}
	return true;
}

/* A delivered event goes first; the others follow in the order of seq. */
static int place(const struct model *m,
		 const struct kvm_guest_panic_event *event)
{
	const struct kvm_guest_panic_event *other;
	int i;

	for (i = 0; i < m->nr_stopping; i++) {
		other = &m->stopping[i]->event;
		if (!other->flags && (event->flags || event->seq < other->seq))
			break;
	}
	return i;
}

int model_set_event(struct model *m, struct kvm_guest_panic_event event)
{
	static const __u32 none[5];
	struct model_vcpu *vcpu = model_find_vcpu(m, event.vcpu_id);

	if (!vcpu || event.flags & ~KVM_GUEST_PANIC_DELIVERED ||
	    memcmp(event.reserved, none, sizeof(none)))
		return -EINVAL;
	if (!event.code) {
		if (!vcpu->event.seq)
			return -ENOENT;
		clear(m, vcpu);
		return 0;
	}
	if (!is_possible(&event))
		return -EINVAL;
	if (vcpu->event.seq)
		return -EBUSY;
	if (!fits(m, &event))
		return -EINVAL;

	vcpu->event = event;
	vcpu->is_timed = true;
	if (model_is_stopping(&event))
		insert(m, place(m, &event), vcpu);
	if (event.seq > m->seq)
		m->seq = event.seq;
	return 0;
}

int model_set_seq(struct model *m, uint64_t seq)
{
	int i;

	if (seq > SEQ_MAX)
		return -EINVAL;
	for (i = 0; i < m->nr_vcpus; i++)
		if (m->vcpu[i].event.seq > seq)
			return -EINVAL;
	m->seq = seq;
	return 0;
}

bool model_answers(const struct model *m, int which, uint64_t addr, int size)
{
	return size == 1 && m->setting[which].events &&
	       m->setting[which].addr == addr;
}

static void begin(struct model *m, struct model_vcpu *vcpu, int which,
		  uint64_t code)
{
	vcpu->event = (struct kvm_guest_panic_event) {
		.model = which,
		.vcpu_id = vcpu->id,
		.seq = ++m->seq,
		.code = code,
	};
	if (which == KVM_GUEST_PANIC_HYPERV)
		memcpy(vcpu->event.param, m->crash_param,
		       sizeof(vcpu->event.param));
	vcpu->is_timed = false;
	vcpu->earliest = m->now;
	m->events++;
	if (model_is_stopping(&vcpu->event))
		insert(m, m->nr_stopping, vcpu);
}

/* Returns true if it is an event, or adds to one. */
static bool report(struct model *m, struct model_vcpu *vcpu, int which,
		   uint64_t code)
{
	if (!code) {
		m->ignored++;
		return false;
	}
	if (!vcpu->event.seq) {
		begin(m, vcpu, which, code);
		return true;
	}
	if ((int)vcpu->event.model != which ||
	    model_is_stopping(&vcpu->event)) {
		m->ignored++;
		return false;
	}
	vcpu->event.code |= code;
	if (model_is_stopping(&vcpu->event))
		insert(m, m->nr_stopping, vcpu);
	return true;
}

void model_write(struct model *m, int vcpu, int which, uint64_t value)
{
	uint64_t code = value & m->setting[which].events;

	if (which == KVM_GUEST_PANIC_HYPERV)
		code = value & CTL_NOTIFY ? value : 0;
	report(m, &m->vcpu[vcpu], which, code);
}

bool model_fault(struct model *m, int vcpu)
{
	return m->setting[KVM_GUEST_PANIC_FAULT].events &&
	       report(m, &m->vcpu[vcpu], KVM_GUEST_PANIC_FAULT,
		      KVM_GUEST_PANIC_TRIPLE_FAULT);
}

uint64_t model_read_ctl(const struct model *m)
{
	static const uint64_t bits[] = {
		CTL_NOTIFY, CTL_NOTIFY_MSG, CTL_NO_CRASH_DUMP, CTL_PRE_OS_ID,
	};
	uint32_t events = m->setting[KVM_GUEST_PANIC_HYPERV].events;
	uint64_t ctl = 0;
	int i;

	if (!events)
		return m->crash_ctl;
	for (i = 0; i < 4; i++)
		if (events & 1U << i)
			ctl |= bits[i];
	return ctl;
}

enum model_due model_due(const struct model *m, int vcpu)
{
	const struct model_vcpu *v = &m->vcpu[vcpu];

	if (v->event.seq && !(v->event.flags & KVM_GUEST_PANIC_DELIVERED))
		return !model_is_stopping(&v->event) || model_latched(m) == v ?
			DUE_EVENT : DUE_WAIT;

	return m->freeze && model_latched(m) ? DUE_WAIT : DUE_NOTHING;
}

void model_delivered(struct model *m, int vcpu)
{
	struct model_vcpu *v = &m->vcpu[vcpu];

	if (model_is_stopping(&v->event))
		v->event.flags = KVM_GUEST_PANIC_DELIVERED;
	else
		clear(m, v);
}

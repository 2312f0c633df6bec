// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model of the contract; see Documentation/virt/kvm/devices/guest_panic.rst.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "model.h"

#define PVPANIC_EVENTS	7
#define HYPERV_EVENTS	3

/* Where the in-kernel interrupt controllers answer. */
static bool is_busy(uint64_t attr, uint64_t addr)
{
	if (attr == KVM_GUEST_PANIC_ISA)
		return addr == 0x20 || addr == 0x21 || addr == 0xa0 ||
		       addr == 0xa1 || addr == 0x4d0 || addr == 0x4d1;

	return (addr >= 0xfec00000 && addr < 0xfec00100) ||
	       (addr >= 0xfee00000 && addr < 0xfee01000);
}

int model_set(struct model *m, uint64_t attr, struct kvm_guest_panic_model s)
{
	if (attr >= NR_MODELS)
		return -ENXIO;
	if (s.flags)
		return -EINVAL;
	if (attr == KVM_GUEST_PANIC_HYPERV) {
		if (s.addr || s.events & ~HYPERV_EVENTS ||
		    s.events == KVM_GUEST_PANIC_NOTIFY_MSG)
			return -EINVAL;
	} else {
		if (s.events & ~PVPANIC_EVENTS || s.addr == UINT64_MAX ||
		    (attr == KVM_GUEST_PANIC_ISA && s.addr > 0xffff))
			return -EINVAL;
		if (s.events && is_busy(attr, s.addr))
			return -EBUSY;
	}
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

static bool is_stopping(const struct kvm_guest_panic_event *event)
{
	return event->model == KVM_GUEST_PANIC_HYPERV ||
	       event->code & KVM_GUEST_PANIC_PANICKED;
}

static struct model_vcpu *find_vcpu(struct model *m, uint32_t id)
{
	int i;

	for (i = 0; i < m->nr_vcpus; i++)
		if (m->vcpu[i].id == id)
			return &m->vcpu[i];
	return NULL;
}

static bool is_possible(const struct model *m,
			const struct kvm_guest_panic_event *event)
{
	static const uint64_t none[NR_PARAMS];

	if (event->model >= NR_MODELS || !m->setting[event->model].events ||
	    !event->seq)
		return false;
	if (event->model == KVM_GUEST_PANIC_HYPERV)
		return event->code & CTL_NOTIFY;

	return is_stopping(event) &&
	       !(event->code & ~(uint64_t)m->setting[event->model].events) &&
	       !memcmp(event->param, none, sizeof(none));
}

int model_set_latched(struct model *m, struct kvm_guest_panic_event event)
{
	struct model_vcpu *vcpu = find_vcpu(m, event.vcpu_id);

	if (!vcpu || !is_possible(m, &event))
		return -EINVAL;
	if (m->latched.seq || vcpu->waiting.seq)
		return -EBUSY;

	m->latched = event;
	vcpu->waiting = event;
	if (event.seq > m->seq)
		m->seq = event.seq;
	return 0;
}

int model_get_latched(const struct model *m,
		      struct kvm_guest_panic_event *event)
{
	*event = m->latched;
	return m->latched.seq ? 0 : -ENOENT;
}

/* The earliest of those that wait is latched next. */
static void latch_next(struct model *m)
{
	const struct kvm_guest_panic_event *event;
	int i;

	memset(&m->latched, 0, sizeof(m->latched));
	for (i = 0; i < m->nr_vcpus; i++) {
		event = &m->vcpu[i].waiting;
		if (event->seq && is_stopping(event) &&
		    (!m->latched.seq || event->seq < m->latched.seq))
			m->latched = *event;
	}
}

void model_resume(struct model *m)
{
	struct model_vcpu *vcpu;

	if (!m->latched.seq)
		return;

	vcpu = find_vcpu(m, m->latched.vcpu_id);
	if (vcpu->waiting.seq == m->latched.seq)
		vcpu->waiting.seq = 0;
	latch_next(m);
}

int model_at_port(const struct model *m, uint32_t port, int size)
{
	const struct kvm_guest_panic_model *s =
		&m->setting[KVM_GUEST_PANIC_ISA];

	return size == 1 && s->events && s->addr == port ?
		KVM_GUEST_PANIC_ISA : -1;
}

int model_at_address(const struct model *m, uint64_t addr, int size)
{
	const struct kvm_guest_panic_model *s =
		&m->setting[KVM_GUEST_PANIC_MMIO];

	return size == 1 && s->events && s->addr == addr ?
		KVM_GUEST_PANIC_MMIO : -1;
}

uint64_t model_write(struct model *m, int which, uint64_t value)
{
	uint64_t code = value & m->setting[which].events;

	if (which == KVM_GUEST_PANIC_HYPERV)
		code = value & CTL_NOTIFY ? value : 0;
	if (!code)
		m->ignored++;
	return code;
}

void model_report(struct model *m, int vcpu, int which, uint64_t code)
{
	struct kvm_guest_panic_event *event = &m->vcpu[vcpu].waiting;

	*event = (struct kvm_guest_panic_event) {
		.model = which,
		.vcpu_id = m->vcpu[vcpu].id,
		.seq = ++m->seq,
		.code = code,
	};
	if (which == KVM_GUEST_PANIC_HYPERV)
		memcpy(event->param, m->crash_param, sizeof(event->param));
	m->events++;
	if (is_stopping(event) && !m->latched.seq)
		m->latched = *event;
}

uint64_t model_read_ctl(const struct model *m)
{
	uint32_t events = m->setting[KVM_GUEST_PANIC_HYPERV].events;

	if (!events)
		return m->crash_ctl;
	return CTL_NOTIFY |
	       (events & KVM_GUEST_PANIC_NOTIFY_MSG ? CTL_NOTIFY_MSG : 0);
}

const struct kvm_guest_panic_event *model_due(const struct model *m, int vcpu)
{
	const struct kvm_guest_panic_event *waiting = &m->vcpu[vcpu].waiting;

	if (m->latched.seq &&
	    (m->freeze || (waiting->seq && is_stopping(waiting))))
		return &m->latched;

	return waiting->seq ? waiting : NULL;
}

void model_delivered(struct model *m, int vcpu)
{
	struct kvm_guest_panic_event *waiting = &m->vcpu[vcpu].waiting;
	const struct kvm_guest_panic_event *due = model_due(m, vcpu);

	if (due->vcpu_id == m->vcpu[vcpu].id && due->seq == waiting->seq)
		waiting->seq = 0;
}

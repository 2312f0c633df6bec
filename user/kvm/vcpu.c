// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU as KVM has it: its descriptor, its registers, its MSRs.  All ioctls on
 * a vCPU are here; what an exit means is vcpu_run.c's business.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "kvm/backend.h"
#include "kvm/cpuid.h"
#include "kvm/vcpu.h"
#include "kvm/vcpus.h"
#include "kvm/vm.h"

#define KERNEL_SIGSET_SIZE	8
#define MSRS_MAX		8
#define MSR_KERNEL_GS_BASE	0xc0000102

#define CR0_PE		(1U << 0)
#define CR0_PG		(1U << 31)
#define CR4_PAE		(1U << 5)
#define EFER_LME	(1U << 8)
#define EFER_LMA	(1U << 10)
#define RFLAGS_FIXED	(1U << 1)
#define RFLAGS_IF	(1U << 9)

/* Descriptors of statistics; twice of what Linux 6.18 has. */
#define STATS_MAX	8192

union msr_list {
	struct kvm_msrs msrs;
	uint8_t room[sizeof(struct kvm_msrs) +
		     MSRS_MAX * sizeof(struct kvm_msr_entry)];
};

void vcpu_get_msrs(const struct vcpu *vcpu, uint32_t first, unsigned int nr,
		   uint64_t *values)
{
	union msr_list list;
	unsigned int i;

	memset(&list, 0, sizeof(list));
	list.msrs.nmsrs = nr;
	for (i = 0; i < nr; i++)
		list.msrs.entries[i].index = first + i;
	ioctl(vcpu->fd, KVM_GET_MSRS, &list);
	for (i = 0; i < nr; i++)
		values[i] = list.msrs.entries[i].data;
}

bool vcpu_set_msr(const struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
	union msr_list list;

	memset(&list, 0, sizeof(list));
	list.msrs.nmsrs = 1;
	list.msrs.entries[0].index = msr;
	list.msrs.entries[0].data = value;
	return ioctl(vcpu->fd, KVM_SET_MSRS, &list) == 1;
}

static enum status set_cpuid(const struct vcpu *vcpu)
{
	const struct vcpu_env *env = vcpu->env;
	const struct cpuid_facts facts = {
		.id = vcpu->id,
		.cpus = env->cpus,
		.tsc_deadline =
			vm_has_cap(env->vm, KVM_CAP_TSC_DEADLINE_TIMER) > 0,
		.hyperv = env->backend->models.hyperv,
		.crash_msrs_alone = env->backend->crash_msr.is_alone,
	};
	union vm_cpuid cpuid;
	int err;

	err = vm_supported_cpuid(env->vm, &cpuid);
	if (!err) {
		cpuid_adapt(&cpuid, &facts);
		err = ioctl(vcpu->fd, KVM_SET_CPUID2, &cpuid) < 0 ? -errno : 0;
	}
	if (err)
		return log_fail(STATUS_HOST, "KVM does not take the CPUID of vCPU %u: %s",
				vcpu->id, strerror(-err));
	return 0;
}

/* Without a filter, KVM offers NOTIFY only if the host has written it. */
static enum status offer_crash(const struct vcpu *vcpu)
{
	const struct backend *b = vcpu->env->backend;

	if (b->kind != BACKEND_USERSPACE || !b->models.hyperv ||
	    b->crash_msr.is_taken)
		return 0;
	if (!vcpu_set_msr(vcpu, MSR_HV_CRASH_CTL, CRASH_NOTIFY))
		return log_fail(STATUS_HOST, "--panic hyperv: this host's KVM has no crash MSRs; use --panic isa");
	return 0;
}

/* Only the kick gets a thread out of KVM_RUN. */
static enum status set_run_mask(const struct vcpu *vcpu)
{
	union {
		struct kvm_signal_mask mask;
		uint8_t room[sizeof(struct kvm_signal_mask) +
			     KERNEL_SIGSET_SIZE];
	} run;
	sigset_t kick;

	run.mask.len = KERNEL_SIGSET_SIZE;
	vcpus_kick_mask(&kick);
	memcpy(run.mask.sigset, &kick, KERNEL_SIGSET_SIZE);
	if (ioctl(vcpu->fd, KVM_SET_SIGNAL_MASK, &run) < 0)
		return log_fail(STATUS_HOST, "KVM does not take a signal mask: %s",
				strerror(errno));
	return 0;
}

static const struct kvm_segment code_segment = {
	.limit = 0xffffffff, .selector = ENTRY_CS, .type = 0xb,
	.present = 1, .s = 1, .l = 1, .g = 1,
};

static const struct kvm_segment data_segment = {
	.limit = 0xffffffff, .selector = ENTRY_DS, .type = 0x3,
	.present = 1, .s = 1, .db = 1, .g = 1,
};

static void start_long(struct kvm_sregs *s, const struct entry *entry)
{
	s->cs = code_segment;
	s->ds = data_segment;
	s->es = data_segment;
	s->fs = data_segment;
	s->gs = data_segment;
	s->ss = data_segment;
	s->gdt.base = entry->gdt;
	s->gdt.limit = entry->gdt_limit;
	s->cr0 |= CR0_PE | CR0_PG;
	s->cr3 = entry->cr3;
	s->cr4 |= CR4_PAE;
	s->efer |= EFER_LME | EFER_LMA;
}

static int set_entry(int fd, const struct entry *entry)
{
	struct kvm_regs regs = {
		.rip = entry->rip,
		.rsp = entry->rsp,
		.rsi = entry->rsi,
		.rflags = RFLAGS_FIXED,
	};
	struct kvm_sregs sregs;

	if (ioctl(fd, KVM_GET_SREGS, &sregs) < 0)
		return -errno;
	if (entry->long_mode) {
		start_long(&sregs, entry);
	} else {
		/* Out of reset only CS is not at 0. */
		sregs.cs.base = 0;
		sregs.cs.selector = 0;
	}
	if (ioctl(fd, KVM_SET_SREGS, &sregs) < 0 ||
	    ioctl(fd, KVM_SET_REGS, &regs) < 0)
		return -errno;
	return 0;
}

/* Where KVM's statistics of a vCPU have the number of its exits, or 0. */
static uint64_t find_exits(int stats)
{
	static const char name[] = "exits";
	struct kvm_stats_header head;
	uint64_t room[STATS_MAX / sizeof(uint64_t)];
	size_t at = 0, size;
	ssize_t len;

	if (fs_read(stats, 0, &head, sizeof(head)) < 0)
		return 0;
	size = sizeof(struct kvm_stats_desc) + head.name_size;
	len = pread(stats, room, sizeof(room), head.desc_offset);
	for (; (ssize_t)(at + size) <= len; at += size) {
		const struct kvm_stats_desc *desc =
			(const void *)((const uint8_t *)room + at);

		if (!strncmp(desc->name, name, head.name_size))
			return head.data_offset + desc->offset;
	}
	return 0;
}

/* Linux 5.14 and newer; not worth an error. */
static void open_stats(struct vcpu *vcpu)
{
	vcpu->stats = ioctl(vcpu->fd, KVM_GET_STATS_FD, NULL);
	if (vcpu->stats >= 0)
		vcpu->exits_at = find_exits(vcpu->stats);
}

bool vcpu_exits(const struct vcpu *vcpu, uint64_t *exits)
{
	return vcpu->exits_at && !fs_read(vcpu->stats, vcpu->exits_at, exits,
					  sizeof(*exits));
}

static enum status set_up(const struct vcpu *vcpu, const struct entry *entry)
{
	enum status status = set_cpuid(vcpu);
	int err;

	if (!status)
		status = set_run_mask(vcpu);
	/* The others stay in wait-for-SIPI, as KVM creates them. */
	if (status || vcpu->id)
		return status;
	err = set_entry(vcpu->fd, entry);
	if (err)
		return log_fail(STATUS_HOST, "KVM does not take the first vCPU's registers: %s",
				strerror(-err));
	return offer_crash(vcpu);
}

enum status vcpu_create(struct vcpu *vcpu, const struct vcpu_env *env,
			unsigned int id, const struct entry *entry)
{
	enum status status;

	*vcpu = (struct vcpu){ .env = env, .id = id };
	vcpu->fd = vm_create_vcpu(env->vm, id, &vcpu->run);
	if (vcpu->fd < 0)
		return log_fail(STATUS_HOST, "KVM does not create vCPU %u: %s",
				id, strerror(-vcpu->fd));
	open_stats(vcpu);
	status = set_up(vcpu, entry);
	if (status)
		vcpu_close(vcpu);
	return status;
}

void vcpu_close(struct vcpu *vcpu)
{
	munmap(vcpu->run, vcpu->env->vm->run_size);
	if (vcpu->stats >= 0)
		close(vcpu->stats);
	close(vcpu->fd);
}

int vcpu_enter(const struct vcpu *vcpu)
{
	return ioctl(vcpu->fd, KVM_RUN, 0) < 0 ? -errno : 0;
}

int vcpu_nmi(const struct vcpu *vcpu)
{
	return ioctl(vcpu->fd, KVM_NMI) < 0 ? -errno : 0;
}

/* An exception that is to be delivered is listed as injected, too. */
static bool has_wakeup(const struct kvm_vcpu_events *ev)
{
	return ev->exception.injected || ev->exception.pending ||
	       ev->nmi.injected || (ev->nmi.pending && !ev->nmi.masked) ||
	       ev->smi.pending;
}

/* Before KVM_GET_MP_STATE tells the state, KVM acts on a pending INIT or SIPI. */
bool vcpu_is_halted(const struct vcpu *vcpu)
{
	uint64_t flags = vcpu->regs.rflags;
	struct kvm_mp_state mp;
	struct kvm_vcpu_events ev;

	if (ioctl(vcpu->fd, KVM_GET_MP_STATE, &mp) < 0)
		return false;
	if (mp.mp_state == KVM_MP_STATE_UNINITIALIZED ||
	    mp.mp_state == KVM_MP_STATE_INIT_RECEIVED)
		return true;
	/* Flags of 0 would be those of registers that could not be read. */
	if (mp.mp_state != KVM_MP_STATE_HALTED ||
	    (flags & (RFLAGS_FIXED | RFLAGS_IF)) != RFLAGS_FIXED)
		return false;
	return !ioctl(vcpu->fd, KVM_GET_VCPU_EVENTS, &ev) && !has_wakeup(&ev);
}

static void copy_general(struct regs *to, const struct kvm_regs *r)
{
	to->rax = r->rax;
	to->rbx = r->rbx;
	to->rcx = r->rcx;
	to->rdx = r->rdx;
	to->rsi = r->rsi;
	to->rdi = r->rdi;
	to->rsp = r->rsp;
	to->rbp = r->rbp;
	to->r8 = r->r8;
	to->r9 = r->r9;
	to->r10 = r->r10;
	to->r11 = r->r11;
	to->r12 = r->r12;
	to->r13 = r->r13;
	to->r14 = r->r14;
	to->r15 = r->r15;
	to->rip = r->rip;
	to->rflags = r->rflags;
}

static void copy_system(struct regs *to, const struct kvm_sregs *s)
{
	to->cs = s->cs.selector;
	to->ds = s->ds.selector;
	to->es = s->es.selector;
	to->fs = s->fs.selector;
	to->gs = s->gs.selector;
	to->ss = s->ss.selector;
	to->tr = s->tr.selector;
	to->ldt = s->ldt.selector;
	to->fs_base = s->fs.base;
	to->gs_base = s->gs.base;
	to->gdt_base = s->gdt.base;
	to->idt_base = s->idt.base;
	to->cr0 = s->cr0;
	to->cr2 = s->cr2;
	to->cr3 = s->cr3;
	to->cr4 = s->cr4;
	to->efer = s->efer;
}

static struct regs_hidden hidden_part(const struct kvm_segment *s)
{
	return (struct regs_hidden){
		.base = s->base,
		.limit = s->limit,
		.flags = (uint32_t)s->type << 8 | (uint32_t)s->s << 12 |
			 (uint32_t)s->dpl << 13 | (uint32_t)s->present << 15 |
			 (uint32_t)s->avl << 20 | (uint32_t)s->l << 21 |
			 (uint32_t)s->db << 22 | (uint32_t)s->g << 23,
	};
}

static void copy_hidden(struct regs *to, const struct kvm_sregs *s)
{
	const struct kvm_segment *const segments[REGS_SEGMENTS] = {
		&s->cs, &s->ds, &s->es, &s->fs, &s->gs, &s->ss, &s->tr, &s->ldt,
	};
	unsigned int i;

	for (i = 0; i < REGS_SEGMENTS; i++)
		to->hidden[i] = hidden_part(segments[i]);
	to->gdt_limit = s->gdt.limit;
	to->idt_limit = s->idt.limit;
}

void vcpu_see(struct vcpu *vcpu)
{
	struct kvm_sregs sregs;

	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
		return;
	vcpu->seen.cr0 = sregs.cr0;
	vcpu->seen.cr3 = sregs.cr3;
	vcpu->seen.cr4 = sregs.cr4;
	vcpu->seen.efer = sregs.efer;
}

int vcpu_read_regs(struct vcpu *vcpu)
{
	struct regs *regs = &vcpu->regs;
	struct kvm_sregs sregs;
	struct kvm_regs general;

	memset(regs, 0, sizeof(*regs));
	if (ioctl(vcpu->fd, KVM_GET_REGS, &general) < 0)
		return -errno;
	copy_general(regs, &general);
	if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
		return -errno;
	copy_system(regs, &sregs);
	copy_hidden(regs, &sregs);
	vcpu_get_msrs(vcpu, MSR_KERNEL_GS_BASE, 1, &regs->kernel_gs_base);
	return 0;
}

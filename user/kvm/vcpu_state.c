// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/kvm.h>

#include "kvm/vcpu_state.h"

#define CR0_PE		(1U << 0)
#define CR0_PG		(1U << 31)
#define CR4_PAE		(1U << 5)
#define EFER_LME	(1U << 8)
#define EFER_LMA	(1U << 10)
#define RFLAGS_FIXED	(1U << 1)

#define MSR_KERNEL_GS_BASE	0xc0000102

static const struct kvm_segment code_segment = {
	.limit = 0xffffffff, .selector = BOOT_CS, .type = 0xb,
	.present = 1, .s = 1, .l = 1, .g = 1,
};

static const struct kvm_segment data_segment = {
	.limit = 0xffffffff, .selector = BOOT_DS, .type = 0x3,
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

int vcpu_state_start(int fd, const struct entry *entry)
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

static int read_msr(int fd, uint32_t msr, uint64_t *value)
{
	union {
		struct kvm_msrs list;
		uint8_t room[sizeof(struct kvm_msrs) +
			     sizeof(struct kvm_msr_entry)];
	} msrs = { .list.nmsrs = 1 };

	msrs.list.entries[0].index = msr;
	if (ioctl(fd, KVM_GET_MSRS, &msrs) < 0)
		return -errno;
	*value = msrs.list.entries[0].data;
	return 0;
}

int vcpu_state_read(int fd, struct regs *regs)
{
	struct kvm_sregs sregs;
	struct kvm_regs general;

	memset(regs, 0, sizeof(*regs));
	if (ioctl(fd, KVM_GET_REGS, &general) < 0)
		return -errno;
	copy_general(regs, &general);
	if (ioctl(fd, KVM_GET_SREGS, &sregs) < 0)
		return -errno;
	copy_system(regs, &sregs);
	copy_hidden(regs, &sregs);
	return read_msr(fd, MSR_KERNEL_GS_BASE, &regs->kernel_gs_base);
}

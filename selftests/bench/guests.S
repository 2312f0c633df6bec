/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guests of exits.c and stop.c do, in real mode.  The code is copied
 * to BENCH_CODE, so it is position independent; userspace sets the registers
 * and RIP, to one of the labels.
 */
#define DONE_PORT	0xf4

	.code16
	.section .rodata
	.balign	4

/* Do INSN as often as ESI says, and tell userspace. */
.macro	OPERATION name:req, insn:vararg
	.globl	bench_\name
bench_\name:
1:	\insn
	decl	%esi
	jnz	1b
	outb	%al, $DONE_PORT
.endm

	.globl	bench_code
bench_code:

OPERATION nothing, nop
OPERATION in, inb %dx, %al
OPERATION out, outb %al, %dx
OPERATION load, movb %fs:(%di), %al
OPERATION rdmsr, rdmsr
OPERATION wrmsr, wrmsr
OPERATION cpuid, cpuid

/* Sleep until there is an interrupt, and tell userspace of each. */
	.globl	bench_halt
bench_halt:
	sti
	hlt
	cli
	outb	%al, $DONE_PORT
	jmp	bench_halt

	.globl	bench_handler
bench_handler:
	iret

/* Note the time at (%bx), and write to the port, again and again. */
	.globl	bench_report
bench_report:
	rdtsc
	movl	%eax, (%bx)
	movl	%edx, 4(%bx)
	movl	%edi, %edx
	movl	%ebp, %eax
	outb	%al, %dx
	jmp	bench_report

/* Count at (%bx): two instructions each time. */
	.globl	bench_count
bench_count:
	incl	(%bx)
	jmp	bench_count

/*
 * Let the others count for a while, copy how far they are, from COUNTERS to
 * COUNTED, ESI of them, and report as above.  There is no PAUSE, as KVM would
 * have the others scheduled anew by it.
 */
	.globl	bench_report_counts
bench_report_counts:
	movl	$2000000, %ecx
1:	addr32	loop 1b
	movw	%si, %cx
	pushw	%si
	pushw	%di
	movw	$0x8000, %si
	movw	$0x9000, %di
	rep movsl
	popw	%di
	popw	%si
	rdtsc
	movl	%eax, (%bx)
	movl	%edx, 4(%bx)
	movl	%edi, %edx
	movl	%ebp, %eax
	outb	%al, %dx
	jmp	bench_report_counts

	.globl	bench_code_end
bench_code_end:

	.section .note.GNU-stack, "", @progbits

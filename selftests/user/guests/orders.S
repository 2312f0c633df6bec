/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Do what comes in, and send the letter back when it is done: p, a panic; s, a
 * storm of them; c, CRASH_LOADED; r, a reset; e, 5 to the exit port; h, a halt
 * for good; q, a power-off.  An NMI: n.
 */
#include "guest.inc"

#define STORM	500

#define VECTOR_NMI	(2 * 4)

_start:
	movw	$nmi, VECTOR_NMI
	movw	$0, VECTOR_NMI + 2
	PUTC	'>'
wait:	movw	$LSR, %dx
	inb	%dx, %al
	testb	$1, %al
	jnz	order
	movw	$2000, %cx
1:	pause
	loop	1b
	jmp	wait

order:	movw	$COM1, %dx
	inb	%dx, %al
	movb	%al, %bl
	cmpb	$'p', %al
	je	panic
	cmpb	$'s', %al
	je	storm
	cmpb	$'c', %al
	je	crashload
	cmpb	$'r', %al
	je	reset
	cmpb	$'e', %al
	je	exit
	cmpb	$'h', %al
	je	halt
	cmpb	$'q', %al
	jne	wait
	POWER_OFF

panic:	WRITE	PVPANIC, 1
	jmp	done
crashload:
	WRITE	PVPANIC, 2
	jmp	done
storm:	movl	$STORM, %ecx
1:	WRITE	PVPANIC, 1
	decl	%ecx
	jnz	1b
done:	movw	$COM1, %dx
	movb	%bl, %al
	outb	%al, %dx
	jmp	wait

reset:	WRITE	RESET, 6
halt:	cli
	hlt
	jmp	halt
exit:	WRITE	EXIT_PORT, 5
	jmp	wait

nmi:	pushw	%ax
	pushw	%dx
	PUTC	'n'
	popw	%dx
	popw	%ax
	iretw

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A rule becomes: is it this call?  Are its arguments as they should be?  If
 * the first answer is no, the next rule; if the second, the trap; else allow.
 */
#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "sandbox/sandbox_bpf.h"

#define X32_CALL	0x40000000

/* Jumps are counted from the next instruction. */
static void emit_jump(struct bpf *bpf, uint16_t code, uint32_t k,
		      size_t if_true, size_t if_false)
{
	assert(bpf->len < BPF_CODE_MAX);
	bpf->code[bpf->len++] = (struct sock_filter)
		BPF_JUMP(BPF_JMP | BPF_K | code, k, (uint8_t)if_true,
			 (uint8_t)if_false);
}

static void emit(struct bpf *bpf, uint16_t code, uint32_t k)
{
	assert(bpf->len < BPF_CODE_MAX);
	bpf->code[bpf->len++] = (struct sock_filter)BPF_STMT(code, k);
}

static void emit_load(struct bpf *bpf, size_t offset)
{
	emit(bpf, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static void emit_argument(struct bpf *bpf, unsigned int arg)
{
	emit_load(bpf, offsetof(struct seccomp_data, args) +
		     arg * sizeof(uint64_t));
}

/* Goes on behind the trap if it is in the list. */
static void emit_in(struct bpf *bpf, const struct rule *rule,
		    unsigned int arg)
{
	size_t len = 0, i;

	while (rule->list[len])
		len++;
	emit_argument(bpf, arg);
	for (i = 0; i < len; i++)
		emit_jump(bpf, BPF_JEQ, rule->list[i], len - i, 0);
	emit(bpf, BPF_RET | BPF_K, SECCOMP_RET_TRAP);
}

static void emit_bits(struct bpf *bpf, const struct rule *rule)
{
	bool with = rule->test == WITH;

	emit_argument(bpf, rule->arg);
	emit_jump(bpf, BPF_JSET, rule->bits, with, !with);
	emit(bpf, BPF_RET | BPF_K, SECCOMP_RET_TRAP);
}

void bpf_add_rule(struct bpf *bpf, const struct rule *rule)
{
	unsigned short start = bpf->len;
	uint32_t answer = SECCOMP_RET_ALLOW;

	emit_jump(bpf, BPF_JEQ, rule->nr, 0, 0);
	if (rule->test == IN)
		emit_in(bpf, rule, rule->arg);
	if (rule->test == IN && rule->arg2)
		emit_in(bpf, rule, rule->arg2);
	if (rule->test == WITH || rule->test == WITHOUT)
		emit_bits(bpf, rule);
	if (rule->test == FAILS)
		answer = SECCOMP_RET_ERRNO | rule->error;
	emit(bpf, BPF_RET | BPF_K, answer);
	/* Another call: over all that. */
	bpf->code[start].jf = (uint8_t)(bpf->len - start - 1);
}

void bpf_begin(struct bpf *bpf)
{
	bpf->len = 0;
	emit_load(bpf, offsetof(struct seccomp_data, arch));
	emit_jump(bpf, BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0);
	emit(bpf, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	emit_load(bpf, offsetof(struct seccomp_data, nr));
	emit_jump(bpf, BPF_JGE, X32_CALL, 0, 1);
	emit(bpf, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
}

int bpf_load(struct bpf *bpf)
{
	struct sock_fprog prog = { .filter = bpf->code };

	emit(bpf, BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	prog.len = bpf->len;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) < 0 ?
	       -errno : 0;
}

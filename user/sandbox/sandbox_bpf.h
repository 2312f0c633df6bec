/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A seccomp filter, put together from rules.  A rule is for one system call; of
 * its arguments some may have to be in a list, or one to have, or to lack, some
 * bits.  A call without a rule is trapped, and so is an argument that a rule
 * does not take.  Calls of other architectures have other numbers: they kill.
 */
#ifndef SANDBOX_BPF_H
#define SANDBOX_BPF_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#define BPF_CODE_MAX	512

enum rule_test {
	ALWAYS,
	IN,			/* arguments @arg and @arg2 are in @list */
	WITH,			/* @arg has a bit of @bits */
	WITHOUT,		/* @arg has none of them */
	FAILS,			/* with @error: the caller knows what to do */
};

struct rule {
	uint32_t nr;
	enum rule_test test;
	unsigned int arg;
	unsigned int arg2;	/* 0: none */
	uint32_t bits;
	uint32_t error;
	const uint32_t *list;	/* ends with 0; kernels take 32 bits too */
};

struct bpf {
	struct sock_filter code[BPF_CODE_MAX];
	unsigned short len;
};

void bpf_begin(struct bpf *bpf);
void bpf_add_rule(struct bpf *bpf, const struct rule *rule);

/* Needs no_new_privs.  0 or -errno. */
int bpf_load(struct bpf *bpf);

#endif /* SANDBOX_BPF_H */

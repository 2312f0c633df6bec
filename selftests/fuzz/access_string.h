/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_ACCESS_STRING_H
#define FUZZ_ACCESS_STRING_H

struct access;

/* REP OUTS or REP STOS, until it ends or its vCPU has to wait. */
void run_string(struct access *a);

#endif /* FUZZ_ACCESS_STRING_H */

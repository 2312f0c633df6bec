/* SPDX-License-Identifier: GPL-2.0-only */
/* What phase 1 works on: one VM, and the model of what its device knows. */
#ifndef FUZZ_STATE_H
#define FUZZ_STATE_H

#include "model.h"
#include "random.h"
#include "vm.h"

_Static_assert(VM_MAX_VCPUS == MODEL_VCPUS, "the model knows each vCPU");

struct fuzz {
	struct random random;
	struct vm vm;
	struct model model;
};

#endif /* FUZZ_STATE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_RESTORE_H
#define FUZZ_RESTORE_H

#include "state.h"

/* Save all that is outstanding; restore it in this VM, or in another. */
void fuzz_restore(struct fuzz *f);

#endif /* FUZZ_RESTORE_H */

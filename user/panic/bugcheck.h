/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of Windows' bugcheck codes. */
#ifndef BUGCHECK_H
#define BUGCHECK_H

#include <stdint.h>

/* NULL for a code that is not one of the common ones. */
const char *bugcheck_name(uint64_t code);

#endif /* BUGCHECK_H */

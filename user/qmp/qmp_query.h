/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef QMP_QUERY_H
#define QMP_QUERY_H

#include "base/json.h"

/* Ours, in the form that QEMU has for its own. */
void qmp_put_version(struct json *json, const char *key);

#endif /* QMP_QUERY_H */

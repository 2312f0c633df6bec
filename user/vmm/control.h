/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a monitor may ask of a VM.  Facts at any time; all else when session.c
 * has stopped the VM and handled what there was to handle: it may then change
 * the VM's state, and start it anew.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "qmp/qmp_ops.h"

extern const struct qmp_ops control_ops;

#endif /* CONTROL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that say how a panic is reported, and what follows. */
#ifndef CONF_PANIC_H
#define CONF_PANIC_H

#include "vmm/conf.h"

void conf_parse_panic(struct conf *conf, const char *text);
void conf_parse_backend(struct conf *conf, const char *text);
void conf_parse_action(struct conf *conf, const char *text);
void conf_parse_crashload(struct conf *conf, const char *text);

/* What only shows with all options read. */
void conf_check_panic(const struct conf *conf);

#endif /* CONF_PANIC_H */

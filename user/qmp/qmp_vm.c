// SPDX-License-Identifier: GPL-2.0-only
/* The commands that do something to the VM. */
#include "qmp/qmp.h"

static const char *stop(struct qmp_call *call)
{
	return call->ops->stop(call->machine);
}

static const char *cont(struct qmp_call *call)
{
	return call->ops->cont(call->machine);
}

static const char *system_reset(struct qmp_call *call)
{
	return call->ops->reset(call->machine);
}

static const char *inject_nmi(struct qmp_call *call)
{
	return call->ops->nmi(call->machine);
}

/* As a script expects that runs it last: the answer says that it is so. */
static const char *quit(struct qmp_call *call)
{
	call->ops->quit(call->machine);
	client_set_state(call->client, CLIENT_QUIT);
	return qmp_held;
}

const struct qmp_command qmp_vm_commands[] = {
	{ "stop", stop, true, { } },
	{ "cont", cont, true, { } },
	{ "system_reset", system_reset, true, { } },
	{ "inject-nmi", inject_nmi, true, { } },
	{ "quit", quit, false, { } },
	{ }
};

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a guest may report its panic by, and what it may report. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum model {
	MODEL_HYPERV,
	MODEL_ISA,
	MODEL_MMIO,
	MODEL_NR,
};

/* pvpanic: the bits that a guest writes. */
#define PVPANIC_PANICKED	(1U << 0)
#define PVPANIC_CRASH_LOADED	(1U << 1)
#define PVPANIC_SHUTDOWN	(1U << 2)
#define PVPANIC_ALL		(PVPANIC_PANICKED | PVPANIC_CRASH_LOADED | \
				 PVPANIC_SHUTDOWN)
#define PVPANIC_ISA_PORT	0x505
#define PVPANIC_MMIO_ADDR	0xfeb00000	/* beside the APICs */

/* Hyper-V: the bits of CRASH_CTL. */
#define CRASH_NOTIFY		(1ULL << 63)
#define CRASH_NOTIFY_MSG	(1ULL << 62)
#define CRASH_NO_CRASH_DUMP	(1ULL << 61)
#define CRASH_PRE_OS_ID		(7ULL << 58)	/* a number, 0 for none */

/* The models that --panic asks for. */
struct models {
	bool hyperv;
	bool isa;
	uint16_t isa_port;
	bool mmio;
	uint64_t mmio_addr;
};

static inline bool models_empty(const struct models *models)
{
	return !models->hyperv && !models->isa && !models->mmio;
}

static inline const char *model_name(enum model model)
{
	static const char *const names[MODEL_NR] = {
		[MODEL_HYPERV] = "hyperv",
		[MODEL_ISA] = "isa",
		[MODEL_MMIO] = "mmio",
	};

	return names[model];
}

#endif /* MODEL_H */

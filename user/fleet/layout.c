// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "fleet/layout.h"

unsigned int layout_attempt(const char *name)
{
	unsigned int number = 0;

	if (strncmp(name, LAYOUT_ATTEMPT, strlen(LAYOUT_ATTEMPT)))
		return 0;
	for (name += strlen(LAYOUT_ATTEMPT); *name; name++) {
		if (*name < '0' || *name > '9')
			return 0;
		number = number * 10 + (unsigned int)(*name - '0');
		/* Nor is one with a zero in front. */
		if (!number || number > LAYOUT_ATTEMPTS_MAX)
			return 0;
	}
	return number;
}

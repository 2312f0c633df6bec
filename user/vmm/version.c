// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "kvm/backend.h"
#include "kvm/vm.h"
#include "vmm/version.h"

void version_print(void)
{
	struct vm vm = { 0 };
	const char *why;
	int err;

	printf("panicvm " VERSION "\n");
	vm.kvm = vm_open_kvm(&why);
	if (vm.kvm < 0) {
		printf("/dev/kvm %s\n", why);
		return;
	}
	err = vm_create_bare(&vm);
	if (err) {
		printf("/dev/kvm does not create a VM: %s\n", strerror(-err));
		return;
	}
	backend_print_host(&vm);
	vm_close(&vm);
}

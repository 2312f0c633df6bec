// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest_panic_fuzz [--seed N] [--operations N]: use the guest-panic device at
 * random, and compare each answer with that of a small model of its contract.
 *
 * Phase 1 is one thread, and predicts every answer to the last bit.  An operation
 * is a call of the device (device.c), an access of a guest (access.c), a
 * migration (restore.c) or one more vCPU.  Each works on struct fuzz (state.h):
 * it does the same to the VM and to the model, and ends the program by fail() if
 * the answers differ.  The seed that is printed repeats phase 1 exactly.
 *
 * Phase 2 is a thread for each vCPU (reporter.c) and more for the device
 * (threads.c): there only what must hold in any order is verified.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "access.h"
#include "device.h"
#include "fail.h"
#include "restore.h"
#include "state.h"
#include "threads.h"

#define OPERATIONS	200000
/* Some states are left only by the end of a VM, so then comes a new one. */
#define OPERATIONS_A_VM	20000

/* Seconds that no operation takes, not even in an emulator. */
#define PATIENCE	60

static uint64_t seed;
static uint64_t operation;

static void print_where(void)
{
	printf("seed %lu, operation %lu: ", seed, operation);
}

static void show_progress(uint64_t all)
{
	uint64_t step = all / 10 ? all / 10 : 1;

	if (operation % step == 0)
		printf("# %3lu %%\n", operation * 100 / all);
}

static void add_vcpu(struct fuzz *f)
{
	static const uint32_t ids[VM_MAX_VCPUS] = { 0, 7, 2, 5, 1, 100, 31, 4 };
	int n = f->vm.nr_vcpus;

	if (n == VM_MAX_VCPUS)
		return;
	vm_add_vcpu(&f->vm, ids[n]);
	f->model.vcpu[n].id = ids[n];
	f->model.nr_vcpus++;
}

static void begin(struct fuzz *f)
{
	f->model = (struct model) { 0 };
	vm_create(&f->vm);
	add_vcpu(f);
	add_vcpu(f);
}

static void operate(struct fuzz *f)
{
	if (!pick(&f->random, 500))
		add_vcpu(f);
	else if (!pick(&f->random, 200))
		fuzz_restore(f);
	else if (pick(&f->random, 2))
		fuzz_device(f);
	else
		fuzz_access(f);
}

static void fuzz_alone(uint64_t operations)
{
	struct fuzz f = { .random.state = seed };

	for (operation = 0; operation < operations; operation++) {
		if (operation % OPERATIONS_A_VM == 0) {
			if (operation)
				vm_destroy(&f.vm);
			begin(&f);
		}
		show_progress(operations);
		progress();
		operate(&f);
	}
	if (operations)
		vm_destroy(&f.vm);
}

static uint64_t parse_number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (*end || end == text) {
		fprintf(stderr, "guest_panic_fuzz: '%s' is no number\n", text);
		exit(2);
	}
	return value;
}

static void parse_options(int argc, char **argv, uint64_t *operations)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "operations", required_argument, NULL, 'n' },
		{ }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's') {
			seed = parse_number(optarg);
		} else if (option == 'n') {
			*operations = parse_number(optarg);
		} else {
			fprintf(stderr, "usage: guest_panic_fuzz [--seed N] [--operations N]\n");
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	uint64_t operations = OPERATIONS, threaded;

	setvbuf(stdout, NULL, _IOLBF, 0);
	fail_where = print_where;
	vm_block_signals();
	fail_without_progress(PATIENCE);
	seed = time(NULL);
	parse_options(argc, argv, &operations);
	seed += !seed;
	/* One of many threads takes ten times as long. */
	threaded = operations / 20;

	printf("TAP version 13\n1..2\n# seed %lu, %lu operations\n", seed,
	       operations);
	fuzz_alone(operations - threaded);
	printf("ok 1 %lu operations, each answer as predicted\n",
	       operations - threaded);
	fuzz_threads(seed, threaded);
	printf("ok 2 %lu operations of many threads\n", threaded);
	return 0;
}

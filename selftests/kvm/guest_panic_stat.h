/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of a VM or a vCPU, by their names.
 */
#ifndef SELFTEST_KVM_GUEST_PANIC_STAT_H
#define SELFTEST_KVM_GUEST_PANIC_STAT_H

#include "guest_panic_latch.h"

static inline struct kvm_stats_desc *find_stat(struct kvm_stats_header *header,
					       struct kvm_stats_desc *descs,
					       const char *name)
{
	struct kvm_stats_desc *desc;
	int i;

	for (i = 0; i < header->num_desc; i++) {
		desc = get_stats_descriptor(descs, i, header);
		if (!strcmp(desc->name, name))
			return desc;
	}
	TEST_FAIL("no statistic is called %s", name);
	return NULL;
}

static inline u64 read_stat(int fd, const char *name)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs;
	u64 value;

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	read_stat_data(fd, &header, find_stat(&header, descs, name), &value, 1);
	free(descs);
	return value;
}

static inline u64 read_vm_stat(struct kvm_vm *vm, const char *name)
{
	int fd = vm_get_stats_fd(vm);
	u64 value = read_stat(fd, name);

	close(fd);
	return value;
}

/*
 * KVM says so before it puts the vCPU's thread to sleep.  @fd is of
 * vcpu_get_stats_fd(), which waits for the vCPU's lock: get it before KVM_RUN.
 */
static inline void wait_until_blocking(int fd)
{
	while (!read_stat(fd, "blocking"))
		sched_yield();
}

#endif /* SELFTEST_KVM_GUEST_PANIC_STAT_H */

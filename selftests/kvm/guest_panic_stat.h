/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of a vCPU, which the library reads of a VM only.
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

/*
 * KVM says so before it puts the vCPU's thread to sleep.  @fd is of
 * vcpu_get_stats_fd(), which waits for the vCPU's lock: get it before KVM_RUN.
 */
static inline void wait_until_blocking(int fd)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs;
	u64 blocking;

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	do {
		sched_yield();
		read_stat_data(fd, &header,
			       find_stat(&header, descs, "blocking"),
			       &blocking, 1);
	} while (!blocking);
	free(descs);
}

#endif /* SELFTEST_KVM_GUEST_PANIC_STAT_H */

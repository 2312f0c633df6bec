// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bugs for a guest to die of: "insmod bugs.ko what=NAME" runs into one of them.
 * Each has a function of its own, which a signature should name.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static char *what = "";
module_param(what, charp, 0);

/* Parameters, as the compiler must not know their values. */
static ulong null;
module_param(null, ulong, 0);
static ulong unmapped = 0xffff800000000000;
module_param(unmapped, ulong, 0);
static ulong far = 0xdead000000000100;
module_param(far, ulong, 0);
static int zero;
module_param(zero, int, 0);

static noinline void bug_null(void)
{
	WRITE_ONCE(*(int *)null, 1);
}

static noinline void bug_paging(void)
{
	WRITE_ONCE(*(int *)unmapped, 1);
}

static noinline void bug_gpf(void)
{
	WRITE_ONCE(*(int *)far, 1);
}

static noinline void bug_call(void)
{
	((void (*)(void))null)();
	barrier();
}

static noinline void bug_bug(void)
{
	BUG();
}

static noinline void bug_warn(void)
{
	WARN(1, "a warning that says %d\n", current->pid);
}

static noinline void bug_divide(void)
{
	WRITE_ONCE(zero, 100 / zero);
}

static noinline void bug_list(void)
{
	LIST_HEAD(head);
	LIST_HEAD(entry);

	WRITE_ONCE(head.next->prev, &entry);
	list_add(&entry, &head);
	barrier();
}

static noinline void bug_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(zero);

	refcount_inc(&count);
	barrier();
}

static noinline int bug_recursion(int n)
{
	char room[512];

	OPTIMIZER_HIDE_VAR(n);
	memset(room, n, sizeof(room));
	n = bug_recursion(n + 1);
	barrier_data(room);
	return n;
}

static noinline void bug_smash(void)
{
	char room[16];
	char *end = room + 64 + zero;

	OPTIMIZER_HIDE_VAR(end);
	while (end > room)
		WRITE_ONCE(*--end, 'x');
	barrier_data(room);
}

static noinline void bug_spin(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static void after_grace_period(struct rcu_head *head)
{
}

static noinline void bug_stall(void)
{
	unsigned long begun = jiffies + HZ;
	static struct rcu_head head;

	rcu_read_lock();
	call_rcu(&head, after_grace_period);
	/* Somebody has to see that a grace period begins. */
	while (time_before(jiffies, begun))
		cond_resched();
	for (;;)
		cpu_relax();
}

static noinline void bug_wait(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	barrier();
}

static noinline void bug_atomic(void)
{
	preempt_disable();
	msleep(20);
	preempt_enable();
}

static noinline void bug_free_twice(void)
{
	void *p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	barrier();
}

static noinline void bug_use_after_free(void)
{
	int *p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(*p, 1);
}

static noinline void bug_out_of_bounds(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	WRITE_ONCE(p[64 + zero], 1);
}

static noinline void bug_shift(void)
{
	WRITE_ONCE(zero, 1 << (40 + zero));
}

static noinline void bug_memset(void)
{
	memset((void *)null, 0, 200 + zero);
	barrier();
}

static void in_timer(struct timer_list *timer)
{
	bug_null();
	barrier();
}

static void bug_timer(void)
{
	static DEFINE_TIMER(timer, in_timer);

	mod_timer(&timer, jiffies + 1);
	msleep(1000);
}

static void in_work(struct work_struct *work)
{
	bug_null();
	barrier();
}

static void bug_work(void)
{
	static DECLARE_WORK(work, in_work);

	schedule_work(&work);
	msleep(1000);
}

static int in_thread(void *unused)
{
	bug_null();
	return 0;
}

static void bug_thread(void)
{
	kthread_run(in_thread, NULL, "unlucky/%d", current->pid);
	msleep(1000);
}

static noinline void bug_memory(void)
{
	while (alloc_page(GFP_KERNEL))
		;
}

static noinline void bug_panic(void)
{
	panic("disk %d of pool %p is on fire", current->pid, current);
}

static void bug_overflow(void)
{
	bug_recursion(0);
	barrier();
}

static const struct {
	const char *name;
	void (*run)(void);
} bugs[] = {
	{ "null", bug_null },
	{ "paging", bug_paging },
	{ "gpf", bug_gpf },
	{ "call", bug_call },
	{ "bug", bug_bug },
	{ "warn", bug_warn },
	{ "divide", bug_divide },
	{ "list", bug_list },
	{ "refcount", bug_refcount },
	{ "recursion", bug_overflow },
	{ "smash", bug_smash },
	{ "spin", bug_spin },
	{ "stall", bug_stall },
	{ "wait", bug_wait },
	{ "atomic", bug_atomic },
	{ "free-twice", bug_free_twice },
	{ "use-after-free", bug_use_after_free },
	{ "out-of-bounds", bug_out_of_bounds },
	{ "shift", bug_shift },
	{ "memset", bug_memset },
	{ "timer", bug_timer },
	{ "work", bug_work },
	{ "thread", bug_thread },
	{ "memory", bug_memory },
	{ "panic", bug_panic },
};

static int __init bugs_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(what, bugs[i].name))
			bugs[i].run();
	return 0;
}
late_initcall(bugs_init);

MODULE_DESCRIPTION("Bugs for a guest to die of");
MODULE_LICENSE("GPL");

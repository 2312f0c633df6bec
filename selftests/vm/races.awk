# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel's log without the data races of others: KCSAN, by its strict rules,
# has much to say about the kernel as it is.  A report stays if a function of
# the guest-panic device is in one of its stacks.  How many went is said last.

# Timers are looked up by lock_timer_base() without a lock, by READ_ONCE(), and once
# more under it, while add_timer_global() writes the same flags: what the workqueues
# do when work is queued that somebody flushes, as they allow.
function is_known(report) {
	return report ~ /data-race in add_timer_global \/ lock_timer_base/
}

function is_fence() {
	return /====================/
}

function is_ours(report) {
	return report ~ /guest_panic[a-z0-9_.]*\+0x|[ \]](gp|pvpanic)_[a-z0-9_.]*\+0x/
}

is_fence() && !inside {
	inside = 1
	report = $0
	next
}

inside {
	report = report "\n" $0
	if (!is_fence())
		next
	inside = 0
	if (report ~ /BUG: KCSAN/ && (!is_ours(report) || is_known(report)))
		others++
	else
		print report
	next
}

{ print }

END {
	if (inside)
		print report
	if (others)
		print "lab: " others " data races elsewhere"
}

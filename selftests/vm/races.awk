# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel's log without the data races of others: KCSAN, by its strict rules,
# has much to say about the kernel as it is.  A report stays if one of its two
# accesses is by a function of the guest-panic device, or by one that such a
# function calls, to a depth of 2.  The last line says how many were left out.
#
# The whole stack would be too much: a vCPU that waits for the device is below
# schedule(), and all that KVM does when it comes back would count as the device's.

BEGIN { DEPTH = 3 }

# Timers are looked up by lock_timer_base() without a lock, by READ_ONCE(), and once
# more under it, while add_timer_global() writes the same flags: what the workqueues
# do when work is queued that somebody flushes, as they allow.
#
# A vCPU's mode is set by a plain write in vcpu_enter_guest(), which is inlined, and
# changed by cmpxchg() whenever KVM makes a request of it, whoever has KVM do so.
function is_known(report) {
	return report ~ /data-race in add_timer_global \/ lock_timer_base/ ||
	       report ~ /data-race in kvm_arch_vcpu_ioctl_run \/ kvm_make_vcpu_request/
}

function is_fence() {
	return /====================/
}

function is_access(line) {
	return line ~ / by (task|interrupt)/
}

function is_frame(line) {
	return line ~ /\+0x[0-9a-f]+\/0x/
}

function is_scheduler(line) {
	return line ~ /[ \]](__)?schedule\+0x/
}

function is_device(line) {
	return line ~ /guest_panic[a-z0-9_.]*\+0x|[ \]](gp|pvpanic)_[a-z0-9_.]*\+0x/
}

function is_ours(report,	lines, n, i, left) {
	n = split(report, lines, "\n")
	for (i = 1; i <= n; i++) {
		if (is_access(lines[i]))
			left = DEPTH
		else if (is_scheduler(lines[i]))
			left = 0
		else if (is_frame(lines[i]) && left-- > 0 && is_device(lines[i]))
			return 1
	}
	return 0
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

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154 # $work and others are of common.sh
#
# What the tests of Linux guests share, after common.sh.

# These are for the lab, where XSAVE is not emulated well.  Nor should CPUs run
# while Linux patches itself: the guest's init starts them.  Most guests get "quiet"
# too, since each character on the console takes its time there.
# shellcheck disable=SC2034 # used by the programs that source this
tame="noxsave maxcpus=1"

# As vm(), which boots Linux here, with a report and a time-out.
#
# QEMU leaves the type of a guest's last exception in EXITINTINFO, without the bit
# that says it is valid.  KVM of 7.3 looks at the type alone, and does not emulate
# an instruction if the next exit is one for device memory: "suberror 3".  Silicon
# has 0 there, and nothing that the device does leads to this one.
linux() { # OPTION...
	set -- --report "$work/report" --timeout "$LIMIT" "$@"
	vm "$@"
	if grep -q "KVM internal error, suberror 3$" "$work/err"; then
		echo "# QEMU made KVM stop this guest (suberror 3): once more"
		vm "$@"
	fi
}

# The text of a record, from that source, has TEXT in it.
text_has() { # NUMBER SOURCE TEXT
	sed -n "$1s/.*\"text\":\"\\(.*\\)\",\"text_source\":\"$2\".*/\\1/p" \
		"$work/report" >"$work/text"
	has "$work/text" "$3"
}

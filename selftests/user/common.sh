# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the test programs in this directory share.  They run in the lab too, so
# they need no more than busybox has.  $PANICVM is the program to test.

: "${PANICVM:=./panicvm}"
# shellcheck disable=SC2034 # for those who source this
guests=guests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=selftests/tap.sh
. ./tap.sh

# A guard against hangs; long, because emulation is slow.
LIMIT=${LIMIT:-60}

# Run panicvm; leaves $status, $work/out, $work/err, and $work/report if it makes one.
# shellcheck disable=SC2034 # status is for who calls it
vm() {
	rm -f "$work/report"
	status=0
	timeout -k 5 "$LIMIT" "$PANICVM" "$@" </dev/null >"$work/out" \
		2>"$work/err" || status=$?
}

# With a clock of another speed, see delay.c: fast, so that no boot is short and
# each restart is at once; or 0, so that one that has to wait never comes.
clock() { # SPEED COMMAND...
	export CLOCK_SPEED="$1" LD_PRELOAD=./delay.so
	# Else the sanitizer wants to be the first library.
	export ASAN_OPTIONS=verify_asan_link_order=0
	shift
	"$@"
	unset CLOCK_SPEED LD_PRELOAD ASAN_OPTIONS
}

# A whole line of panicvm's own in $work/err.
says() { # TEXT
	grep -qxF -- "panicvm: $1" "$work/err" || {
		echo "no line 'panicvm: $1' in:"
		cat "$work/err"
		return 1
	}
}

# How many records there are, of how many events.
records() { # COUNT
	touch "$work/report"
	is "$(wc -l <"$work/report")" "$1"
}

skip_all() { # REASON
	echo "1..0 # SKIP $1"
	exit 0
}

skip() { # CLAIM REASON
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

# The backends that this host has, each of which is tested.
backends() {
	if "$PANICVM" --version | grep -q 'guest-panic device: yes'; then
		echo userspace kernel
	else
		echo userspace
	fi
}

need_kvm() {
	if "$PANICVM" --version | grep -q '^guest-panic device'; then
		return
	fi
	skip_all "$("$PANICVM" --version | tail -n 1); the lab has one"
}

has_hyperv() {
	"$PANICVM" --version | grep -q 'Hyper-V emulation: yes'
}

# By which panicvm takes Hyper-V's crash MSRs, whether KVM emulates it or not.
has_msr_filter() {
	"$PANICVM" --version | grep -q 'crash MSRs by MSR filter: yes'
}

# With panicvm on a KVM that lacks something; see lacks.c.
lacking() { # WHAT COMMAND...
	export LD_PRELOAD=./lacks.so LACKS="$1"
	shift
	"$@"
	unset LD_PRELOAD LACKS
}

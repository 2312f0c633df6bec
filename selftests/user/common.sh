# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the test programs in this directory share.  They run in the lab too, so
# they need no more than busybox has.  $PANICVM is the program to test.

: "${PANICVM:=./panicvm}"
# shellcheck disable=SC2034 # used by the programs that source this
guests=guests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=selftests/tap.sh
. ./tap.sh

# A guard against hangs; long, because emulation is slow.
LIMIT=${LIMIT:-60}

# Run panicvm; leaves $status, $work/out, $work/err, and $work/report if it makes one.
# shellcheck disable=SC2034 # status is for the caller
vm() {
	rm -f "$work/report"
	status=0
	timeout -k 5 "$LIMIT" "$PANICVM" "$@" </dev/null >"$work/out" \
		2>"$work/err" || status=$?
}

# Run it with delay.so, which that variable sets.
delayed() { # VARIABLE=VALUE COMMAND...
	# shellcheck disable=SC2163 # it is an assignment
	export "$1" LD_PRELOAD=./delay.so
	# A sanitizer's library would want to be the first.
	export ASAN_OPTIONS=verify_asan_link_order=0
	variable=${1%%=*}
	shift
	"$@"
	unset "$variable" LD_PRELOAD ASAN_OPTIONS
}

# With a clock of another speed: fast, so that no boot is short and each restart
# is at once; or 0, so that one that has to wait never comes.
clock() { # SPEED COMMAND...
	speed=$1
	shift
	delayed CLOCK_SPEED="$speed" "$@"
}

# panicvm has written this to stderr, as a whole line.
says() { # TEXT
	grep -qxF -- "panicvm: $1" "$work/err" || {
		echo "no line 'panicvm: $1' in:"
		cat "$work/err"
		return 1
	}
}

# There are so many records.
records() { # COUNT
	touch "$work/report"
	is "$(wc -l <"$work/report")" "$1"
}

# A claim about what is in the records of $backend.
# shellcheck disable=SC2154 # set by the program that sources this
reports() { # CLAIM TEXT
	claim "$backend: $1" has "$work/report" "$2"
}

# How it ended; else the last that it said.
is_status() { # WANTED
	is "$status" "$1" || {
		tail -n 5 "$work/err" "$work/out"
		return 1
	}
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

# Run a flat guest as a user with no more than the group of a /dev/kvm of that
# mode; leaves $status, $work/out and $work/err.  Needs a mount of one's own.
as_nobody() { # MODE GUEST
	chmod 755 "$work"
	cp "$PANICVM" "$work/panicvm"
	cp "$guests/$2.bin" "$work/flat"
	chmod 644 "$work/flat"
	status=0
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare -m sh -c 'mknod -m "$2" "$1/kvm" c 10 232 &&
		chgrp "$(id -g nobody)" "$1/kvm" &&
		mount -o bind "$1/kvm" /dev/kvm &&
		exec su -s /bin/sh nobody -c "$1/panicvm --flat $1/flat"' \
		- "$work" "$1" </dev/null >"$work/out" 2>"$work/err" ||
		status=$?
}

can_be_nobody() {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null
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

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# TAP for test programs in bash: claim for each truth, finish at the end.
# What a claim's command prints is shown only if the claim is wrong.

tap_count=0 tap_failed=0
echo "TAP version 13"

claim() { # TEXT COMMAND...: the command succeeds
	local text=$1 output
	shift
	tap_count=$((tap_count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $tap_count $text"
	else
		echo "not ok $tap_count $text"
		printf '%s\n' "$output" | sed 's/^/# /'
		tap_failed=$((tap_failed + 1))
	fi
}

is() { # GOT WANTED
	[ "$1" = "$2" ] || {
		echo "got '$1', wanted '$2'"
		return 1
	}
}

has() { # FILE TEXT
	grep -qF -- "$2" "$1" || {
		echo "no '$2' in:"
		cat "$1"
		return 1
	}
}

finish() {
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the shell scripts of this tree share: messages with the time, errors
# that say what to do, and a cache that is checked on each use.  Source it
# from bash with "set -eu -o pipefail"; messages go to stderr, results to stdout.

# A failure inside "$(...)" must end the script, not just the substitution.
shopt -s inherit_errexit

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/kvm-panic

# One clock for a script and all that it starts.
export KVM_PANIC_START=${KVM_PANIC_START:-$(date +%s)}

# say TEXT...: one line of progress, with the seconds since the start.
say() {
	printf '[%3d s] %s\n' "$(($(date +%s) - KVM_PANIC_START))" "$*" >&2
}

# die WHAT WHY FIX: end with what failed, why, and what to do about it.
die() {
	printf '%s: %s: %s\n' "${0##*/}" "$1" "$2" >&2
	printf '  what to do: %s\n' "$3" >&2
	exit 1
}

# step WHAT COMMAND...: run a command that takes a while.  Its output is kept
# back and shown if it fails; a line every ten seconds says that it lives.
step() {
	local what=$1 log pid status=0
	shift
	say "$what"
	log=$(mktemp)
	"$@" </dev/null >"$log" 2>&1 &
	pid=$!
	while ! timeout 10 tail -s 0.1 --pid="$pid" -f /dev/null; do
		say "..."
	done
	wait "$pid" || status=$?
	if [ "$status" != 0 ]; then
		tail -n 60 "$log" >&2
		say "FAILED with status $status: $what"
	fi
	rm -f "$log"
	return "$status"
}

# A cache entry is the directory $CACHE/KIND/KEY.  KEY names the inputs, so a
# changed input is another entry.  It is built under a temporary name and
# renamed when complete, and its MANIFEST is compared on each use.

# Every file by name, type, size, time and link target.  Contents by sha256,
# but for linux/: hashing 1.7 GB on each use would cost more than it is worth.
cache_manifest() (
	cd "$1" || exit
	find . -mindepth 1 ! -path ./MANIFEST \
		-printf '%P %y %s %Ts %l\n' | LC_ALL=C sort | sha256sum
	find . -type f ! -path ./MANIFEST ! -path './linux/*' -print0 |
		LC_ALL=C sort -z | xargs -0 -r sha256sum
)

cache_is_sound() {
	[ -f "$1/MANIFEST" ] &&
		cache_manifest "$1" | cmp -s - "$1/MANIFEST"
}

# What nobody used for two weeks goes, and what a killed build left behind.
cache_prune() {
	find "$1" -mindepth 1 -maxdepth 1 -name '.new.*' -mtime +0 \
		-exec rm -rf {} +
	find "$1" -mindepth 1 -maxdepth 1 -type d ! -name '.*' -mtime +14 \
		-exec rm -rf {} +
}

cache_lock() { # -s|-x
	if ! flock "$1" -w 5 "$lock"; then
		say "waiting for another process that uses $kind"
		flock "$1" "$lock"
	fi
}

# Print the entry if it is sound.
cache_take() {
	cache_is_sound "$entry" || return
	touch "$entry"
	echo "$entry"
}

# cache_entry KIND KEY BUILDER [ARG...]: print the directory of a sound entry.
# If there is none, BUILDER is called with the ARGs and a new directory to
# fill.  Of several callers at once one builds and the others wait for it; those
# that find an entry sound do not wait for each other.
cache_entry() (
	kind=$CACHE/$1 entry=$CACHE/$1/$2
	shift 2
	mkdir -p "$kind"
	exec {lock}>"$kind/.lock"
	cache_lock -s
	! cache_take || exit 0
	cache_lock -x
	! cache_take || exit 0
	if [ -e "$entry" ]; then
		say "$entry is damaged or incomplete: making it anew"
	fi
	cache_prune "$kind"
	new=$(mktemp -d "$kind/.new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	chmod 755 "$new"
	"$@" "$new" >&2
	cache_manifest "$new" >"$new/MANIFEST"
	rm -rf "$entry"
	mv "$new" "$entry"
	echo "$entry"
)

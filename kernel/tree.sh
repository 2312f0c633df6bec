# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A base's KVM with the device: what the base has, the hooks of patches/BASE/
# and the new files of this tree.  Source it after lib.sh; set BASE to the name
# and base to the directory of the base, see fetch.
# shellcheck disable=SC2154 # so they are not set here

kernel=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
uapi=$kernel/../include/uapi

# The new files of the kernel's part, each under its path in the kernel; the
# ABI header and the documentation are in the root of this tree.
OVERLAY=(arch include virt)

# What KVM is built from, beside the files that the hooks change.
KVM_SOURCE=(arch/x86/kvm virt)

# The files of the base that the hooks change.
hooked_files() {
	sed -n 's|^+++ b/||p' "$kernel/patches/$BASE"/*.patch | LC_ALL=C sort -u
}

# The values of COMMIT's lines that begin with WORD, below its message.
said_by() { # COMMIT WORD
	sed -n "1,/^---\$/d; s/^$2 //p" "$1"
}

# The commits of the series, in their order.  One that names a base is of that
# base's only.
commits() {
	find "$kernel/commits" -name '[0-9]*' ! -name 00-cover | LC_ALL=C sort |
	while read -r commit; do
		bases=$(said_by "$commit" base)
		[ "${bases:-$BASE}" != "$BASE" ] || echo "$commit"
	done
}

# The hooks, in the order of the series.
hooks() {
	commits | while read -r commit; do
		said_by "$commit" hook
	done | sed "s|.*|$kernel/patches/$BASE/&.patch|"
}

# Names what else there is to build on: Debian may have moved on.
die_of_hook() { # HOOK
	die "cannot apply patches/$BASE/$1" \
	    "the base's sources have moved under it" \
	    "adapt it to $(cat "$base/version"); the archive has: $(
		"$kernel/fetch" --list "$BASE" | cut -d ' ' -f 1 | xargs)"
}

apply_hook() { # TREE HOOK
	local log=$1/hook.log

	if ! patch -d "$1" -p1 --fuzz=0 -i "$2" >"$log" 2>&1; then
		cat "$log" >&2
		die_of_hook "${2##*/}"
	fi
	if grep -q '^Hunk.*offset' "$log"; then
		say "note: ${2##*/} applies at other lines than it names"
	fi
	rm "$log"
}

source_parts() {
	printf '%s\n' "${KVM_SOURCE[@]}"
	hooked_files | grep -vE '^(arch/x86/kvm|virt)/'
}

# Unpack only those from a whole source, a tarball on stdin.
unpack_parts() { # DIRECTORY
	# shellcheck disable=SC2046 # names have no spaces
	tar -xJ -C "$1" --strip-components=1 \
		$(source_parts | sed "s|^|linux-source-$BASE/|")
}

# Fill TREE with what KVM is built from, as the base has it.
copy_base() { # TREE
	mkdir -p "$1"
	(cd "$base/linux" && source_parts | xargs cp -r --parents -t "$1")
}

# And with the device.
prepare_tree() { # TREE
	local hook

	copy_base "$1"
	for hook in $(hooks); do
		apply_hook "$1" "$hook"
	done
	(cd "$kernel" && cp -r "${OVERLAY[@]}" "$1")
	cp "$uapi/linux/kvm_guest_panic.h" "$1/include/uapi/linux"
}

# The key of what is built from the base, and from FILEs of this directory.
# The base's version and not its path: two homes give the same.
build_key() { # FILE...
	{
		cat "$base/version"
		"${CC:-gcc}" --version
		cd "$kernel" || exit
		find build "$@" -type f -print0 | LC_ALL=C sort -z |
			xargs -0 sha256sum
	} | sha256sum | cut -c 1-16
}

# What prepare_tree() takes.
tree_inputs() {
	echo tree.sh ../include "${OVERLAY[@]}"
	hooks | sed "s|^$kernel/||"
}

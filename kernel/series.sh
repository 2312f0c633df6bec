# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The series: commits/ orders the new files and the hooks into commits.  Source
# it after lib.sh and tree.sh.
# shellcheck disable=SC2154 # kernel and base come from there
#
# A commit names what it brings, see 05-device and undo.  The files here are as
# the last commit leaves them; what is before it is found by going back.

AUTHOR='kvm-panic developers' EMAIL=kvm-panic@localhost
FIRST_DATE=1767225600 # 2026-01-01

# git as nobody has configured it, by nobody in particular.
plain_git() {
	env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE \
		GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
		GIT_AUTHOR_NAME="$AUTHOR" GIT_AUTHOR_EMAIL="$EMAIL" \
		GIT_COMMITTER_NAME="$AUTHOR" GIT_COMMITTER_EMAIL="$EMAIL" \
		GIT_AUTHOR_DATE="@${date:-$FIRST_DATE} +0000" \
		GIT_COMMITTER_DATE="@${date:-$FIRST_DATE} +0000" \
		LC_ALL=C TZ=UTC git "$@"
}

# All but the licence and what is below "---".
message_of() { # COMMIT
	sed -e '1d' -e '/^---$/,$d' "$1"
}

# The directory of the x86 selftests: 6.12 has another name for it.
selftests_x86() {
	case $BASE in
	6.12) echo x86_64 ;;
	*) echo x86 ;;
	esac
}

# Where this tree keeps a file that is new to the kernel.
home_of() { # PATH IN THE KERNEL
	local root=$kernel/..

	case $1 in
	include/uapi/*|Documentation/*) echo "$root/$1" ;;
	tools/testing/selftests/kvm/*) echo "$root/selftests/kvm/${1##*/}" ;;
	*) echo "$kernel/$1" ;;
	esac
}

# Copy to DIRECTORY all files that are new to the kernel.
place_new_files() { # DIRECTORY
	local selftests
	selftests=$1/tools/testing/selftests/kvm/$(selftests_x86)

	mkdir -p "$selftests"
	(cd "$kernel" && cp -r "${OVERLAY[@]}" "$1")
	(cd "$kernel/.." &&
	 cp -r --parents include/uapi Documentation/virt "$1" &&
	 cp selftests/kvm/*.[ch] "$selftests")
}

# The new files that COMMIT brings.  Manifests say x86 for every base.
new_files_of() { # COMMIT DIRECTORY
	local pattern

	said_by "$1" file | sed "s|/kvm/x86/|/kvm/$(selftests_x86)/|" |
	while read -r pattern; do
		(cd "$2" && compgen -G "$pattern") ||
			die "cannot make ${1##*/}" "there is no $pattern" \
			    "see kernel/commits/${1##*/}"
	done
}

# The new files that more than one commit changes.  The ABI comes whole.
changing_files() { # DIRECTORY
	find "$1"/{arch,include/linux,virt} -name '*.[ch]' | LC_ALL=C sort
}

# Go back from the last commit to the first, and keep in DIRECTORY/NAME the new
# files as each commit NAME leaves them.
new_files_by_commit() { # DIRECTORY
	local now=$1/now commit file

	place_new_files "$now"
	commits | tac | while read -r commit; do
		cp -r "$now" "$1/${commit##*/}"
		changing_files "$now" |
			xargs -r "$kernel/undo" "$commit" 2>"$1/error" ||
			die "cannot go back before $commit" \
			    "$(cat "$1/error")" "adapt it to the C files"
		new_files_of "$commit" "$now" | while read -r file; do
			rm "$now/$file"
		done
	done
	find "$now" -type f -printf '%P\n' | while read -r file; do
		die "$file is in no commit" "a series would lack it" \
		    "name it in one of kernel/commits/"
	done
	rm -r "$now"
}

# Nobody signs off here: whoever posts the series does, with "git am -s".
commit_one() { # REPOSITORY COMMIT NEW-FILES
	local hook

	said_by "$2" hook | while read -r hook; do
		plain_git -C "$1" apply --whitespace=nowarn \
			"$kernel/patches/$BASE/$hook.patch" ||
			die_of_hook "$hook.patch"
	done
	cp -r "$3/." "$1"
	plain_git -C "$1" add -A
	message_of "$2" | plain_git -C "$1" commit -q -F -
}

# Make REPOSITORY: the files that the series changes, as the base has them, and
# the series on top, as "base..series".
make_series() { # REPOSITORY
	local date=$FIRST_DATE repository=$1 states commit
	states=$(mktemp -d)

	new_files_by_commit "$states"
	plain_git init -q -b series "$repository"
	(cd "$base/linux" && hooked_files |
		xargs cp --parents -t "$repository")
	plain_git -C "$repository" add -A
	plain_git -C "$repository" commit -q -m base
	plain_git -C "$repository" tag base
	while read -r commit; do
		date=$((date + 1))
		commit_one "$repository" "$commit" "$states/${commit##*/}"
	done < <(commits)
	rm -r "$states"
}

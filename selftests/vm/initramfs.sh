# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Making an initramfs: for the lab, and for the guests that run in it.

# Debian's busybox-static.  The one in /bin may be linked dynamically.
# shellcheck disable=SC2034 # used by the scripts that source this
BUSYBOX=/bin/busybox

# pack_initramfs DIRECTORY: write it as a cpio archive to stdout.  Names are
# sorted, owners root and times 0: the same files give the same bytes.
pack_initramfs() (
	cd "$1" || exit
	find . -exec touch -h -d @0 {} +
	find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort |
		cpio --quiet --create --format=newc --owner=+0:+0 --reproducible
)

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# KVM with the device as external modules, for a kernel whose source and
# headers are there.  Source it after tree.sh; base is a directory that has
# version, linux/ and headers/, see fetch.
# shellcheck disable=SC2154 # so it is not set here

MODULES="kvm kvm-amd kvm-intel"

# The hooks are for one version of KVM: another may take them and be wrong.
check_release() { # RELEASE
	[[ $1 != 6.12.*-amd64 ]] || return 0
	die "no modules for Linux $1" \
	    "the device is for Debian's Linux 6.12 for amd64" \
	    "apt-get install linux-image-6.12-amd64 and boot it, or name another kernel: KVER=6.12...-amd64"
}

# The Makefile takes two of its paths from the tree that it is built in; in
# an external build that is the headers package, which has no KVM sources.
make_external() {
	# shellcheck disable=SC2016 # make expands these
	sed -i -e 's|\$(srctree)/arch/x86/kvm|$(src)|' \
		-e 's|\$(srctree)/virt/|$(src)/../../../virt/|' "$1"
}

# The headers package knows neither the changed headers, which must be found
# before its own, nor the option.  -Werror: the result has no warning.  The
# prefix: what WARN() prints must not depend on where this was built.
compile_modules() {
	local tree=$1

	make -s -C "$base/headers" M="$tree/arch/x86/kvm" -j"$(nproc)" \
		NOSTDINC_FLAGS="-nostdinc -I$tree/arch/x86/include -I$tree/include -I$tree/include/uapi" \
		CONFIG_HAVE_KVM_GUEST_PANIC=y \
		KCFLAGS="-DCONFIG_HAVE_KVM_GUEST_PANIC=1 -Werror -fmacro-prefix-map=$tree/=" \
		modules
}

# /sys/module/kvm/version and modinfo shall tell it from the kernel's own, and
# DKMS replaces no module of the same version, which with none is the same too.
set_version() { # MODULE
	objcopy --dump-section ".modinfo=$1.info" "$1"
	printf 'version=guest-panic\0' >>"$1.info"
	objcopy --update-section ".modinfo=$1.info" "$1"
	rm "$1.info"
}

build_modules() { # DIRECTORY
	local tree=$1/tree module

	prepare_tree "$tree"
	make_external "$tree/arch/x86/kvm/Makefile"
	step "building KVM's modules for $(cat "$base/version") (about 40 s)" \
		compile_modules "$tree"
	for module in $MODULES; do
		strip --strip-debug -o "$1/$module.ko" \
			"$tree/arch/x86/kvm/$module.ko"
		set_version "$1/$module.ko"
	done
	rm -r "$tree"
}

# The modules of the base, from the cache.
cached_modules() {
	# shellcheck disable=SC2046 # names of files have no spaces
	cache_entry modules "$BASE-$(build_key modules.sh $(tree_inputs))" \
		build_modules
}

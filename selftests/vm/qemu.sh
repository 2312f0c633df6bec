# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The lab's machine with AMD SVM and one CPU: QEMU's software emulation.
# selftests/vm/lab sources this and says what is promised to it.
#
# Each stream has a virtio port of its own.  The work-arounds here are for what
# QEMU, 7.2 and 10.0, gets wrong.
# shellcheck disable=SC2034,SC2154 # variables are shared with lab

emulator=QEMU kvm=kvm_amd default_memory=2G

# SVM as QEMU 7.2 emulates it does not intercept XSETBV, so that KVM and its
# guest disagree about XSAVE, and Linux warns: do without it and its users.
CPU=max,-xsave,-avx,-avx2,-f16c,-fma,-mpx,-pku

# An interrupt of a CPU may be lost: QEMU clears a bit of those that are pending
# at each exit of a nested guest, and not atomically.  If it is the timer's, and
# that is to come once, the CPU gets no other, and a guest that loops there runs
# for ever.  Of a periodic one the next comes by itself.
PERIODIC_APPEND=" nohz=off highres=off"

# Whose clock counts instructions loses none.
ICOUNT_APPEND=" nohz=off"

# QEMU itself checks what it is given.
emulator_check() {
	:
}

emulator_ports() {
	echo STDOUT=/dev/vport0p1 STDERR=/dev/vport0p2 VERDICT=/dev/vport0p3
	echo FILES=/dev/vport0p4 TERMINAL=/dev/hvc0
	# Tenths of a second until what was written has gone.
	echo DRAIN=10
}

emulator_prepare() {
	local port

	args=(-nodefaults -no-user-config -display none -no-reboot
	      -machine q35 -cpu "$CPU" -m "$memory"
	      -kernel "$work/vmlinuz" -initrd "$work/initramfs"
	      -chardev "file,id=console,path=$work/console"
	      -serial chardev:console
	      -device virtio-serial)
	if [ -n "$icount" ]; then
		args+=(-accel tcg -icount shift=0)
		append+=$ICOUNT_APPEND
	else
		args+=(-accel "tcg,thread=multi")
		append+=$PERIODIC_APPEND
	fi
	args+=(-append "$append")
	for port in 1:stdout 2:stderr 3:verdict 4:files; do
		args+=(-chardev "file,id=${port#*:},path=$work/${port#*:}"
		       -device "virtserialport,nr=${port%:*},chardev=${port#*:}")
	done
	if [ -n "$shell" ]; then
		args+=(-chardev "stdio,id=terminal,signal=off"
		       -device "virtconsole,chardev=terminal")
	fi
}

emulator_run() {
	limited qemu-system-x86_64 "${args[@]}"
}

# Each stream is a file already.
emulator_collect() {
	:
}

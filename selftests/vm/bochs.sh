# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The lab's machine with Intel VMX, or with AMD SVM and several CPUs: Bochs,
# which bochs/build builds.  selftests/vm/lab sources this and says what is
# promised to it.
#
# Bochs has no virtio.  The kernel boots from a CD, which holds the initramfs,
# and all output leaves by the four serial ports of a PC:
#
#   ttyS0 the kernel's console   ttyS1 stdout, or the terminal of --shell
#   ttyS2 stderr                 ttyS3 the verdict, and after it the files
#
# Time in this machine is the count of its instructions, or jumps to the next
# timer when all of its CPUs are halted.  Several CPUs take turns.
# shellcheck disable=SC2034,SC2154 # variables are shared with lab

emulator=Bochs default_memory=1G
case $vendor in
amd)	kvm=kvm_amd model=ryzen ;;
intel)	kvm=kvm_intel model=corei7_skylake_x ;;
esac

ISOLINUX=/usr/lib/ISOLINUX/isolinux.bin
LDLINUX=/usr/lib/syslinux/modules/bios/ldlinux.c32
# SeaBIOS, which would do for the display, does not find a second CPU of Bochs.
BIOS=/usr/share/bochs/BIOS-bochs-latest
VGABIOS=/usr/share/seabios/vgabios-isavga.bin

# Instructions in a second of the machine's time, about what a host's CPU
# manages.
IPS=200000000

# The kernel would calibrate the TSC by timers that Bochs runs at another pace,
# and then take 17 times as long for each timeout: tell it the frequency.
# Bochs resets the machine for any other kind of reboot, and it would boot again.
BOCHS_APPEND=" tsc_early_khz=$((IPS / 1000)) reboot=triple mitigations=off nokaslr"

# Bochs wants the descriptor of posted interrupts aligned to a page, which KVM
# does not do: each KVM_RUN fails with it.  Unless it is asked for, do without.
INTEL_OPTION=enable_apicv=0

emulator_check() {
	[ -z "$icount" ] || die "cannot have --icount here" \
		"it is QEMU's, for amd with one CPU; Bochs' clock does nothing else" \
		"leave --icount out"
	megabytes "$memory" >/dev/null
	[ -z "$shell" ] || { [ -t 0 ] && [ -t 1 ]; } ||
		die "cannot start a shell" \
		    "Bochs connects it to a terminal only, which stdin and stdout are not" \
		    "start it from a terminal, or by: script -qc COMMAND /dev/null"
	[ "$vendor" = amd ] ||
		[[ " ${kvm_options[*]-}" == *" ${INTEL_OPTION%=*}="* ]] ||
		kvm_options+=("$INTEL_OPTION")
}

# Bochs counts in megabytes.
megabytes() { # SIZE
	[[ $1 =~ ^([0-9]+)([MG]?)$ ]] ||
		die "cannot have --memory $1" "Bochs takes whole megabytes" \
		    "say for example 512M or 2G"
	if [ "${BASH_REMATCH[2]}" = G ]; then
		echo "$((BASH_REMATCH[1] * 1024))"
	else
		echo "${BASH_REMATCH[1]}"
	fi
}

emulator_ports() {
	echo STDOUT=/dev/ttyS1 STDERR=/dev/ttyS2 VERDICT=/dev/ttyS3
	echo FILES= TERMINAL=/dev/ttyS1
	# Tenths of a second until a full pipe has gone, at 11,520 bytes in each.
	echo DRAIN=100
}

make_cd() {
	local cd=$work/cd

	mkdir -p "$cd/isolinux"
	cp "$ISOLINUX" "$LDLINUX" "$cd/isolinux"
	mv "$work/vmlinuz" "$work/initramfs" "$cd"
	cat >"$cd/isolinux/isolinux.cfg" <<-END
	default lab
	label lab
	kernel /vmlinuz
	append initrd=/initramfs $append
	END
	xorriso -as mkisofs -quiet -J -R -o "$work/lab.iso" \
		-b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot \
		-boot-load-size 4 -boot-info-table "$cd" 2>"$work/cd.log" || {
		cat "$work/cd.log" >&2
		die "cannot make the CD that Bochs boots" "xorriso failed" \
		    "see its messages above"
	}
	rm -r "$cd"
}

# Of a terminal Bochs wants the name, and reads that by itself.
ports() {
	local out="mode=file, dev=$work/stdout"

	[ -z "$shell" ] || out="mode=term, dev=$(readlink /proc/self/fd/0)"
	cat <<-END
	com1: enabled=1, mode=file, dev=$work/console
	com2: enabled=1, $out
	com3: enabled=1, mode=file, dev=$work/stderr
	com4: enabled=1, mode=file, dev=$work/verdict
	END
}

# A triple fault is how the kernel reboots, and shall be the end.
configuration() {
	cat <<-END
	config_interface: textconfig
	display_library: nogui
	megs: $(megabytes "$memory")
	cpu: model=$model, count=$smp, ips=$IPS, reset_on_triple_fault=0
	romimage: file=$BIOS
	vgaromimage: file=$VGABIOS
	vga: extension=none
	clock: sync=none, time0=utc
	pci: enabled=1, chipset=i440fx
	ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
	ata0-master: type=cdrom, path=$work/lab.iso, status=inserted
	boot: cdrom
	mouse: enabled=0
	speaker: enabled=0
	panic: action=fatal
	error: action=ignore
	info: action=ignore
	debug: action=ignore
	END
	ports
}

emulator_prepare() {
	append+=$BOCHS_APPEND
	bochs=$("$here/bochs/build")/bochs
	make_cd
	configuration >"$work/bochsrc"
}

# It ends with status 1 when the machine powers off, too.
emulator_run() {
	limited "$bochs" -q -f "$work/bochsrc" </dev/null >&2
}

# Text until init's last word, then as many bytes as it has said.
emulator_collect() {
	local size

	mv "$work/verdict" "$work/port"
	LC_ALL=C awk '{ print } $0 == "end" { exit }' "$work/port" \
		>"$work/verdict"
	size=$(verdict files)
	if [ "$size" != 0 ]; then
		tail -c "$size" "$work/port" >"$work/files"
	fi
}

# SPDX-License-Identifier: GPL-2.0-only
#
# What people type.  Each target asks for its packages on first need; what is
# fetched and built for the lab is kept in ~/.cache/kvm-panic.

# The kernel that the lab runs; and whether with the distribution's own KVM.
BASE ?= 6.12
STOCK ?=

# Whose virtualisation the lab's CPU has: amd if nothing is said, and where the
# kernel's device is tested both.  Not from the environment: csh has another
# VENDOR there.
VENDOR =

# A base that comes as source only is built whole, which takes more.
KERNEL_PACKAGES = kernel $(if $(filter 7.3,$(BASE)),whole)

# For people's own hosts: the kernel that modules are for, and where its
# /lib/modules is, if elsewhere.
KVER ?= $(shell uname -r)
DESTDIR ?=

# One clock for all that a target starts; see kernel/lib.sh.
export KVM_PANIC_START := $(shell date +%s)

LAB_OPTIONS = --base $(BASE) $(if $(VENDOR),--vendor $(VENDOR)) $(if $(STOCK),--stock)
LAB_PACKAGES = lab $(if $(filter intel,$(VENDOR)),bochs)

VENDORS = $(or $(VENDOR),amd intel)

panicvm: ## build build/panicvm, -task and -sum (also: just "make")
	@.ci/install-packages build
	@$(MAKE) --no-print-directory -C user

all: panicvm

help: ## show this
	@sed -n 's/^\([a-z_-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 19
	@echo 'BASE=6.12 or 7.3 names the kernel; STOCK=1 takes its own KVM, unpatched'
	@echo 'VENDOR=amd or intel names the CPU of the lab'
	@echo 'KVER=RELEASE names a kernel as uname -r does, which is the default'

demo: panicvm ## see two Linux guests panic, and read the reports (STOCK=1 VENDOR=)
	@.ci/install-packages build $(KERNEL_PACKAGES) $(LAB_PACKAGES)
	@selftests/vm/demo $(LAB_OPTIONS)

lab: panicvm ## a shell on an emulated host with the patched KVM (STOCK=1 VENDOR=)
	@.ci/install-packages build $(KERNEL_PACKAGES) $(LAB_PACKAGES)
	@selftests/vm/shell $(LAB_OPTIONS)

check: panicvm ## run all tests, natively and in the lab, and lint
	@.ci/install-packages build kernel whole docs lab bochs check fleet bench
	@VENDORS='$(VENDORS)' selftests/check $(BASE)

check-user: panicvm ## test panicvm only
	@.ci/install-packages build $(KERNEL_PACKAGES) lab check
	@selftests/check $(BASE) user

check-fleet: panicvm ## test panicvm-task and panicvm-sum, under Slurm too, only
	@.ci/install-packages build kernel fleet
	@selftests/check $(BASE) fleet

check-kvm: ## test the kernel's device only (VENDOR=, else both)
	@.ci/install-packages build $(KERNEL_PACKAGES) lab bochs check
	@VENDORS='$(VENDORS)' selftests/check $(BASE) kvm fuzz

FUZZ_SECONDS ?= 60

fuzz: ## try hostile inputs on panicvm's readers (FUZZ_SECONDS= for each)
	@.ci/install-packages build check
	@selftests/fuzz-user/build
	@selftests/fuzz-user/run $(FUZZ_SECONDS)

check-host: panicvm ## test the modules for people's own hosts only
	@.ci/install-packages build kernel lab
	@selftests/check $(BASE) host

check-qemu: ## test that QEMU sees panics as before only
	@.ci/install-packages build $(KERNEL_PACKAGES) lab
	@selftests/check $(BASE) qemu

check-debug: panicvm ## test all of it on kernels with KASAN, KCSAN, ...: an hour
	@.ci/install-packages build kernel whole lab bochs check
	@selftests/check 7.3 debug

bench: panicvm ## measure what it costs, beside QEMU and stock KVM: 15 minutes
	@.ci/install-packages build $(KERNEL_PACKAGES) lab bochs bench
	@selftests/bench/bench

bench-quick: panicvm ## the same in two minutes: that it works, few figures
	@.ci/install-packages build $(KERNEL_PACKAGES) lab bochs bench
	@selftests/bench/bench --quick

lint: panicvm ## check style, spelling and the rules of who may call whom
	@.ci/install-packages build $(KERNEL_PACKAGES) docs check
	@selftests/check $(BASE) lint

series: ## write the kernel's part as patches to mail, to build/ (BASE=7.3)
	@.ci/install-packages kernel series
	@mkdir -p build
	@kernel/series $(BASE) build/series-$(BASE).mbox

absorb: ## take back edits of a tree with the series applied (TREE=DIRECTORY)
	@.ci/install-packages kernel series
	@kernel/absorb $(BASE) $(TREE)

check-series: ## apply the series, build each prefix, and more (FULL=1: all ways)
	@.ci/install-packages kernel whole series check
	@kernel/check-series $(BASE) $(if $(FULL),--full)

# PREFIX and DESTDIR as everywhere.
PREFIX ?= /usr/local

PROGRAMS = panicvm panicvm-task panicvm-sum

build/%.1: Documentation/%.rst
	@.ci/install-packages docs
	@mkdir -p build
	rst2man --halt=warning $< $@

install: panicvm $(PROGRAMS:%=build/%.1) ## install panicvm and its manual (PREFIX= DESTDIR=)
	install -D -s -t $(DESTDIR)$(PREFIX)/bin $(PROGRAMS:%=build/%)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(PROGRAMS:%=build/%.1)

modules: ## build KVM with the device for a Debian kernel's host (KVER=)
	@.ci/install-packages kernel
	@mkdir -p build/modules
	@built=$$(kernel/modules '$(KVER)') && \
		rm -rf 'build/modules/$(KVER)' && \
		cp -r "$$built" 'build/modules/$(KVER)'
	@ls -d build/modules/$(KVER)/*.ko

modules_install: ## install that beside the kernel's own (KVER= DESTDIR=)
	@kernel/modules-install 'build/modules/$(KVER)' '$(KVER)' '$(DESTDIR)'

modules_load: ## load KVM anew, as installed; refused while a VM runs
	@kernel/modules-load

modules_uninstall: ## remove what that installed (KVER= DESTDIR=)
	@kernel/modules-install remove '$(KVER)' '$(DESTDIR)'

uninstall: modules_uninstall ## and what install did (KVER= PREFIX= DESTDIR=)
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/bin/%)
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/share/man/man1/%.1)

dkms: ## write what "dkms add" takes, to build/dkms/
	@kernel/dkms-tree build/dkms

deb: ## write packages for Debian, to build/deb/
	@.ci/install-packages build docs deb
	@debian/build build/deb

clean: ## remove what was built here
	rm -rf build

distclean: clean ## and what is kept in the cache, 2 to 10 GB
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/kvm-panic"

.PHONY: all install uninstall panicvm help demo lab check check-user check-kvm
.PHONY: bench bench-quick
.PHONY: check-fleet check-host check-qemu check-debug fuzz lint series absorb
.PHONY: check-series modules modules_install modules_load modules_uninstall dkms
.PHONY: deb
.PHONY: clean distclean

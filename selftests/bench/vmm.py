# SPDX-License-Identifier: GPL-2.0-only
"""What the rows that compare panicvm with QEMU share.

Progress goes to stderr, results to stdout: an object of JSON a line.  A ratio
is panicvm's value by its peer's, of runs in turn; "spread" is the least and the
greatest ratio of two runs that followed each other.  "goal" is null where a
figure only explains another one.
"""

import datetime
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.realpath(f"{HERE}/../..")
OUT = f"{TOP}/build/bench"
PANICVM = os.environ.get("PANICVM", f"{TOP}/build/panicvm")
QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
START = int(os.environ.get("KVM_PANIC_START", time.time()))

# Seconds; a machine may be busy with other things.
LIMIT = 300

# The exit status of each that tells of a panic.
PANICVM_PANICKED = 3
QEMU_PANICKED = 1


def say(text):
    print(f"[{int(time.time()) - START:3} s] {text}", file=sys.stderr,
          flush=True)


def die(what, why, fix):
    print(f"{os.path.basename(sys.argv[0])}: {what}: {why}\n"
          f"  what to do: {fix}", file=sys.stderr)
    sys.exit(1)


def need_tools():
    """What all of them need; of the guests and programs the newest."""
    # So that VMs and files go when this is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        die("/dev/kvm", "cannot be opened", "run this where there is KVM")
    if not shutil.which(QEMU):
        die(QEMU, "is not there", "install qemu-system-x86")
    if not os.access(PANICVM, os.X_OK):
        die(PANICVM, "is not there", "run make")
    subprocess.run([f"{HERE}/build-flat"], check=True)


def qemu_version():
    said = subprocess.run([QEMU, "--version"], capture_output=True, text=True,
                          check=True).stdout
    return said.splitlines()[0]


def panicvm(guest, *options, memory="16M"):
    """A command that runs a flat guest."""
    return [PANICVM, "--flat", f"{OUT}/{guest}.bin", "--memory", memory,
            *options]


# With plain "host" QEMU 7.2 aborts where KVM lacks the MSR of ARCH_CAPABILITIES.
CPU = "host,-arch-capabilities"


def qemu(guest, *options, machine="pic=off", memory="16M"):
    """The same guest, and the least that QEMU can make of a machine for it."""
    return [QEMU, "-M", f"microvm,pit=off,rtc=off,isa-serial=on,{machine}",
            "-accel", "kvm", "-cpu", CPU, "-m", memory, "-nodefaults",
            "-no-user-config", "-display", "none", "-bios",
            f"{OUT}/{guest}.bios", "-device", "pvpanic", *options]


def work_directory():
    """On the file system that /tmp is on, and gone at the end."""
    return tempfile.TemporaryDirectory(prefix="kvm-panic-bench-")


def turns(number, commands, cwd, runner=(f"{OUT}/turns",)):
    """Run commands in turn: {name: (status, text, argv)}.  The samples of
    each: {name: [(ms, CPU ms, KiB, ms until text)]}; see turns.c."""
    argv = [*runner, str(number)]
    for name, (status, text, command) in commands.items():
        argv += ["--", name, str(status), text, *command]
    said = subprocess.run(argv, cwd=cwd, stdout=subprocess.PIPE, text=True,
                          check=False)
    if said.returncode:
        die("a run", f"status {said.returncode}, see above",
            "run that command by hand")
    return samples_of(said.stdout)


def samples_of(text):
    samples = {}
    for line in text.splitlines():
        name, *values = line.split()
        samples.setdefault(name, []).append([float(v) for v in values])
    return samples


def column(samples, name, index):
    return [s[index] for s in samples[name]]


def seconds(time_of_record):
    """A record's time as seconds since 1970."""
    return datetime.datetime.fromisoformat(
        time_of_record.rstrip("Z") + "+00:00").timestamp()


def rounded(value):
    return float(f"{value:.4g}")


def holds(ratio, goal):
    if not goal:
        return None
    word, limit = goal
    return ratio <= limit if word == "<=" else ratio >= limit


def result(row, name, case, unit, values, peer=None, peers=None, goal=None,
           more=()):
    """Print a result, of samples, and of a peer's in turn with them."""
    line = {"row": row, "name": name, "case": case, "unit": unit,
            "value": rounded(statistics.median(values)), "peer": peer,
            "peer_value": None, "ratio": None, "goal": None, "holds": None,
            "samples": len(values), "spread": None, "peer_version": None}
    if peers and not statistics.median(peers):
        line["peer_value"] = 0
    elif peers:
        ratios = [a / b for a, b in zip(values, peers) if b]
        ratio = statistics.median(values) / statistics.median(peers)
        line.update({
            "peer_value": rounded(statistics.median(peers)),
            "ratio": rounded(ratio),
            "goal": f"{goal[0]} {rounded(goal[1])}" if goal else None,
            "holds": holds(ratio, goal),
            "spread": [rounded(min(ratios)), rounded(max(ratios))]})
    if peer and "QEMU" in peer:
        line["peer_version"] = qemu_version()
    line.update(more)
    print(json.dumps(line), flush=True)
    return line


def quick():
    """True for the reduced form, which shows that all works, and no figures."""
    if sys.argv[1:] not in ([], ["--quick"]):
        die(" ".join(sys.argv[1:]), "no such option", "there is only --quick")
    return sys.argv[1:] == ["--quick"]

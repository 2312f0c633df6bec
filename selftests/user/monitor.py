# SPDX-License-Identifier: GPL-2.0-only
"""What the tests in Python share: TAP, a panicvm to talk to, and a client of its
monitor that is no library's, since it also does what no library would."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

LIMIT = int(os.environ.get("LIMIT", "60"))
PANICVM = os.environ.get("PANICVM", "./panicvm")
HERE = os.path.dirname(os.path.realpath(__file__))
WORK = tempfile.mkdtemp(prefix="panicvm-")
atexit.register(shutil.rmtree, WORK, ignore_errors=True)

# panicvm with a fast clock, see delay.c: no boot is short, so a restart does not
# have to wait.  The sanitizer's library would else want to be the first.
FAST_CLOCK = {"LD_PRELOAD": HERE + "/delay.so", "CLOCK_SPEED": "1000",
              "ASAN_OPTIONS": "verify_asan_link_order=0"}

count = failed = 0
print("TAP version 13")


def claim(truth, text, seen=""):
    """One truth; what was seen instead is shown only if it is none."""
    global count, failed
    count += 1
    print(f"{'' if truth else 'not '}ok {count} {text}", flush=True)
    if not truth:
        failed += 1
        print("# seen: " + repr(seen))


def same(got, wanted, text):
    claim(got == wanted, text, got)


def finish():
    print(f"1..{count}")
    sys.exit(failed != 0)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit()


def need_kvm():
    said = subprocess.run([PANICVM, "--version"], capture_output=True,
                          text=True, check=True).stdout
    if "guest-panic device" not in said:
        skip_all(said.splitlines()[-1] + "; the lab has one")


def wait_for(condition, what):
    """Until it is so, which it then is; no test waits longer than LIMIT."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.01)
    raise TimeoutError(f"{LIMIT} s have passed: {what}")


def guest_file(name):
    return f"{HERE}/guests/{name}.bin"


def run(*options, **how):
    """A panicvm to its end; its status, and what it wrote.  how: for Popen()."""
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    return subprocess.run([PANICVM, *options], stdin=subprocess.DEVNULL,
                          timeout=LIMIT, check=False, **how)


def read_records(path):
    """Those in a report, each of which must be one."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Vm:
    """panicvm with a monitor and a guest, else one that takes orders.  how: more
    for Popen()."""
    number = 0

    def __init__(self, *options, path=None, guest="orders", program=(), **how):
        Vm.number += 1
        self.base = f"{WORK}/{Vm.number}"
        self.path = path or self.base + ".sock"
        self.report = self.base + ".report"
        self.err = open(self.base + ".err", "w+", encoding="utf-8")
        how.setdefault("stdin", subprocess.PIPE)
        self.process = subprocess.Popen(
            [*(program or [PANICVM]), "--flat", guest_file(guest),
             "--monitor", self.path, "--report", self.report, *options],
            stdout=subprocess.PIPE, stderr=self.err, bufsize=0, **how)
        atexit.register(self.process.kill)
        self.expect(b">")

    def order(self, letters):
        self.process.stdin.write(letters)

    def expect(self, letters):
        for letter in letters:
            got = self.process.stdout.read(1)
            if got != bytes([letter]):
                raise ValueError(f"the guest said {got}, not {letter}; " +
                                 self.said())

    def records(self):
        return read_records(self.report)

    def said(self):
        self.err.seek(0)
        return self.err.read()

    def status(self):
        """Why it ended: only call this when it should have."""
        try:
            return self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            return "it did not end"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def memory(self):
        """VmRSS + VmData, in KiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as f:
            return sum(int(line.split()[1]) for line in f
                       if line.startswith(("VmRSS:", "VmData:")))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Refused(Exception):
    """An error by QMP; str() is its description."""

    def __init__(self, error):
        super().__init__(error["desc"])
        self.kind = error["class"]


class Client:
    def __init__(self, path, ready=True, wait=True, limit=LIMIT):
        self.events = []
        self.data = b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(limit)
        if wait:
            wait_for(lambda: self.try_connect(path),
                     "nobody listens at " + path)
        else:
            self.socket.connect(path)
        self.greeting = self.receive()
        if ready:
            self.command("qmp_capabilities")

    def try_connect(self, path):
        return self.socket.connect_ex(path) == 0

    def send(self, data):
        self.socket.sendall(data)

    def pass_fd(self, fd):
        """For getfd; it comes with a byte that says nothing."""
        socket.send_fds(self.socket, [b" "], [fd])

    def receive(self):
        """The next line, as an object; None at the end."""
        while b"\r\n" not in self.data:
            more = self.socket.recv(65536)
            if not more:
                return None
            self.data += more
        line, self.data = self.data.split(b"\r\n", 1)
        return json.loads(line)

    def answer(self):
        """The next that is no event; what it answers with, id and all."""
        while True:
            got = self.receive()
            if got is None or "event" not in got:
                return got
            self.events.append(got)

    def raw(self, data):
        self.send(data if isinstance(data, bytes) else data.encode())
        return self.answer()

    def command(self, name, **arguments):
        got = self.raw(json.dumps(
            {"execute": name,
             "arguments": {k.replace("_", "-"): v
                           for k, v in arguments.items()}}))
        if "error" in got:
            raise Refused(got["error"])
        return got["return"]

    def refused(self, name, **arguments):
        """Why it was."""
        try:
            return f"it was not: {self.command(name, **arguments)}"
        except Refused as error:
            return str(error)

    def event(self, name):
        """The next of that name, past or to come; earlier ones are forgotten."""
        while True:
            event = self.events.pop(0) if self.events else self.receive()
            if event is None or event.get("event") == name:
                return event

    def names(self):
        """Of the events so far, which are forgotten."""
        names = [event["event"] for event in self.events]
        self.events = []
        return names

    def close(self):
        self.socket.close()

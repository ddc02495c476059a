#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A test double of a worker: speaks the worker protocol and misbehaves on request.

The first argument is the mode of every request; a prompt that starts with "mode:NAME" (up to a
space) overrides it. With a second argument, a file, one line "PID TICKET PROMPT" is added to it
for every request that is received, and "PID start" at the start.
"""
import json
import os
import select
import signal
import sys
import time

VIDEO = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"not really a video" * 16
DEFAULT = sys.argv[1] if len(sys.argv) > 1 else "ok"
JOURNAL = sys.argv[2] if len(sys.argv) > 2 else None


def send(**message):
    # Compact and as it is: tests compare what the server makes of it, letter by letter.
    text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    os.write(1, text.encode() + b"\n")


def note(text):
    if JOURNAL:
        with open(JOURNAL, "a", encoding="utf-8") as file:
            file.write(f"{os.getpid()} {text}\n")


def progress(request, percent, phase="render"):
    send(type="progress", id=request["id"], percent=percent, phase=phase)


def write(path, data=VIDEO):
    with open(path, "wb") as file:
        file.write(data)


def done(request, **more):
    send(**{"type": "done", "id": request["id"], "output": request["output"],
            "seconds": float(request["seconds"]), "width": request["width"],
            "height": request["height"], "fps": request["fps"],
            "frames": request["seconds"] * request["fps"], "notes": {"stub": True}, **more})


def failed(request, kind, text):
    send(**{"type": "failed", "id": request["id"], "class": kind, "message": text})


def ok(request):
    for percent in (0, 30, 60, 90):
        progress(request, percent)
    write(request["output"])
    done(request)


def echo(request):
    """The notes say what was asked for."""
    write(request["output"])
    done(request, notes={key: request[key] for key in request if key != "type"})


class Lines:
    """The lines of standard input, with a time to wait for one."""

    def __init__(self):
        self.bytes = b""

    def next(self, seconds=None):
        """The next message; None when there is none in that time or ever."""
        while b"\n" not in self.bytes:
            if not select.select([0], [], [], seconds)[0]:
                return None
            chunk = os.read(0, 65536)
            if not chunk:
                return None
            self.bytes += chunk
        line, self.bytes = self.bytes.split(b"\n", 1)
        return json.loads(line)


LINES = Lines()


def wait_for_cancel(request, seconds):
    """True if a cancel for this request came within that time."""
    message = LINES.next(seconds)
    return bool(message) and message["type"] == "cancel" and message["id"] == request["id"]


def slow(request, seconds=0.5):
    for percent in range(0, 100, 20):
        progress(request, percent)
        if wait_for_cancel(request, seconds / 5):
            failed(request, "canceled", "canceled")
            return
    write(request["output"])
    done(request)


def late(request):
    """Has news until it is canceled, and then finishes all the same."""
    while not wait_for_cancel(request, 0.05):
        progress(request, 50, str(time.monotonic()))
    ok(request)


def frame(request):
    """Is well only with a first frame of the asked size."""
    with open(request["first_frame"], "rb") as file:
        size = file.read().split(b"\n")[1]
    if size != b"%d %d" % (request["width"], request["height"]):
        failed(request, "invalid", "the frame has another size")
    else:
        ok(request)


def once(request):
    """Dies at the first attempt of a job: the scratch folder's name ends in its number."""
    if request["scratch"].endswith("-1"):
        os.kill(os.getpid(), signal.SIGKILL)
    ok(request)


def forever(request):
    """Has news for ever and answers a cancel."""
    for count in range(10 ** 6):
        progress(request, min(count, 99))
        if wait_for_cancel(request, 0.05):
            failed(request, "canceled", "canceled")
            return


def hang(request):
    progress(request, 10)
    time.sleep(1000)


def ignore(request):
    """Ignores cancel, the end of its input and SIGTERM, and has news for ever."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for count in range(10 ** 6):
        progress(request, min(count, 99), f"step {count}")
        time.sleep(0.02)


def crash(request):
    progress(request, 10)
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(1000)


def leave(_request):
    sys.exit(3)


def vanish(_request):
    sys.exit(0)


def flood(request):
    line = json.dumps({"type": "progress", "id": request["id"], "percent": 1}).encode() + b"\n"
    while True:
        os.write(1, line * 1000)


def chatter(request):
    """Floods standard error, then is well."""
    for _ in range(6000):
        os.write(2, b"chatter " * 8 + b"\n")
    ok(request)


def malformed(request):
    progress(request, 10)
    os.write(1, b"Loading weights...\n")
    time.sleep(1000)


def not_an_object(_request):
    os.write(1, b"[1]\n")
    time.sleep(1000)


def no_id(_request):
    send(type="progress", percent=3)
    time.sleep(1000)


def long_line(request):
    send(type="progress", id=request["id"], percent=1, phase="x" * 70000)
    time.sleep(1000)


def endless_line(_request):
    while True:
        os.write(1, b"x" * 4096)


def other_path(request):
    path = request["output"] + ".other"
    write(path)
    done(request, output=path)


def no_output(request):
    done(request)


def empty_output(request):
    write(request["output"], b"")
    done(request)


def link_output(request):
    os.symlink("/etc/hostname", request["output"])
    done(request)


def large_output(request):
    write(request["output"], VIDEO * 400)
    done(request)


def huge_progress(request):
    for percent in (10, 1e300, -5, 40, "many", None):
        progress(request, percent)
    write(request["output"])
    done(request)


def strangers(request):
    """Speaks of requests that nobody made, and in words of a later protocol."""
    progress({"id": "nobody"}, 50)
    failed({"id": "nobody"}, "broken", "not yours")
    send(type="weather", id=request["id"], sky="clear")
    send(type="error", message="this is only a remark")
    ok(request)


def leave_after(request):
    ok(request)
    sys.exit(0)


def child_left(request):
    """Leaves a process behind that ignores SIGTERM, and dies."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        note("orphan -")
        os.write(writer, b"x")
        time.sleep(1000)
    os.read(reader, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def burn(request):
    """Uses processor time for ever, with news."""
    last = 0
    while True:
        if time.monotonic() - last > 0.1:
            last = time.monotonic()
            progress(request, 5, str(last))


def memory(request):
    try:
        bytearray(2 ** 31)
        failed(request, "invalid", "there was memory")
    except MemoryError:
        failed(request, "broken", "no memory")


def network(request):
    import socket
    try:
        socket.socket(socket.AF_INET).close()
        failed(request, "invalid", "there was a network")
    except OSError:
        ok(request)


def environment(request):
    write(request["output"])
    done(request, notes={"env": sorted(os.environ), "cwd": os.getcwd(), "group": os.getpgrp(),
                         "pid": os.getpid(), "files": len(os.listdir("/proc/self/fd"))})


def fail_as(kind):
    return lambda request: failed(request, kind, f"failed as {kind}")


MODES = {name: value for name, value in globals().items() if callable(value)}
MODES.update({kind: fail_as(kind) for kind in
              ("invalid", "refused", "busy", "lost", "broken", "canceled", "timeout", "odd")})


def run_mode(request):
    mode, rest = DEFAULT, request["prompt"]
    if rest.startswith("mode:"):
        mode = rest[5:].split(" ")[0]
    name, _, argument = mode.partition("=")
    MODES[name](request, float(argument)) if argument else MODES[name](request)


def main():
    note("start")
    if DEFAULT == "crash_at_start":
        os.kill(os.getpid(), signal.SIGABRT)
    if DEFAULT == "leave_at_start":
        sys.exit(4)
    if DEFAULT == "never_ready":
        time.sleep(1000)
    if DEFAULT == "slow_ready":
        time.sleep(0.4)
    send(type="ready", protocol=9 if DEFAULT == "protocol_9" else 1, name="stub", version="0")
    if DEFAULT == "leave_idle":
        sys.exit(5)
    while request := LINES.next():
        if request["type"] == "render":
            note(f"{request['id']} {request['prompt'][:200]}")
            run_mode(request)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A test double of a worker for tests that look at a whole server.

    film_worker.py FOLDER [MODE]

The first word of a prompt is the mode of its request; MODE is that of prompts without one:

    ok            done at once
    slow:SECONDS  done after that time, with progress
    gate:NAME     at 42 percent until FOLDER/NAME exists, then done
    big:BYTES     done with a file of about that many
    play:NAME     done with a copy of FOLDER/NAME, a film that a test put there
    fail:CLASS    failed with that class of the protocol
    crash:COUNT   dies the first COUNT times that this prompt comes, then done
    hang          says a word and then nothing, for ever
    reel          a real MP4 with sound: a test picture, or the first frame, standing still

Any other "film" is the request as text, padded: every job has its own bytes; a reel has the request in its comment. FOLDER/journal says what
happened, one line each: "start PID", "render PID TICKET", "done PID TICKET SHA256",
"canceled PID TICKET".
"""
import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import time

FOLDER = sys.argv[1]
DEFAULT = sys.argv[2] if len(sys.argv) > 2 else "ok"
MODES = ("ok", "slow", "gate", "big", "play", "fail", "crash", "hang", "reel")
FTYP = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"
pending = b""


def send(**message):
    os.write(1, json.dumps(message).encode() + b"\n")


def note(*words):
    """One write of one line: appends of several workers do not mix."""
    fd = os.open(f"{FOLDER}/journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(fd, (" ".join(str(word) for word in words) + "\n").encode())
    os.close(fd)


def next_message(seconds=None):
    """The next message; None when there is none in that time. The end of the input ends us."""
    global pending
    while b"\n" not in pending:
        if not select.select([0], [], [], seconds)[0]:
            return None
        chunk = os.read(0, 65536)
        if not chunk:
            sys.exit(0)
        pending += chunk
    line, pending = pending.split(b"\n", 1)
    return json.loads(line)


def progress(request, percent):
    send(type="progress", id=request["id"], percent=percent, phase="filming")


def is_canceled(request, seconds):
    message = next_message(seconds)
    if not message or message["type"] != "cancel" or message["id"] != request["id"]:
        return False
    note("canceled", os.getpid(), request["id"])
    send(type="failed", id=request["id"], **{"class": "canceled"}, message="canceled")
    return True


def text_of(request):
    return json.dumps({key: request[key] for key in sorted(request)})


def film(request, at_least=1000):
    text = text_of(request).encode()
    return FTYP + text + b"." * max(0, at_least - len(text))


def finish(request, film_bytes=None):
    film_bytes = film_bytes or film(request)
    with open(request["output"], "wb") as file:
        file.write(film_bytes)
    note("done", os.getpid(), request["id"], hashlib.sha256(film_bytes).hexdigest())
    send(type="done", id=request["id"], output=request["output"],
         seconds=float(request["seconds"]), width=request["width"], height=request["height"],
         fps=request["fps"], frames=request["seconds"] * request["fps"], notes={})


def crash(request, times):
    digest = hashlib.sha256(request["prompt"].encode()).hexdigest()[:16]
    path = f"{FOLDER}/crashes-{digest}"
    so_far = os.path.getsize(path) if os.path.exists(path) else 0
    if so_far >= times:
        finish(request)
        return
    with open(path, "ab") as file:
        file.write(b"x")
    progress(request, 10)
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(60)


def reel(request):
    picture = ["-f", "lavfi", "-i", "testsrc2=s={width}x{height}:r={fps}:d={seconds}"]
    if request["first_frame"]:
        picture = ["-loop", "1", "-framerate", "{fps}", "-t", "{seconds}", "-i",
                   request["first_frame"]]
    path = request["scratch"] + "/reel.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", *(word.format(**request) for word in picture),
         "-f", "lavfi", "-i", "sine=r=48000:d={seconds}".format(**request), "-c:v", "libx264",
         "-preset", "ultrafast", "-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709",
         "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2", "-metadata",
         "comment=" + text_of(request), "-movflags", "+faststart", path], check=True)
    with open(path, "rb") as file:
        finish(request, file.read())


def slow(request, seconds):
    for step in range(10):
        progress(request, step * 10)
        if is_canceled(request, seconds / 10):
            return
    finish(request)


def gate(request, name):
    progress(request, 42)
    while not os.path.exists(f"{FOLDER}/{name}"):
        if is_canceled(request, 0.01):
            return
    finish(request)


def render(request):
    first = request["prompt"].split(" ")[0]
    known = first.split(":")[0] in MODES
    mode, _, argument = (first if known else DEFAULT).partition(":")
    if mode == "slow":
        slow(request, float(argument))
    elif mode == "gate":
        gate(request, argument)
    elif mode == "big":
        finish(request, film(request, int(argument)))
    elif mode == "play":
        with open(os.path.join(FOLDER, argument), "rb") as file:
            finish(request, file.read())
    elif mode == "fail":
        send(type="failed", id=request["id"], message=f"The film was {argument}.",
             **{"class": argument})
    elif mode == "crash":
        crash(request, int(argument))
    elif mode == "reel":
        reel(request)
    elif mode == "hang":
        progress(request, 10)
        time.sleep(1000)
    else:
        for percent in (0, 50):
            progress(request, percent)
        finish(request)


def main():
    note("start", os.getpid())
    send(type="ready", protocol=1, name="film", version="0")
    while True:
        request = next_message()
        if request["type"] == "render":
            note("render", os.getpid(), request["id"])
            render(request)


main()

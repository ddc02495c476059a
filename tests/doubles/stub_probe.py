#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A test double of vitascope-probe that does what the "image" or the "video" says: the first line
of the file is a mode. Facts of a "video" are the mode itself if that is an object; previews are
those of the two that the mode names. A joined "video" is the two files one after the other."""
import os
import signal
import sys
import time

_, kind, source, *more = sys.argv
output, sizes = more[0] if more else None, more[1:]
mode = open(source, encoding="utf-8").read().split("\n")[0]
ANSWER = '{"type":"image","format":"png","width":640,"height":480}\n'

FILM = ('{"type":"film","width":1280,"height":720,"fps_num":30,"fps_den":1,"frames":120,'
        '"duration_ms":4000,"sound":true}\n')


def write_ppm():
    with open(output, "wb") as file:
        file.write(b"P6\n%s %s\n255\n" % (sizes[1].encode(), sizes[3].encode()))


def film():
    """True if the work was one on a video, and is done."""
    if kind == "facts" and mode.startswith("{"):
        print(mode)
        sys.exit(1 if "failed" in mode else 0)
    if kind == "previews":
        for path in (more[i] for i in range(2) if str(i) in mode):
            with open(path, "w", encoding="utf-8") as file:
                file.write("x")
    elif kind == "join":
        time.sleep(1 if mode == "slow join" else 0)
        if mode == "no join":
            print('{"type":"failed","message":"the parts do not fit"}')
            sys.exit(1)
        with open(more[1], "wb") as file:
            file.write(open(source, "rb").read() + open(more[0], "rb").read())
    elif kind == "tail" and mode != "failed":
        write_ppm()
    elif kind != "facts" or mode in ("failed", "hang"):
        return False
    print(FILM, end="")
    return True


if film():
    pass
elif mode == "ok":
    write_ppm()
    print(ANSWER, end="")
elif mode == "slow":
    time.sleep(0.2)
    write_ppm()
    print(ANSWER, end="")
elif mode == "failed":
    print('{"type":"failed","message":"the image is cut off"}')
    sys.exit(1)
elif mode == "crash":
    os.kill(os.getpid(), signal.SIGSEGV)
elif mode == "crash_after":
    write_ppm()
    print(ANSWER, end="", flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)
elif mode == "hang":
    time.sleep(1000)
elif mode == "no_output":
    print(ANSWER, end="")
elif mode == "nonsense":
    write_ppm()
    print("Segmentation fault (core dumped)")
elif mode == "odd_format":
    write_ppm()
    print(ANSWER.replace("png", "exe"), end="")
elif mode == "flood":
    while True:
        print("{}" * 1000)

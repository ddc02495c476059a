#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A test double of vitascope-probe that does what the "image" says: the file's text is a mode."""
import os
import signal
import sys
import time

_, kind, source, output, *sizes = sys.argv
mode = open(source, encoding="utf-8").read()
ANSWER = '{"type":"image","format":"png","width":640,"height":480}\n'


def write_ppm():
    with open(output, "wb") as file:
        file.write(b"P6\n%s %s\n255\n" % (sizes[1].encode(), sizes[3].encode()))


if mode == "ok":
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

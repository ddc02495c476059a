#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the worker that docs/WORKERS.md shows, so that the page stays true. Speaks TAP."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "WORKERS.md"


class Worker:
    def __init__(self, program):
        self.process = subprocess.Popen([sys.executable, str(program)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(self, **message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self.process.stdout.readline())

    def hear_end(self):
        percent = 0
        while True:
            message = self.hear()
            if message["type"] != "progress":
                return message
            assert percent <= message["percent"] <= 100, message
            percent = message["percent"]


def order(folder, seconds, size):
    return dict(type="render", id="a1", prompt="a red door", seconds=seconds, width=size[0],
                height=size[1], fps=30, seed=11141120, first_frame=None, source_video=None,
                scratch=str(folder), output=str(folder / "output.mp4"))


def the_example_makes_a_clip(worker, folder):
    worker.say(**order(folder, 1, (320, 180)))
    end = worker.hear_end()
    assert end["type"] == "done" and end["id"] == "a1" and end["frames"] == 30, end
    assert b"ftyp" in (folder / "output.mp4").read_bytes()[:16]


def the_example_can_be_canceled(worker, folder):
    worker.say(**order(folder, 20, (1920, 1080)))
    time.sleep(0.2)
    worker.say(type="cancel", id="a1")
    end = worker.hear_end()
    assert end["type"] == "failed" and end["class"] == "canceled", end


def the_example_ends_with_its_input(worker, folder):
    worker.process.stdin.close()
    assert worker.process.wait(timeout=30) == 0


def main():
    tests = [the_example_makes_a_clip, the_example_can_be_canceled,
             the_example_ends_with_its_input]
    if not shutil.which("ffmpeg"):
        print("1..0 # SKIP no ffmpeg program here")
        return 0
    failed = 0
    print(f"1..{len(tests)}")
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S).group(1)
    with tempfile.TemporaryDirectory() as name:
        program = Path(name) / "worker.py"
        program.write_text(code, encoding="utf-8")
        worker = Worker(program)
        assert worker.hear()["type"] == "ready"
        for number, test in enumerate(tests, 1):
            folder = Path(name) / str(number)
            os.mkdir(folder)
            try:
                test(worker, folder)
                print(f"ok {number} - {test.__name__}")
            except AssertionError as error:
                failed += 1
                print(f"not ok {number} - {test.__name__}\n# {error}")
        worker.process.kill()
        worker.process.wait()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

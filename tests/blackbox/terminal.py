# SPDX-License-Identifier: Apache-2.0
"""A program at a terminal of its own, with someone who reads and types."""
import errno
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

WAIT_S = 60  # for what must come


class Terminal:
    """The program has the terminal as its controlling one: a typed Ctrl-C reaches it as the
    kernel makes it, a SIGINT to the group in the foreground."""

    def __init__(self, command, columns=80, **more):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.text = ""
        env = {**os.environ, "TERM": "xterm", **more.pop("env", {})}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=env,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **more)
        os.close(slave)

    def read(self, seconds):
        """Adds what comes in that time; False when the terminal is closed."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            chunk = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            chunk = b""
        self.text += chunk.decode("utf-8", "replace")
        return bool(chunk)

    def read_until(self, pattern, seconds=WAIT_S):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text) and time.monotonic() < end:
            if not self.read(0.1):
                break
        assert re.search(pattern, self.text), self.text

    def type(self, text):
        os.write(self.master, text.encode())

    def wait(self, seconds=WAIT_S):
        """Reads to the end. The exit status."""
        end = time.monotonic() + seconds
        while self.read(0.1):
            if self.process.poll() is not None and not select.select([self.master], [], [], 0)[0]:
                break
            assert time.monotonic() < end, self.text
        return self.process.wait(max(1, end - time.monotonic()))

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)

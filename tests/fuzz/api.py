# SPDX-License-Identifier: Apache-2.0
"""Lets schemathesis loose on a real server, in every dialect, and proves the ledger afterwards.

    tests/fuzz/api.py [--seconds 300] [--schemathesis PROGRAM]

Requests come from the server's own OpenAPI documents, right ones and wrong ones, under several
keys of accounts with much and with little money. No answer may be a 5xx other than 501 and 503, or
have a status, type, header or body that the document does not know.

Runs in a network namespace of its own: whatever URL is made up, nothing leaves this machine.
"""
import argparse
import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "blackbox"))
import rig  # noqa: E402

VERSION = "4.32.5"
INSTALL_S, SPARE_S = 600, 240
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance",
          "ignored_auth", "use_after_free")

# Which document is fuzzed with whose key, and its share of the time. An admin's comes last, because
# it may well find out how to disable itself.
RUNS = [("", "rich", 0.3), ("/openai", "rich", 0.15), ("/apiframe", "rich", 0.15),
        ("/aivideoapi", "poor", 0.15), ("/uniall", "poor", 0.15), ("", "owner", 0.1)]
ADMIN = "^/vitascope/"
USD = {"rich": 100_000, "poor": 2}


def install():
    """schemathesis in a virtual environment below the build folder."""
    folder = os.path.join(rig.BUILD, "sdk", "schemathesis")
    program = os.path.join(folder, "bin", "schemathesis")
    known = subprocess.run([program, "--version"], capture_output=True, text=True) \
        if os.path.exists(program) else None
    if known and VERSION in known.stdout:
        return program
    shutil.rmtree(folder, ignore_errors=True)
    for command in ([sys.executable, "-m", "venv", folder],
                    [os.path.join(folder, "bin", "pip"), "install", "-q",
                     "schemathesis==" + VERSION]):
        subprocess.run(command, check=True, timeout=INSTALL_S, stdin=subprocess.DEVNULL)
    return program


def leave_network():
    """From here on there is only a loopback device of our own."""
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNET if os.getuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    if libc.unshare(flags):
        raise SystemExit(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(device, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(device, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def fuzz(program, server, prefix, key, seconds, folder, only=""):
    """One document, or some of its paths, with one key. Returns whether nothing was found."""
    config = os.path.join(folder, "schemathesis.toml")
    with open(config, "w", encoding="utf-8") as file:
        file.write('[checks.not_a_server_error]\n'
                   'expected-statuses = ["2xx", "3xx", "4xx", "501", "503"]\n')
    command = [program, "--config-file", config, "--no-color", "run",
               f"{server.url}{prefix}/openapi.json", "--url", server.url + prefix,
               "--header", f"Authorization: Bearer {key}", "--checks", ",".join(CHECKS),
               "--max-time", str(seconds), "--continue-on-failure", "--request-timeout", "60",
               "--suppress-health-check", "all", "--warnings", "off",
               "--generation-database", "none",
               *(["--include-path-regex", only] if only else [])]
    print(f"== {prefix or 'all dialects'} {only}: {seconds} s", flush=True)
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, timeout=seconds + SPARE_S)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--only", default=None, help="a prefix, for one document")
    options = parser.parse_args()
    try:
        program = install()
    except (OSError, subprocess.SubprocessError) as reason:
        print(f"SKIP schemathesis cannot be installed: {reason}")
        return 0
    leave_network()
    failed = []
    with tempfile.TemporaryDirectory(prefix="vitascope-fuzz-") as folder:
        films = rig.Films(os.path.join(folder, "films"))
        server = rig.Server(folder, {"engines": [films.engine(name="diorama", concurrency=2)]})
        server.start()
        keys = {name: rig.spellings(server.store.add_account(name, usd)[1])["sk-"]
                for name, usd in USD.items()}
        keys["owner"] = rig.spellings(server.key)["sk-"]
        try:
            for prefix, who, share in RUNS:
                if options.only not in (None, prefix):
                    continue
                if not fuzz(program, server, prefix, keys[who],
                            max(5, int(options.seconds * share)), folder,
                            ADMIN if who == "owner" else ""):
                    failed.append(prefix or "all dialects")
                if server.process.poll() is not None:
                    failed.append("the server died")
                    print(server.tail())
                    break
        finally:
            if server.process and server.process.poll() is None and server.stop() != 0:
                failed.append("the server did not end well")
            print(server.verify())
            print(f"{server.store.job_count()} jobs")
            for line in open(server.log, encoding="utf-8", errors="replace"):
                if "call.failed" in line or " error " in line:
                    print(line.rstrip()[:300])
                    failed.append("errors in the log")
    print("fuzz: " + ("failed: " + ", ".join(dict.fromkeys(failed)) if failed else "nothing found"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

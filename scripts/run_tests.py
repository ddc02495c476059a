# SPDX-License-Identifier: Apache-2.0
"""Builds each flavour, runs its tests and adds them up.

gcc      everything in C, and the lint tests
clang    the build alone, warnings as errors; nobody runs it, so it is not optimized
asan     unit and contract tests under AddressSanitizer and UBSan
pytest   the black-box tests against the gcc build

The black-box tests wait more than they work: clang and asan are built beside them.

A test is a TAP line or a pytest case. A program that dies counts as one failed test.
"""
import os
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as xml

ASAN = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add_junit(self, path, label):
        for case in xml.parse(path).getroot().iter("testcase"):
            name = f"{label}: {case.get('classname')}: {case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
                print(f"FAILED {name}")
            elif case.find("skipped") is not None:
                self.skipped += 1
                print(f"SKIP {name} {case.find('skipped').get('message') or ''}")
            else:
                self.passed += 1

    def fail(self, what):
        self.failed += 1
        print(f"FAILED {what}")


def say(text):
    print(f"== {time.strftime('%H:%M:%S')} {text}", flush=True)


def remove(path):
    if os.path.exists(path):
        os.remove(path)


def build(count, folder, options, env=None, before=()):
    say(f"build {folder}")
    if not os.path.exists(f"{folder}/build.ninja"):
        setup = subprocess.run(["meson", "setup", folder, *options], capture_output=True, text=True,
                               env={**os.environ, **(env or {})})
        if setup.returncode:
            print(setup.stdout[-4000:])
            count.fail(f"configure {folder}")
            return False
    if subprocess.run([*before, "ninja", "-C", folder, "--quiet"]).returncode:
        count.fail(f"build {folder}")
        return False
    return True


def collect(count, junit, label, status):
    failed = count.failed
    if not os.path.exists(junit):
        count.fail(f"{label}: no test ran")
        return
    count.add_junit(junit, label)
    if status and count.failed == failed:
        count.fail(f"{label}: ended with status {status}")


def run_meson(count, folder, suites, env=None):
    say(f"test {folder}: {' '.join(suites)}")
    # Ten times the limits of tests/: they end what hangs, and tell nothing of a busy machine. One
    # test more than there are processors, because some of them wait.
    args = ["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", "--quiet", "-t",
            "10", "--num-processes", str((os.cpu_count() or 1) + 1)]
    for suite in suites:
        args += ["--suite", suite]
    junit = f"{folder}/meson-logs/testlog.junit.xml"
    remove(junit)
    status = subprocess.run(args, env={**os.environ, **(env or {})}).returncode
    collect(count, junit, folder, status)


def run_pytest(count):
    say("test black box")
    junit = "build/pytest.xml"
    remove(junit)
    status = subprocess.run(["/usr/bin/python3", "-m", "pytest", "-q", "-rs", "-p",
                             "no:cacheprovider", "-n", "3", "--dist", "loadfile", "--junitxml",
                             junit, "tests/blackbox"]).returncode
    collect(count, junit, "black box", status)


class Builds(threading.Thread):
    """Builds of the other flavours, behind whatever else the machine has to do."""

    def __init__(self):
        super().__init__()
        self.count, self.asan, self.is_done = Count(), False, False

    def run(self):
        behind = ["nice", "-n", "19"]
        self.asan = build(self.count, "build-asan",
                          ["-Db_sanitize=address,undefined", "-Db_lundef=false",
                           "-Dc_args=-fno-sanitize-recover=all"], before=behind)
        build(self.count, "build-clang", ["-Doptimization=0", "-Ddebug=false"],
              {"CC": "clang-14"}, behind)
        self.is_done = True


def main():
    count, builds = Count(), Builds()
    built = build(count, "build", [])
    builds.start()
    if built:
        run_pytest(count)
        run_meson(count, "build", ["unit", "contract", "lint"])
    builds.join()
    count.failed += builds.count.failed
    if not builds.is_done:
        count.fail("building the other flavours")
    if builds.asan:
        run_meson(count, "build-asan", ["unit", "contract"], ASAN)
    say("done")
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped", flush=True)
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of the whole server, each beside its yardstick in the same run.

    bench/server.py [--rounds 3] [--seconds 4] [--clips 3]     folder of the build: BUILD

Rates: durable submits a second (each answered after its commit is on disk) and GETs of a job a
second, by wrk over 64 connections; the yardstick is nginx with one process that answers the same
requests with a static body of 300 bytes. They alternate, so that a noisy machine is noisy for all.
The engine is a double that never finishes, so that nothing is rendered meanwhile.

Clips: seconds from submit to COMPLETED of the demo clip by the real renderer; the yardstick is the
encoder alone on the same frames.
"""
import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "blackbox"))
os.environ.setdefault("VITASCOPE_BUILD", os.environ.get("BUILD", os.path.join(ROOT, "build")))

import rig  # noqa: E402  the harness of the black-box tests

CONNECTIONS, THREADS, JOBS_READ = 64, 2, 1000
DEMO = "A drone shot flying over mountains at sunset, cinematic lighting"

POST_LUA = """
local threads = 0
function setup(thread) thread:set("number", threads) threads = threads + 1 end
function init(args)
  count = 0
  round = args[1]
  headers = {["X-API-Key"] = args[2], ["Content-Type"] = "application/json"}
end
function request()
  count = count + 1
  local body = string.format('{"model":"sora-2","prompt":"gate:never clip %d of client %d in' ..
    ' round %s, a drone shot over mountains","soraParams":{"duration":4,"aspect_ratio":"16:9"}}',
    count, number, round)
  return wrk.format("POST", "/v2/videos/generate", headers, body)
end
"""

GET_LUA = """
function init(args)
  headers = {["X-API-Key"] = args[2]}
  ids = {}
  for line in io.lines(args[1]) do ids[#ids + 1] = line end
  math.randomseed(1)
end
function request()
  return wrk.format("GET", "/v2/jobs/" .. ids[math.random(#ids)], headers)
end
"""

NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    default_type application/json;
    client_body_temp_path {folder}/nginx-bodies;
    server {{
        listen 127.0.0.1:{port};
        location / {{ return 200 "{body}"; }}
    }}
}}
"""


class Nginx:
    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(NGINX.format(folder=folder, port=port, body="a" * 300))
        self.url = f"http://127.0.0.1:{port}"
        with open(os.path.join(folder, "nginx.err"), "wb") as log:
            self.process = subprocess.Popen(["nginx", "-c", path, "-p", folder], stderr=log)

        def listens():
            with socket.socket() as client:
                return client.connect_ex(("127.0.0.1", port)) == 0

        if not rig.until(listens, 5):
            raise SystemExit("nginx does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wrk(url, script, seconds, *args):
    """Answers a second, the number of answers, and the latency of the slowest of 100 in ms."""
    out = subprocess.run(["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
                          "-s", script, url, "--", *args],
                         capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("wrk met errors:\n" + out)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            int(re.search(r"(\d+) requests in", out).group(1)),
            float(slow.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[slow.group(2)])


def fsync_ms(folder):
    """What the disk takes for one small durable write."""
    times = []
    with open(os.path.join(folder, "fsync"), "wb") as file:
        for _ in range(100):
            start = time.monotonic()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append((time.monotonic() - start) * 1000)
    return statistics.median(times)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def restart_seconds(server):
    """From a kill -9 to the first answer about a job that was live."""
    job = server.submit("gate:never the last one")
    start = time.monotonic()
    server.kill()
    server.start()
    server.job(job)
    return time.monotonic() - start


def rates(folder, rounds, seconds):
    post, get = write(folder, "post.lua", POST_LUA), write(folder, "get.lua", GET_LUA)
    films = rig.Films(os.path.join(folder, "films"))
    config = rig.config_of(films, engine={"concurrency": 1}, first_grant_usd="900000000",
                           log="warn")
    server, nginx = rig.Server(os.path.join(folder, "server"), config), Nginx(folder)
    runs = {name: [] for name in ("submit", "submit nginx", "get", "get nginx")}
    try:
        server.start()
        ids = write(folder, "ids", "".join(server.submit("gate:never x") + "\n"
                                           for _ in range(JOBS_READ)))
        for number in range(rounds):
            for name, url in (("submit", server.url), ("submit nginx", nginx.url)):
                runs[name].append(wrk(url, post, seconds, str(number), server.key))
            for name, url in (("get", server.url), ("get nginx", nginx.url)):
                runs[name].append(wrk(url, get, seconds, ids, server.key))
        answered = sum(count for _, count, _ in runs["submit"]) + JOBS_READ
        stored = server.store.job_count()
        if not answered <= stored <= answered + CONNECTIONS * rounds:
            raise SystemExit(f"{answered} submits were answered and {stored} are stored")
        server.verify()
        restart = restart_seconds(server)
    finally:
        server.kill()
        nginx.stop()
    for name in ("submit", "get"):
        ours, yardstick = (statistics.median(rate for rate, _, _ in runs[which])
                           for which in (name, name + " nginx"))
        slow = statistics.median(slow for _, _, slow in runs[name])
        print(f"{name}: {ours:,.0f}/s, nginx {yardstick:,.0f}/s, ratio {ours / yardstick:.2f}, "
              f"99% within {slow:.1f} ms, rounds "
              + " ".join(f"{rate:,.0f}" for rate, _, _ in runs[name]))
    print(f"       one durable write of 4 KiB: {fsync_ms(folder):.2f} ms; "
          f"{stored:,} jobs stored, ledger verified")
    print(f"restart: {restart:.2f} s from kill -9 with {stored:,} live jobs to the first answer")


def clip_seconds(server):
    start = time.monotonic()
    job = server.submit({"model": "sora-2", "prompt": DEMO, "vitascope": {"seed": 1}})
    rig.until(lambda: server.job(job)["status"] in rig.OVER, 600)
    assert server.job(job)["status"] == "COMPLETED", server.job(job)
    return time.monotonic() - start


def clips(folder, count):
    server = rig.Server(os.path.join(folder, "clips"))
    try:
        server.start()
        times = [clip_seconds(server) for _ in range(count)]
    finally:
        server.kill()
    alone = subprocess.run([os.path.join(rig.BUILD, "bench", "encode_alone")], check=True,
                           capture_output=True, text=True, cwd=folder).stdout.strip()
    print(f"clip: {statistics.median(times):.2f} s from submit to COMPLETED, rounds "
          + " ".join(f"{seconds:.2f}" for seconds in times))
    print("clip, encoder alone: " + " | ".join(alone.split("\n")))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--clips", type=int, default=3)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="vitascope-bench-")
    try:
        with open("/proc/loadavg", encoding="utf-8") as file:
            print(f"{os.cpu_count()} CPUs, load before the start {file.read().split()[0]}")
        if options.rounds:
            rates(folder, options.rounds, options.seconds)
        if options.clips:
            clips(folder, options.clips)
    finally:
        shutil.rmtree(folder)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of the whole server, each beside its yardstick in the same run.

    bench/server.py [--rounds 3] [--seconds 4] [--clips 3] [--rows N]
                                                               folder of the build: BUILD

Rates: durable, charged submits a second, each with an Idempotency-Key of its own and answered
after its commit is on disk, by wrk over 64 and over 512 connections; the yardsticks are the same
rows through bare SQLite, as many in a transaction, and nginx with one process that answers the
same requests with a static body of 300 bytes. And GETs of a job a second over 64 connections,
beside nginx. They alternate, so that a noisy machine is noisy for all: medians of the rounds, and
of their ratios. CPU: of the server's process, for one request. The engine is a double that never
finishes, so that nothing is rendered meanwhile.

Rows: the same of a server with N completed jobs in its store (10000000 take minutes and 7 GB),
beside an empty one.

Clips: seconds from submit to COMPLETED of the demo clip by the real renderer; the yardstick is the
encoder alone on the same frames.
"""
import argparse
import collections
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import requests

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "blackbox"))
os.environ.setdefault("VITASCOPE_BUILD", os.environ.get("BUILD", os.path.join(ROOT, "build")))

import rig  # noqa: E402  the harness of the black-box tests

CONNECTIONS, MANY, THREADS, JOBS_READ = 64, 512, 2, 1000
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
  headers["Idempotency-Key"] = string.format("%s-%d-%d-order", round, number, count)
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
master_process off;
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


def cpu_seconds(pid):
    """What the process has used so far, of all its threads."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


Run = collections.namedtuple("Run", "rate count p50 p99 cpu_us")


def wrk(process, url, script, seconds, connections, *args):
    """Answers a second and in all, latencies in ms, the process's CPU for one answer in us."""
    before = cpu_seconds(process.pid)
    out = subprocess.run(["wrk", f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--latency",
                          "-s", script, url, "--", *args],
                         capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("wrk met errors:\n" + out)
    used = cpu_seconds(process.pid) - before
    count = int(re.search(r"(\d+) requests in", out).group(1))

    def latency(percent):
        number, unit = re.search(percent + r"%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return Run(float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), count,
               latency("50"), latency("99"), used * 1e6 / count)


def bare_sqlite(folder, depth, seconds):
    """The rows of submits a second, so many in a transaction."""
    out = subprocess.run([os.path.join(rig.BUILD, "bench", "bare_sqlite"), "--depth", str(depth),
                          "--seconds", str(seconds), "--folder", folder],
                         capture_output=True, text=True, check=True).stdout
    rate, cpu_us = re.search(r": (\d+) durable.*, ([\d.]+) us", out).groups()
    return Run(float(rate), 0, 0, 0, float(cpu_us))


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


class Table:
    """Runs by name, in rounds."""

    def __init__(self):
        self.runs = collections.defaultdict(list)

    def add(self, name, run):
        self.runs[name].append(run)

    def median(self, name, what="rate"):
        return statistics.median(getattr(run, what) for run in self.runs[name])

    def ratio(self, name, other):
        pairs = zip(self.runs[name], self.runs[other])
        return statistics.median(one.rate / two.rate for one, two in pairs)

    def show(self, name, *others):
        line = f"{name:24} {self.median(name):>8,.0f}/s {self.median(name, 'cpu_us'):5.1f} us"
        if self.median(name, "p99"):
            line += f"  p50 {self.median(name, 'p50'):.2f} p99 {self.median(name, 'p99'):.2f} ms"
        line += "".join(f"  {self.ratio(name, other):.2f} of {other}" for other in others)
        print(line + "  rounds " + " ".join(f"{run.rate:,.0f}" for run in self.runs[name]))


def make_server(folder, name):
    films = rig.Films(os.path.join(folder, "films"))
    config = rig.config_of(films, engine={"concurrency": 1}, first_grant_usd="900000000",
                           log="warn")
    return rig.Server(os.path.join(folder, name), config)


def submit_and_get(table, server, which, scripts, options):
    """One round of one server; which: (name of the round, suffix of the lines)."""
    post, get, ids = scripts
    number, suffix = which
    for connections in (CONNECTIONS, MANY):
        table.add(f"submit {connections}{suffix}",
                  wrk(server.process, server.url, post, options.seconds, connections,
                      f"{number}.{connections}", server.key))
    table.add(f"get{suffix}", wrk(server.process, server.url, get, options.seconds, CONNECTIONS,
                                  ids, server.key))


def ids_of(folder, server, name):
    return write(folder, name, "".join(server.submit("gate:never x") + "\n"
                                       for _ in range(JOBS_READ)))


def rates(folder, options):
    post, get = write(folder, "post.lua", POST_LUA), write(folder, "get.lua", GET_LUA)
    server, nginx, table = make_server(folder, "server"), Nginx(folder), Table()
    try:
        server.start()
        ids = ids_of(folder, server, "ids")
        for number in range(options.rounds):
            submit_and_get(table, server, (str(number), ""), (post, get, ids), options)
            for connections in (CONNECTIONS, MANY):
                table.add(f"bare SQLite {connections}",
                          bare_sqlite(folder, connections, options.seconds))
                table.add(f"nginx post {connections}",
                          wrk(nginx.process, nginx.url, post, options.seconds, connections,
                              str(number), server.key))
            table.add("nginx get", wrk(nginx.process, nginx.url, get, options.seconds, CONNECTIONS,
                                       ids, server.key))
        answered = JOBS_READ + sum(run.count for connections in (CONNECTIONS, MANY)
                                   for run in table.runs[f"submit {connections}"])
        stored = server.store.job_count()
        if not answered <= stored <= answered + (CONNECTIONS + MANY) * options.rounds:
            raise SystemExit(f"{answered} submits were answered and {stored} are stored")
        server.verify()
        restart = restart_seconds(server)
    finally:
        server.kill()
        nginx.stop()
    for connections in (CONNECTIONS, MANY):
        table.show(f"submit {connections}", f"bare SQLite {connections}",
                   f"nginx post {connections}")
        table.show(f"bare SQLite {connections}")
        table.show(f"nginx post {connections}")
    table.show("get", "nginx get")
    table.show("nginx get")
    print(f"one durable write of 4 KiB: {fsync_ms(folder):.2f} ms; {stored:,} jobs stored, ledger "
          "verified")
    print(f"restart: {restart:.2f} s from kill -9 with {stored:,} live jobs to the first answer")


def list_ms(server, query):
    """The median of a page of jobs, over one connection."""
    times = []
    with requests.Session() as session:
        for _ in range(30):
            start = time.monotonic()
            answer = session.get(server.url + "/v2/jobs" + query,
                                 headers={"X-API-Key": server.key}, timeout=60)
            times.append((time.monotonic() - start) * 1000)
            assert answer.status_code == 200, answer.text
    return statistics.median(times)


def full_beside_empty(folder, options):
    post, get = write(folder, "post.lua", POST_LUA), write(folder, "get.lua", GET_LUA)
    servers = {"": make_server(folder, "empty"), " full": make_server(folder, "full")}
    table, ids = Table(), {}
    try:
        servers[" full"].start()
        servers[" full"].stop()
        start = time.monotonic()
        subprocess.run([os.path.join(rig.BUILD, "bench", "bare_sqlite"), "--fill",
                        str(options.rows), "--store", servers[" full"].store.path], check=True)
        print(f"{options.rows:,} completed jobs were stored in {time.monotonic() - start:.0f} s, "
              f"{os.path.getsize(servers[' full'].store.path) / 1e9:.1f} GB")
        for suffix, server in servers.items():
            server.start()
            ids[suffix] = ids_of(folder, server, "ids" + suffix.strip())
        for number in range(options.rounds):
            for suffix, server in servers.items():
                submit_and_get(table, server, (str(number), suffix), (post, get, ids[suffix]),
                               options)
        for name in ("submit 64", "submit 512", "get"):
            table.show(name)
            table.show(name + " full", name)
        old = servers[" full"].store.query(
            "SELECT id FROM jobs WHERE rowid % ? = 1 AND rowid <= ?", options.rows // JOBS_READ,
            options.rows)
        old_ids = write(folder, "old", "".join(str(uuid.UUID(bytes=id)) + "\n" for id, in old))
        table.add("get old", wrk(servers[" full"].process, servers[" full"].url, get,
                                 options.seconds, CONNECTIONS, old_ids, servers[" full"].key))
        table.show("get old", "get")
        for query in ("", "?limit=100", "?status=COMPLETED", "?status=FAILED"):
            print(f"list {query or 'first page'}: " + ", ".join(
                f"{list_ms(server, query):.1f} ms{suffix or ' empty'}"
                for suffix, server in servers.items()))
    finally:
        for server in servers.values():
            server.kill()


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
    parser.add_argument("--rows", type=int, default=0)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="vitascope-bench-")
    try:
        with open("/proc/loadavg", encoding="utf-8") as file:
            print(f"{os.cpu_count()} CPUs, load before the start {file.read().split()[0]}")
        if options.rounds:
            rates(folder, options)
        if options.rows:
            full_beside_empty(folder, options)
        if options.clips:
            clips(folder, options.clips)
    finally:
        shutil.rmtree(folder)


main()

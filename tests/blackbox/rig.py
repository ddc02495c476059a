# SPDX-License-Identifier: Apache-2.0
"""A real server, a receiver for what it fetches, and a look into its database.

The programs are those of the build folder: $VITASCOPE_BUILD, or build/ at the root.
"""
import base64
import collections
import hashlib
import http.server
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid

import requests

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("VITASCOPE_BUILD", os.path.join(ROOT, "build")))
VITASCOPE = os.path.join(BUILD, "vitascope")
FILM_WORKER = os.path.join(ROOT, "tests", "doubles", "film_worker.py")

# How long a test waits for what must come. Only a broken server makes it wait so long.
WAIT_S = 60
START_S = STOP_S = JOB_S = WAIT_S
OVER = ("COMPLETED", "FAILED", "CANCELLED")
CREDIT_MICRO = 125_000
UNKNOWN_ID = uuid.UUID("0192f0c4-0000-7000-8000-0000000000aa")  # of no job
STATES = ("queued", "running", "completed", "failed", "canceled")
HOLD, CAPTURE, RELEASE = 2, 3, 4


def until(check, seconds=WAIT_S, every=0.02):
    """What check() gives as soon as it is true, and at the latest what it gives then."""
    end = time.monotonic() + seconds
    while True:
        result = check()
        if result or time.monotonic() > end:
            return result
        time.sleep(every)


def blob_path(data, id_):
    """Where the blob of that UUID lies in a data folder."""
    return os.path.join(data, "blobs", f"{id_.bytes[15]:02x}", f"{id_.bytes[14]:02x}", str(id_))


def quickly(act, seconds, times=10):
    """What act() gives. What it asserts need only hold if it is done within that time, which it
    may miss on a busy machine: then it is done again."""
    for _ in range(times - 1):
        start = time.monotonic()
        try:
            return act()
        except Exception:
            if time.monotonic() - start < seconds:
                raise
    return act()


def is_alive(pid):
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid):
    """The process and all that it started, as far as they live."""
    found, parents = [], {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(fields[1]), []).append(int(name))
    rest = [pid]
    while rest:
        found.append(rest.pop())
        rest += parents.get(found[-1], [])
    return [one for one in found if is_alive(one)]


class Films:
    """The folder of film_worker.py: its gates and its journal."""

    def __init__(self, folder, mode="ok"):
        self.folder, self.mode = str(folder), mode
        os.makedirs(self.folder, exist_ok=True)

    def engine(self, concurrency=2, **more):
        command = [sys.executable, FILM_WORKER, self.folder, self.mode]
        return {"name": "stub", "kind": "worker", "command": command,
                "can": ["first_frame", "source_video"], "concurrency": concurrency, **more}

    def open_gate(self, name):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8"):
            pass

    def journal(self, word=None):
        path = os.path.join(self.folder, "journal")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            lines = [line.split() for line in file]
        return [line for line in lines if word in (None, line[0])]

    def pids(self):
        return {int(line[1]) for line in self.journal("start")}

    def has_given_up(self):
        """Whether the last request was canceled. A worker that takes longer than the engine's
        patience to say so has been killed."""
        pid = self.journal("render")[-1][1]
        return pid in [line[1] for line in self.journal("canceled")] or not is_alive(int(pid))

    def digests(self):
        return {line[3] for line in self.journal("done")}


def config_of(films, **more):
    """A configuration whose models are made by the film worker."""
    engine = more.pop("engine", {})
    prices = [{"up_to": "1280x720", "usd_per_second": "0.125"}]
    pro = [{"up_to": "1280x720", "usd_per_second": "0.375"},
           {"up_to": "1792x1024", "usd_per_second": "0.625"}]
    return {"engines": [films.engine(**engine)],
            "models": [{"name": "sora-2", "engines": ["stub"], "prices": prices},
                       {"name": "sora-2-pro", "engines": ["stub"], "prices": pro}], **more}


class Store:
    """The server's database, seen from beside it."""

    def __init__(self, data):
        self.path = os.path.join(str(data), "vitascope.db")

    def query(self, sql, *args):
        database = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=WAIT_S)
        try:
            return database.execute(sql, args).fetchall()
        finally:
            database.close()

    def change(self, *statements):
        """Each statement is (sql, *arguments); all in one transaction."""
        database = sqlite3.connect(self.path, timeout=WAIT_S)
        try:
            with database:
                for sql, *args in statements:
                    database.execute(sql, args)
        finally:
            database.close()

    def rest(self):
        """Waits until no job is under way, of this test or of one before it."""
        live = lambda: self.query("SELECT state, prompt FROM jobs WHERE state < 2")
        assert until(lambda: not live()), live()

    def job_count(self):
        return self.query("SELECT count(*) FROM jobs")[0][0]

    def asset_count(self):
        """Without those that are over: the server sweeps them out when it comes to it."""
        return self.query("SELECT count(*) FROM assets WHERE expires_ms > ?",
                          int(time.time() * 1000))[0][0]

    def balance(self, account=1):
        """(available, held, spent) in micro-dollars."""
        return self.query("SELECT available_micro, held_micro, spent_micro FROM accounts"
                          " WHERE id = ?", account)[0]

    def entries(self, job):
        """The ledger of one job: [(kind, amount)] in the order of their making."""
        return self.query("SELECT kind, amount_micro FROM ledger WHERE ref = ? ORDER BY settles",
                          uuid.UUID(job).bytes)

    def attempts(self, job):
        """Each start of the job: (number, fault, error)."""
        return self.query("SELECT number, fault, error FROM attempts WHERE job_id = ?"
                          " ORDER BY number", uuid.UUID(job).bytes)

    def jobs(self):
        """{id: state}"""
        return {str(uuid.UUID(bytes=id)): STATES[state]
                for id, state in self.query("SELECT id, state FROM jobs")}

    def add_account(self, name, usd):
        """Another account with a key, made as the program makes them. Returns (id, key)."""
        secret = secrets.token_urlsafe(32)
        now = int(time.time() * 1000)
        account = self.query("SELECT max(id) + 1 FROM accounts")[0][0]
        self.change(
            ("INSERT INTO accounts (id, name, created_ms) VALUES (?, ?, ?)", account, name, now),
            ("INSERT INTO keys (id, account_id, hash, prefix, name, disabled, admin, created_ms,"
             " expires_ms) SELECT max(id) + 1, ?, ?, ?, ?, 0, 0, ?, 0 FROM keys", account,
             hashlib.sha256(b"afk_" + secret.encode()).digest(), "afk_" + secret[:6], name, now))
        self.grant(account, usd)
        return account, "sk-" + secret

    def grant(self, account, usd):
        micro, now = int(usd * 1_000_000), int(time.time() * 1000)
        self.change(
            ("UPDATE accounts SET available_micro = available_micro + ? WHERE id = ?", micro,
             account),
            ("INSERT INTO ledger (ref, settles, kind, account_id, from_bucket, to_bucket,"
             " amount_micro, created_ms, reason, author) VALUES (?, 0, 0, ?, 0, 1, ?, ?, ?, ?)",
             uuid.uuid4().bytes, account, micro, now, "grant", "test"))


class Server:
    """`vitascope serve` on a data folder of its own; may be started again on it."""

    urls = set()  # of all that were started

    def __init__(self, folder, config=None, port=0, args=()):
        self.folder = str(folder)
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "server.log")
        self.config, self.port, self.args = config, port, list(args)
        self.store = Store(self.data)
        self.key = self.url = self.process = self.reserved = None
        os.makedirs(self.folder, exist_ok=True)

    def command(self):
        command = [VITASCOPE, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        if self.config is not None:
            path = os.path.join(self.folder, "config.yaml")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.config, file)  # JSON is YAML
            command += ["--config", path]
        return command + self.args

    def reserve_port(self):
        """A port that nobody else is given by the kernel, also while the server is down: bound,
        and not listened on, by us."""
        self.reserved = socket.socket()
        self.reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reserved.bind(("127.0.0.1", 0))
        self.port = self.reserved.getsockname()[1]

    def start(self):
        if not self.port:
            self.reserve_port()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=log, text=True,
                                            cwd=self.folder)
        watchdog = threading.Timer(START_S, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            if line.startswith("key: "):
                self.key = line.split()[1]
            if line.startswith("listening on "):
                self.url = line.split()[2]
                break
        watchdog.cancel()
        if self.url is None or self.process.poll() is not None:
            self.kill()
            raise RuntimeError("the server did not start:\n" + self.tail())
        Server.urls.add(self.url)
        return self

    def tail(self, lines=60):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])

    def pids(self):
        return children(self.process.pid) if self.process else []

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=STOP_S):
        """The exit status; a server that does not end is killed and fails the test."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError("the server did not stop:\n" + self.tail()) from None
        self.process.stdout.close()
        self.process = None
        return status

    def stop(self):
        if self.process:
            self.terminate()
            return self.wait()
        return 0

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def end(self):
        """For the end of a test: prints what pytest shows of a test that failed."""
        try:
            self.kill()
        finally:
            if self.reserved:
                self.reserved.close()
            print(f"---- log of the server in {self.folder}\n{self.tail()}")

    # ---- calls ----

    def headers(self, **more):
        return {"X-API-Key": self.key, **more}

    def request(self, method, path, key=None, **more):
        headers = {"X-API-Key": key or self.key, **more.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=WAIT_S, **more)

    def create(self, body=None, key=None, **headers):
        """POST /v2/videos/generate; body is a prompt, an object or bytes."""
        if isinstance(body, str):
            body = {"model": "sora-2", "prompt": body}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request("POST", "/v2/videos/generate", key=key, data=data,
                            headers={"Content-Type": "application/json", **headers})

    def submit(self, body, key=None, **headers):
        """The id of the job that the request must make."""
        answer = self.create(body, key, **headers)
        assert answer.status_code == 202, (answer.status_code, answer.text)
        return answer.json()["jobId"]

    def job(self, job, key=None):
        answer = self.request("GET", f"/v2/jobs/{job}", key=key)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()

    def wait_for(self, job, *states, seconds=JOB_S):
        """The job as soon as it has one of the states, by default an end."""
        states = states or OVER
        until(lambda: self.job(job)["status"] in states, seconds)
        found = self.job(job)
        assert found["status"] in states, found
        return found

    def finish(self, body, **headers):
        """The job that the request makes, completed."""
        return self.wait_for(self.submit(body, **headers), "COMPLETED")

    def cancel(self, job, key=None):
        return self.request("POST", f"/vitascope/jobs/{job}/cancel", key=key)

    def verify(self):
        """Proves the ledger with the program's own command."""
        result = run("ledger", "verify", "--data", self.data)
        assert result.returncode == 0, result.stdout + result.stderr
        assert ": 0 differences" in result.stdout, result.stdout
        return result.stdout


def run(*args, timeout=WAIT_S, **more):
    """A command of the program, to its end."""
    return subprocess.run([VITASCOPE, *args], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, **more)


class Receiver:
    """An HTTP server on loopback that serves what a test puts there and counts who asks.

    routes[path] is bytes, or a function that gets the request handler.
    """

    def __init__(self):
        receiver = self
        self.routes, self.hits = {}, collections.Counter()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                receiver.hits[self.path] += 1
                answer = receiver.routes.get(self.path)
                if callable(answer):
                    answer(self)
                elif answer is None:
                    self.send_error(404)
                else:
                    reply(self, 200, answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def reply(handler, status, body, **headers):
    """Answers; a client that has gone is none of our business."""
    try:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
    except OSError:
        pass


def picture(path, size="64x36", source="testsrc2"):
    """A still made by ffmpeg, in the format that the path's ending names. Returns its bytes."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"{source}=size={size}",
                    "-frames:v", "1", str(path)], check=True, stdin=subprocess.DEVNULL)
    with open(path, "rb") as file:
        return file.read()


def clip(path, size="1280x720", seconds=3, fps=24, sound=True):
    """A short MP4 made by ffmpeg. Returns its bytes."""
    sine = ["-f", "lavfi", "-i", f"sine=r=48000:d={seconds}", "-c:a", "aac"] if sound else []
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
                    f"testsrc2=size={size}:rate={fps}:duration={seconds}", *sine, "-c:v", "libx264",
                    "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
                    str(path)], check=True, stdin=subprocess.DEVNULL)
    with open(path, "rb") as file:
        return file.read()


def data_url(image, mime="image/png"):
    return f"data:{mime};base64,{base64.b64encode(image).decode()}"


def spellings(key):
    """The secret of a key as each dialect writes it."""
    secret = re.sub(r"^(sk-|afk_)", "", key)
    return {"sk-": "sk-" + secret, "afk_": "afk_" + secret}

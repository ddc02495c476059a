# SPDX-License-Identifier: Apache-2.0
"""Clients of every dialect that never give up, a server that is killed again and again under
them, and what must hold afterwards."""
import random
import subprocess
import threading
import time
import uuid

import requests

import rig

# What a prompt asks the engines for (tests/doubles/film_worker.py). A prompt without such a word
# kills the first engine of the route, and the second one makes the film.
MODES = (["ok"] * 10 + ["slow:0.2"] * 5 + ["slow:0.6"] * 3 + ["fail:refused", "fail:invalid"] +
         ["fail:broken", "crash:1", "a"])
OUTSTANDING_MAX = 8
OVER = {"completed", "failed", "cancelled", "canceled", "COMPLETED", "FAILED", "CANCELLED"}
GONE = requests.RequestException  # the server is down: that is what this is about


class Client(threading.Thread):
    """Submits jobs of one dialect, looks after them, cancels some. A request without an answer is
    sent again, with the same idempotency key, until there is one."""

    def __init__(self, server, key, hooks, seed):
        super().__init__(daemon=True)
        self.server, self.key, self.hooks = server, key, hooks
        self.random = random.Random(seed)
        self.jobs = {}      # {idempotency key: id of the job}, all that were acknowledged
        self.watched = []   # ids that are not known to be over
        self.strange = []   # answers that nobody should get
        self.looks = self.cancels = 0
        self.stop = threading.Event()

    def run(self):
        try:
            self.work()
        except Exception as error:  # a thread's end would go unseen
            self.strange.append((repr(error),))

    def work(self):
        while not self.stop.is_set():
            if len(self.watched) < OUTSTANDING_MAX and self.random.random() < 0.6:
                self.submit()
            elif self.watched:
                self.look(self.random.choice(self.watched))
            time.sleep(0.02)

    def call(self, method, path, **more):
        """The answer, however long it takes; None when the server does not come back."""
        headers = {"Authorization": "Bearer " + self.key, **more.pop("headers", {})}
        for _ in range(2000):
            try:
                answer = requests.request(method, self.server.url + path, headers=headers,
                                          timeout=rig.WAIT_S, **more)
            except GONE:
                answer = None
            if answer is not None and answer.status_code != 503:
                return answer
            time.sleep(0.02)
        self.strange.append((method, path, "no answer"))
        return None

    def submit(self):
        name = str(uuid.UUID(int=self.random.getrandbits(128)))
        path, body = self.create(f"{self.random.choice(MODES)} coast {name}", name)
        answer = self.call("POST", path, json=body, headers={"Idempotency-Key": name})
        if answer is None:
            return
        if answer.status_code not in (200, 201, 202):
            self.strange.append((path, answer.status_code, answer.text))
            return
        self.jobs[name] = self.id_of(answer.json())
        self.watched.append(self.jobs[name])

    def look(self, job):
        answer = self.call("GET", self.path_of(job))
        if answer is None:
            return
        self.looks += 1
        if answer.status_code != 200:
            self.strange.append((job, answer.status_code, answer.text))
        elif answer.json()["status"] in OVER:
            self.watched.remove(job)
        elif self.random.random() < 0.005:
            # 409: it has just ended.
            self.cancels += self.call("POST", f"/vitascope/jobs/{job}/cancel").status_code == 200

    # ---- one dialect's words ----

    def create(self, prompt, name):
        raise NotImplementedError

    def id_of(self, answer):
        return answer["id"]

    def path_of(self, job):
        raise NotImplementedError

    def is_told(self):
        """Whether its jobs have a callback at hooks.url/<idempotency key>."""
        return False


class OpenAI(Client):
    def create(self, prompt, name):
        done = [job for job in self.jobs.values() if job not in self.watched]
        if done and self.random.random() < 0.1:
            return f"/openai/v1/videos/{self.random.choice(done[-20:])}/remix", {"prompt": prompt}
        return "/openai/v1/videos", {"prompt": prompt, "seconds": "4"}

    def path_of(self, job):
        return "/openai/v1/videos/" + job

    def submit(self):
        try:
            super().submit()
        finally:
            # The source of a remix may have failed: then there is nothing to be remixed.
            self.strange = [one for one in self.strange if "/remix" not in str(one[0])]


class Apiframe(Client):
    def create(self, prompt, name):
        return "/v2/videos/generate", {"model": "sora-2", "prompt": prompt,
                                       "webhookUrl": f"{self.hooks.url}/{name}",
                                       "webhookEvents": ["completed", "failed"]}

    def id_of(self, answer):
        return answer["jobId"]

    def path_of(self, job):
        return "/v2/jobs/" + job

    def is_told(self):
        return True


class AIVideoAPI(Client):
    def create(self, prompt, name):
        return "/aivideoapi/v1/videos/generations", {
            "model": "sora-2", "prompt": prompt, "callback_url": f"{self.hooks.url}/{name}"}

    def id_of(self, answer):
        return answer["data"]["taskId"]

    def path_of(self, job):
        return "/v1/tasks/" + job

    def is_told(self):
        return True


class UniAll(Client):
    def create(self, prompt, name):
        return "/v1/video/generations", {"model": "sora-2", "prompt": prompt}

    def path_of(self, job):
        return "/uniall/v1/videos/" + job


DIALECTS = (OpenAI, Apiframe, AIVideoAPI, UniAll)


def kill_in_start(server, chance):
    """Begins a start and kills it somewhere on its way."""
    with open(server.log, "ab") as log:
        process = subprocess.Popen(server.command(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=log, cwd=server.folder)
    time.sleep(chance.uniform(0, 0.25))
    process.kill()
    process.wait()


def kill_again_and_again(server, films, rounds, seed):
    """Each round ends with the server running anew. Counts what was hit."""
    chance, hit = random.Random(seed), {"running": 0, "in start": 0}
    for _ in range(rounds):
        time.sleep(chance.uniform(0.05, 1.2))
        workers = set().union(*[one.pids() for one in films])
        server.kill()
        assert rig.until(lambda: not any(rig.is_alive(pid) for pid in workers)), \
            "a worker outlived its server"
        each_is_held_and_settled_once(server.store)
        hit["running"] += 1
        while chance.random() < 0.2:
            kill_in_start(server, chance)
            hit["in start"] += 1
        server.start()
    return hit


# ---- what must hold ----

def bare(job):
    """The id as the database has it."""
    return uuid.UUID(job.split("_")[-1]).bytes


def each_is_one_job(store, clients):
    """Every acknowledged job is there, once for each idempotency key, and over."""
    asked = [bare(job) for client in clients for job in client.jobs.values()]
    stored = dict(store.query("SELECT id, state FROM jobs"))
    assert len(set(asked)) == len(asked), "one job for two requests"
    assert set(asked) <= set(stored), "an acknowledged job is lost"
    # What was submitted and never acknowledged has no client here: each asks until it is.
    assert set(stored) == set(asked), "two jobs for one request"
    assert set(stored.values()) <= {2, 3, 4}
    return stored


def each_is_held_and_settled_once(store):
    """A hold for each job, one end of it for each that is over, as its state says; the balances
    are the sums. It holds at every moment, so also while the server is dead."""
    prices = {job: (state, price) for job, state, price in
              store.query("SELECT id, state, price_micro FROM jobs")}
    rows = {}
    for ref, kind, amount in store.query("SELECT ref, kind, amount_micro FROM ledger"
                                         " WHERE kind IN (2, 3, 4) ORDER BY settles"):
        rows.setdefault(ref, []).append((kind, amount))
    assert set(rows) == set(prices)
    for job, (state, price) in prices.items():
        ends = [] if state < 2 else [rig.CAPTURE] if state == 2 else [rig.RELEASE]
        assert rows[job] == [(kind, price) for kind in [rig.HOLD, *ends]], (job.hex(), rows[job])

    for account, *balance in store.query(
            "SELECT id, available_micro, held_micro, spent_micro FROM accounts"):
        sums = [store.query("SELECT coalesce(sum(amount_micro * ((to_bucket = ?1) -"
                            " (from_bucket = ?1))), 0) FROM ledger WHERE account_id = ?2",
                            bucket, account)[0][0] for bucket in (1, 2, 3)]
        assert sums == balance, account


def each_is_told(clients, hooks):
    """A job with a callback has told its end at least once."""
    told = {path[1:] for path, _, _ in list(hooks.got)}
    return [name for client in clients if client.is_told() for name in client.jobs
            if name not in told]

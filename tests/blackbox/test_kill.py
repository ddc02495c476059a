# SPDX-License-Identifier: Apache-2.0
"""kill -9 at any moment: what was acknowledged is there, ends, and is paid for at most once."""
import json
import random
import threading
import time
import uuid

import requests

import rig

# A job that is interrupted ten times is given up (its own test is below): so nine times here.
ROUNDS, CLIENTS = 9, 4
MODES = ["ok"] * 6 + ["slow:0.2", "slow:0.2", "slow:0.6", "fail:refused", "fail:invalid"]


class Client(threading.Thread):
    """Submits again and again. An answer that never came is asked for again, with the same
    idempotency key, until it comes."""

    def __init__(self, server, seed):
        super().__init__(daemon=True)
        self.server, self.random = server, random.Random(seed)
        self.acknowledged, self.strange = {}, []  # {idempotency key: job}
        self.stop = threading.Event()

    def run(self):
        while not self.stop.is_set():
            mode = self.random.choice(MODES)
            self.submit(str(uuid.UUID(int=self.random.getrandbits(128))), f"{mode} a coast")
            time.sleep(0.03)

    def submit(self, key, prompt):
        body = json.dumps({"model": "sora-2", "prompt": prompt})
        while True:
            try:
                answer = requests.post(
                    self.server.url + "/v2/videos/generate", data=body, timeout=10,
                    headers=self.server.headers(**{"Idempotency-Key": key}))
            except requests.RequestException:
                time.sleep(0.02)  # it is down: that is what this test is about
                continue
            if answer.status_code == 202:
                self.acknowledged[key] = answer.json()["jobId"]
                return
            if answer.status_code != 503:
                self.strange.append((answer.status_code, answer.text))
                return


def test_no_acknowledged_job_is_lost_or_paid_twice(make_server):
    server = make_server(engine={"concurrency": 3})
    chance = random.Random(20261121)
    clients = [Client(server, seed) for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(ROUNDS):
        time.sleep(chance.uniform(0.1, 1.2))
        workers = server.films.pids()
        server.kill()
        assert rig.until(lambda: not any(rig.is_alive(pid) for pid in workers)), \
            "a worker outlived its server"
        server.start()
    for client in clients:
        client.stop.set()
    for client in clients:
        client.join(30)
        assert not client.is_alive()
        assert client.strange == []

    acknowledged = {key: job for client in clients for key, job in client.acknowledged.items()}
    assert len(acknowledged) > 100, "too few jobs to prove anything"
    assert rig.until(lambda: not server.store.query("SELECT 1 FROM jobs WHERE state < 2"), 60), \
        server.store.query("SELECT state, count(*) FROM jobs GROUP BY state")

    jobs = server.store.jobs()
    # One job for each key, however often it was asked for: none lost, none made twice.
    assert len(set(acknowledged.values())) == len(acknowledged)
    assert set(jobs) == set(acknowledged.values())
    assert set(jobs.values()) == {"completed", "failed"}
    assert any(count > 1 for _, count in server.store.query(
        "SELECT job_id, count(*) FROM attempts GROUP BY job_id")), "no running job was hit"

    wrong = {}
    for job, state in jobs.items():
        settled = rig.CAPTURE if state == "completed" else rig.RELEASE
        if server.store.entries(job) != [(rig.HOLD, 500_000), (settled, 500_000)]:
            wrong[job] = state, server.store.entries(job)
    assert not wrong
    spent = sum(state == "completed" for state in jobs.values()) * 500_000
    available, held, spent_shown = server.store.balance()
    assert (held, spent_shown) == (0, spent)
    assert available + spent == 1_000_000_000
    server.verify()

    # What failed is what had to: an interruption is nobody's failure.
    failed = {prompt.split(" ")[0] for (prompt,) in
              server.store.query("SELECT prompt FROM jobs WHERE state = 3")}
    assert failed == {"fail:refused", "fail:invalid"}
    # Every finished film can be had.
    for job, state in random.Random(1).sample(sorted(jobs.items()), 50):
        shown = server.job(job)
        assert shown["status"] == state.upper()
        if state == "completed":
            assert requests.get(shown["result"]["videoUrl"], timeout=10).status_code == 200


def test_a_job_that_ran_when_the_server_was_killed_runs_again(make_server):
    server = make_server()
    job = server.submit("gate:again a coast")
    server.wait_for(job, "PROCESSING")
    server.kill()
    server.start()
    assert server.job(job)["status"] in ("QUEUED", "PROCESSING")
    server.wait_for(job, "PROCESSING")
    server.films.open_gate("again")
    assert server.wait_for(job, "COMPLETED")["error"] is None
    assert [fault for _, fault, _ in server.store.attempts(job)] == [0, 0]
    assert server.store.entries(job) == [(rig.HOLD, 500_000), (rig.CAPTURE, 500_000)]


def test_nothing_half_made_is_left_after_a_kill(make_server):
    import os
    server = make_server()
    job = server.submit("gate:never a coast")
    assert rig.until(lambda: len(server.films.journal("render")) == 1)
    server.kill()
    server.start()
    assert rig.until(lambda: len(server.films.journal("render")) == 2)
    server.cancel(job)
    assert rig.until(lambda: server.films.journal("canceled"))
    rest = lambda: [os.path.join(folder, name) for folder, _, names in
                    os.walk(f"{server.data}/scratch") for name in names]
    assert rig.until(lambda: not rest()), rest()


def test_a_job_is_given_up_after_many_interruptions(make_server):
    server = make_server()
    job = server.submit("gate:never a coast")
    for _ in range(10):
        server.wait_for(job, "PROCESSING")
        server.kill()
        server.start()
    shown = server.wait_for(job, "FAILED")
    assert "interrupted" in shown["error"]
    assert server.store.balance() == (1_000_000_000, 0, 0)
    server.verify()


def test_two_servers_do_not_share_a_data_folder(make_server):
    server = make_server()
    second = rig.run("serve", "--data", server.data, "--listen", "127.0.0.1:0")
    assert second.returncode == 1
    assert f"process {server.process.pid}" in second.stderr
    assert server.finish("ok a coast")


def test_the_key_is_printed_by_the_first_start_alone(make_server):
    server = make_server()
    first, server.key = server.key, None
    server.stop()
    server.start()
    assert server.key is None
    server.key = first
    server.finish("ok a coast")
    assert server.store.balance()[0] == 1_000_000_000 - 500_000  # and there was no second grant

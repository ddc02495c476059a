# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under the load of all dialects: nothing acknowledged is lost, paid
for twice, given back twice or left untold.

$VITASCOPE_CRASH_ROUNDS is how often the server is killed, $VITASCOPE_CRASH_SEED when.
"""
import os
import random

import crash_rig
import rig
from vendors import Hooks

ROUNDS = int(os.environ.get("VITASCOPE_CRASH_ROUNDS", "20"))
SEED = int(os.environ.get("VITASCOPE_CRASH_SEED", "20261121"))
GRANT_USD = 1_000_000


def make(make_server, tmp_path, hooks):
    """A server whose first engine dies of what the second can make, and its films' folders."""
    films = [rig.Films(tmp_path / "shaky", "crash:1"), rig.Films(tmp_path / "steady")]
    engines = [films[0].engine(concurrency=1), films[1].engine(concurrency=3)]
    for engine, name in zip(engines, ("shaky", "steady")):
        engine["name"] = name
    prices = [{"up_to": "1280x720", "usd_per_second": "0.125"}]
    server = make_server(films=films[1], start=False)
    server.config = {
        "first_grant_usd": GRANT_USD, "fetch": {"allow": [hooks.host]},
        "webhooks": {"schedule_scale": 0.001}, "engines": engines,
        "models": [{"name": "sora-2", "engines": ["shaky", "steady"], "prices": prices}]}
    return server.start(), films


def finish(server):
    """Waits for the last jobs. An engine that failed often is left alone for minutes; a start
    forgets that."""
    live = "SELECT state, attempts, prompt FROM jobs WHERE state < 2"
    for _ in range(20):
        if rig.until(lambda: not server.store.query(live), 20, 0.2):
            return
        server.kill()
        server.start()
    raise AssertionError(server.store.query(live))


def test_nothing_is_lost_or_paid_twice_whatever_is_killed_when(make_server, tmp_path):
    hooks = Hooks()
    server, films = make(make_server, tmp_path, hooks)
    first = rig.spellings(server.key)["sk-"]
    _, second = server.store.add_account("second", GRANT_USD)
    clients = [dialect(server, first if number % 2 else second, hooks, number)
               for number, dialect in enumerate(crash_rig.DIALECTS * 2)]
    for client in clients:
        client.start()
    hit = crash_rig.kill_again_and_again(server, films, ROUNDS, SEED)
    # A busy machine makes few jobs a round: they go on until each client has enough.
    rig.until(lambda: all(len(client.jobs) >= ROUNDS for client in clients), 120)
    for client in clients:
        client.stop.set()
    for client in clients:
        client.join(60)
        assert not client.is_alive()
        assert client.strange == []
        assert len(client.jobs) >= ROUNDS, "too few jobs to prove anything"

    finish(server)
    states = crash_rig.each_is_one_job(server.store, clients)
    crash_rig.each_is_held_and_settled_once(server.store)
    assert all(held == 0 for held, in server.store.query("SELECT held_micro FROM accounts"))
    untold = lambda: crash_rig.each_is_told(clients, hooks)
    assert rig.until(lambda: not untold(), 60, 0.2), untold()
    server.verify()
    # Every finished film can be had.
    done = sorted(job for client in clients for job in client.jobs.values()
                  if states[crash_rig.bare(job)] == 2)
    for job in random.Random(SEED).sample(done, 50):
        answer = server.request("GET", f"/openai/v1/videos/{job}/content", key=first)
        other = server.request("GET", f"/openai/v1/videos/{job}/content", key=second)
        assert {answer.status_code, other.status_code} == {200, 404}

    count = lambda sql: server.store.query(sql)[0][0]
    again = count("SELECT count(*) FROM (SELECT 1 FROM attempts GROUP BY job_id"
                  " HAVING count(*) > 1)")
    assert again, "no running job was hit"
    ended = {name: sum(state == number for state in states.values())
             for number, name in ((2, "completed"), (3, "failed"), (4, "canceled"))}
    assert ended["completed"] and ended["failed"]
    print(f"killed: {hit}; jobs: {len(states)} {ended}; started more than once: {again};"
          f" looked at: {sum(client.looks for client in clients)};"
          f" callbacks: {len(hooks.got)} for"
          f" {sum(len(client.jobs) for client in clients if client.is_told())} jobs")
    hooks.close()

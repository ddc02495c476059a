# SPDX-License-Identifier: Apache-2.0
"""Engines that die, hang or take too long, and what becomes of their jobs."""
import uuid

import rig

PRICE = 500_000
GRANT = 1_000_000_000
LOST, BROKEN, TIMEOUT = 3, 4, 5


def test_a_job_survives_the_crashes_of_its_worker(make_server):
    server = make_server()
    job = server.submit("crash:2 a coast")
    shown = server.wait_for(job, "COMPLETED")
    assert (shown["error"], shown["creditCost"]) == (None, 4)
    assert [fault for _, fault, _ in server.store.attempts(job)] == [LOST, LOST, 0]
    assert server.store.entries(job) == [(rig.HOLD, PRICE), (rig.CAPTURE, PRICE)]
    assert len(server.films.pids()) == 3
    server.verify()


def test_after_three_crashes_a_job_fails_and_costs_nothing(make_server):
    server = make_server()
    job = server.submit("crash:99 a coast")
    shown = server.wait_for(job, "FAILED")
    assert (shown["creditCost"], shown["result"], shown["progress"]) == (0, None, 0)
    assert isinstance(shown["error"], str) and shown["error"]
    assert [fault for _, fault, _ in server.store.attempts(job)] == [LOST] * 3
    assert server.store.entries(job) == [(rig.HOLD, PRICE), (rig.RELEASE, PRICE)]
    assert server.store.balance() == (GRANT, 0, 0)
    # The engine is left alone for a while, then it is asked again.
    server.finish("ok after the storm")
    assert "engine.left_alone" in server.tail()
    server.verify()


def test_an_engine_that_says_it_is_broken_is_tried_again(make_server):
    server = make_server()
    job = server.submit("fail:broken a coast")
    shown = server.wait_for(job, "FAILED")
    assert [fault for _, fault, _ in server.store.attempts(job)] == [BROKEN] * 3
    assert shown["error"]
    assert server.store.balance() == (GRANT, 0, 0)


def test_a_callers_fault_is_never_tried_again(make_server):
    server = make_server()
    for fault in ("invalid", "refused") * 3:
        job = server.submit(f"fail:{fault} a coast")
        server.wait_for(job, "FAILED")
        assert len(server.store.attempts(job)) == 1
    server.finish("ok a coast")
    assert "engine.left_alone" not in server.tail()  # it never speaks against the engine
    assert server.store.balance() == (GRANT - PRICE, 0, PRICE)


def test_a_busy_engine_is_asked_until_the_job_is_canceled(make_server):
    server = make_server()
    job = server.submit("fail:busy a coast")
    assert rig.until(lambda: len(server.films.journal("render")) > 1)
    assert server.job(job)["status"] in ("QUEUED", "PROCESSING")
    assert server.cancel(job).status_code == 200
    assert server.store.balance() == (GRANT, 0, 0)


def test_a_hung_worker_is_killed_and_the_job_given_up(make_server):
    server = make_server(engine={"concurrency": 1, "idle_timeout_s": 1})
    job = server.submit("hang a coast")
    server.wait_for(job, "FAILED")
    assert [fault for _, fault, _ in server.store.attempts(job)] == [LOST] * 3
    assert rig.until(lambda: sum(map(rig.is_alive, server.films.pids())) == 0)
    assert server.store.balance() == (GRANT, 0, 0)


def test_a_job_that_takes_too_long_fails_and_costs_nothing(make_server):
    server = make_server(engine={"concurrency": 1, "job_timeout_s": 1})
    job = server.submit("slow:60 a coast")
    shown = server.wait_for(job, "FAILED")
    assert [fault for _, fault, _ in server.store.attempts(job)] == [TIMEOUT]
    assert shown["error"]
    assert server.store.balance() == (GRANT, 0, 0)
    # The next ones may be too slow as well, on a busy machine.
    assert rig.until(lambda: server.wait_for(server.submit("ok a"))["status"] == "COMPLETED")


def test_one_accounts_queue_does_not_keep_another_waiting(make_server):
    server = make_server(engine={"concurrency": 1})
    _, other = server.store.add_account("other", 10)
    server.wait_for(server.submit("gate:go first"), "PROCESSING")
    many = [server.submit("slow:0.3 of many") for _ in range(10)]
    one = server.submit("ok alone", key=other)
    server.films.open_gate("go")
    assert rig.until(lambda: server.job(one, key=other)["status"] == "COMPLETED")
    ends = dict(server.store.query("SELECT id, ended_ms FROM jobs"))
    before = [job for job in many if 0 < ends[uuid.UUID(job).bytes] < ends[uuid.UUID(one).bytes]]
    assert len(before) <= 2
    for job in many:
        server.cancel(job)

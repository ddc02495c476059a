# SPDX-License-Identifier: Apache-2.0
"""Idempotency-Key: the same request twice is one job; another request under it is refused."""
import concurrent.futures
import json
import uuid

import rig

GOOD = {"model": "sora-2", "prompt": "ok a coast"}


def fresh():
    return {"Idempotency-Key": f"test-{uuid.uuid4()}"}


def test_a_replay_is_the_same_job_with_one_hold(server):
    server.store.rest()
    key, (available, held, spent) = fresh(), server.store.balance()
    answers = [server.create(GOOD, **key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert len({answer.json()["jobId"] for answer in answers}) == 1
    job = server.wait_for(answers[0].json()["jobId"], "COMPLETED")["id"]
    assert server.store.balance() == (available - 500_000, held, spent + 500_000)
    assert server.store.entries(job) == [(rig.HOLD, 500_000), (rig.CAPTURE, 500_000)]


def test_a_replay_tells_the_present_status(server):
    key = fresh()
    job = server.submit(GOOD, **key)
    server.wait_for(job, "COMPLETED")
    assert server.create(GOOD, **key).json() == {"jobId": job, "status": "COMPLETED"}


def test_another_body_under_the_key_is_409(server):
    key = fresh()
    job = server.submit(GOOD, **key)
    server.store.rest()
    jobs, balance = server.store.job_count(), server.store.balance()[0]
    answer = server.create({**GOOD, "prompt": "ok another coast"}, **key)
    assert answer.status_code == 409
    assert isinstance(answer.json()["error"], str)
    assert (server.store.job_count(), server.store.balance()[0]) == (jobs, balance)
    assert server.create(GOOD, **key).json()["jobId"] == job


def test_fifty_at_once_are_one_job(server):
    key, jobs = fresh(), server.store.job_count()
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: server.create(GOOD, **key), range(50)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["jobId"] for answer in answers}) == 1
    assert server.store.job_count() == jobs + 1
    job = server.wait_for(answers[0].json()["jobId"], "COMPLETED")["id"]
    assert len(server.store.entries(job)) == 2


def test_fifty_different_ones_at_once_under_a_key_are_one_job(server):
    key, jobs = fresh(), server.store.job_count()
    bodies = [{**GOOD, "prompt": f"ok coast {number}"} for number in range(50)]
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda one: server.create(one, **key).status_code, bodies))
    assert sorted(answers) == [202] + [409] * 49
    assert server.store.job_count() == jobs + 1


def test_keys_of_accounts_do_not_meet(server):
    _, other = server.store.add_account("neighbour", 10)
    key = fresh()
    mine = server.submit(GOOD, **key)
    theirs = server.submit(GOOD, key=other, **key)
    assert mine != theirs


def test_a_key_holds_for_every_key_of_the_account(server):
    second = rig.run("keys", "create", "--data", server.data).stdout.split()[1]
    key = fresh()
    assert server.submit(GOOD, **key) == server.submit(GOOD, key=second, **key)


def test_the_longest_key_counts_to_its_last_character(server):
    longest = {"Idempotency-Key": "k" * 200 + uuid.uuid4().hex + "x" * 23}
    assert len(longest["Idempotency-Key"]) == 255
    job = server.submit(GOOD, **longest)
    assert server.submit(GOOD, **longest) == job
    longest["Idempotency-Key"] = longest["Idempotency-Key"][:-1] + "y"
    assert server.submit(GOOD, **longest) != job


def test_a_refused_request_does_not_take_the_key(server):
    key = fresh()
    assert server.create({**GOOD, "prompt": ""}, **key).status_code == 400
    assert server.create(GOOD, **key).status_code == 202
    account, poor = server.store.add_account("later rich", 0.1)
    key = fresh()
    assert server.create(GOOD, key=poor, **key).status_code == 402
    server.store.grant(account, 1)
    assert server.create(GOOD, key=poor, **key).status_code == 202


def test_a_key_is_free_again_after_a_day(server):
    key = fresh()
    job = server.submit(GOOD, **key)
    server.store.change(("UPDATE idempotency SET created_ms = created_ms - 86400001"
                         " WHERE job_id = ?", uuid.UUID(job).bytes))
    other = server.submit({**GOOD, "prompt": "ok a day later"}, **key)
    assert other != job
    assert server.submit({**GOOD, "prompt": "ok a day later"}, **key) == other


def test_a_replay_after_a_crash_is_the_same_job(make_server):
    server = make_server()
    key = fresh()
    job = server.submit(GOOD, **key)
    server.kill()
    server.start()
    assert server.submit(GOOD, **key) == job
    assert server.create({**GOOD, "prompt": "ok no"}, **key).status_code == 409
    server.wait_for(job, "COMPLETED")
    server.verify()


def test_a_replay_does_not_need_its_image_again(server, receiver, pictures):
    receiver.routes["/once.png"] = pictures["png"]
    request = {**GOOD, "soraParams": {"start_image": receiver.url + "/once.png"}}
    key = fresh()
    job = server.submit(request, **key)
    del receiver.routes["/once.png"]
    server.store.rest()
    assets = server.store.asset_count()
    assert server.submit(request, **key) == job
    assert rig.until(lambda: server.job(job)["status"] == "COMPLETED")
    assert server.store.asset_count() <= assets + 1  # the result, no second image


def test_without_a_key_every_request_is_a_job(server):
    assert server.submit(GOOD) != server.submit(GOOD)
    assert server.submit(GOOD, **{"Idempotency-Key": ""}) != server.submit(
        GOOD, **{"Idempotency-Key": ""})


def test_equal_means_equal_bytes(server):
    key = fresh()
    server.submit(json.dumps(GOOD).encode(), **key)
    assert server.create(json.dumps(GOOD, indent=1).encode(), **key).status_code == 409

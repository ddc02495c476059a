# SPDX-License-Identifier: Apache-2.0
"""Apiframe's webhooks: what they say, how they are signed, and that they arrive."""
import hashlib
import hmac
import json
import os
import socket
import threading
import time
import uuid

import pytest
import requests

import rig
from vendors import hook_server, hooks  # noqa: F401

ANSWER_S = 15  # COURIER_ANSWER_MS
BOTH = ["completed", "failed"]


@pytest.fixture(scope="module")
def told_server(tmp_path_factory, hooks):  # noqa: F811
    """A server that may tell `hooks`, with waits of 0.18 and 0.6 s between attempts."""
    yield from hook_server(tmp_path_factory.mktemp("webhooks"), hooks, 0.001)


def submit(server, prompt, url, **more):
    return server.submit({"model": "sora-2", "prompt": prompt, "webhookUrl": url, **more})


def told(hooks, path, count=1, seconds=rig.WAIT_S):
    assert rig.until(lambda: len(hooks.at(path)) >= count, seconds), hooks.at(path)
    return [(headers, json.loads(body)) for headers, body in hooks.at(path)]


def status_of(server, job, *wanted):
    rig.until(lambda: server.job(job)["webhookStatus"] in wanted)
    return server.job(job)["webhookStatus"]


def deliveries(server, job):
    return server.store.query("SELECT state, attempts, last_status, last_error FROM deliveries"
                              " WHERE job_id = ?", uuid.UUID(job).bytes)


# ---- what is said ----

def test_a_completed_job_is_told(told_server, hooks):
    job = submit(told_server, "ok a", hooks.url + "/completed?token=1")
    shown = told_server.wait_for(job, "COMPLETED")
    headers, body = told(hooks, "/completed?token=1")[0]
    assert list(body) == ["event", "jobId", "status", "progress", "result", "model", "creditCost",
                          "completedAt"]
    assert (body["event"], body["jobId"], body["status"]) == ("completed", job, "COMPLETED")
    assert (body["progress"], body["model"], body["creditCost"]) == (100, "sora-2", 4)
    assert body["completedAt"] == shown["completedAt"]
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Webhook-Event"] == "completed"
    video = requests.get(body["result"]["videoUrl"], timeout=rig.WAIT_S)
    assert (video.status_code, video.headers["Content-Type"]) == (200, "video/mp4")
    assert status_of(told_server, job, "delivered") == "delivered"
    assert len(hooks.at("/completed?token=1")) == 1


def test_a_failed_job_is_told(told_server, hooks):
    job = submit(told_server, "fail:refused a", hooks.url + "/failed")
    shown = told_server.wait_for(job, "FAILED")
    headers, body = told(hooks, "/failed")[0]
    assert list(body) == ["event", "jobId", "status", "error", "model"]
    assert body == {"event": "failed", "jobId": job, "status": "FAILED", "error": shown["error"],
                    "model": "sora-2"}
    assert headers["X-Webhook-Event"] == "failed"


def test_a_canceled_job_is_told_as_failed(told_server, hooks):
    job = submit(told_server, "gate:never a", hooks.url + "/canceled")
    assert told_server.job(job)["webhookStatus"] == "pending"
    told_server.cancel(job)
    headers, body = told(hooks, "/canceled")[0]
    assert (headers["X-Webhook-Event"], body["event"]) == ("failed", "failed")
    assert (body["status"], body["error"]) == ("CANCELLED", "Canceled")


def test_progress_is_told_as_it_grows_and_not_after_the_end(told_server, hooks):
    job = submit(told_server, "gate:progress a", hooks.url + "/progress",
                 webhookEvents=["progress", "completed"])
    first = told(hooks, "/progress")[0]
    assert first[0]["X-Webhook-Event"] == "progress"
    assert list(first[1]) == ["event", "jobId", "status", "progress", "model"]
    assert (first[1]["jobId"], first[1]["status"]) == (job, "PROCESSING")
    told_server.films.open_gate("progress")
    told_server.wait_for(job, "COMPLETED")
    assert rig.until(lambda: told(hooks, "/progress")[-1][1]["event"] == "completed")
    time.sleep(1.5)
    said = [body for _, body in told(hooks, "/progress")]
    assert [body["event"] for body in said[:-1]] == ["progress"] * (len(said) - 1)
    shown = [body["progress"] for body in said]
    assert shown == sorted(set(shown)) and shown[-1] == 100


@pytest.mark.parametrize("prompt,events,expected", [
    ("ok a", ["completed"], 1), ("ok a", ["failed"], 0), ("ok a", ["progress", "failed"], 0),
    ("fail:refused a", ["failed"], 1), ("fail:refused a", ["completed"], 0),
    ("ok a", BOTH, 1), ("ok a", ["completed", "completed"], 1),
])
def test_only_what_was_asked_for_is_told(told_server, hooks, prompt, events, expected):
    path = f"/asked/{uuid.uuid4()}"
    job = submit(told_server, prompt, hooks.url + path, webhookEvents=events)
    told_server.wait_for(job)
    wanted = "delivered" if expected else None
    assert status_of(told_server, job, wanted) == wanted
    ends = [body for _, body in told(hooks, path, expected) if body["event"] != "progress"]
    assert len(ends) == expected == len(deliveries(told_server, job))


@pytest.mark.parametrize("fields", [
    {"webhook_url": "{url}"}, {"webhook_url": "{url}", "webhook_events": ["completed"]},
    {"webhookUrl": "{url}", "webhook_url": "http://127.0.0.1:9/no"},
    {"webhookUrl": None, "webhook_url": "{url}"},
    {"webhook_url": "{url}", "webhookEvents": ["completed"], "webhook_events": ["failed"]},
])
def test_both_spellings_are_heard(told_server, hooks, fields):
    path = f"/spelt/{uuid.uuid4()}"
    fields = {name: value.replace("{url}", hooks.url + path) if isinstance(value, str) else value
              for name, value in fields.items()}
    job = told_server.submit({"model": "sora-2", "prompt": "ok a", **fields})
    assert told(hooks, path)[0][1]["jobId"] == job


def test_without_a_webhook_nothing_is_pending(told_server):
    job = told_server.finish("ok a")
    assert job["webhookStatus"] is None and deliveries(told_server, job["id"]) == []


def test_a_repeated_create_tells_once(told_server, hooks):
    body = {"model": "sora-2", "prompt": "ok a", "webhookUrl": hooks.url + "/once"}
    job = told_server.submit(body, **{"Idempotency-Key": "once"})
    assert told_server.submit(body, **{"Idempotency-Key": "once"}) == job
    told(hooks, "/once")
    assert told_server.submit(body, **{"Idempotency-Key": "once"}) == job
    time.sleep(0.5)
    assert len(hooks.at("/once")) == 1


# ---- signatures ----

@pytest.mark.parametrize("spelling", ["sk-", "afk_"])
def test_each_callback_is_signed_with_the_hash_of_the_key(told_server, hooks, spelling):
    path = f"/signed/{spelling}"
    told_server.submit({"model": "sora-2", "prompt": "ok ä 海", "webhookUrl": hooks.url + path,
                        "webhookEvents": BOTH + ["progress"]},
                       key=rig.spellings(told_server.key)[spelling])
    assert rig.until(lambda: any(h["X-Webhook-Event"] == "completed" for h, _ in hooks.at(path)))
    secret = hashlib.sha256(rig.spellings(told_server.key)["afk_"].encode()).digest()
    for headers, body in hooks.at(path):
        for name, key in (("X-Webhook-Signature", secret),
                          ("X-Webhook-Signature-Hex", secret.hex().encode())):
            want = "sha256=" + hmac.new(key, body, "sha256").hexdigest()
            assert headers[name] == want


def test_the_signature_is_of_the_key_that_made_the_job(told_server, hooks):
    account, key = told_server.store.add_account("signer", 10)
    told_server.submit({"model": "sora-2", "prompt": "ok a", "webhookUrl": hooks.url + "/own"},
                       key=key)
    told(hooks, "/own")
    headers, body = hooks.at("/own")[0]
    secret = hashlib.sha256(rig.spellings(key)["afk_"].encode()).digest()
    assert headers["X-Webhook-Signature"] == "sha256=" + hmac.new(secret, body, "sha256").hexdigest()


# ---- arrival ----

@pytest.mark.parametrize("answers", [[500], [404, 503], [301, 410]])
def test_what_is_not_taken_is_sent_again(told_server, hooks, answers):
    path = f"/again/{len(answers)}/{answers[0]}"
    hooks.answers[path] = list(answers)
    job = submit(told_server, "ok a", hooks.url + path)
    said = told(hooks, path, len(answers) + 1)
    assert status_of(told_server, job, "delivered") == "delivered"
    assert len(said) == len(answers) + 1 and all(body == said[0][1] for _, body in said)
    assert deliveries(told_server, job) == [(1, len(answers) + 1, 200, "")]


def test_after_three_attempts_it_is_given_up(told_server, hooks):
    hooks.answers["/never"] = [500] * 10
    job = submit(told_server, "ok a", hooks.url + "/never")
    assert status_of(told_server, job, "failed") == "failed"
    time.sleep(0.5)
    assert len(hooks.at("/never")) == 3
    assert deliveries(told_server, job) == [(2, 3, 500, "The receiver answered 500")]
    assert told_server.job(job)["status"] == "COMPLETED"


def test_redirects_are_not_followed(told_server, hooks):
    with OddReceiver(lambda connection: connection.sendall(
            b"HTTP/1.1 307 Go\r\nLocation: " + hooks.url.encode() +
            b"/secret\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")) as odd:
        allow(told_server, odd)
        job = submit(told_server, "ok a", odd.url)
        told_server.wait_for(job)
        assert rig.until(lambda: deliveries(told_server, job)[0][0] == 2)
    assert "redirects are not followed" in deliveries(told_server, job)[0][3]
    assert hooks.at("/secret") == []


class OddReceiver:
    """Takes connections on an address that is allowed and does with each what it is told."""

    def __init__(self, serve):
        self.serve, self.count, self.open = serve, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/odd"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            self.open.append(connection)
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        try:
            connection.recv(65536)
            if self.serve:
                self.serve(connection)
                connection.close()
        except OSError:
            pass

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # or accept() goes on with what comes in its place
        self.listener.close()
        for connection in self.open:
            connection.close()


def allow(server, *receivers):
    """Lets the server reach them too: it is started anew."""
    hosts = {f"127.0.0.1:{one.port}" for one in receivers}
    server.stop()
    server.config["fetch"]["allow"] = sorted(set(server.config["fetch"]["allow"]) | hosts)
    server.start()


@pytest.mark.parametrize("name,serve", [
    ("nonsense", lambda connection: connection.sendall(b"220 mail.example ESMTP\r\n")),
    ("nothing", lambda connection: None),
    ("half a head", lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")),
])
def test_a_receiver_that_does_not_speak_http_has_not_taken_it(told_server, name, serve):
    with OddReceiver(serve) as odd:
        allow(told_server, odd)
        job = submit(told_server, "ok a", odd.url)
        told_server.wait_for(job)
        assert status_of(told_server, job, "failed") == "failed"
        assert rig.until(lambda: odd.count == 3)


def test_an_endless_answer_counts_by_its_status(told_server):
    def endless(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"x" * 65536)

    with OddReceiver(endless) as odd:
        allow(told_server, odd)
        job = submit(told_server, "ok a", odd.url)
        told_server.wait_for(job)
        assert status_of(told_server, job, "delivered") == "delivered"
        assert odd.count == 1


def test_slow_receivers_hold_up_nobody_else(told_server, hooks):
    rig.quickly(lambda: be_told_beside_slow_ones(told_server, hooks), ANSWER_S - 1)


def be_told_beside_slow_ones(told_server, hooks):
    path = f"/quick/{uuid.uuid4()}"
    with OddReceiver(None) as slow:
        allow(told_server, slow)
        stuck = [submit(told_server, "ok a", slow.url) for _ in range(20)]
        assert rig.until(lambda: slow.count >= 8)
        quick_url = f"http://localhost:{hooks.host.split(':')[1]}{path}"
        for job in stuck:
            told_server.wait_for(job)
        submit(told_server, "ok b", quick_url)
        told(hooks, path)
        assert slow.count == 8
        for job in stuck:
            assert told_server.job(job)["webhookStatus"] == "pending"


def test_a_private_address_is_never_told(make_server):
    server = make_server(webhooks={"schedule_scale": 0.001})
    with OddReceiver(None) as odd:
        jobs = [submit(server, "ok a", url) for url in (
            odd.url, f"http://localhost:{odd.port}/", f"http://[::ffff:127.0.0.1]:{odd.port}/",
            f"http://0.0.0.0:{odd.port}/")]
        for job in jobs:
            server.wait_for(job)
            assert status_of(server, job, "failed") == "failed"
        assert odd.count == 0
        assert "refused address" in deliveries(server, jobs[0])[0][3]


# ---- kill -9, restart, replay ----

def test_a_callback_survives_a_kill_between_commit_and_answer(make_server, hooks):
    with OddReceiver(None) as dead:
        server = make_server(fetch={"allow": [hooks.host, f"127.0.0.1:{dead.port}"]})
        job = submit(server, "ok a", dead.url)
        assert rig.until(lambda: dead.count == 1)  # sent, not answered
        server.kill()
    assert [row[:2] for row in deliveries(server, job)] == [(0, 0)]
    server.store.change(("UPDATE deliveries SET url = ?", hooks.url + "/killed"),
                        ("UPDATE jobs SET callback_url = ?", hooks.url + "/killed"))
    server.start()
    assert told(hooks, "/killed")[0][1]["jobId"] == job
    assert status_of(server, job, "delivered") == "delivered"


def test_a_callback_survives_a_kill_before_it_is_sent(make_server, hooks):
    server = make_server(fetch={"allow": [hooks.host]})
    job = submit(server, "ok a", "http://127.0.0.1:9/nobody")
    server.wait_for(job)
    server.kill()
    server.store.change(
        ("UPDATE deliveries SET state = 0, claimed = 0, attempts = 0, next_ms = 0, url = ?",
         hooks.url + "/unsent"),
        ("UPDATE jobs SET callback_state = 1, callback_url = ?", hooks.url + "/unsent"))
    server.start()
    assert told(hooks, "/unsent")[0][1]["jobId"] == job


def test_a_retry_waits_across_a_restart(make_server, hooks):
    hooks.answers["/restart"] = [500]
    server = make_server(fetch={"allow": [hooks.host]}, webhooks={"schedule_scale": 0.01})
    job = submit(server, "ok a", hooks.url + "/restart")
    told(hooks, "/restart")
    assert rig.until(lambda: deliveries(server, job)[0][1] >= 1)
    server.kill()
    server.start()
    assert status_of(server, job, "delivered") == "delivered"
    assert len(told(hooks, "/restart", 2)) == 2


def test_random_kills_lose_no_callback(make_server, hooks):
    server = make_server(fetch={"allow": [hooks.host]}, webhooks={"schedule_scale": 0.001},
                         engine={"concurrency": 3})
    jobs = []
    for round_ in range(5):
        for _ in range(4):
            jobs.append(submit(server, "ok a", hooks.url + "/soak"))
        time.sleep(0.05 + 0.13 * round_)
        server.kill()
        server.start()
    for job in jobs:
        server.wait_for(job)
        assert status_of(server, job, "delivered") == "delivered"
    ends = [body["jobId"] for _, body in told(hooks, "/soak", len(jobs))
            if body["event"] == "completed"]
    assert set(ends) == set(jobs)
    server.verify()


def test_a_delivery_is_listed_and_replayed(told_server, hooks):
    hooks.answers["/replay"] = [500] * 3
    job = submit(told_server, "ok a", hooks.url + "/replay")
    assert status_of(told_server, job, "failed") == "failed"
    answer = told_server.request("GET", f"/vitascope/jobs/{job}/deliveries")
    assert answer.status_code == 200
    one, = answer.json()["deliveries"]
    assert (one["event"], one["state"], one["attempts"], one["last_status"]) == (
        "completed", "failed", 3, 500)
    assert one["url"] == hooks.url + "/replay" and one["job"] == job
    answer = told_server.request("POST", f"/vitascope/deliveries/{one['id']}/replay")
    assert answer.status_code == 202 and answer.json()["state"] == "pending"
    assert len(told(hooks, "/replay", 4)) == 4
    assert status_of(told_server, job, "delivered") == "delivered"


def test_deliveries_are_shown_to_their_account_only(told_server, hooks):
    job = submit(told_server, "ok a", hooks.url + "/mine")
    assert status_of(told_server, job, "delivered") == "delivered"
    _, other = told_server.store.add_account(f"other{os.getpid()}", 1)
    answer = told_server.request("GET", f"/vitascope/jobs/{job}/deliveries", key=other)
    assert answer.status_code == 404
    mine = told_server.request("GET", f"/vitascope/jobs/{job}/deliveries").json()["deliveries"]
    answer = told_server.request("POST", f"/vitascope/deliveries/{mine[0]['id']}/replay", key=other)
    assert answer.status_code == 404
    for id in (str(uuid.uuid4()), "x"):
        assert told_server.request("POST", f"/vitascope/deliveries/{id}/replay").status_code == 404
    assert len(hooks.at("/mine")) == 1

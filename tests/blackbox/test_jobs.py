# SPDX-License-Identifier: Apache-2.0
"""GET /v2/jobs/{id}: every member in every state, and who may see a job."""
import datetime
import re
import time
import uuid

import pytest
import requests

import rig

MEMBERS = {"id", "status", "model", "progress", "result", "error", "creditCost", "webhookStatus",
           "createdAt", "completedAt", "input", "expired"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def ms(text):
    assert TIME.fullmatch(text), text
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def look(server, job, status):
    """The job, after what holds in every state has been checked."""
    answer = server.request("GET", f"/v2/jobs/{job}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["x-request-id"]
    shown = answer.json()
    assert set(shown) == MEMBERS
    assert shown["id"] == job == str(uuid.UUID(job))
    assert shown["status"] == status
    assert shown["model"] == "sora-2"
    assert shown["webhookStatus"] is None
    assert shown["expired"] is False
    for member in ("progress", "creditCost"):
        assert type(shown[member]) is int, (member, shown[member])
    now = time.time() * 1000
    assert now - 120_000 < ms(shown["createdAt"]) < now + 1000
    if status in rig.OVER:
        assert ms(shown["createdAt"]) <= ms(shown["completedAt"]) < now + 1000
    else:
        assert shown["completedAt"] is None
    return shown


def test_a_job_says_what_it_is_in_every_state_of_its_life(make_server):
    server = make_server(engine={"concurrency": 1})
    busy = server.submit("gate:busy one before it")
    body = {"model": "sora-2", "prompt": "gate:it a coast",
            "soraParams": {"duration": 8, "aspect_ratio": "9:16"}}
    job = server.submit(body)
    server.wait_for(busy, "PROCESSING")

    shown = look(server, job, "QUEUED")
    assert (shown["progress"], shown["result"], shown["error"]) == (0, None, None)
    assert shown["creditCost"] == 8
    assert shown["input"]["prompt"] == "gate:it a coast"
    assert shown["input"]["duration"] == 8
    assert shown["input"]["aspect_ratio"] == "9:16"
    asked = shown["input"]

    server.films.open_gate("busy")
    server.wait_for(job, "PROCESSING")
    assert rig.until(lambda: server.job(job)["progress"] == 42)
    shown = look(server, job, "PROCESSING")
    assert (shown["progress"], shown["result"], shown["error"]) == (42, None, None)
    assert (shown["creditCost"], shown["input"]) == (8, asked)

    server.films.open_gate("it")
    server.wait_for(job, "COMPLETED")
    shown = look(server, job, "COMPLETED")
    assert (shown["progress"], shown["error"]) == (100, None)
    assert (shown["creditCost"], shown["input"]) == (8, asked)
    assert set(shown["result"]) == {"videoUrl", "video_url"}
    assert shown["result"]["videoUrl"] == shown["result"]["video_url"]
    assert shown["result"]["videoUrl"].startswith(server.url + "/files/")
    assert requests.get(shown["result"]["videoUrl"], timeout=rig.WAIT_S).status_code == 200
    server.verify()


@pytest.mark.parametrize("fault", ("refused", "invalid"))
def test_a_failed_job_says_why_and_costs_nothing(server, fault):
    server.store.rest()
    before = server.store.balance()
    job = server.submit(f"fail:{fault} a coast")
    server.wait_for(job, "FAILED")
    shown = look(server, job, "FAILED")
    assert shown["error"] == f"The film was {fault}."
    assert (shown["progress"], shown["result"], shown["creditCost"]) == (0, None, 0)
    assert server.store.balance() == before
    assert server.store.entries(job) == [(rig.HOLD, 500_000), (rig.RELEASE, 500_000)]


def test_a_queued_job_can_be_canceled_and_costs_nothing(make_server):
    server = make_server(engine={"concurrency": 1})
    server.wait_for(server.submit("gate:busy one before it"), "PROCESSING")
    before = server.store.balance()
    job = server.submit("ok a coast")
    answer = server.cancel(job)
    assert (answer.status_code, answer.json()) == (200, {"id": job, "state": "canceled"})
    shown = look(server, job, "CANCELLED")
    assert (shown["progress"], shown["result"], shown["creditCost"]) == (0, None, 0)
    assert isinstance(shown["error"], str) and shown["error"]
    assert server.store.balance() == before
    server.films.open_gate("busy")
    server.finish("ok another, behind the canceled one")
    assert len(server.films.journal("render")) == 2  # it never reached the engine
    server.verify()


def test_a_running_job_can_be_canceled_and_its_film_is_dropped(server, films):
    server.store.rest()
    before = server.store.balance()
    job = server.submit("gate:never a coast")
    assert rig.until(lambda: server.job(job)["progress"] == 42)
    assert server.cancel(job).status_code == 200
    assert rig.until(lambda: films.has_given_up()), "the engine was not told"
    look(server, job, "CANCELLED")
    assert server.store.balance() == before
    again = server.cancel(job)
    assert again.status_code == 409
    assert server.store.balance() == before


def test_a_completed_job_cannot_be_canceled(server):
    job = server.finish("ok a coast")["id"]
    server.store.rest()
    after = server.store.balance()
    assert server.cancel(job).status_code == 409
    assert server.job(job)["status"] == "COMPLETED"
    assert server.store.balance() == after


def test_a_completed_job_is_charged_once(server):
    server.store.rest()
    available, held, spent = server.store.balance()
    job = server.finish("ok a coast")
    price = job["creditCost"] * rig.CREDIT_MICRO
    assert price == 500_000
    assert server.store.balance() == (available - price, held, spent + price)
    assert server.store.entries(job["id"]) == [(rig.HOLD, price), (rig.CAPTURE, price)]
    for _ in range(5):
        server.job(job["id"])
    assert server.store.balance() == (available - price, held, spent + price)


@pytest.mark.parametrize("model,params,credits", [
    ("sora-2", {"duration": 4}, 4), ("sora-2", {"duration": 8}, 8),
    ("sora-2", {"duration": 10}, 10), ("sora-2", {"duration": 12}, 12),
    ("sora-2", {"duration": 15}, 15), ("sora-2", {"duration": 15, "resolution": "high"}, 15),
    ("sora-2-pro", {"duration": 4}, 12), ("sora-2-pro", {"duration": 15}, 45),
    ("sora-2-pro", {"duration": 4, "resolution": "high"}, 20),
    ("sora-2-pro", {"duration": 15, "resolution": "high", "aspect_ratio": "9:16"}, 75),
])
def test_prices_are_those_of_the_vendors_table(server, model, params, credits):
    job = server.submit({"model": model, "prompt": "ok a coast", "soraParams": params})
    assert server.job(job)["creditCost"] == credits
    assert server.store.entries(job)[0] == (rig.HOLD, credits * rig.CREDIT_MICRO)
    server.wait_for(job, "COMPLETED")


def test_what_was_asked_for_reaches_the_engine(server):
    prompt = 'ok "quoted" \\ back\nline \u00e9\u4e2d\U0001f30a and \x00 too'
    job = server.finish({"model": "sora-2-pro", "prompt": prompt,
                         "soraParams": {"aspect_ratio": "9:16", "resolution": "high"},
                         "vitascope": {"seconds": 7, "fps": 24, "seed": 5}})
    assert job["input"]["prompt"] == prompt
    film = requests.get(job["result"]["videoUrl"], timeout=rig.WAIT_S).content
    for said in (b'"width": 1024', b'"height": 1792', b'"seconds": 7', b'"fps": 24',
                 b'"seed": 5', b'\\u00e9\\u4e2d\\ud83c\\udf0a and \\u0000 too'):
        assert said in film, said


def test_jobs_read_from_memory_and_from_disk_are_the_same(make_server):
    server = make_server(public_url="http://videos.example", engine={"concurrency": 1})
    jobs = [server.finish("ok one")["id"],
            server.wait_for(server.submit("fail:refused two"))["id"]]
    server.wait_for(server.submit("gate:never busy"), "PROCESSING")
    canceled = server.submit("ok three")
    server.cancel(canceled)
    jobs.append(canceled)
    before = [server.job(job) for job in jobs]
    assert [job["status"] for job in before] == ["COMPLETED", "FAILED", "CANCELLED"]
    server.kill()
    server.start()
    assert [server.job(job) for job in jobs] == before


# ---- who may see it ----

def test_an_unknown_job_is_404(server):
    answer = server.request("GET", f"/v2/jobs/{uuid.uuid4()}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Job not found"})


def test_a_job_of_another_account_is_404_and_cannot_be_canceled(server, films):
    _, other = server.store.add_account("other", 10)
    live, over = server.submit("gate:alive a coast"), server.finish("ok a coast")["id"]
    for job in (live, over):
        answer = server.request("GET", f"/v2/jobs/{job}", key=other)
        assert (answer.status_code, answer.json()) == (404, {"error": "Job not found"})
        assert server.cancel(job, key=other).status_code == 404
    films.open_gate("alive")
    assert server.wait_for(live)["status"] == "COMPLETED"
    server.verify()


def test_another_account_has_its_own_jobs_and_money(server):
    account, key = server.store.add_account("payer", 10)
    server.store.rest()
    owner = server.store.balance()
    job = server.submit("ok a coast", key=key)
    assert rig.until(lambda: server.job(job, key=key)["status"] == "COMPLETED")
    assert server.store.balance(account) == (9_500_000, 0, 500_000)
    assert server.store.balance() == owner
    assert server.request("GET", f"/v2/jobs/{job}").status_code == 404
    server.verify()


@pytest.mark.parametrize("id", ("1", "not-a-uuid", "b2c3d4e5-f6a7-8901-bcde-f2345678901",
                                "b2c3d4e5-f6a7-8901-bcde-f234567890123",
                                "g2c3d4e5-f6a7-8901-bcde-f23456789012",
                                "b2c3d4e5f-6a7-8901-bcde-f23456789012"))
def test_a_malformed_id_is_400(server, id):
    answer = server.request("GET", f"/v2/jobs/{id}")
    assert answer.status_code == 400
    assert isinstance(answer.json()["error"], str)


def test_an_id_is_a_uuid_however_it_is_written(server):
    job = server.finish("ok a coast")["id"]
    for spelling in (job.upper(), job.replace("-", "")):
        answer = server.request("GET", f"/v2/jobs/{spelling}")
        assert (answer.status_code, answer.json()["id"]) == (200, job)


def test_the_pinned_dialect_answers_below_its_prefix(server):
    job = server.request("POST", "/apiframe/v2/videos/generate",
                         json={"model": "sora-2", "prompt": "ok a coast"})
    assert job.status_code == 202
    answer = server.request("GET", f"/apiframe/v2/jobs/{job.json()['jobId']}")
    assert (answer.status_code, set(answer.json())) == (200, MEMBERS)


@pytest.mark.parametrize("method,path,allow", [
    ("GET", "/v2/videos/generate", "POST"), ("DELETE", "/v2/jobs/x", "GET"),
    ("PUT", "/v2/videos/generate", "POST")])
def test_a_wrong_method_is_405_and_names_the_right_one(server, method, path, allow):
    answer = server.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allow)
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize("path", ("/v2/nothing", "/v2/jobs/", "/v2/jobs/a/b",
                                  "/v2/videos/generate/", "/apiframe/v2/nothing"))
def test_an_unknown_path_below_v2_is_404_in_the_dialects_form(server, path):
    answer = server.request("GET", path)
    assert answer.status_code == 404
    assert isinstance(answer.json()["error"], str)


def test_health_needs_no_key(server):
    answer = requests.get(server.url + "/healthz", timeout=rig.WAIT_S)
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"

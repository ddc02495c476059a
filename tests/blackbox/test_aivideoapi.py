# SPDX-License-Identifier: Apache-2.0
"""AI Video API's dialect beyond its examples: what it takes, and what it shares."""
import json
import time

import pytest
import requests

import rig
from vendors import Client, client, has_first_frame, hooks, images, many  # noqa: F401

PATH = "/v1/videos/generations"
INPUT = {"prompt": "ok a coast", "duration": 4, "aspect_ratio": "16:9"}


def create(client, body, **headers):
    answer = client.post(PATH, body, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["taskId"]


def film(client, task):
    """The film as text: it is the request that the engine got."""
    done = client.end_of("/v1/tasks/" + task)
    assert done["status"] == "completed", done
    return requests.get(done["output"]["urls"][0], timeout=rig.WAIT_S).content.decode(errors="replace")


@pytest.mark.parametrize("body,seconds,width", [
    ({"prompt": "ok a"}, 8, 1280),
    ({"prompt": "ok a", "size": "720x1280", "duration": 12}, 12, 720),
    ({"prompt": "ok a", "aspect_ratio": "9:16", "duration": 4.0}, 4, 720),
    ({"prompt": "ok a", "image_urls": [], "duration": None}, 8, 1280),
    ({"prompt": "ok " + "\u4e2d" * 4997}, 8, 1280),
    ({"input": INPUT, "duration": 12, "aspect_ratio": "9:16", "size": "720x1280"}, 4, 1280),
    ({"input": {"prompt": "ok a", "duration": 12}, "aspect_ratio": "9:16"}, 12, 720),
    ({"input": INPUT, "callback_url": None, "vitascope": {"seconds": 2}}, 2, 1280),
])
def test_both_forms_are_taken(client, body, seconds, width):
    text = film(client, create(client, {"model": "sora-2", **body}))
    assert f'"seconds": {seconds},' in text and f'"width": {width}' in text


def test_unknown_members_are_ignored_and_named(client):
    answer = client.post(PATH, {"model": "sora-2", "n": 2, "size": "1x1",
                                "input": {**INPUT, "seed": 7}})
    assert answer.status_code == 200
    assert answer.headers["X-Vitascope-Ignored"] == "n, size, input.seed"


@pytest.mark.parametrize("name", ("good", "least", "widest", "most"))
def test_an_image_within_the_limits_is_the_first_frame(client, images, name):
    task = create(client, {"model": "sora-2", "input": {**INPUT, "image_urls": [images[name]]}})
    assert has_first_frame(client.end_of("/v1/tasks/" + task)["output"]["urls"][0])


@pytest.mark.parametrize("kind", ("jpg", "png", "webp"))
def test_each_format_is_taken_inlined(client, tmp_path, kind):
    url = rig.data_url(rig.picture(tmp_path / f"a.{kind}", "640x360"), "image/any")
    for body in ({"input": {**INPUT, "image_urls": [url]}},
                 {"prompt": "ok a", "image_url": url}, {"prompt": "ok a", "image_urls": [url]},
                 {"input": {**INPUT, "image_urls": [{"url": url}]}}):
        task = create(client, {"model": "sora-2", **body})
        assert has_first_frame(client.end_of("/v1/tasks/" + task)["output"]["urls"][0])


@pytest.mark.parametrize("duration,credits", [(4, 100), (8, 200), (12, 300)])
def test_a_second_costs_25_credits(many, films, duration, credits):
    _, key = many.store.add_account("credits", 2)
    owner = Client(many, key=key)

    def numbers():
        return owner.get("/v1/credits").json()

    assert numbers() == {"code": 200, "msg": "success", "data": {
        "balance": 400, "total_purchased": 400, "total_consumed": 0}}
    task = create(owner, {"model": "sora-2", "prompt": "gate:credits a", "duration": duration})
    consumed = {"code": 200, "msg": "success", "data": {
        "balance": 400 - credits, "total_purchased": 400, "total_consumed": credits}}
    assert numbers() == consumed  # charged when the task is made
    films.open_gate("credits")
    assert owner.end_of("/v1/tasks/" + task)["status"] == "completed"
    assert numbers() == consumed
    many.store.grant(many.store.query("SELECT max(id) FROM accounts")[0][0], 1)
    assert numbers()["data"]["total_purchased"] == 600


def test_a_replay_answers_with_the_same_task(client):
    body = {"model": "sora-2", "input": INPUT}
    first = create(client, body, **{"Idempotency-Key": "replay aivideoapi"})
    client.end_of("/v1/tasks/" + first)
    assert create(client, body, **{"Idempotency-Key": "replay aivideoapi"}) == first


def test_a_task_is_known_by_every_spelling_of_its_id(client):
    task = create(client, {"model": "sora-2", "prompt": "ok a"})
    client.end_of("/v1/tasks/" + task)
    bare = task.replace("-", "")
    for id_ in (task, bare, "gen_" + bare, "video_" + bare, task.upper()):
        for path in ("/v1/tasks/", "/aivideoapi/v1/tasks/"):
            shown = client.get(path + id_).json()
            assert (shown["id"], shown["status"]) == (task, "completed")


def test_tasks_of_other_dialects_are_shown_as_ours(client):
    made = client.post("/v2/videos/generate", {"model": "sora-2", "prompt": "ok a"}).json()
    task = client.end_of("/v1/tasks/" + made["jobId"])
    assert task["output"]["metadata"] == {"duration": 4, "prompt": "ok a"}
    made = client.post("/v1/video/generations", {"model": "sora2", "prompt": "ok a"}).json()
    task = client.end_of("/v1/tasks/" + made["id"])
    assert (task["model"], task["status"]) == ("sora2", "completed")


def test_the_prefix_pins_the_dialect(many):
    pinned = Client(many, prefix="/aivideoapi")
    answer = pinned.post(PATH, {"model": "sora2", "prompt": "ok a", "generation_mode": "x"})
    assert set(answer.json()) == {"code", "msg", "data"}
    assert answer.headers["X-Vitascope-Ignored"] == "generation_mode"
    assert pinned.get("/v1/credits").json()["code"] == 200
    assert pinned.get("/v1/balance").status_code == 404


def test_the_key_is_taken_in_the_other_header_too(client):
    headers = {"X-API-Key": client.key}
    assert requests.get(client.url + "/v1/credits", headers=headers, timeout=rig.WAIT_S).status_code == 200


def test_a_canceled_task_has_failed(client):
    task = create(client, {"model": "sora-2", "prompt": "gate:never a"})
    assert client.post(f"/vitascope/jobs/{task}/cancel", {}).status_code == 200
    shown = client.get("/v1/tasks/" + task).json()
    assert (shown["status"], shown["error"]) == (
        "failed", {"code": "upstream_error", "message": "Canceled"})


# ---- callbacks ----

def told(hooks, path, count=1):
    assert rig.until(lambda: len(hooks.at(path)) >= count)
    return [(headers, json.loads(body)) for headers, body in hooks.at(path)]


@pytest.mark.parametrize("mode,event", [("ok", "completed"), ("fail:refused", "failed")])
def test_the_end_of_a_task_is_told_with_its_headers(client, hooks, mode, event):
    path = f"/{event}?token=1"
    task = create(client, {"model": "sora-2", "prompt": f"{mode} a", "callback_url":
                           hooks.url + path})
    shown = client.end_of("/v1/tasks/" + task)
    headers, body = told(hooks, path)[0]
    assert body == shown and body["status"] == event
    assert headers["Content-Type"] == "application/json"
    assert (headers["X-Event"], headers["X-Task-Id"]) == ("task." + event, task)
    assert abs(int(headers["X-Timestamp"]) - time.time()) < rig.WAIT_S
    assert not [name for name in headers if "signature" in name.lower()]  # none is documented


def test_a_canceled_task_is_told_as_failed(client, hooks):
    task = create(client, {"model": "sora-2", "prompt": "gate:never a",
                           "callback_url": hooks.url + "/canceled"})
    client.post(f"/vitascope/jobs/{task}/cancel", {})
    headers, body = told(hooks, "/canceled")[0]
    assert headers["X-Event"] == "task.failed" and body["error"]["message"] == "Canceled"


def test_a_link_in_a_callback_can_be_followed(client, hooks):
    create(client, {"model": "sora-2", "prompt": "ok a", "callback_url": hooks.url + "/link"})
    _, body = told(hooks, "/link")[0]
    video = requests.get(body["output"]["urls"][0], timeout=rig.WAIT_S)
    assert (video.status_code, video.headers["Content-Type"]) == (200, "video/mp4")


def test_a_callback_is_tried_after_3_and_10_minutes_and_then_given_up(make_server, hooks):
    server = make_server(fetch={"allow": [hooks.host]})
    hooks.answers["/retry"] = [500, 404, 503]
    owner = Client(server)
    task = create(owner, {"model": "sora-2", "prompt": "ok a",
                          "callback_url": hooks.url + "/retry"})
    for attempt, minutes in ((1, 3), (2, 10)):
        told(hooks, "/retry", attempt)
        assert rig.until(lambda: delivery(server)[1] == attempt)
        state, _, next_ms, last_ms = delivery(server)
        wait_s = (next_ms - last_ms) / 1000
        assert state == 0 and minutes * 60 * 0.9 <= wait_s <= minutes * 60 * 1.5
        server.stop()
        server.store.change(("UPDATE deliveries SET next_ms = 1",))
        server.start()
    told(hooks, "/retry", 3)
    assert rig.until(lambda: delivery(server)[0] == 2)  # failed
    assert delivery(server)[1] == 3
    owner = Client(server)
    assert owner.get("/v1/tasks/" + task).json()["status"] == "completed"  # polling stays
    assert {headers["X-Task-Id"] for headers, _ in told(hooks, "/retry")} == {task}


def delivery(server):
    return server.store.query("SELECT state, attempts, next_ms, last_ms FROM deliveries")[0]


def test_a_refused_task_is_not_told_of(client, hooks):
    for changes in ({"duration": 5}, {"model": "sora-3"}):
        body = {"model": "sora-2", "prompt": "ok a", "callback_url": hooks.url + "/refused"}
        assert client.post(PATH, {**body, **changes}).status_code >= 400
    assert not rig.until(lambda: hooks.at("/refused"), 0.5)

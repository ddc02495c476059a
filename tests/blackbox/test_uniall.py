# SPDX-License-Identifier: Apache-2.0
"""UniAll's dialect beyond its examples: what it takes, and whose job a shared path shows."""
import re

import pytest
import requests

import rig
from vendors import Client, client, has_first_frame, hooks, images, many  # noqa: F401

PATH = "/v1/video/generations"


def create(client, **body):
    answer = client.post(PATH, {"model": "sora2", "prompt": "ok a cat", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def film(client, job):
    """The film as text: it is the request that the engine got."""
    done = client.end_of("/v1/videos/" + job["id"])
    assert done["status"] == "completed", done
    return requests.get(done["video_url"], timeout=rig.WAIT_S).content.decode(errors="replace")


@pytest.mark.parametrize("body,seconds,width", [
    ({}, 4, 1280), ({"duration": 16}, 16, 1280), ({"duration": "20"}, 20, 1280),
    ({"duration": "12s"}, 12, 1280), ({"duration": 8.0, "aspect_ratio": "9:16"}, 8, 720),
    ({"model": "sora2-portrait-4s", "duration": 20}, 4, 720),  # the name wins
    ({"model": "sora2-portrait-4s", "aspect_ratio": "9:16"}, 4, 720),
    ({"seconds": "12", "size": "720x1280"}, 12, 720),  # OpenAI's spelling
    ({"seconds": 8, "duration": "8s", "size": "1280x720", "aspect_ratio": "16:9"}, 8, 1280),
    ({"model": "sora2-pro-1080p", "aspect_ratio": "9:16", "duration": 12}, 12, 1024),
    ({"model": "sora-2", "duration": 8}, 8, 1280),  # any model of the server
    ({"vitascope": {"seconds": 2, "size": "640x360"}}, 2, 640),
])
def test_length_and_shape_are_taken_in_every_spelling(client, body, seconds, width):
    job = create(client, **body)
    assert job["seconds"] == str(seconds)
    text = film(client, job)
    assert f'"seconds": {seconds},' in text and f'"width": {width}' in text


@pytest.mark.parametrize("field", ("image_url", "input_reference"))
def test_an_image_is_the_first_frame(client, images, tmp_path, field):
    inlined = rig.data_url(rig.picture(tmp_path / "a.webp"))
    for source in (images["good"], images["small"], inlined):
        job = client.end_of("/v1/videos/" + create(client, **{field: source})["id"])
        assert has_first_frame(job["video_url"])
    job = create(client, input_reference={"image_url": images["good"]})
    assert has_first_frame(client.end_of("/v1/videos/" + job["id"])["video_url"])


def test_unknown_members_are_ignored_and_named(client):
    answer = client.post(PATH, {"model": "sora2", "prompt": "ok a", "fps": 60, "input": None})
    assert answer.status_code == 200
    assert answer.headers["X-Vitascope-Ignored"] == "fps, input"


def test_a_job_is_known_by_every_spelling_of_its_id(client):
    job = create(client)["id"]
    client.end_of("/v1/videos/" + job)
    bare = job[len("gen_"):]
    plain = re.sub(r"(.{8})(.{4})(.{4})(.{4})", r"\1-\2-\3-\4-", bare)
    for id_ in (job, bare, plain, "video_" + bare):
        for path in ("/v1/videos/", "/uniall/v1/videos/", "/v1/video/generations/"):
            shown = client.get(path + id_).json()
            assert (shown["id"], shown["object"]) == (job, "video.generation.job")


def test_the_shared_path_tells_whose_request_it_is_by_the_body(client):
    def members(body):
        answer = client.post("/v1/videos/generations", body)
        assert answer.status_code == 200, answer.text
        return set(answer.json())

    aivideo = {"code", "msg", "data"}
    nested = {"prompt": "ok a", "duration": 4, "aspect_ratio": "16:9"}
    assert members({"model": "sora-2", "prompt": "ok a"}) == aivideo
    assert members({"model": "sora2", "input": nested}) == aivideo
    for body in ({"model": "sora2", "prompt": "ok a"},
                 {"model": "sora-2", "prompt": "ok a", "generation_mode": "text_to_video"},
                 {"model": "sora-2", "prompt": "ok a", "video_count": 1}):
        assert members(body) > aivideo | {"id", "object", "status", "seconds", "task_id"}


def test_a_format_can_be_asked_for(client):
    task = client.post("/v1/videos/generations", {"model": "sora-2", "prompt": "ok a"}).json()
    bare = task["data"]["taskId"].replace("-", "")
    for path in (f"/v1/videos/{bare}?format=uniall", f"/uniall/v1/videos/{bare}"):
        shown = client.get(path).json()
        assert (shown["object"], shown["id"]) == ("video.generation.job", "gen_" + bare)
        assert (shown["model"], shown["seconds"]) == ("sora-2", "8")


def test_the_prefix_pins_the_dialect(many):
    pinned = Client(many, prefix="/uniall")
    for path in (PATH, "/v1/videos/generations"):
        job = pinned.post(path, {"model": "sora-2", "prompt": "ok a"}).json()
        assert job["object"] == "video.generation.job"
    assert pinned.get("/v1/credits").status_code == 404


def test_a_key_is_taken_in_both_spellings(many):
    for key in rig.spellings(many.key).values():
        assert Client(many, key=key).get("/v1/balance").status_code == 200


def test_the_balance_is_told_in_three_ways(many, films):
    _, key = many.store.add_account("balance", 10)
    owner = Client(many, key=key)
    job = owner.post(PATH, {"model": "sora2", "prompt": "gate:balance a"}).json()

    def told():
        return [owner.get(path).json() for path in (
            "/v1/balance", "/v1/dashboard/billing/subscription", "/v1/dashboard/billing/usage")]

    limits = {key: 10 for key in ("soft_limit_usd", "hard_limit_usd", "system_hard_limit_usd")}
    subscription = {"object": "billing_subscription", "has_payment_method": True, **limits,
                    "access_until": 0}
    usage = {"object": "list", "total_usage": 27.2}  # cents
    balance = {"object": "balance", "currency": "usd", "balance": 9.728, "held": 0.272,
               "used": 0.272, "total": 10}
    assert told() == [balance, subscription, usage]
    films.open_gate("balance")
    assert owner.end_of("/v1/videos/" + job["id"])["status"] == "completed"
    assert told() == [{**balance, "held": 0}, subscription, usage]


def test_a_replay_answers_with_the_job_as_it_is_now(client):
    body, header = {"model": "sora2", "prompt": "ok a"}, {"Idempotency-Key": "replay uniall"}
    first = client.post(PATH, body, **header).json()
    client.end_of("/v1/videos/" + first["id"])
    again = client.post(PATH, body, **header).json()
    assert (again["id"], again["status"]) == (first["id"], "completed")

# SPDX-License-Identifier: Apache-2.0
"""A video once more with new words."""
import uuid

import pytest

import rig
from openai_wire import Client, made_of, refused, source, traceless, video  # noqa: F401


@pytest.fixture
def client(server):
    return Client(server)


def path_of(shown):
    return f"/v1/videos/{shown['id']}/remix"


def test_a_remix_keeps_everything_but_the_words(client, source):
    answer = client.post({"prompt": "ok make it night"}, path_of(source))
    assert answer.status_code == 200, answer.text
    shown = video(answer.json())
    assert shown["id"] != source["id"] and shown["status"] == "queued"
    assert shown["remixed_from_video_id"] == source["id"]
    assert shown["prompt"] == "ok make it night\n\nok a coast"
    for key in ("model", "seconds", "size"):
        assert shown[key] == source[key]
    before, after = made_of(client, source), made_of(client, shown)
    for key in ("seed", "seconds", "width", "height", "fps"):
        assert after[key] == before[key]
    assert client.get("/v1/videos/" + shown["id"]).json()["remixed_from_video_id"] == source["id"]
    listed = client.get("/v1/videos").json()["data"][0]
    assert (listed["id"], listed["remixed_from_video_id"]) == (shown["id"], source["id"])
    entries = [client.store.entries(str(uuid.UUID(one["id"][len("video_"):])))
               for one in (source, shown)]
    assert entries[0] == entries[1] == [(rig.HOLD, 3_000_000), (rig.CAPTURE, 3_000_000)]


def test_a_remix_of_a_remix_puts_the_newest_words_first(client, source):
    shown = client.post({"prompt": "ok one"}, path_of(source)).json()
    client.end_of(shown["id"])
    again = client.post({"prompt": "ok two"}, path_of(shown)).json()
    assert again["prompt"] == "ok two\n\nok one\n\nok a coast"
    assert again["remixed_from_video_id"] == shown["id"]


def test_a_remix_begins_with_the_same_picture(client, tmp_path):
    picture = rig.data_url(rig.picture(tmp_path / "a.png", size="720x1280"))
    shown = client.end_of(client.create(input_reference={"image_url": picture})["id"])
    again = client.post({"prompt": "ok again"}, path_of(shown)).json()
    assert "first_frame" in made_of(client, again)


def test_a_form_asks_for_a_remix_too(client, source):
    answer = client.request("POST", path_of(source), files={"prompt": (None, "ok a form")})
    assert answer.status_code == 200, answer.text
    assert answer.json()["prompt"] == "ok a form\n\nok a coast"


def test_a_job_of_another_dialect_can_be_remixed(client, server):
    job = server.finish("ok a coast")["id"]
    shown = video(client.post({"prompt": "ok b"}, f"/v1/videos/{job}/remix").json())
    assert shown["size"] == "1280x720"
    assert shown["remixed_from_video_id"] == "video_" + job.replace("-", "")


def test_an_idempotency_key_stands_for_one_remix(client, source):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = client.post({"prompt": "ok once"}, path_of(source), **headers).json()
    assert client.post({"prompt": "ok once"}, path_of(source), **headers).json()["id"] == \
        first["id"]
    client.end_of(first["id"])
    refused(client.post({"prompt": "ok once"}, path_of(first), **headers), 409, "conflict",
            "Idempotency-Key")


def test_what_is_not_completed_cannot_be_remixed(client, films):
    failed = client.end_of(client.create("fail:invalid a coast")["id"])
    with traceless(client.server):
        refused(client.post({"prompt": "ok"}, path_of(failed)), 400, "invalid_value", "video_id",
                message="Only a completed video can be remixed; this one is failed.")
    running = client.create("gate:openai-remix")
    refused(client.post({"prompt": "ok"}, path_of(running)), 400, "invalid_value", "video_id",
            message="Only a completed video can be remixed; this one is not ready yet.")
    films.open_gate("openai-remix")
    client.end_of(running["id"])


@pytest.mark.parametrize("body,code,param", [
    ({}, "missing_required_parameter", "prompt"), ({"prompt": ""}, "empty_string", "prompt"),
    ({"prompt": 7}, "invalid_type", "prompt"),
    ({"prompt": "x" * 32001}, "string_above_max_length", "prompt"),
    ({"prompt": "x" * 31995}, "string_above_max_length", "prompt"),
    ({"prompt": "ok", "model": "sora-2"}, "unknown_parameter", "model"),
    ({"prompt": "ok", "seconds": "4"}, "unknown_parameter", "seconds"),
    (b"{", None, None),
])
def test_a_remix_is_refused_without_a_trace(client, source, body, code, param):
    with traceless(client.server):
        refused(client.post(body, path_of(source)), 400, code, param)


def test_a_remix_of_what_is_not_ones_own_is_refused(client, server, source):
    _, key = server.store.add_account("remixer", 10)
    with traceless(server):
        refused(Client(server, key=key).post({"prompt": "ok"}, path_of(source)), 404, "not_found",
                "video_id")
        refused(client.post({"prompt": "ok"}, "/v1/videos/video_1/remix"), 404, "not_found",
                "video_id")


def test_a_remix_costs_what_the_video_cost(server):
    account, key = server.store.add_account("short", 0.6)
    client = Client(server, key=key)
    shown = client.end_of(client.create()["id"])
    refused(client.post({"prompt": "ok"}, path_of(shown)), 429, "insufficient_quota", None,
            "insufficient_quota")
    assert server.store.balance(account) == (100_000, 0, 500_000)

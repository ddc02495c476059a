# SPDX-License-Identifier: Apache-2.0
"""OpenAI's Videos API over plain HTTP: create, look, list, download, delete."""
import os
import re
import uuid

import pytest

import rig
from openai_wire import Client, refused, video

SIZES = ("720x1280", "1280x720")
PRO_SIZES = SIZES + ("1024x1792", "1792x1024")


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture
def other(server):
    """A client of an account of its own, with so much money that it never runs out."""
    _, key = server.store.add_account("other", 1000)
    return Client(server, key=key)


def path_of(shown, *more):
    return "/".join(("/v1/videos", shown["id"], *more))


# ---- create and look ----

def test_a_prompt_alone_is_a_video_of_four_seconds_upright(client):
    answer = client.post({"prompt": "ok a coast"})
    assert answer.status_code == 200, answer.text
    shown = video(answer.json())
    assert (shown["status"], shown["progress"], shown["prompt"]) == ("queued", 0, "ok a coast")
    assert (shown["model"], shown["seconds"], shown["size"]) == ("sora-2", "4", "720x1280")
    assert re.fullmatch(r"\d+", answer.headers["openai-poll-after-ms"])
    done = client.end_of(shown["id"])
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert done["expires_at"] - done["completed_at"] == 24 * 3600
    again = client.get(path_of(shown))
    assert re.fullmatch(r"\d+", again.headers["openai-poll-after-ms"])
    assert again.headers["x-request-id"] != answer.headers["x-request-id"]


@pytest.mark.parametrize("seconds", ("4", "8", "12", "16", "20"))
def test_every_length_is_priced_by_the_second(client, seconds):
    client.store.rest()
    spent = client.store.balance()
    shown = client.create(seconds=seconds)
    assert shown["seconds"] == seconds
    assert client.end_of(shown["id"])["status"] == "completed"
    hold = client.store.entries(str(uuid.UUID(shown["id"][len("video_"):])))[0]
    assert hold == (rig.HOLD, 125_000 * int(seconds))
    assert sum(client.store.balance()) == sum(spent)


@pytest.mark.parametrize("model,size", [("sora-2", size) for size in SIZES] +
                         [("sora-2-pro", size) for size in PRO_SIZES])
def test_every_size_of_a_model_is_made(client, films, model, size):
    shown = client.end_of(client.create(model=model, size=size)["id"])
    assert (shown["model"], shown["size"], shown["status"]) == (model, size, "completed")
    film = client.get(path_of(shown, "content")).content
    width, height = size.split("x")
    assert f'"height": {height}'.encode() in film and f'"width": {width}'.encode() in film


def test_the_dated_models_and_full_hd_are_there_by_default(make_server, tmp_path):
    films = rig.Films(tmp_path / "films")
    server = make_server(films, start=False)
    server.config = {"engines": [films.engine(name="diorama")]}
    client = Client(server.start())
    names = {model["id"] for model in client.get("/v1/models").json()["data"]}
    dated = {"sora-2-2025-10-06", "sora-2-2025-12-08", "sora-2-pro-2025-10-06"}
    assert dated | {"sora-2", "sora-2-pro"} <= names
    for name in sorted(dated):
        assert client.create(model=name)["model"] == name
    for size in ("1080x1920", "1920x1080"):
        shown = client.create(model="sora-2-pro-2025-10-06", size=size)
        assert client.end_of(shown["id"])["size"] == size


def test_our_own_member_goes_beyond_the_documents(client):
    shown = client.create(vitascope={"seconds": 6, "size": "640x360", "seed": 7, "fps": 24})
    assert (shown["seconds"], shown["size"]) == ("6", "640x360")
    assert client.end_of(shown["id"])["status"] == "completed"


def test_null_says_nothing(client):
    shown = client.create(model=None, seconds=None, size=None, input_reference=None)
    assert (shown["model"], shown["seconds"], shown["size"]) == ("sora-2", "4", "720x1280")


def test_a_running_video_says_how_far_it_is(client, films):
    shown = client.create("gate:openai-progress a coast")
    assert rig.until(lambda: client.get(path_of(shown)).json()["progress"] == 42)
    running = video(client.get(path_of(shown)).json())
    assert running["status"] == "in_progress"
    refused(client.get(path_of(shown, "content")), 404, None, None, message=(
        "Video is not ready yet, use GET /v1/videos/{video_id} to check status"))
    films.open_gate("openai-progress")
    assert client.end_of(shown["id"])["progress"] == 100


@pytest.mark.parametrize("class_,code", [("refused", "moderation_blocked"),
                                         ("invalid", "invalid_request")])
def test_a_failed_video_is_200_and_says_why(client, class_, code):
    client.store.rest()
    before = client.store.balance()
    shown = client.end_of(client.create(f"fail:{class_} {uuid.uuid4()}")["id"])
    assert shown["status"] == "failed" and shown["progress"] == 0
    assert shown["error"]["code"] == code and shown["error"]["message"]
    refused(client.get(path_of(shown, "content")), 404, None, None)
    assert client.store.balance() == before


def test_a_picture_of_the_same_size_is_the_first_frame(client, receiver, tmp_path):
    picture = rig.picture(tmp_path / "a.png", size="720x1280")
    receiver.routes["/openai.png"] = picture
    for source in (rig.data_url(picture), receiver.url + "/openai.png"):
        shown = client.create(input_reference={"image_url": source})
        assert client.end_of(shown["id"])["status"] == "completed"
        assert b'"first_frame"' in client.get(path_of(shown, "content")).content


def test_an_idempotency_key_stands_for_one_video(client):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = client.post({"prompt": "ok once"}, **headers).json()
    assert client.post({"prompt": "ok once"}, **headers).json()["id"] == first["id"]
    answer = client.post({"prompt": "ok twice"}, **headers)
    refused(answer, 409, "conflict", "Idempotency-Key")
    assert answer.headers["x-should-retry"] == "false"


def test_too_little_money_is_a_quota_that_is_used_up(server):
    account, key = server.store.add_account("poor", 0.4)
    answer = Client(server, key=key).post({"prompt": "ok a coast"})
    refused(answer, 429, "insufficient_quota", None, "insufficient_quota")
    assert answer.headers["x-should-retry"] == "false"
    assert server.store.balance(account) == (400_000, 0, 0)


# ---- whose it is ----

def test_a_key_is_asked_for(server, client):
    shown = client.create()
    for method, path in (("POST", "/v1/videos"), ("GET", "/v1/videos"), ("GET", path_of(shown)),
                         ("DELETE", path_of(shown)), ("GET", path_of(shown, "content")),
                         ("GET", "/v1/models")):
        bad = Client(server, key="sk-" + "x" * 43)
        refused(bad.request(method, path), 401, "invalid_api_key", None)
        refused(bad.request(method, path, headers={"Authorization": ""}), 401, "invalid_api_key",
                None)


def test_anothers_video_is_not_there(client, other):
    shown = client.end_of(client.create()["id"])
    for method, path in (("GET", path_of(shown)), ("GET", path_of(shown, "content")),
                         ("DELETE", path_of(shown))):
        refused(other.request(method, path), 404, "not_found", "video_id",
                message=f"Video with id '{shown['id']}' not found.")
    assert client.get(path_of(shown)).status_code == 200
    assert other.get("/v1/videos").json()["data"] == []


def test_a_job_of_another_dialect_is_shown_as_a_video(client, server):
    job = server.finish("ok a coast")["id"]
    shown = video(client.get("/v1/videos/" + job).json())
    assert (shown["size"], shown["status"]) == ("1280x720", "completed")
    assert client.get(path_of(shown, "content")).status_code == 200


def test_behind_its_prefix_the_dialect_is_pinned(server):
    client = Client(server, prefix="/openai")
    shown = client.end_of(client.create()["id"])
    assert shown["status"] == "completed"
    assert client.get("/v1/models").status_code == 200
    refused(client.get("/v2/jobs/" + shown["id"]), 404, None, None)


# ---- content ----

def test_content_streams_with_ranges_and_validators(client, films):
    shown = client.end_of(client.create("big:300000 a coast")["id"])
    path = path_of(shown, "content")
    whole = client.get(path, headers={"Accept": "application/binary"})
    assert whole.status_code == 200 and whole.headers["Content-Type"] == "video/mp4"
    assert len(whole.content) >= 300_000 and whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Content-Disposition"] == f'attachment; filename="{shown["id"]}.mp4"'
    assert client.get(path, params={"variant": "video"}).content == whole.content
    part = client.get(path, headers={"Range": "bytes=1000-1999"})
    assert part.status_code == 206 and part.content == whole.content[1000:2000]
    head = client.request("HEAD", path)
    assert head.status_code == 200 and head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))
    same = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304
    answer = client.get(path, headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416 and "error" in answer.json()


def test_a_video_that_has_expired_cannot_be_downloaded(client):
    shown = client.end_of(client.create()["id"])
    job = uuid.UUID(shown["id"][len("video_"):]).bytes
    client.store.change(("UPDATE assets SET expires_ms = 1 WHERE job_id = ?", job))
    refused(client.get(path_of(shown, "content")), 410, "video_expired", None)
    assert client.get(path_of(shown)).json()["status"] == "completed"


# ---- list ----

def walk(client, **query):
    seen, pages = [], 0
    while True:
        page = client.get("/v1/videos", params=query).json()
        assert set(page) == {"object", "data", "first_id", "last_id", "has_more"}
        ids = [video(one)["id"] for one in page["data"]]
        assert page["object"] == "list" and type(page["has_more"]) is bool
        assert (page["first_id"], page["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))
        seen += ids
        pages += 1
        if not page["has_more"]:
            return seen, pages
        query["after"] = page["last_id"]


def test_a_list_walks_through_all_videos_in_both_directions(other):
    assert walk(other) == ([], 1)
    made = [other.create(f"ok {index}")["id"] for index in range(7)]
    other.server.create("ok of another dialect", key=other.key)
    assert walk(other) == (made[::-1], 1)
    assert walk(other, order="desc", limit=7) == (made[::-1], 1)
    assert walk(other, limit=3) == (made[::-1], 3)
    assert walk(other, order="asc", limit=2) == (made, 4)
    assert walk(other, order="asc", after=made[4]) == (made[5:], 1)
    assert walk(other, after=made[0]) == ([], 1)
    none = other.get("/v1/videos", params={"limit": 0}).json()
    assert (none["data"], none["last_id"], none["has_more"]) == ([], None, True)


def test_a_list_is_twenty_long_unless_it_is_told(other):
    made = [other.create("ok") for _ in range(21)]
    assert len(other.get("/v1/videos").json()["data"]) == 20
    assert len(other.get("/v1/videos?limit=100").json()["data"]) == len(made)


# ---- delete ----

def test_a_deleted_video_is_gone_with_its_bytes_and_keeps_its_price(server, other):
    shown = other.end_of(other.create()["id"])
    other.store.rest()
    balance = other.store.balance()
    job = uuid.UUID(shown["id"][len("video_"):]).bytes
    made = [rig.blob_path(server.data, uuid.UUID(bytes=row[0]))
            for row in other.store.query("SELECT id FROM assets WHERE job_id = ?", job)]
    assert made and all(os.path.exists(path) for path in made)
    answer = other.request("DELETE", path_of(shown), headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json() == {"id": shown["id"], "object": "video.deleted", "deleted": True}
    for method, path in (("GET", path_of(shown)), ("GET", path_of(shown, "content")),
                         ("DELETE", path_of(shown))):
        refused(other.request(method, path), 404, "not_found", "video_id")
    assert other.get("/v1/videos").json()["data"] == []
    assert other.store.balance() == balance
    # The sweep, once a minute, may have taken the rows already, and takes the bytes with them.
    rows = other.store.query("SELECT created_ms, expires_ms FROM assets WHERE job_id = ?", job)
    assert all(expires - created < 600_000 for created, expires in rows)
    assert rows or rig.until(lambda: not any(os.path.exists(path) for path in made))


def test_a_failed_video_can_be_deleted(other):
    shown = other.end_of(other.create("fail:invalid")["id"])
    assert other.request("DELETE", path_of(shown)).json()["deleted"] is True
    assert other.get(path_of(shown)).status_code == 404


def test_deleting_a_running_video_cancels_it_and_gives_its_price_back(other, films):
    account = other.store.query("SELECT max(id) FROM accounts")[0][0]
    before = other.store.balance(account)
    shown = other.create("gate:openai-delete")
    assert rig.until(lambda: other.get(path_of(shown)).json()["progress"] == 42)
    assert other.store.balance(account) != before
    assert other.request("DELETE", path_of(shown)).json()["deleted"] is True
    assert other.store.balance(account) == before
    assert rig.until(lambda: films.has_given_up())
    films.open_gate("openai-delete")
    assert other.get(path_of(shown)).status_code == 404


# ---- models ----

def test_the_models_are_those_of_the_catalog(client):
    told = client.get("/v1/models").json()
    assert told["object"] == "list"
    assert [model["id"] for model in told["data"]] == ["sora-2", "sora-2-pro"]
    for model in told["data"]:
        assert set(model) == {"id", "object", "created", "owned_by"}
        assert client.get("/v1/models/" + model["id"]).json() == model
    refused(client.get("/v1/models/gpt-4"), 404, "model_not_found", "model",
            message="The model 'gpt-4' does not exist")

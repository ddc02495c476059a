# SPDX-License-Identifier: Apache-2.0
"""Characters: made of a clip, shown, and named in a prompt."""
import re
import uuid

import pytest

import rig
from openai_wire import Client, refused, traceless, video

PATH = "/v1/videos/characters"


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Short videos by what is special about them."""
    folder = tmp_path_factory.mktemp("clips")
    odd = {"wide": {}, "tall": {"size": "720x1280", "sound": False}, "short": {"seconds": 1},
           "long": {"seconds": 5}, "small": {"size": "640x360"}, "square": {"size": "720x720"},
           "large": {"size": "2560x1440", "seconds": 2, "fps": 5}}
    return {name: rig.clip(folder / f"{name}.mp4", **{"fps": 8, **how})
            for name, how in odd.items()}


def ask(client, *parts):
    """A form of (name, value) and (name, bytes, file name) in that order."""
    files = [(name, (file[0] if file else None, value)) for name, value, *file in parts]
    return client.request("POST", PATH, files=files)


def made(client, clip, name):
    answer = ask(client, ("name", name), ("video", clip, "clip.mp4"))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def mossy(shared, clips):
    return made(Client(shared), clips["wide"], "Mossy")


@pytest.mark.parametrize("clip,name", (("wide", "Mossy"), ("tall", " H\u00e9l\u00e8ne the 2nd ")))
def test_a_character_is_made_of_a_clip_and_costs_nothing(client, clips, clip, name):
    client.store.rest()
    before = client.store.balance()
    shown = made(client, clips[clip], name)
    assert set(shown) == {"id", "name", "created_at"} and shown["name"] == name.strip()
    assert re.fullmatch("char_[0-9a-f]{32}", shown["id"]) and type(shown["created_at"]) is int
    answer = client.get(f"{PATH}/{shown['id']}")
    assert answer.status_code == 200 and answer.json() == shown
    assert client.store.balance() == before
    assert client.store.query("SELECT count(*) FROM assets WHERE kind = 3 AND expires_ms < ?",
                              10 ** 15)[0][0] == 0


@pytest.mark.parametrize("clip,says", (
    ("short", "lasts 2 to 4 seconds; this one 1.0"), ("long", "lasts 2 to 4 seconds; this one 5.0"),
    ("small", "720p to 1080p; this one has 640x360"), ("square", "16:9 or 9:16"),
    ("large", "720p to 1080p"),
))
def test_a_clip_beyond_the_limits_is_refused(client, clips, clip, says):
    with traceless(client.server):
        answer = ask(client, ("name", "Mossy"), ("video", clips[clip], "clip.mp4"))
        assert says in refused(answer, 400, "invalid_value", "video")["message"]


FILM = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"


@pytest.mark.parametrize("parts,code,param", [
    ([("video", FILM, "a.mp4")], "missing_required_parameter", "name"),
    ([("name", ""), ("video", FILM, "a.mp4")], "empty_string", "name"),
    ([("name", "  "), ("video", FILM, "a.mp4")], "empty_string", "name"),
    ([("name", "x" * 81), ("video", FILM, "a.mp4")], "string_above_max_length", "name"),
    ([("name", "a")], "missing_required_parameter", "video"),
    ([("name", "a"), ("video", "text")], "invalid_type", "video"),
    ([("name", "a"), ("video[id]", "video_1")], "invalid_type", "video"),
    ([("name", "a"), ("clip", FILM, "a.mp4")], "invalid_type", "clip"),
    ([("name", "a"), ("video", FILM, "a.mp4"), ("clip", FILM, "a.mp4")], None, None),
    ([("name", "a"), ("video", FILM, "a.mp4"), ("prompt", "a")], "unknown_parameter", "prompt"),
    ([("name", "a"), ("video", b"", "a.mp4")], "invalid_value", "video"),
    ([("name", "a"), ("video", b"GIF89a" + b"x" * 100, "a.mp4")], "invalid_value", "video"),
    ([("name", "a"), ("video", FILM + b"x" * 100, "a.mp4")], "invalid_value", "video"),
])
def test_what_is_no_character_is_refused(client, parts, code, param):
    with traceless(client.server):
        refused(ask(client, *parts), 400, code, param)


def test_a_character_takes_a_form(client):
    with traceless(client.server):
        refused(client.post({"name": "Mossy"}, PATH), 400, "missing_required_parameter", "video")
        refused(client.post({"name": "Mossy", "video": {"id": "video_1"}}, PATH), 400,
                "invalid_type", "video")
        refused(client.post(b"x", PATH, **{"Content-Type": "video/mp4"}), 415,
                "unsupported_content_type", None)


def test_anothers_character_is_not_found(client, server, mossy):
    _, key = server.store.add_account("castless", 10)
    other = Client(server, key=key)
    refused(other.get(f"{PATH}/{mossy['id']}"), 404, "not_found", "character_id")
    for id_ in ("char_1", "char_" + "0" * 32, mossy["id"][5:], "video_" + mossy["id"][5:]):
        refused(client.get(f"{PATH}/{id_}"), 404, "not_found", "character_id")
    with traceless(server):
        refused(other.post({"prompt": "ok Mossy", "characters": [{"id": mossy["id"]}]}), 404,
                "not_found", "characters")
        refused(client.post({"prompt": "ok", "characters": [{"id": "char_" + "0" * 32}]}), 404,
                "not_found", "characters")


def test_a_create_names_its_characters_and_the_record_tells_of_them(client, clips, mossy):
    other = made(client, clips["tall"], "Old Ben")
    cast = [{"id": mossy["id"]}, {"id": other["id"]}]
    shown = client.create("ok Mossy meets Old Ben", characters=cast)
    record = client.get("/vitascope/jobs/" + str(uuid.UUID(shown["id"][6:]))).json()
    assert record["characters"] == [{"id": mossy["id"], "name": "Mossy"},
                                    {"id": other["id"], "name": "Old Ben"}]
    assert client.end_of(shown["id"])["status"] == "completed"
    for path, more in ((f"/v1/videos/{shown['id']}/remix", {}),
                       ("/v1/videos/edits", {"video": {"id": shown["id"]}})):
        again = video(client.post({"prompt": "ok b", **more}, path).json())
        record = client.get("/vitascope/jobs/" + str(uuid.UUID(again["id"][6:]))).json()
        assert len(record["characters"]) == 2


def test_a_form_names_characters_one_by_one(client, clips, mossy):
    other = made(client, clips["wide"], "Old Ben")
    files = [("prompt", (None, "ok Mossy meets Old Ben")),
             ("characters[][id]", (None, mossy["id"])), ("characters[][id]", (None, other["id"]))]
    answer = client.request("POST", "/v1/videos", files=files)
    assert answer.status_code == 200, answer.text
    record = client.get("/vitascope/jobs/" + str(uuid.UUID(answer.json()["id"][6:]))).json()
    assert [one["name"] for one in record["characters"]] == ["Mossy", "Old Ben"]


@pytest.mark.parametrize("prompt", ("ok nobody", "ok mossy", "ok Mos sy"))
def test_a_character_must_be_named_in_the_prompt(client, mossy, prompt):
    with traceless(client.server):
        refused(client.post({"prompt": prompt, "characters": [{"id": mossy["id"]}]}), 400,
                "invalid_value", "prompt",
                message="Invalid 'prompt': the name of the character 'Mossy' is not in it.")


def test_an_account_has_a_hundred_characters(server, clips):
    account, key = server.store.add_account("full cast", 1)
    client = Client(server, key=key)
    made(client, clips["wide"], "Mossy")
    server.store.change(*[("INSERT INTO characters SELECT ?, account_id, created_ms, asset, name"
                           " FROM characters WHERE account_id = ? LIMIT 1", uuid.uuid4().bytes,
                           account) for _ in range(99)])
    with traceless(server):
        told = refused(ask(client, ("name", "One more"), ("video", clips["wide"], "a.mp4")), 409,
                       "conflict", None)
        assert told["message"] == "An account has at most 100 characters"

# SPDX-License-Identifier: Apache-2.0
"""Files: kept for a create's first frame, shown, put away."""
import re
import time

import pytest

import rig
from openai_wire import Client, refused, traceless

PATH = "/v1/files"


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return rig.picture(tmp_path_factory.mktemp("files") / "a.png", size="720x1280")


def ask(client, *parts):
    files = [(name, (file[0] if file else None, value)) for name, value, *file in parts]
    return client.request("POST", PATH, files=files)


def keep(client, picture, name="a.png", purpose="vision"):
    answer = ask(client, ("purpose", purpose), ("file", picture, name))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("purpose,name", (("vision", "a.png"), ("user_data", "\u6d77 1.png")))
def test_a_file_is_kept_shown_and_deleted(client, picture, purpose, name):
    shown = keep(client, picture, name, purpose)
    assert re.fullmatch("file-[0-9a-f]{32}", shown["id"]) and shown["object"] == "file"
    assert (shown["bytes"], shown["filename"]) == (len(picture), name)
    assert (shown["purpose"], shown["status"]) == (purpose, "processed")
    assert 7000 < shown["expires_at"] - time.time() <= 7200
    path = f"{PATH}/{shown['id']}"
    assert client.get(path).json() == shown
    answer = client.request("DELETE", path)
    assert answer.json() == {"id": shown["id"], "object": "file", "deleted": True}
    refused(client.get(path), 404, "not_found", "file_id",
            message="No such File object: " + shown["id"])
    refused(client.request("DELETE", path), 404, "not_found", "file_id")
    with traceless(client.server):
        refused(client.post({"prompt": "ok", "input_reference": {"file_id": shown["id"]}}), 400,
                "invalid_value", "input_reference")


def test_a_file_is_the_first_frame(client, picture):
    id_ = keep(client, picture)["id"]
    shown = client.create(input_reference={"file_id": id_})
    assert client.end_of(shown["id"])["status"] == "completed"
    film = client.get(f"/v1/videos/{shown['id']}/content").content
    assert b'"first_frame": "/' in film


def test_a_file_that_is_no_picture_of_that_size_is_refused_at_the_create(client, tmp_path, picture):
    film = keep(client, rig.clip(tmp_path / "a.mp4", size="128x72", seconds=1), "a.mp4")["id"]
    small = keep(client, rig.picture(tmp_path / "b.png"))["id"]
    with traceless(client.server):
        for id_ in (film, small):
            refused(client.post({"prompt": "ok", "input_reference": {"file_id": id_}}), 400,
                    "invalid_value", "input_reference")


@pytest.mark.parametrize("parts,param", [
    ([("purpose", "vision")], "file"),
    ([("purpose", "vision"), ("file", "text")], "file"),
    ([("file", b"\x89PNG", "a.png")], "purpose"),
    ([("purpose", "fine-tune"), ("file", b"\x89PNG", "a.png")], "purpose"),
    ([("purpose", "vision"), ("file", b"", "a.png")], "file"),
    ([("purpose", "vision"), ("file", b"text", "a.png")], "file"),
])
def test_what_is_no_file_is_refused(client, parts, param):
    with traceless(client.server):
        refused(ask(client, *parts), 400, "invalid_value", param)


def test_a_file_takes_a_form(client):
    refused(client.post({"purpose": "vision"}, PATH), 415, "unsupported_content_type", None)


def test_anothers_file_is_not_found(client, server, picture):
    id_ = keep(client, picture)["id"]
    _, key = server.store.add_account("fileless", 10)
    other = Client(server, key=key)
    for method in ("GET", "DELETE"):
        refused(other.request(method, f"{PATH}/{id_}"), 404, "not_found", "file_id")
        for wrong in ("file-1", "file-" + "0" * 32, "x"):
            refused(client.request(method, f"{PATH}/{wrong}"), 404, "not_found", "file_id")
    assert client.get(f"{PATH}/{id_}").status_code == 200

# SPDX-License-Identifier: Apache-2.0
"""OpenAI's create as multipart/form-data, in all the spellings that its SDKs have."""
import uuid

import pytest

import rig
from openai_wire import Client, refused, traceless, video


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return rig.picture(tmp_path_factory.mktemp("form") / "a.png", size="720x1280")


def send(client, *parts, boundary="b0undary", **headers):
    """Each part is (name, value), or (name, value, file name[, content type])."""
    body = b""
    for name, value, *file in parts:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        body += f'; filename="{file[0]}"\r\n'.encode() if file else b"\r\n"
        body += f"Content-Type: {file[1]}\r\n".encode() if len(file) > 1 else b""
        body += b"\r\n" + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", **headers}
    return client.request("POST", "/v1/videos", data=body, headers=headers)


def created(answer):
    assert answer.status_code == 200, answer.text
    return video(answer.json())


def content(client, shown):
    assert client.end_of(shown["id"])["status"] == "completed"
    return client.get(f"/v1/videos/{shown['id']}/content").content


def test_a_form_says_what_json_says(client):
    shown = created(send(client, ("prompt", "ok \u6d77\u5cb8 \"x\" \\ \r\n\ty"), ("seconds", "12"),
                         ("model", "sora-2-pro"), ("size", "1792x1024")))
    assert (shown["seconds"], shown["model"], shown["size"]) == ("12", "sora-2-pro", "1792x1024")
    assert shown["prompt"] == "ok \u6d77\u5cb8 \"x\" \\ \r\n\ty"


@pytest.mark.parametrize("name", ("input_reference[image_url]", "input_reference.image_url"))
def test_a_nested_name_is_spelt_with_brackets_or_a_dot(client, picture, name):
    shown = created(send(client, (name, rig.data_url(picture)), ("prompt", "ok a")))
    assert b'"first_frame"' in content(client, shown)


@pytest.mark.parametrize("file", [("upload", "application/octet-stream"), ("a.png", "image/png"),
                                  ("unknown_file",), ("a.txt", "text/plain")])
def test_a_file_is_known_by_its_bytes(client, picture, file):
    shown = created(send(client, ("prompt", "ok a"), ("input_reference", picture, *file)))
    assert b'"first_frame"' in content(client, shown)


def test_our_own_member_keeps_its_numbers(client):
    shown = created(send(client, ("prompt", "ok a"), ("vitascope[seed]", "7"),
                         ("vitascope[size]", "640x360"), ("vitascope.seconds", "6")))
    assert (shown["size"], shown["seconds"]) == ("640x360", "6")
    assert b'"seed": 7,' in content(client, shown)


def test_the_same_form_with_another_boundary_is_the_same_request(client, picture):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    parts = [("prompt", "ok a"), ("input_reference", picture, "a.png")]
    first = created(send(client, *parts, **headers))
    assert created(send(client, *parts, boundary="another", **headers))["id"] == first["id"]
    refused(send(client, parts[0], **headers), 409, "conflict", "Idempotency-Key")


FILE = ("input_reference", b"no picture", "a.png")


@pytest.mark.parametrize("parts,code,param", [
    ([], "missing_required_parameter", "prompt"),
    ([("prompt", "")], "empty_string", "prompt"),
    ([("prompt", "ok"), ("seconds", "7")], "invalid_value", "seconds"),
    ([("prompt", "ok"), ("seconds[]", "8")], "invalid_type", "seconds"),
    ([("prompt", "ok"), ("size", "")], "invalid_value", "size"),
    ([("prompt", "ok"), ("width", "1280")], "unknown_parameter", "width"),
    ([("prompt", "ok"), ("x[y]", "1")], "unknown_parameter", "x"),
    ([("prompt", "ok"), ("", "1")], None, None),
    ([("prompt", "ok"), ("characters[][id]", "a"), ("characters[id]", "b")], None, None),
    ([("prompt", "ok"), ("characters[id]", "a")], "invalid_type", "characters"),
    ([("prompt", "ok"), ("characters[][name]", "a")], "unknown_parameter", "characters[0].name"),
    ([("prompt", "ok"), ("prompt", "ok")], None, None),
    ([("prompt", b"\xff\xfe")], None, None),
    ([("prompt", b"ok", "prompt.txt")], "missing_required_parameter", "prompt"),
    ([("prompt", "ok"), ("video", b"x", "a.mp4")], "invalid_type", "video"),
    ([("prompt", "ok"), FILE], "invalid_value", "input_reference"),
    ([("prompt", "ok"), ("input_reference", b"", "a.png")], "invalid_value", "input_reference"),
    ([("prompt", "ok"), FILE, FILE], None, None),
    ([("prompt", "ok"), FILE, ("input_reference[image_url]", "u")], "invalid_value",
     "input_reference"),
    ([("prompt", "ok"), ("input_reference", "https://example.com/a.png")], "invalid_type",
     "input_reference"),
    ([("prompt", "ok"), ("input_reference[file_id]", "file-1")], "invalid_value",
     "input_reference.file_id"),
    ([("prompt", "ok"), ("vitascope[seed]", "x")], "invalid_value", "vitascope.seed"),
])
def test_a_form_is_refused_without_a_trace(client, parts, code, param):
    with traceless(client.server):
        refused(send(client, *parts), 400, code, param)


def test_a_picture_over_ten_megabytes_is_refused(client, picture):
    big = picture + b"\0" * (10 * 2**20)
    refused(send(client, ("prompt", "ok"), ("input_reference", big, "a.png")), 400,
            "invalid_value", "input_reference", message="The image is larger than 10 MB")


def test_a_form_that_breaks_off_or_is_too_large_is_refused(client):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.request("POST", "/v1/videos", data=b"--x\r\nContent-", headers=headers)
    refused(answer, 400, None, None)
    answer = client.request("POST", "/v1/videos", data=b"{}",
                            headers={"Content-Type": "multipart/form-data"})
    refused(answer, 400, None, None)
    assert send(client, ("prompt", b"x" * 15 * 2**20)).status_code == 413


@pytest.mark.parametrize("spell", (str, lambda id_: "file-" + uuid.UUID(id_).hex,
                                   lambda id_: "file_" + uuid.UUID(id_).hex))
def test_an_upload_is_the_first_frame_by_its_id(client, server, picture, spell):
    answer = server.request("POST", "/v2/uploads", files={"file": ("a.png", picture)})
    assert answer.status_code == 201, answer.text
    id_ = spell(answer.json()["id"])
    assert b'"first_frame": "/' in content(client, client.create(input_reference={"file_id": id_}))
    shown = created(send(client, ("prompt", "ok"), ("input_reference[file_id]", id_)))
    assert b'"first_frame": "/' in content(client, shown)
    _, key = server.store.add_account("uploadless", 10)
    with traceless(server):
        refused(Client(server, key=key).post({"prompt": "ok", "input_reference": {"file_id": id_}}),
                400, "invalid_value", "input_reference",
                message="There is no such file in this account, or no longer")

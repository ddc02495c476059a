# SPDX-License-Identifier: Apache-2.0
"""Requests that OpenAI's dialect refuses: each with its status, code, type and param. None costs
anything, none leaves a job or a file."""
import pytest

import rig
from openai_wire import Client, refused, traceless

REQUEST = "invalid_request_error"
GOOD = {"prompt": "ok a coast"}
SECONDS = "'4', '8', '12', '16', and '20'"
URL = "input_reference.image_url"


@pytest.fixture
def client(server):
    with traceless(server):
        yield Client(server)


def with_(**members):
    return {**GOOD, **members}


def picture(url):
    return with_(input_reference={"image_url": url})


@pytest.mark.parametrize("body,code,param,message", [
    # prompt
    ({}, "missing_required_parameter", "prompt", "Missing required parameter: 'prompt'."),
    ({"prompt": None}, "invalid_type", "prompt",
     "Invalid type for 'prompt': expected a string, but got null instead."),
    ({"prompt": 7}, "invalid_type", "prompt",
     "Invalid type for 'prompt': expected a string, but got an integer instead."),
    ({"prompt": 7.5}, "invalid_type", "prompt",
     "Invalid type for 'prompt': expected a string, but got a decimal number instead."),
    ({"prompt": ["a"]}, "invalid_type", "prompt",
     "Invalid type for 'prompt': expected a string, but got an array instead."),
    ({"prompt": {"text": "a"}}, "invalid_type", "prompt",
     "Invalid type for 'prompt': expected a string, but got an object instead."),
    ({"prompt": True}, "invalid_type", "prompt",
     "Invalid type for 'prompt': expected a string, but got a boolean instead."),
    ({"prompt": ""}, "empty_string", "prompt", None),
    ({"prompt": "x" * 32001}, "string_above_max_length", "prompt", None),
    ({"prompt": "\u4e2d" * 32001}, "string_above_max_length", "prompt", None),
    # model
    (with_(model="sora-3"), "invalid_value", "model", None),
    (with_(model=""), "invalid_value", "model", None),
    (with_(model="Sora-2"), "invalid_value", "model", None),
    (with_(model="x" * 5000), "invalid_value", "model", None),
    (with_(model=2), "invalid_type", "model", None),
    (with_(model=["sora-2"]), "invalid_type", "model", None),
    # seconds
    (with_(seconds=8), "invalid_type", "seconds",
     "Invalid type for 'seconds': expected one of '4', '8', '12', '16', or '20', but got an"
     " integer instead."),
    (with_(seconds=8.0), "invalid_type", "seconds", None),
    (with_(seconds=["8"]), "invalid_type", "seconds", None),
    (with_(seconds="15"), "invalid_value", "seconds",
     f"Invalid value: '15'. Supported values are: {SECONDS}."),
    (with_(seconds="0"), "invalid_value", "seconds", None),
    (with_(seconds="-4"), "invalid_value", "seconds", None),
    (with_(seconds="08"), "invalid_value", "seconds", None),
    (with_(seconds=" 8"), "invalid_value", "seconds", None),
    (with_(seconds="8s"), "invalid_value", "seconds", None),
    (with_(seconds=""), "invalid_value", "seconds", None),
    # size
    (with_(size="1792x1024"), "invalid_value", "size",
     "Invalid value: '1792x1024'. Supported values are: '720x1280' and '1280x720'."),
    (with_(size="1920x1080", model="sora-2-pro"), "invalid_value", "size",
     "Invalid value: '1920x1080'. Supported values are: '720x1280', '1280x720', '1024x1792',"
     " and '1792x1024'."),
    (with_(size="640x480"), "invalid_value", "size", None),
    (with_(size="1280X720"), "invalid_value", "size", None),
    (with_(size="720p"), "invalid_value", "size", None),
    (with_(size=1280), "invalid_type", "size", None),
    (with_(size={"width": 1280}), "invalid_type", "size", None),
    # members that nobody knows
    (with_(width=1280), "unknown_parameter", "width", "Unknown parameter: 'width'."),
    (with_(duration=8), "unknown_parameter", "duration", "Unknown parameter: 'duration'."),
    (with_(n=1), "unknown_parameter", "n", None),
    (with_(seed=1), "unknown_parameter", "seed", None),
    (with_(metadata={}), "unknown_parameter", "metadata", None),
    (with_(callback_url="https://example.com"), "unknown_parameter", "callback_url", None),
    (with_(**{"": 1}), "unknown_parameter", "", None),
    (with_(**{"y" * 3000: 1}), "unknown_parameter", "y" * 64, None),
    # input_reference
    (with_(input_reference="https://example.com/a.png"), "invalid_type", "input_reference",
     "Invalid type for 'input_reference': expected an object, but got a string instead."),
    (with_(input_reference=[]), "invalid_type", "input_reference", None),
    (with_(input_reference={}), "missing_required_parameter", URL, None),
    (with_(input_reference={"url": "a"}), "unknown_parameter", "input_reference.url", None),
    (with_(input_reference={"file_id": 7}), "invalid_type", "input_reference.file_id", None),
    (with_(input_reference={"file_id": "file-" + "0" * 32, "image_url": "u"}), "invalid_value",
     "input_reference", None),
    (with_(input_reference={"file_id": "file-" + "0" * 32}), "invalid_value",
     "input_reference.file_id", None),
    (with_(input_reference={"file_id": "file-" + "1" * 32}), "invalid_value", "input_reference",
     "There is no such file in this account, or no longer"),
    (with_(input_reference={"file_id": "file-1"}), "invalid_value", "input_reference.file_id",
     None),
    (with_(input_reference={"image_url": 7}), "invalid_type", URL, None),
    (with_(input_reference={"image_url": None}), "invalid_type", URL, None),
    (picture(""), "invalid_value", "input_reference", None),
    (picture("file:///etc/passwd"), "invalid_value", "input_reference", None),
    (picture("data:image/png;base64,"), "invalid_value", "input_reference", None),
    (picture("data:image/png;base64,%%%"), "invalid_value", "input_reference", None),
    (picture(rig.data_url(b"no picture")), "invalid_value", "input_reference", None),
    (picture("http://127.0.0.1:1/a.png"), "invalid_value", "input_reference",
     "The image URL leads to a private address"),
    # characters
    (with_(characters="char_1"), "invalid_type", "characters", None),
    (with_(characters={"id": "char_1"}), "invalid_type", "characters", None),
    (with_(characters=["char_1"]), "missing_required_parameter", "characters[0].id", None),
    (with_(characters=[{"id": 7}]), "invalid_type", "characters[0].id", None),
    (with_(characters=[{"id": "char_1", "name": "x"}]), "unknown_parameter",
     "characters[0].name", None),
    (with_(characters=[{"id": "char_1"}] * 3), "array_above_max_length", "characters", None),
    # our own member
    (with_(vitascope=7), "invalid_value", "vitascope", None),
    (with_(vitascope={"seed": "x"}), "invalid_value", "vitascope.seed", None),
    (with_(vitascope={"seconds": 21}), "invalid_value", "vitascope.seconds", None),
    (with_(vitascope={"size": "1920x1080"}), "invalid_value", "vitascope.size", None),
])
def test_a_request_is_refused(client, body, code, param, message):
    answer = client.post(body)
    told = refused(answer, 400, code, param, message=message)
    assert len(told["message"]) < 300


def test_a_picture_of_another_size_is_refused(client, pictures):
    for image in pictures.values():
        refused(client.post(picture(rig.data_url(image))), 400, "invalid_value",
                "input_reference",
                message="Inpaint image must match the requested width and height")


@pytest.mark.parametrize("body", (b"", b"{", b"[]", b'"text"', b'{"prompt":"a","prompt":"b"}',
                                  b'{"prompt":"\xff"}', b"null", b"prompt=a"))
def test_what_is_no_json_object_is_refused(client, body):
    refused(client.post(body), 400, None, None)


@pytest.mark.parametrize("type_", ("text/plain", "application/x-www-form-urlencoded", "video/mp4"))
def test_another_content_type_is_refused(client, type_):
    refused(client.post(b'{"prompt":"ok"}', **{"Content-Type": type_}), 415,
            "unsupported_content_type", None)


@pytest.mark.parametrize("query,param", [
    ("limit=-1", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
    ("limit=1.5", "limit"), ("order=up", "order"), ("order=", "order"), ("order=ASC", "order"),
    ("after=video_1", "after"), ("after=", "after"),
])
def test_a_wrong_query_of_a_list_is_refused(client, query, param):
    refused(client.get("/v1/videos?" + query), 400, "invalid_value", param)


@pytest.mark.parametrize("variant", ("audio", "Thumbnail", "thumbnail,video", ""))
def test_another_variant_is_refused(client, variant):
    unknown = "/v1/videos/video_" + "0" * 32
    refused(client.get(unknown + "/content?variant=" + variant), 400, "invalid_value", "variant")


@pytest.mark.parametrize("id_", ("video_123", "video_" + "0" * 32, "x", "video_" + "g" * 32, "%20"))
def test_an_unknown_video_is_not_there(client, id_):
    for method, more in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        refused(client.request(method, f"/v1/videos/{id_}{more}"), 404, "not_found", "video_id")


@pytest.mark.parametrize("method,path", [
    ("PUT", "/v1/videos"), ("PATCH", "/v1/videos/x"), ("POST", "/v1/models"),
    ("POST", "/v1/videos/x/content"), ("DELETE", "/v1/videos"),
])
def test_another_method_is_refused(client, method, path):
    answer = client.request(method, path)
    refused(answer, 405, "method_not_supported", None)
    assert "GET" in answer.headers["Allow"]


def test_a_path_that_is_not_there(client):
    refused(client.get("/v1/images"), 404, None, None, message="Invalid URL (GET /v1/images)")

# SPDX-License-Identifier: Apache-2.0
"""What AI Video API's dialect refuses: with which status, code and words, and without a trace."""
import json
import uuid

import pytest
import requests

import rig
from vendors import (BAD_IMAGES, BODY_BYTES_MAX, NO_OBJECTS, Client, client,  # noqa: F401
                     hooks, images, many, traceless)

PATH = "/v1/videos/generations"
FLAT = {"model": "sora-2", "prompt": "ok a coast"}
INPUT = {"prompt": "ok a coast", "duration": 8, "aspect_ratio": "16:9"}
TYPES = {"invalid_request": "invalid_request_error", "invalid_api_key": "authentication_error",
         "insufficient_credits": "billing_error", "model_not_found": "invalid_request_error",
         "task_not_found": "invalid_request_error", "not_found": "invalid_request_error",
         "method_not_allowed": "invalid_request_error", "conflict": "invalid_request_error",
         "request_too_large": "invalid_request_error"}
DURATION = "'duration' must be 4, 8, or 12."
RATIO = "'aspect_ratio' must be 16:9 or 9:16."
SIZE = "'size' must be 1280x720 or 720x1280."
CALLBACK = "'callback_url' must be an http(s) URL of at most 2048 characters."


def refused(answer, status, code, message=None):
    """Exactly the documented body; any sentence where none is given."""
    told = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    said = told["error"]["message"]
    assert told == {"error": {"code": code, "message": said, "type": TYPES[code]}}
    assert isinstance(said, str) and said
    assert message is None or said == message


def without(body, *keys):
    return {key: value for key, value in body.items() if key not in keys}


def nested(**changes):
    return {"model": "sora-2", "input": {**INPUT, **changes}}


def flat(**changes):
    return {**FLAT, **changes}


def lacking(key):
    return {"model": "sora-2", "input": without(INPUT, key)}


@pytest.mark.parametrize("body,message", [
    ({}, "'model' is required."),
    ({"input": INPUT}, "'model' is required."),
    (flat(model=None), "'model' is required."),
    (flat(model=""), "'model' is required."),
    (flat(model=2), "'model' must be a string."),
    (flat(model=["sora-2"]), "'model' must be a string."),
    ({"model": "sora-2"}, "'input' is required."),
    ({"model": "sora-2", "input": None}, "'input' is required."),
    ({"model": "sora-2", "input": "a coast"}, "'input' must be an object."),
    ({"model": "sora-2", "input": [INPUT]}, "'input' must be an object."),
    ({"model": "sora-2", "input": {}}, "'prompt' is required."),
    (lacking("prompt"), "'prompt' is required."),
    (nested(prompt=None), "'prompt' is required."),
    (nested(prompt=""), "'prompt' is required."),
    (nested(prompt=7), "'prompt' must be a string."),
    (nested(prompt=["a"]), "'prompt' must be a string."),
    (nested(prompt="x" * 5001), "'prompt' must be at most 5000 characters."),
    (flat(prompt="\u4e2d" * 5001), "'prompt' must be at most 5000 characters."),
    (without(flat(duration=8), "prompt"), "'prompt' is required."),
    (lacking("duration"), "'duration' is required."),
    (nested(duration=None), "'duration' is required."),
    (nested(duration=5), DURATION), (nested(duration=0), DURATION), (nested(duration=-4), DURATION),
    (nested(duration=8.5), DURATION), (nested(duration=10), DURATION),
    (nested(duration=16), DURATION), (nested(duration="8"), DURATION),
    (nested(duration=True), DURATION), (flat(duration=15), DURATION),
    (flat(duration=[8]), DURATION),
    (lacking("aspect_ratio"), "'aspect_ratio' is required."),
    ({**lacking("aspect_ratio"), "size": "1280x720"}, "'aspect_ratio' is required."),
    (nested(aspect_ratio=None), "'aspect_ratio' is required."),
    (nested(aspect_ratio="1:1"), RATIO), (nested(aspect_ratio="16x9"), RATIO),
    (nested(aspect_ratio=""), RATIO), (flat(aspect_ratio="4:3"), RATIO),
    (nested(aspect_ratio=169), "'aspect_ratio' must be a string."),
    (flat(size="1920x1080"), SIZE), (flat(size="720p"), SIZE), (flat(size=""), SIZE),
    (flat(size=720), "'size' must be a string."),
    (flat(size="720x1280", aspect_ratio="16:9"), "'size' conflicts with 'aspect_ratio'."),
    (nested(image_urls=["https://a.example/1", "https://a.example/2"]),
     "'image_urls' accepts only 1 image."),
    (nested(image_urls="https://a.example/1"), "'image_urls' must be an array of image URLs."),
    (nested(image_urls={}), "'image_urls' must be an array of image URLs."),
    (nested(image_urls=[None]), "'image_urls' must name an image by its URL."),
    (nested(image_urls=[7]), "'image_urls' must name an image by its URL."),
    (nested(image_urls=[{"href": "a"}]), "'image_urls' must name an image by its URL."),
    (flat(image_url="https://a.example/1", image_urls=["https://a.example/2"]),
     "'image_url' accepts only 1 image."),
    (flat(callback_url=7), "'callback_url' must be a string."),
    (flat(callback_url=""), CALLBACK), (flat(callback_url="your-server.com/hook"), CALLBACK),
    (flat(callback_url="ftp://a.example/"), CALLBACK),
    (flat(callback_url="https://u:p@a.example/"), CALLBACK),
    (flat(callback_url="https://a.example/" + "x" * 2048), CALLBACK),
    (flat(vitascope=7), "'vitascope': Expected object, received integer."),
    (flat(vitascope={"fps": 25}), "'vitascope.fps': Expected 24 or 30."),
    (flat(vitascope={"size": "1920x1080"}),
     "'vitascope.size': 1920x1080 is not a size of model sora-2."),
], ids=lambda value: json.dumps(value)[:70] if isinstance(value, dict) else None)
def test_a_wrong_field_is_named(traceless, body, message):
    refused(traceless.post(PATH, body), 400, "invalid_request", message)
    refused(traceless.post("/aivideoapi" + PATH, body), 400, "invalid_request", message)


@pytest.mark.parametrize("model", ("sora-3", "SORA-2", "sora-2 ", "veo-3", "x" * 3000))
def test_an_unknown_model_is_404(traceless, model):
    for body in (flat(model=model), {"model": model, "input": INPUT}):
        refused(traceless.post(PATH, body), 404, "model_not_found",
                f"Unknown model '{model}'" if len(model) < 200 else None)


@pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: repr(body[:30]))
def test_what_is_not_a_json_object_is_refused(traceless, body):
    refused(traceless.post(PATH, body), 400, "invalid_request")


def test_a_huge_body_is_413(traceless):
    body = b'{"prompt":"' + b"x" * BODY_BYTES_MAX + b'"}'
    refused(traceless.post(PATH, body), 413, "request_too_large")


@pytest.mark.parametrize("name,text", BAD_IMAGES, ids=[name for name, _ in BAD_IMAGES])
def test_an_image_that_cannot_be_used_is_refused(traceless, images, name, text):
    message = f"'image_urls': {text}." if text else None
    refused(traceless.post(PATH, nested(image_urls=[images[name]])), 400, "invalid_request",
            message)


@pytest.mark.parametrize("name,text", [
    ("small", "The image is 320x298 pixels; its shorter side must have at least 300"),
    ("wide", "The image is 760x302 pixels; its aspect ratio must be from 2:5 to 5:2"),
    ("tall", "The image is 302x760 pixels; its aspect ratio must be from 2:5 to 5:2"),
])
def test_an_image_beyond_the_documented_limits_is_refused(traceless, images, name, text):
    refused(traceless.post(PATH, flat(image_urls=[images[name]])), 400, "invalid_request",
            f"'image_urls': {text}.")


def test_an_image_is_not_fetched_for_a_request_that_is_wrong_anyway(traceless, images, receiver):
    asked = receiver.hits["/good.png"]
    for changes in ({"prompt": ""}, {"duration": 5}, {"vitascope": {"size": "1920x1080"}}):
        body = flat(image_urls=[images["good"]], **changes)
        assert traceless.post(PATH, body).status_code == 400
    body = flat(model="sora-3", image_urls=[images["good"]])
    refused(traceless.post(PATH, body), 404, "model_not_found")
    assert receiver.hits["/good.png"] == asked


def test_too_little_money_is_402_before_an_image_is_fetched(many, images, receiver):
    _, key = many.store.add_account("poor", 0.99)
    poor = Client(many, key=key)
    asked, jobs = receiver.hits["/good.png"], many.store.job_count()
    for body in (flat(), nested(), flat(image_urls=[images["good"]])):
        refused(poor.post(PATH, body), 402, "insufficient_credits",
                "Your credit balance is too low. Please top up.")
    assert receiver.hits["/good.png"] == asked and many.store.job_count() == jobs
    assert poor.get("/v1/credits").json()["data"] == {
        "balance": 198, "total_purchased": 198, "total_consumed": 0}


@pytest.mark.parametrize("path", ("/v1/credits", f"/v1/tasks/{rig.UNKNOWN_ID}"))
@pytest.mark.parametrize("header", ("Authorization", "X-API-Key"))
def test_a_key_must_start_with_sk(client, path, header):
    def ask(key):
        value = "Bearer " + key if header == "Authorization" else key
        return requests.get(client.url + path, headers={header: value}, timeout=rig.WAIT_S)

    keys = rig.spellings(client.key)
    assert ask(keys["sk-"]).status_code in (200, 404)
    for key in (keys["afk_"], keys["sk-"][3:], "sk-", "sk-" + "A" * 43, "nonsense"):
        refused(ask(key), 401, "invalid_api_key", "The API key is invalid.")


def test_a_create_with_the_other_spelling_of_the_key_is_401(traceless):
    key = rig.spellings(traceless.key)["afk_"]
    for prefix in ("", "/aivideoapi"):
        answer = traceless.post(prefix + PATH, FLAT, Authorization="Bearer " + key)
        refused(answer, 401, "invalid_api_key", "The API key is invalid.")


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "Bearer"},
                                     {"Authorization": "Basic dXNlcjpwYXNz"}])
def test_no_key_is_401(many, headers):
    answer = requests.post(many.url + PATH, json=FLAT, headers=headers, timeout=rig.WAIT_S)
    refused(answer, 401, "invalid_api_key",
            "An API key is required: send 'Authorization: Bearer sk-...'.")


def test_a_disabled_key_is_401(many):
    _, key = many.store.add_account("disabled", 1)
    many.store.change(("UPDATE keys SET disabled = 1 WHERE name = 'disabled'",))
    refused(Client(many, key=key).get("/v1/credits"), 401, "invalid_api_key",
            "The API key is disabled.")


@pytest.mark.parametrize("id_", (str(rig.UNKNOWN_ID), "nonsense", "gen_xxxxxxxxxxxx", "1",
                                 "video_" + rig.UNKNOWN_ID.hex, "%20", "x" * 500))
def test_an_unknown_task_is_404(client, id_):
    refused(client.get("/v1/tasks/" + id_), 404, "task_not_found",
            "The task ID does not exist.")


def test_anothers_task_is_unknown(many, client):
    task = client.post(PATH, FLAT).json()["data"]["taskId"]
    _, key = many.store.add_account("another", 1)
    other = Client(many, key=key)
    for path in ("/v1/tasks/", "/aivideoapi/v1/tasks/"):
        refused(other.get(path + task), 404, "task_not_found", "The task ID does not exist.")
        assert client.get(path + task).status_code == 200


@pytest.mark.parametrize("method,path,allow", [
    ("PUT", PATH, "POST"), ("DELETE", "/aivideoapi" + PATH, "POST"), ("POST", "/v1/tasks/1", "GET"),
    ("DELETE", "/v1/tasks/1", "GET"), ("POST", "/v1/credits", "GET"),
])
def test_another_method_is_405(traceless, method, path, allow):
    answer = traceless.request(method, path)
    refused(answer, 405, "method_not_allowed")
    assert allow in answer.headers["Allow"]


def test_an_unknown_path_behind_the_prefix_is_404_in_the_dialect(client):
    refused(client.get("/aivideoapi/v2/jobs/1"), 404, "not_found",
            "Not found: /aivideoapi/v2/jobs/1")


def test_another_body_under_an_idempotency_key_is_409(client):
    header = {"Idempotency-Key": uuid.uuid4().hex}
    first = client.post(PATH, FLAT, **header)
    jobs = client.store.job_count()
    assert client.post(PATH, FLAT, **header).json() == first.json()
    refused(client.post(PATH, flat(duration=4), **header), 409, "conflict")
    refused(client.post(PATH, FLAT, **{"Idempotency-Key": "k" * 256}), 400, "invalid_request")
    assert client.store.job_count() == jobs


def test_the_ledger_is_right_after_all_that(many):
    many.store.rest()
    many.verify()

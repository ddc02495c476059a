# SPDX-License-Identifier: Apache-2.0
"""What UniAll's dialect refuses: with which status, code and words, and without a trace."""
import json
import uuid

import pytest
import requests

import rig
from vendors import (BAD_IMAGES, BODY_BYTES_MAX, NO_OBJECTS, Client, client,  # noqa: F401
                     hooks, images, many, traceless)

PATH = "/v1/video/generations"
ARTICLE = "/v1/videos/generations"
TYPES = {"invalid_request": "invalid_request_error", "invalid_api_key": "authentication_error",
         "insufficient_credits": "billing_error", "model_not_found": "invalid_request_error",
         "task_not_found": "invalid_request_error", "not_found": "invalid_request_error",
         "method_not_allowed": "invalid_request_error", "conflict": "invalid_request_error",
         "request_too_large": "invalid_request_error"}
DURATION = "must be 4, 8, 12, 16, or 20"
RATIO = "must be 16:9 or 9:16"


def refused(answer, status, code, param=None, message=None):
    """Exactly our superset of the forms of its kind; any sentence where none is given."""
    told = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    said = told["message"]
    assert told == {"error": {"message": said, "type": TYPES[code], "param": param, "code": code},
                    "code": code, "message": said, "data": None}
    assert isinstance(said, str) and said
    assert message is None or said == message


def body(model="sora2", **more):
    made = {"model": model, "prompt": "ok a cat", **more}
    return {key: value for key, value in made.items() if value != "MISSING"}


@pytest.mark.parametrize("wrong,param,text", [
    ({}, "model", "is required"), (body("MISSING"), "model", "is required"),
    (body(None), "model", "is required"), (body(""), "model", "is required"),
    (body(4), "model", "must be a string"), (body({"id": "sora2"}), "model", "must be a string"),
    (body(prompt="MISSING"), "prompt", "is required"), (body(prompt=None), "prompt", "is required"),
    (body(prompt=""), "prompt", "is required"), (body(prompt=3), "prompt", "must be a string"),
    (body(prompt="x" * 32001), "prompt", "must be at most 32000 characters"),
    (body(duration=5), "duration", DURATION), (body(duration=0), "duration", DURATION),
    (body(duration=10), "duration", DURATION), (body(duration=15), "duration", DURATION),
    (body(duration=24), "duration", DURATION), (body(duration=4.5), "duration", DURATION),
    (body(duration="5s"), "duration", DURATION), (body(duration="8 s"), "duration", DURATION),
    (body(duration="s"), "duration", DURATION), (body(duration=""), "duration", DURATION),
    (body(duration="eight"), "duration", DURATION), (body(duration=True), "duration", DURATION),
    (body(duration=[8]), "duration", DURATION),
    (body("sora2-portrait-12s", duration=7), "duration", DURATION),
    (body(aspect_ratio="1:1"), "aspect_ratio", RATIO),
    (body(aspect_ratio=""), "aspect_ratio", RATIO),
    (body(aspect_ratio="portrait"), "aspect_ratio", RATIO),
    (body(aspect_ratio=9), "aspect_ratio", "must be a string"),
    (body("sora2-portrait-4s", aspect_ratio="16:9"), "aspect_ratio",
     "conflicts with model 'sora2-portrait-4s'"),
    (body("sora2-portrait-12s", aspect_ratio="16:9"), "aspect_ratio",
     "conflicts with model 'sora2-portrait-12s'"),
    (body("sora2-landscape-8s", aspect_ratio="9:16"), "aspect_ratio",
     "conflicts with model 'sora2-landscape-8s'"),
    (body("sora2-landscape-8s", size="720x1280"), "size",
     "conflicts with model 'sora2-landscape-8s'"),
    (body(size="1920x1080"), "size", "must be 1280x720 or 720x1280"),
    (body("sora2-pro-1080p", size="1920x1080"), "size", "must be 1792x1024 or 1024x1792"),
    (body(size="720x1280", aspect_ratio="16:9"), "size", "conflicts with 'aspect_ratio'"),
    (body(seconds="4", duration=8), "seconds", "conflicts with 'duration'"),
    (body(seconds="5"), "seconds", DURATION),
    (body(resolution="1080p"), "resolution", "conflicts with model 'sora2'"),
    (body("sora2-pro-1080p", resolution="true_1080p"), "resolution",
     "conflicts with model 'sora2-pro-1080p'"),
    (body(resolution="4k"), "resolution", "must be 720p, 1080p, or true_1080p"),
    (body(resolution=720), "resolution", "must be a string"),
    (body(image_url=["https://a.example/1"]), "image_url", "must be a string"),
    (body(image_url="https://a.example/1", input_reference="https://a.example/2"),
     "input_reference", "conflicts with 'image_url'"),
    (body(input_reference={"file_id": "file-1"}), "input_reference",
     "must name an image by its URL"),
    (body(input_reference=7), "input_reference", "must name an image by its URL"),
    (body(generation_mode="video_to_video"), "generation_mode",
     "must be text_to_video or reference_image_to_video"),
    (body(generation_mode=1), "generation_mode", "must be a string"),
    (body(generation_mode="reference_image_to_video"), "image_url", "is required"),
    (body(generation_mode="text_to_video", image_url="https://a.example/1"), "generation_mode",
     "conflicts with 'image_url'"),
    (body(video_count=2), "video_count", "must be 1"),
    (body(video_count="1"), "video_count", "must be 1"),
], ids=lambda value: json.dumps(value)[:70] if isinstance(value, dict) else None)
def test_a_wrong_field_is_named(traceless, wrong, param, text):
    message = f"'{param}' {text}."
    for path in (PATH, "/uniall" + PATH, "/uniall" + ARTICLE):
        refused(traceless.post(path, wrong), 400, "invalid_request", param, message)
    if str(wrong.get("model")).startswith("sora2"):  # else the shared path is another's
        refused(traceless.post(ARTICLE, wrong), 400, "invalid_request", param, message)


@pytest.mark.parametrize("model", ("sora2-portrait-16s", "sora2-square-4s", "sora2-pro", "Sora2",
                                   "sora2-pro-4k", "sora3", "veo-3.1"))
def test_an_unknown_model_is_404(traceless, model):
    refused(traceless.post(PATH, body(model)), 404, "model_not_found", "model",
            f"Unknown model '{model}'")


@pytest.mark.parametrize("raw", NO_OBJECTS, ids=lambda raw: repr(raw[:30]))
def test_what_is_not_a_json_object_is_refused(traceless, raw):
    refused(traceless.post(PATH, raw), 400, "invalid_request")


def test_a_huge_body_is_413(traceless):
    raw = b'{"prompt":"' + b"x" * BODY_BYTES_MAX + b'"}'
    refused(traceless.post(PATH, raw), 413, "request_too_large")


@pytest.mark.parametrize("name,text", BAD_IMAGES, ids=[name for name, _ in BAD_IMAGES])
def test_an_image_that_cannot_be_used_is_refused(traceless, images, name, text):
    message = f"'image_url': {text}." if text else None
    refused(traceless.post(PATH, body(image_url=images[name])), 400, "invalid_request",
            "image_url", message)


def test_too_little_money_is_402_before_an_image_is_fetched(many, images, receiver):
    _, key = many.store.add_account("poor", 0.271)
    poor = Client(many, key=key)
    asked, jobs = receiver.hits["/good.png"], many.store.job_count()
    for wanted in (body(), body(image_url=images["good"])):
        refused(poor.post(PATH, wanted), 402, "insufficient_credits", None,
                "Your credit balance is too low. Please top up.")
    assert receiver.hits["/good.png"] == asked and many.store.job_count() == jobs


@pytest.mark.parametrize("headers,message", [
    ({}, "An API key is required: send 'Authorization: Bearer sk-...'."),
    ({"Authorization": "Bearer sk-***"}, "The API key is invalid."),
    ({"Authorization": "Bearer sk-" + "A" * 43}, "The API key is invalid."),
])
def test_a_wrong_key_is_401(many, headers, message):
    jobs = many.store.job_count()
    for path in (PATH, "/uniall" + ARTICLE):
        answer = requests.post(many.url + path, json=body(), headers=headers, timeout=rig.WAIT_S)
        refused(answer, 401, "invalid_api_key", None, message)
    assert many.store.job_count() == jobs


def test_a_disabled_key_is_401(many):
    _, key = many.store.add_account("disabled", 1)
    many.store.change(("UPDATE keys SET disabled = 1 WHERE name = 'disabled'",))
    refused(Client(many, key=key).get("/v1/balance"), 401, "invalid_api_key", None,
            "The API key is disabled.")


@pytest.mark.parametrize("path", ("/uniall/v1/videos/", "/v1/video/generations/"))
@pytest.mark.parametrize("id_", ("gen_" + rig.UNKNOWN_ID.hex, "gen_xxxxxxxxxxxx", "nonsense", "%20"))
def test_an_unknown_job_is_404(client, path, id_):
    refused(client.get(path + id_), 404, "task_not_found", "id", "The task ID does not exist.")
    if id_.startswith("gen_"):
        refused(client.get("/v1/videos/" + id_), 404, "task_not_found", "id",
                "The task ID does not exist.")


def test_anothers_job_is_unknown(many, client):
    job = client.post(PATH, body()).json()["id"]
    _, key = many.store.add_account("another", 1)
    other = Client(many, key=key)
    for path in ("/v1/videos/", "/uniall/v1/videos/", "/v1/video/generations/"):
        assert other.get(path + job).status_code == 404
        assert client.get(path + job).status_code == 200


@pytest.mark.parametrize("method,path", [
    ("GET", PATH), ("PUT", PATH), ("DELETE", PATH), ("POST", "/v1/balance"),
    ("POST", "/v1/dashboard/billing/usage"),
])
def test_another_method_is_405(traceless, method, path):
    refused(traceless.request(method, path), 405, "method_not_allowed")


def test_another_body_under_an_idempotency_key_is_409(client):
    header = {"Idempotency-Key": uuid.uuid4().hex}
    first = client.post(PATH, body(), **header).json()
    jobs = client.store.job_count()
    assert client.post(PATH, body(), **header).json()["id"] == first["id"]
    refused(client.post(PATH, body(duration=8), **header), 409, "conflict", "Idempotency-Key")
    assert client.store.job_count() == jobs


def test_the_ledger_is_right_after_all_that(many):
    many.store.rest()
    many.verify()

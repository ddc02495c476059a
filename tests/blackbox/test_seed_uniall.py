# SPDX-License-Identifier: Apache-2.0
"""UniAll's own examples run against us, and the answers have the shapes its page shows."""
import json
import re

import pytest
import requests

import rig
from vendors import client, has_first_frame, hooks, images, many, run_example  # noqa: F401


@pytest.fixture
def example(many, receiver, images, tmp_path):  # noqa: F811
    def run(title, job="gen_xxxxxxxxxxxx"):
        return json.loads(run_example("uniall.md", title, {
            "{BASE_URL}": many.url, "sk-***": rig.spellings(many.key)["sk-"],
            "gen_xxxxxxxxxxxx": job, "https://example.com": receiver.url}, tmp_path))

    return run


def test_the_example_makes_an_upright_video_of_twelve_seconds(client, example, receiver):
    asked = receiver.hits["/image.jpg"]
    answer = example("004: submit")
    id_ = answer["id"]
    assert re.fullmatch(r"gen_[0-9a-f]{32}", id_)
    assert isinstance(answer["created_at"], int)
    assert answer == {"id": id_, "object": "video.generation.job", "model": "sora2",
                      "status": "queued", "progress": 0, "created_at": answer["created_at"],
                      "seconds": "12", "task_id": id_}
    client.end_of("/v1/videos/" + id_)
    shown = example("004: query", id_)
    assert shown == {"id": id_, "object": "video.generation.job", "model": "sora2-portrait-12s",
                     "status": "completed", "progress": 100, "video_url": shown["video_url"],
                     "seconds": "12", "created_at": answer["created_at"],
                     "completed_at": shown["completed_at"], "task_id": id_}
    video = requests.get(shown["video_url"], timeout=rig.WAIT_S)
    assert (video.status_code, video.headers["Content-Type"]) == (200, "video/mp4")
    assert b'"width": 720' in video.content and b'"seconds": 12' in video.content
    assert has_first_frame(shown["video_url"]) and receiver.hits["/image.jpg"] == asked + 1


def test_a_job_is_in_progress_before_it_is_completed(client, films):
    id_ = client.post("/v1/video/generations", {
        "model": "sora2", "prompt": "gate:uniall a cat"}).json()["id"]
    assert rig.until(lambda: client.get("/v1/videos/" + id_).json()["progress"] == 42)
    shown = client.get("/v1/videos/" + id_).json()
    assert shown["status"] == "in_progress"
    assert "video_url" not in shown and "completed_at" not in shown
    films.open_gate("uniall")
    assert client.end_of("/v1/videos/" + id_)["status"] == "completed"


def test_a_failed_job_says_why_and_costs_nothing(client):
    before = client.get("/v1/balance").json()
    id_ = client.post("/v1/video/generations", {
        "model": "sora2-landscape-8s", "prompt": "fail:refused a cat"}).json()["id"]
    shown = client.end_of("/v1/videos/" + id_)
    assert shown["status"] == "failed"
    assert shown["error"] == {"message": "The film was refused.", "code": "upstream_error"}
    assert shown["message"] == "The film was refused."
    assert "video_url" not in shown
    assert client.get("/v1/balance").json() == before


@pytest.mark.parametrize("model,seconds,width,height,usd", [
    ("sora2-landscape-4s", 4, 1280, 720, 0.272), ("sora2-landscape-8s", 8, 1280, 720, 0.544),
    ("sora2-landscape-12s", 12, 1280, 720, 0.816), ("sora2-portrait-4s", 4, 720, 1280, 0.272),
    ("sora2-portrait-8s", 8, 720, 1280, 0.544), ("sora2-portrait-12s", 12, 720, 1280, 0.816),
    ("sora2-pro-720p", 4, 1280, 720, 0.816), ("sora2-pro-1080p", 4, 1792, 1024, 1.36),
    ("sora2-pro-true-1080p", 4, 1920, 1080, 1.904), ("sora2", 4, 1280, 720, 0.272),
])
def test_each_model_makes_what_its_name_says(client, model, seconds, width, height, usd):
    before = client.get("/v1/balance").json()["balance"]
    answer = client.post("/v1/video/generations", {"model": model, "prompt": "ok a cat"}).json()
    assert answer["model"] == (model if "pro" in model else "sora2")
    assert answer["seconds"] == str(seconds)
    shown = client.end_of("/v1/videos/" + answer["id"])
    assert shown["model"] == model
    film = requests.get(shown["video_url"], timeout=rig.WAIT_S).content.decode(errors="replace")
    for wanted in (f'"width": {width}', f'"height": {height}', f'"seconds": {seconds}'):
        assert wanted in film
    assert before - client.get("/v1/balance").json()["balance"] == pytest.approx(usd)


@pytest.mark.parametrize("body", [
    {"model": "sora2", "generation_mode": "text_to_video", "prompt": "ok a cat", "duration": 8,
     "aspect_ratio": "16:9", "resolution": "720p", "video_count": 1},
    {"model": "sora2-pro-1080p", "prompt": "ok a cat", "duration": 16, "resolution": "1080p",
     "aspect_ratio": "9:16"},
])
def test_the_articles_form_answers_in_both_shapes(client, body):
    answer = client.post("/v1/videos/generations", body)
    told = answer.json()
    assert answer.status_code == 200
    assert (told["code"], told["msg"]) == (200, "success")
    assert told["object"] == "video.generation.job" and told["status"] == "queued"
    assert told["model"] == body["model"] and told["seconds"] == str(body["duration"])
    assert told["id"] == "gen_" + told["data"]["taskId"].replace("-", "")
    assert client.end_of("/v1/videos/" + told["id"])["status"] == "completed"
    assert client.end_of("/v1/tasks/" + told["data"]["taskId"])["status"] == "completed"


def test_the_articles_form_takes_a_reference_image(client, images):
    told = client.post("/v1/videos/generations", {
        "model": "sora2", "generation_mode": "reference_image_to_video", "prompt": "ok a cat",
        "image_url": images["good"]}).json()
    assert has_first_frame(client.end_of("/v1/videos/" + told["id"])["video_url"])

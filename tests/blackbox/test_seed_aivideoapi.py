# SPDX-License-Identifier: Apache-2.0
"""AI Video API's own examples run against us, and the answers have the shapes its page shows."""
import json
import uuid

import pytest
import requests

import rig
from vendors import Client, client, has_first_frame, hooks, images, many, run_example  # noqa: F401

MOUNTAINS = "A drone shot flying over mountains at sunset, cinematic lighting"
DAY_S = 24 * 3600


@pytest.fixture
def example(many, receiver, hooks, images, tmp_path):  # noqa: F811
    def run(title, task="{taskId}"):
        return json.loads(run_example("aivideoapi.md", title, {
            "https://api.aivideoapi.ai": many.url, "{taskId}": task,
            "sk-your-api-key": rig.spellings(many.key)["sk-"],
            "https://example.com": receiver.url,
            "https://your-server.com": hooks.url}, tmp_path))

    return run


def submitted(answer):
    """The task's id, from exactly the documented answer."""
    task = answer["data"]["taskId"]
    assert answer == {"code": 200, "msg": "success", "data": {"taskId": task}}
    assert str(uuid.UUID(task)) == task
    return task


def test_the_landing_pages_flat_form_makes_a_video(client, example):
    task = client.end_of("/v1/tasks/" + submitted(example("002: create")))
    assert task["status"] == "completed"
    assert task["output"]["metadata"] == {
        "duration": 8, "prompt": "A realistic handheld shot of a city cafe at sunrise"}
    assert b'"height": 720' in requests.get(task["output"]["urls"][0], timeout=rig.WAIT_S).content


def test_the_doc_pages_text_form_makes_a_video(client, example):
    before = client.get("/v1/credits").json()["data"]
    id_ = submitted(example("003: text to video"))
    task = client.end_of("/v1/tasks/" + id_)
    url = task["output"]["urls"][0]
    assert task == {"id": id_, "status": "completed", "model": "sora-2",
                    "created_at": task["created_at"], "completed_at": task["completed_at"],
                    "output": {"urls": [url], "metadata": {"duration": 8, "prompt": MOUNTAINS}}}
    assert isinstance(task["created_at"], int) and isinstance(task["completed_at"], int)
    assert task["created_at"] <= task["completed_at"]
    video = requests.get(url, timeout=rig.WAIT_S)
    assert (video.status_code, video.headers["Content-Type"]) == (200, "video/mp4")
    after = client.get("/v1/credits").json()["data"]
    assert before["balance"] - after["balance"] == 200  # 8 s


def test_the_doc_pages_image_form_makes_a_video_and_tells_of_it(client, example, receiver, hooks):
    asked = receiver.hits["/photo.jpg"]
    id_ = submitted(example("003: image to video"))
    task = client.end_of("/v1/tasks/" + id_)
    assert task["status"] == "completed"
    assert task["output"]["metadata"] == {
        "duration": 4, "prompt": "Camera slowly pushes in, the person turns and smiles"}
    assert receiver.hits["/photo.jpg"] == asked + 1
    url = task["output"]["urls"][0]
    assert has_first_frame(url)
    assert b'"height": 1280' in requests.get(url, timeout=rig.WAIT_S).content
    assert rig.until(lambda: hooks.at("/webhook"))
    headers, body = hooks.at("/webhook")[0]
    assert json.loads(body) == task
    assert headers["X-Event"] == "task.completed" and headers["X-Task-Id"] == id_


def test_the_query_example_shows_each_state(client, example, films):
    id_ = submitted(client.post("/v1/videos/generations", {
        "model": "sora-2", "prompt": "gate:aivideo a coast"}).json())
    assert rig.until(lambda: example("003: query", id_)["status"] == "processing")
    shown = example("003: query", id_)
    assert shown == {"id": id_, "status": "processing", "model": "sora-2",
                     "created_at": shown["created_at"], "progress": None}
    films.open_gate("aivideo")
    assert client.end_of("/v1/tasks/" + id_)["status"] == "completed"
    shown = example("003: query", id_)
    assert set(shown) == {"id", "status", "model", "created_at", "completed_at", "output"}


def test_a_task_that_waits_is_pending(make_server, tmp_path):
    server = make_server(engine={"concurrency": 1})
    one = Client(server)
    first, second = (submitted(one.post("/v1/videos/generations", {
        "model": "sora-2", "prompt": "gate:pending a coast"}).json()) for _ in range(2))
    shown = one.get("/v1/tasks/" + second).json()
    assert shown == {"id": second, "status": "pending", "model": "sora-2",
                     "created_at": shown["created_at"], "progress": None}
    server.films.open_gate("pending")
    assert one.end_of("/v1/tasks/" + first)["status"] == "completed"
    assert one.end_of("/v1/tasks/" + second)["status"] == "completed"


def test_a_failed_task_says_so_as_documented_and_costs_nothing(client):
    before = client.get("/v1/credits").json()
    id_ = submitted(client.post("/v1/videos/generations", {
        "model": "sora-2", "prompt": "fail:refused a coast"}).json())
    task = client.end_of("/v1/tasks/" + id_)
    assert task == {"id": id_, "status": "failed", "model": "sora-2",
                    "created_at": task["created_at"],
                    "error": {"code": "upstream_error", "message": "The film was refused."}}
    assert client.get("/v1/credits").json() == before


def test_links_hold_for_24_hours(client):
    id_ = submitted(client.post("/v1/videos/generations", {
        "model": "sora-2", "prompt": "ok a coast"}).json())
    task = client.end_of("/v1/tasks/" + id_)
    expires = int(task["output"]["urls"][0].split("expires=")[1].split("&")[0])
    assert abs(expires - task["completed_at"] - DAY_S) <= 1


@pytest.mark.parametrize("seconds,credits", [(4, 100), (8, 200), (12, 300)])
def test_each_length_costs_the_credits_of_the_page(client, seconds, credits):
    before = client.get("/v1/credits").json()["data"]["balance"]
    client.end_of("/v1/tasks/" + submitted(client.post("/v1/videos/generations", {
        "model": "sora-2", "input": {"prompt": "ok a coast", "duration": seconds,
                                     "aspect_ratio": "9:16"}}).json()))
    assert before - client.get("/v1/credits").json()["data"]["balance"] == credits


def test_the_callback_of_a_failed_task_is_the_task(client, hooks):
    id_ = submitted(client.post("/v1/videos/generations", {
        "model": "sora-2", "prompt": "fail:refused a coast",
        "callback_url": hooks.url + "/failed"}).json())
    task = client.end_of("/v1/tasks/" + id_)
    assert set(task) == {"id", "status", "model", "created_at", "error"}
    assert set(task["error"]) == {"code", "message"}
    assert rig.until(lambda: hooks.at("/failed"))
    headers, body = hooks.at("/failed")[0]
    assert json.loads(body) == task and headers["X-Event"] == "task.failed"

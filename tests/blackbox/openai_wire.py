# SPDX-License-Identifier: Apache-2.0
"""What the tests of OpenAI's dialect share: raw requests, and the shape of what comes back."""
import contextlib
import json
import re
import time

import pytest
import requests

import rig

VIDEO_KEYS = {"id", "object", "model", "status", "progress", "created_at", "completed_at",
              "expires_at", "prompt", "size", "seconds", "remixed_from_video_id", "error"}


class Client:
    """Requests with a key as OpenAI's SDKs send it."""

    def __init__(self, server, key=None, prefix=""):
        self.server, self.store = server, server.store
        self.key = key or rig.spellings(server.key)["sk-"]
        self.url = server.url + prefix

    def request(self, method, path, **more):
        headers = {"Authorization": "Bearer " + self.key, **more.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=rig.WAIT_S, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, body, path="/v1/videos", **headers):
        """body is an object or bytes, which are said to be JSON too."""
        data = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self.request("POST", path, headers={"Content-Type": "application/json", **headers},
                            **data)

    def create(self, prompt="ok a coast", **members):
        answer = self.post({"prompt": prompt, **members})
        assert answer.status_code == 200, answer.text
        return video(answer.json())

    def end_of(self, id_, seconds=rig.JOB_S):
        def end():
            shown = self.get("/v1/videos/" + id_).json()
            return shown if shown["status"] in ("completed", "failed") else None

        found = rig.until(end, seconds)
        assert found, "not over in time"
        return video(found)


@contextlib.contextmanager
def traceless(server):
    """What is done within must leave no job, no money moved, no file taken up."""
    def traces():
        return (server.store.job_count(), server.store.balance(), server.store.asset_count(),
                server.store.query("SELECT count(*) FROM ledger"))

    server.store.rest()
    before = traces()
    yield
    assert traces() == before


def video(shown):
    """A Video object is complete and plausible, whatever its status."""
    assert set(shown) == VIDEO_KEYS
    assert re.fullmatch(r"video_[0-9a-f]{32}", shown["id"]) and shown["object"] == "video"
    assert shown["status"] in ("queued", "in_progress", "completed", "failed")
    assert type(shown["progress"]) is int and 0 <= shown["progress"] <= 100
    assert type(shown["created_at"]) is int and abs(shown["created_at"] - time.time()) < 3600
    assert isinstance(shown["seconds"], str) and re.fullmatch(r"\d+x\d+", shown["size"])
    done = shown["status"] == "completed"
    for key in ("completed_at", "expires_at"):
        assert (type(shown[key]) is int) if done else shown[key] is None
    if shown["status"] == "failed":
        assert set(shown["error"]) == {"code", "message"}
    else:
        assert shown["error"] is None
    return shown


def refused(answer, status, code, param, type_="invalid_request_error", message=None):
    """An error in OpenAI's envelope, all four members there."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["x-request-id"].startswith("req_")
    told = answer.json()
    assert set(told) == {"error"} and set(told["error"]) == {"message", "type", "param", "code"}
    told = told["error"]
    assert (told["code"], told["param"], told["type"]) == (code, param, type_), told
    assert isinstance(told["message"], str) and told["message"]
    if message is not None:
        assert told["message"] == message
    return told


def made_of(client, shown):
    """What the film worker was asked for."""
    assert client.end_of(shown["id"])["status"] == "completed"
    film = client.get(f"/v1/videos/{shown['id']}/content").content
    return json.loads(re.search(rb'\{.*"width": \d+\}', film).group())


@pytest.fixture(scope="module")
def source(shared):
    client = Client(shared)
    return client.end_of(client.create("ok a coast", seconds="8", size="1280x720",
                                       model="sora-2-pro")["id"])

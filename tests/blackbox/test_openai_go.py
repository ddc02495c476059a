# SPDX-License-Identifier: Apache-2.0
"""The newest openai-go, as a program that uses it (openai_go/main.go) finds us.

It is fetched from the module proxy and built once below the build folder. Where there is no Go, or
one that is too old for it, the tests are skipped and say why.
"""
import base64
import json
import os
import shutil
import subprocess
import uuid

import pytest

import rig
from openai_wire import VIDEO_KEYS, Client
from test_openai_webhooks import hooked, hooks, told  # noqa: F401

SOURCE = os.path.join(rig.ROOT, "tests", "blackbox", "openai_go", "main.go")
FOLDER = os.path.join(rig.BUILD, "sdk", "go")
MODULE = "github.com/openai/openai-go/v3"
BUILD_S, RUN_S = 900, 120


def is_fresh(program):
    return os.path.exists(program) and os.path.getmtime(program) > os.path.getmtime(SOURCE)


@pytest.fixture(scope="session")
def program():
    """The built program. Without optimisation: that halves the minute that it takes."""
    program = os.path.join(FOLDER, "client")
    if is_fresh(program):
        return program
    if not shutil.which("go"):
        pytest.skip("openai-go cannot be installed: there is no go")
    os.makedirs(FOLDER, exist_ok=True)
    shutil.copy(SOURCE, FOLDER)
    with open(os.path.join(FOLDER, "go.mod"), "w", encoding="utf-8") as file:
        file.write("module vitascope/client\n\ngo 1.22\n")
    env = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    for command in (["go", "get", MODULE + "@latest"],
                    ["nice", "go", "build", "-gcflags=all=-N -l", "-o", "client", "."]):
        try:
            done = subprocess.run(command, cwd=FOLDER, env=env, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=BUILD_S)
        except (OSError, subprocess.TimeoutExpired) as reason:
            pytest.skip(f"openai-go cannot be installed: {reason}")
        if done.returncode:
            pytest.skip(f"openai-go cannot be installed: {done.stderr[-300:]}")
    return program


def run(program, client, task, argument=""):
    env = {**os.environ, "OPENAI_API_KEY": client.key, "OPENAI_BASE_URL": client.url + "/v1"}
    done = subprocess.run([program, task, argument], env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=RUN_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def in_go(program, server):
    client = Client(server, key=server.store.add_account("go", 1000)[1])
    return lambda task, argument="": run(program, client, task, argument)


def test_go_creates_polls_and_downloads(in_go):
    said = in_go("create")
    video, (type_, size) = said["video"], said["content"]
    assert set(video) == VIDEO_KEYS
    assert (video["status"], video["seconds"], video["size"]) == ("completed", "8", "1280x720")
    assert type_ == "video/mp4" and size > 500


def test_go_walks_lists_and_deletes(in_go):
    said = in_go("walk")
    assert len(said["made"]) == 5 and said["forward"] == said["made"]
    assert said["back"] == said["made"][::-1]
    assert said["deleted"] is True and said["left"] == said["made"][:0:-1]


def test_go_sends_a_first_frame_and_remixes(in_go, tmp_path):
    path = tmp_path / "first.png"
    image = rig.picture(path, size="720x1280")
    (tmp_path / "first.png.base64").write_text(base64.b64encode(image).decode())
    said = in_go("from", str(path))
    assert all(type_ == "video/mp4" and size > 500 for type_, size in said["sizes"])
    assert (said["from"], said["status"]) == (said["source"], "completed")


def test_go_finds_the_errors_it_should(in_go):
    assert in_go("refuse") == [[400, "invalid_value", "seconds"], [400, "invalid_value", "model"],
                               [404, "not_found", "video_id"], [404, "not_found", "video_id"],
                               [401, "invalid_api_key", ""]]


def test_go_keeps_endpoints_and_verifies_what_they_get(program, hooked, hooks):  # noqa: F811
    client = Client(hooked, key=hooked.store.add_account(f"go {uuid.uuid4()}", 1000)[1])
    path = f"/go/{uuid.uuid4()}"
    made = run(program, client, "endpoints", hooks.url + path)
    assert made["listed"] == [made["id"]]
    headers, body = told(hooks, path)[0]
    letters = [{"headers": headers, "body": text, "secret": secret} for text, secret in (
        (body.decode(), made["secret"]), (body.decode() + " ", made["secret"]),
        (body.decode(), "whsec_" + base64.b64encode(b"another").decode()))]
    event, *others = run(program, client, "unwrap", json.dumps(letters))
    assert (event["type"], event["data"]["id"]) == ("video.completed", made["video"])
    assert others == ["refused", "refused"]

# SPDX-License-Identifier: Apache-2.0
"""Apiframe's own examples run against us: only host, key, JOB_ID and the image's host differ."""
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import uuid

import pytest
import requests

import rig

SEEDS = os.path.join(os.path.dirname(__file__), "seeds", "apiframe.md")
LANGUAGES = ("sh", "py", "mjs")
PROGRAMS = {"sh": ["bash"], "py": [sys.executable], "mjs": ["node"]}

TOKYO = "a cinematic dolly shot of neon-lit Tokyo streets in the rain"
SUNRISE = "a cinematic sunrise over a futuristic cityscape, smooth camera push-in"


def snippet(title, language):
    with open(SEEDS, encoding="utf-8") as file:
        section = file.read().split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL).group(1)


@pytest.fixture
def run_snippet(server, receiver, pictures, tmp_path):
    def run(title, language, job="JOB_ID"):
        if not shutil.which(PROGRAMS[language][0]):
            pytest.skip(f"{PROGRAMS[language][0]} is not installed")
        receiver.routes["/input.jpg"] = pictures["jpeg"]
        text = snippet(title, language)
        for ours, theirs in ((server.url, "https://api.apiframe.ai"), (job, "JOB_ID"),
                             (rig.spellings(server.key)["afk_"], "afk_your_api_key_here"),
                             (receiver.url, "https://example.com")):
            text = text.replace(theirs, ours)
        path = tmp_path / f"snippet.{language}"
        path.write_text(text)
        result = subprocess.run([*PROGRAMS[language], str(path)], capture_output=True, text=True,
                                timeout=rig.WAIT_S, stdin=subprocess.DEVNULL)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout.strip()

    return run


def read_printed(text, language):
    """What the example printed: JSON, a Python dict, or Node's way to show an object."""
    if language == "sh":
        return json.loads(text)
    if language == "py":
        return ast.literal_eval(text)
    return ast.literal_eval(re.sub(r"(\w+): ", r"'\1': ", text))


def submitted(text, language):
    """The job's id, from an answer of exactly the documented two members."""
    answer = read_printed(text, language)
    assert set(answer) == {"jobId", "status"}
    assert answer["status"] == "QUEUED"
    assert str(uuid.UUID(answer["jobId"])) == answer["jobId"]
    return answer["jobId"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_doc_page_creates_a_video_of_twelve_seconds(run_snippet, server, language):
    job = server.wait_for(submitted(run_snippet("000: create", language), language), "COMPLETED")
    assert job["model"] == "sora-2"
    assert job["creditCost"] == 12
    assert job["input"]["prompt"] == TOKYO
    assert job["input"]["duration"] == 12
    assert job["input"]["aspect_ratio"] == "16:9"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_landing_page_creates_a_video_from_an_image(run_snippet, server, receiver, language):
    asked = receiver.hits["/input.jpg"]
    printed = run_snippet("001: create", language)
    # Its JavaScript prints the id alone.
    job = server.wait_for(printed if language == "mjs" else submitted(printed, language),
                          "COMPLETED")
    assert job["creditCost"] == 4
    assert job["input"]["prompt"] == SUNRISE
    assert job["input"]["start_image"] == receiver.url + "/input.jpg"
    assert receiver.hits["/input.jpg"] == asked + 1
    film = requests.get(job["result"]["videoUrl"], timeout=rig.WAIT_S).content
    assert b'"first_frame": "/' in film  # the engine was given a picture


def test_the_submission_answers_202(server):
    # What the examples print does not show it.
    answer = server.create({"prompt": TOKYO, "model": "sora-2",
                            "soraParams": {"duration": 12, "aspect_ratio": "16:9"}})
    assert answer.status_code == 202
    assert answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.json()) == {"jobId", "status"}


def test_the_polling_curl_shows_the_job(run_snippet, server, films):
    job = server.submit("gate:curl a coast")
    server.wait_for(job, "PROCESSING")
    shown = json.loads(run_snippet("001: poll", "sh", job))
    assert (shown["id"], shown["status"], shown["result"]) == (job, "PROCESSING", None)
    films.open_gate("curl")
    server.wait_for(job, "COMPLETED")
    shown = json.loads(run_snippet("001: poll", "sh", job))
    assert shown["status"] == "COMPLETED"
    assert requests.get(shown["result"]["videoUrl"], timeout=rig.WAIT_S).status_code == 200


@pytest.mark.parametrize("language", ("py", "mjs"))
def test_the_polling_loop_waits_for_the_video(run_snippet, server, language):
    job = server.submit("slow:1 a coast")
    result = read_printed(run_snippet("001: poll", language, job), language)
    assert result["videoUrl"] == server.job(job)["result"]["videoUrl"]
    video = requests.get(result["videoUrl"], timeout=rig.WAIT_S)
    assert (video.status_code, video.headers["Content-Type"]) == (200, "video/mp4")


@pytest.mark.parametrize("language", ("py", "mjs"))
def test_the_polling_loop_ends_when_a_job_fails(run_snippet, server, language):
    job = server.submit("fail:refused a coast")
    printed = run_snippet("001: poll", language, job)
    assert printed == {"py": "None", "mjs": "null"}[language]
    assert server.job(job)["status"] == "FAILED"


@pytest.mark.parametrize("seconds", (4, 8, 10, 12, 15))
def test_each_length_costs_the_credits_of_the_page(server, seconds):
    before = server.request("GET", "/v2/me").json()["team"]["credits"]
    job = server.finish({"model": "sora-2", "prompt": "ok a coast",
                         "soraParams": {"duration": seconds, "resolution": "standard"}})
    assert (job["creditCost"], job["input"]["duration"]) == (seconds, seconds)
    assert before - server.request("GET", "/v2/me").json()["team"]["credits"] == seconds

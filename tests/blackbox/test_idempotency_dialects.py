# SPDX-License-Identifier: Apache-2.0
"""Idempotency-Key on every request that makes a job: once a job and a hold, however often and
however many at once; another body is refused in the dialect's own shape."""
import http.client
import json
import uuid

import pytest
import requests

import rig
from shapes import CONFLICT, told

AT_ONCE = 200
PROMPT = {"prompt": "ok a coast"}
SORA = {"model": "sora-2", **PROMPT}

# By name: dialect, path, a body of the source video's id, and where the job's id is in the answer.
CREATES = {
    "apiframe": ("apiframe", "/v2/videos/generate", lambda _: SORA, lambda a: a["jobId"]),
    "openai": ("openai", "/v1/videos", lambda _: SORA, lambda a: a["id"]),
    "remix": ("openai", "/v1/videos/{source}/remix", lambda _: PROMPT, lambda a: a["id"]),
    "edit": ("openai", "/v1/videos/edits", lambda source: {**PROMPT, "video": {"id": source}},
             lambda a: a["id"]),
    "extension": ("openai", "/v1/videos/extensions",
                  lambda source: {**PROMPT, "seconds": "4", "video": {"id": source}},
                  lambda a: a["id"]),
    "aivideoapi": ("aivideoapi", "/v1/videos/generations",
                   lambda _: {"model": "sora-2", "input": {**PROMPT, "duration": 4,
                                                           "aspect_ratio": "16:9"}},
                   lambda a: a["data"]["taskId"]),
    "uniall": ("uniall", "/v1/video/generations", lambda _: {"model": "sora2", **PROMPT},
               lambda a: a["id"]),
    "uniall articles": ("uniall", "/v1/videos/generations",
                        lambda _: {"model": "sora2", **PROMPT, "duration": 4,
                                   "generation_mode": "text_to_video"},
                        lambda a: a["data"]["taskId"]),
}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server that knows the models of all dialects."""
    folder = tmp_path_factory.mktemp("idempotency")
    config = {"engines": [rig.Films(folder / "films").engine(name="diorama", concurrency=3)]}
    server = rig.Server(folder, config).start()
    server.source = "video_" + server.finish("ok a source")["id"].replace("-", "")
    yield server
    server.end()


class Create:
    def __init__(self, server, name):
        self.server = server
        self.dialect, path, self.body_of, self.id_of = CREATES[name]
        self.path = "/" + self.dialect + path.format(source=server.source)
        self.body = self.body_of(server.source)
        self.key = str(uuid.uuid4())

    def headers(self):
        return {"Authorization": "Bearer " + self.server.key, "Idempotency-Key": self.key,
                "Content-Type": "application/json"}

    def send(self, body=None):
        return requests.post(self.server.url + self.path, json=body or self.body,
                             headers=self.headers(), timeout=rig.WAIT_S)

    def send_many(self, bodies):
        """All requests are on their way before the first answer is read: [(status, body)]."""
        connections = [http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=rig.WAIT_S)
                       for _ in bodies]
        for connection, body in zip(connections, bodies):
            connection.request("POST", self.path, json.dumps(body), self.headers())
        answers = [connection.getresponse() for connection in connections]
        told_all = [(answer.status, json.loads(answer.read())) for answer in answers]
        for connection in connections:
            connection.close()
        return told_all

    def jobs(self):
        return self.server.store.query("SELECT id FROM jobs ORDER BY id")


@pytest.fixture(params=CREATES)
def create(own, request):
    return Create(own, request.param)


def test_the_same_request_is_the_same_job_and_one_hold(own, create):
    before = create.jobs()
    answers = [create.send() for _ in range(3)]
    assert len({answer.status_code for answer in answers}) == 1 and answers[0].ok, answers[0].text
    assert len({create.id_of(answer.json()) for answer in answers}) == 1
    made = set(create.jobs()) - set(before)
    assert len(made) == 1
    job = str(uuid.UUID(bytes=made.pop()[0]))
    assert [kind for kind, _ in own.store.entries(job)][:1] == [rig.HOLD]
    assert rig.until(lambda: len(own.store.entries(job)) == 2, rig.JOB_S)


def test_another_body_is_refused_in_the_dialects_shape(own, create):
    assert create.send().ok
    before, held = create.jobs(), own.store.query("SELECT count(*) FROM ledger WHERE kind = 2")
    answer = create.send({**create.body, **({"input": {**create.body["input"], "prompt": "ok b"}}
                                            if "input" in create.body else {"prompt": "ok b"})})
    assert told(create.dialect, answer) == CONFLICT[create.dialect]
    assert (create.jobs(), own.store.query("SELECT count(*) FROM ledger WHERE kind = 2")) == (
        before, held)
    assert answer.headers.get("x-should-retry") == (
        "false" if create.dialect == "openai" else None)


def test_two_hundred_at_once_make_one_job(own, create):
    before = create.jobs()
    answers = create.send_many([create.body] * AT_ONCE)
    assert len({status for status, _ in answers}) == 1 and answers[0][0] < 300, answers[0]
    assert len({create.id_of(answer) for _, answer in answers}) == 1
    assert len(create.jobs()) == len(before) + 1
    own.verify()


def test_two_hundred_different_ones_at_once_make_one_job(own):
    create = Create(own, "openai")
    before = create.jobs()
    answers = create.send_many([{**create.body, "prompt": f"ok {number}"}
                                for number in range(AT_ONCE)])
    assert sorted(status for status, _ in answers) == [200] + [409] * (AT_ONCE - 1)
    assert len(create.jobs()) == len(before) + 1
    own.verify()


def test_the_same_key_in_two_dialects_is_another_request(own):
    first, second = Create(own, "openai"), Create(own, "apiframe")
    second.key, second.body = first.key, first.body
    assert first.send().ok
    assert told("apiframe", second.send()) == CONFLICT["apiframe"]

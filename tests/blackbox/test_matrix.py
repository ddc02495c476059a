# SPDX-License-Identifier: Apache-2.0
"""Who may do what: every route that the program prints, with every kind of key and of id.

A key that may not is told so whatever the id is, and told the same; a key that may finds its own
account's things and no others: another's is answered as what is not there is.
"""
import base64
import collections
import json
import time
import uuid

import pytest
import requests

import rig
from shapes import DISABLED_KEY, NOT_FOUND, REQUEST, SCOPE, UNKNOWN_KEY, told

Route = collections.namedtuple("Route", "dialect method path access")
IDS = ("own", "other", "unknown", "malformed")
PROMPT = {"prompt": "ok a coast"}
MALFORMED = "not-an-id"
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
                           "awAAAABJRU5ErkJggg==")

# What a route's parameter names, and what an own one is answered with; a body where it needs one.
PARAMETERS = {
    "GET /v1/tasks/:id": ("job", 200),
    "GET /v1/videos/:id": ("job", 200),
    "DELETE /v1/videos/:id": ("job", 200),
    "GET /v1/videos/:id/content": ("job", 200),
    "POST /v1/videos/:id/remix": ("job", 200, PROMPT),
    "GET /v1/videos/characters/:id": ("character", 200),
    "GET /v1/models/:id": ("model", 200),
    "GET /v1/files/:id": ("file", 200),
    "DELETE /v1/files/:id": ("file", 200),
    "GET /v1/webhook_endpoints/:id": ("endpoint", 200),
    "POST /v1/webhook_endpoints/:id": ("endpoint", 200, {"name": "renamed"}),
    "DELETE /v1/webhook_endpoints/:id": ("endpoint", 200),
    "POST /v1/webhook_endpoints/:id/rotate_secret": ("endpoint", 200, {}),
    "POST /v1/webhook_endpoints/:id/test": ("endpoint", 200, {"event_type": "video.failed"}),
    "GET /v2/jobs/:id": ("job", 200),
    "GET /v1/video/generations/:id": ("job", 200),
    "GET /vitascope/jobs/:id": ("job", 200),
    "POST /vitascope/jobs/:id/cancel": ("job", 409),
    "GET /vitascope/jobs/:id/deliveries": ("job", 200),
    "POST /vitascope/deliveries/:id/replay": ("delivery", 202),
    "GET /vitascope/admin/keys/:id": ("key", 200),
    "PATCH /vitascope/admin/keys/:id": ("key", 200, {"name": "renamed"}),
    "DELETE /vitascope/admin/keys/:id": ("key", 200),
    "POST /vitascope/admin/keys/:id/rotate": ("key", 200),
    "POST /vitascope/admin/keys/:id/disable": ("key", 200),
    "POST /vitascope/admin/keys/:id/enable": ("key", 200),
    "GET /vitascope/admin/accounts/:id": ("account", 200),
    "POST /vitascope/admin/accounts/:id/grants": ("account", 201, {"usd": 1, "reason": "x"}),
    "POST /vitascope/admin/accounts/:id/adjustments": ("account", 201, {"usd": 1, "reason": "x"}),
    "GET /vitascope/admin/accounts/:id/statement": ("account", 200),
    "GET /vitascope/admin/accounts/:id/usage": ("account", 200),
}

# Bodies that name a thing: (path, body, its kind).
REFERENCES = {
    "edit": ("/openai/v1/videos/edits", lambda id_: {**PROMPT, "video": {"id": id_}}, "job"),
    "extension": ("/openai/v1/videos/extensions",
                  lambda id_: {**PROMPT, "seconds": "4", "video": {"id": id_}}, "job"),
    "character": ("/openai/v1/videos",
                  lambda id_: {"prompt": "ok Mossy walks", "characters": [{"id": id_}]},
                  "character"),
    "file": ("/openai/v1/videos", lambda id_: {**PROMPT, "input_reference": {"file_id": id_}},
             "file"),
}


def all_routes():
    return [Route(dialect["prefix"] and dialect["prefix"][1:], route["method"], route["path"],
                  route["access"])
            for dialect in json.loads(rig.run("routes").stdout) for route in dialect["routes"]]


class Party:
    """An account with one of everything."""

    def __init__(self, server, name, hook):
        self.server, self.name, self.hook = server, name, hook
        self.account, _ = server.store.add_account(name, 100)
        self.keys = {"good": self.new_key(scopes=["read", "create", "admin"]),
                     "reader": self.new_key(scopes=["read"]),
                     "maker": self.new_key(scopes=["create"]),
                     "plain": self.new_key(),
                     "disabled": self.new_key(disabled=True),
                     "expired": self.new_key(expires_at="2020-01-01")}
        self.made = {}

    def new_key(self, **settings):
        answer = requests.post(self.server.url + "/vitascope/admin/keys", timeout=rig.WAIT_S,
                               headers={"X-API-Key": self.server.key},
                               json={"account": self.account, **settings})
        assert answer.status_code == 201, answer.text
        return answer.json()["key"]

    def job(self):
        job = self.server.submit("ok a coast", key=self.keys["good"])
        assert rig.until(lambda: self.server.job(job, self.keys["good"])["status"] == "COMPLETED",
                         rig.JOB_S)
        return job

    def character(self):
        id_, now = uuid.uuid4(), int(time.time() * 1000)
        self.own("job")  # its video is the character's
        self.server.store.change(("INSERT INTO characters (id, account_id, created_ms, asset, name)"
                                  " SELECT ?, account_id, ?, id, 'Mossy' FROM assets"
                                  " WHERE account_id = ? LIMIT 1", id_.bytes, now, self.account))
        return "char_" + id_.hex

    def endpoint(self):
        answer = requests.post(self.server.url + "/v1/webhook_endpoints", timeout=rig.WAIT_S,
                               headers={"X-API-Key": self.keys["good"]},
                               json={"name": "a", "url": self.hook,
                                     "event_types": ["video.failed"]})
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def file(self):
        answer = requests.post(self.server.url + "/v1/files", timeout=rig.WAIT_S,
                               headers={"X-API-Key": self.keys["good"]},
                               data={"purpose": "vision"}, files={"file": ("a.png", PICTURE)})
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def delivery(self):
        id_, now = uuid.uuid4(), int(time.time() * 1000)  # the server sweeps out old ones
        self.server.store.change((
            "INSERT INTO deliveries (id, job_id, account_id, key_id, dialect, event, state,"
            " created_ms, next_ms, ended_ms, url) VALUES (?, ?, ?, 1, 1, 1, 2, ?, ?, ?,"
            " 'http://127.0.0.1:9/')", id_.bytes, uuid.UUID(self.own("job")).bytes, self.account,
            now, now, now))
        return str(id_)

    def model(self):
        return "sora-2"

    def key(self):
        id_ = self.server.store.query("SELECT max(id) FROM keys WHERE account_id = ?",
                                      self.account)[0][0]
        self.new_key()
        return str(id_)

    def own(self, kind, fresh=False):
        """One of its things; a fresh one to be destroyed."""
        if kind == "account":
            return str(self.account)
        if fresh or kind not in self.made:
            made = getattr(self, kind)()
            if fresh:
                return made
            self.made[kind] = made
        return self.made[kind]


UNKNOWN = {"job": "01980f3a-5c7e-7d1a-9b2c-3d4e5f607182", "character": "char_" + "0" * 31 + "1",
           "endpoint": "whe_" + "0" * 31 + "1", "delivery": "01980f3a-5c7e-7d1a-9b2c-3d4e5f607182",
           "file": "file-" + "0" * 31 + "1", "model": "sora-9", "key": "99999", "account": "99999"}


@pytest.fixture(scope="module")
def routes():
    return all_routes()


@pytest.fixture(scope="module")
def parties(shared, receiver):
    hook = receiver.url + "/hook"
    return Party(shared, "first party", hook), Party(shared, "second party", hook)


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        yield session


def parameter(route):
    return PARAMETERS.get(f"{route.method} {route.path}")


def id_of(parties, kind, which):
    if which == "unknown":
        return UNKNOWN[kind]
    if which == "malformed":
        return MALFORMED
    return parties[which == "other"].own(kind)


def paths(parties, route, which):
    """The route's path behind its prefix, and without one."""
    path = route.path
    if parameter(route):
        path = path.replace(":id", id_of(parties, parameter(route)[0], which))
    return ["/" + route.dialect + path, path] if route.dialect else [path]


def send(session, server, route, path, key=None):
    known = parameter(route)
    headers = {"Authorization": "Bearer " + key} if key else {}
    body = known[2] if known and len(known) > 2 else None
    return session.request(route.method, server.url + path, headers=headers, json=body,
                           timeout=rig.WAIT_S)


def test_every_parameter_is_known_here(routes):
    named = {f"{route.method} {route.path}" for route in routes
             if ":" in route.path and route.access != "public"}
    assert named == set(PARAMETERS)


def test_what_anyone_may_see_belongs_to_nobody(routes):
    assert {route.path for route in routes if route.access == "public"} == {
        "/healthz", "/files/:name", "/v2/models", "/openapi.json", "/v2/openapi.json"}


def wrong_key(parties, route, state):
    keys = parties[0].keys
    if state != "wrong scope":
        return {"none": None, "unknown": "sk-" + "A" * 43, "malformed": "sk-short"}.get(
            state, keys.get(state))
    if route.access == "admin":
        return keys["plain"]
    return keys["maker"] if route.method == "GET" else keys["reader"]


@pytest.mark.parametrize("state,expected", [
    ("none", UNKNOWN_KEY), ("unknown", UNKNOWN_KEY), ("malformed", UNKNOWN_KEY),
    ("disabled", DISABLED_KEY), ("expired", UNKNOWN_KEY), ("wrong scope", SCOPE)])
def test_a_key_that_may_not_learns_nothing(shared, parties, session, routes, state, expected):
    traces = lambda: shared.store.query(
        "SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM ledger), (SELECT count(*) FROM"
        " keys), (SELECT count(*) FROM accounts), (SELECT count(*) FROM endpoints), (SELECT sum("
        "disabled) FROM keys), (SELECT sum(deleted) FROM jobs)")
    for kind in {known[0] for known in PARAMETERS.values()}:
        for party in parties:
            party.own(kind)
    before = traces()
    for route in routes:
        if route.access == "public":
            continue
        key = wrong_key(parties, route, state)
        for which in IDS if parameter(route) else IDS[:1]:
            pinned, *bare = paths(parties, route, which)
            answer = send(session, shared, route, pinned, key)
            assert told(route.dialect, answer) == expected[route.dialect], (route, which)
            if bare and which == "own":
                status = send(session, shared, route, bare[0], key).status_code
                assert status == expected["openai" if route.path.startswith("/v1/") else
                                          route.dialect][0], (route, which)
    assert traces() == before


def expected_unknown(route, kind, which):
    if route.dialect == "apiframe" and which == "malformed":
        return 400, None, None  # documented: the id is no UUID
    if kind == "model":
        return 404, "model_not_found", "invalid_request_error"
    return NOT_FOUND[route.dialect]


def test_what_is_not_ones_own_is_not_there(shared, parties, session, routes):
    for route in routes:
        known = parameter(route)
        if not known:
            continue
        everybodys = route.access == "admin" or known[0] == "model"
        for which in IDS[2:] if everybodys else IDS[1:]:
            path, *_ = paths(parties, route, which)
            answer = send(session, shared, route, path, parties[0].keys["good"])
            assert told(route.dialect, answer) == expected_unknown(route, known[0], which), (
                route, which)
    balances = [shared.store.balance(party.account)[1] for party in parties]
    assert balances == [0, 0]


def test_anothers_is_answered_as_what_is_not_there(shared, parties, session, routes):
    def answer_of(route, which):
        path, *_ = paths(parties, route, which)
        answer = send(session, shared, route, path, parties[0].keys["good"])
        return answer.status_code, answer.text.replace(path.split("/")[-1], "").replace(
            id_of(parties, parameter(route)[0], which), "")

    for route in routes:
        if parameter(route) and route.access == "key" and parameter(route)[0] != "model":
            assert answer_of(route, "other") == answer_of(route, "unknown"), route


def test_what_is_ones_own_is_found(shared, parties, session, routes):
    for route in routes:
        known = parameter(route)
        if not known:
            continue
        id_ = parties[0].own(known[0], fresh=known[0] != "account" and route.method == "DELETE")
        path = (("/" + route.dialect) if route.dialect else "") + route.path.replace(":id", id_)
        answer = send(session, shared, route, path, parties[0].keys["good"])
        assert answer.status_code == known[1], (route, answer.text)


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_body_names_ones_own_only(shared, parties, session, reference):
    path, body, kind = REFERENCES[reference]
    jobs = shared.store.job_count()
    for which in IDS[1:]:
        answer = session.post(shared.url + path, json=body(id_of(parties, kind, which)),
                              timeout=rig.WAIT_S, headers={"Authorization": "Bearer " + parties[0].keys["good"]})
        expected = (400, "invalid_value", REQUEST) if kind == "file" else NOT_FOUND["openai"]
        assert told("openai", answer) == expected, (which, answer.text)
    assert shared.store.job_count() == jobs


def test_lists_show_ones_own_only(shared, parties, session):
    mine = {party: party.own("job") for party in parties}
    for party, other in (parties, parties[::-1]):
        for path in ("/v2/jobs?limit=100", "/openai/v1/videos?limit=100"):
            text = session.get(shared.url + path, timeout=rig.WAIT_S,
                               headers={"Authorization": "Bearer " + party.keys["good"]}).text
            for spelling in (mine[other], mine[other].replace("-", "")):
                assert spelling not in text
        assert mine[party] in session.get(
            shared.url + "/v2/jobs?limit=100", timeout=rig.WAIT_S,
            headers={"Authorization": "Bearer " + party.keys["good"]}).text
        endpoints = session.get(shared.url + "/v1/webhook_endpoints", timeout=rig.WAIT_S,
                                headers={"Authorization": "Bearer " + party.keys["good"]}).text
        assert party.own("endpoint") in endpoints and other.own("endpoint") not in endpoints

# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI documents say what the server does: all of it, and nothing else."""
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import requests

import rig
from openapi_check import DIALECTS, Documents
from vendors import Client, client, hooks, images, many  # noqa: F401

INSTALL_S = 300


@pytest.fixture(scope="session")
def documents(shared):
    return Documents.of_server(shared.url)


@pytest.fixture(scope="session")
def routes():
    """[(prefix or None, route)], as the program prints them."""
    printed = json.loads(rig.run("routes").stdout)
    return [(dialect["prefix"], route) for dialect in printed for route in dialect["routes"]]


def shape(path):
    """The path with its parameters' names left out."""
    return re.sub(r":\w+|\{\w+\}", "{}", path)


def each(documents):
    return [("all", documents.whole), *documents.of_dialect.items()]


# ---- the documents and the routes ----

def test_every_route_has_an_entry_and_every_entry_a_route(documents, routes):
    answered = {(route["method"].lower(), start + shape(route["path"]))
                for prefix, route in routes for start in {"", prefix or ""}}
    described = [(one.method, start + shape(one.path))
                 for one in documents.whole.operations() for start in one.prefixes]
    assert len(described) == len(set(described))
    assert set(described) - answered == set(), "described, not answered"
    assert answered - set(described) == set(), "answered, not described"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialects_document_has_its_routes_and_no_others(documents, routes, dialect):
    prefix = "/" + dialect
    answered = {(route["method"].lower(), shape(route["path"]))
                for start, route in routes if start == prefix}
    operations = documents.of_dialect[dialect].operations()
    assert {(one.method, shape(one.path)) for one in operations} == answered
    assert all(one.prefixes == [prefix] for one in operations)


def test_who_may_call_and_with_what_is_as_the_routes_say(documents, routes):
    for prefix, route in routes:
        document = documents.of_dialect[prefix[1:]] if prefix else documents.whole
        entry = document.find(route["method"], route["path"]).entry
        told = (route["path"], entry)
        assert (entry["security"] == []) == (route["access"] == "public"), told
        assert ("401" in entry["responses"]) == (route["access"] != "public"), told
        assert ("413" in entry["responses"]) == (route["body_bytes_max"] > 0) or \
            "501" in entry["responses"], told
        assert "requestBody" not in entry or route["body_bytes_max"], told


def test_every_operation_is_told_in_full(documents):
    for name, document in each(documents):
        names = [one.entry["operationId"] for one in document.operations()]
        assert len(names) == len(set(names)), name
        for one in document.operations():
            entry = one.entry
            assert entry["summary"] and entry["tags"] and entry["responses"], one.path
            named = {document.resolve(parameter)["name"]
                     for parameter in entry.get("parameters", [])
                     if document.resolve(parameter)["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", one.path)), one.path
            for response in map(document.resolve, entry["responses"].values()):
                assert response["description"]


# ---- examples ----

def media_types(document):
    """[(where, media type, whether the server wrote it)] of all operations and components."""
    found = []

    def walk(where, value, is_answer):
        if isinstance(value, list):
            for number, member in enumerate(value):
                walk(f"{where}/{number}", member, is_answer)
        elif isinstance(value, dict):
            for key, member in value.items():
                if key == "content":
                    found.extend((f"{where}/{type_}", media, is_answer)
                                 for type_, media in member.items())
                walk(f"{where}/{key}", member,
                     key in ("responses", "callbacks") or (is_answer and key != "requestBody"))

    walk("", document.closed["paths"], False)
    walk("", {"responses": document.closed["components"]["responses"]}, False)
    return found


@pytest.mark.parametrize("name", ("all", *DIALECTS))
def test_every_example_fits_its_schema(documents, name):
    document = dict(each(documents))[name]
    checked = 0
    for where, media, is_answer in media_types(document):
        for example in media.get("examples", {}).values():
            value = document.resolve(example)["value"]
            assert document.faults(media["schema"], value, closed=is_answer) is None, where
            checked += 1
    for part in document.document["components"].get("schemas", {}).items():
        for schema, value in schema_examples(part[1]):
            assert document.faults(schema, value) is None, part[0]
            checked += 1
    for one in document.operations():
        for parameter in map(document.resolve, one.entry.get("parameters", [])):
            for example in parameter.get("examples", {}).values():
                assert document.faults(parameter["schema"], example["value"]) is None, one.path
                checked += 1
    assert checked > 5


def schema_examples(value):
    """[(schema, example)] at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("examples"), list):
            yield from ((value, example) for example in value["examples"])
        for member in value.values():
            yield from schema_examples(member)
    elif isinstance(value, list):
        for member in value:
            yield from schema_examples(member)


@pytest.mark.parametrize("name", ("all", *DIALECTS))
def test_every_answer_with_json_shows_what_it_looks_like(documents, name):
    """A successful answer has an example."""
    document = dict(each(documents))[name]
    for one in document.operations():
        for status, response in one.entry["responses"].items():
            media = document.resolve(response).get("content", {}).get("application/json")
            if status[0] == "2" and media and "openapi.json" not in one.path:
                assert media.get("examples"), (one.method, one.path, status)


def test_schemas_are_schemas(documents):
    for name, document in each(documents):
        for title, schema in document.document["components"]["schemas"].items():
            document.faults(schema, None)
            assert schema.keys() & {"type", "oneOf", "anyOf", "allOf"}, (name, title)


# ---- the whole by a validator that others wrote ----

@pytest.fixture(scope="session")
def validator():
    """A Python that has openapi-spec-validator."""
    folder = os.path.join(rig.BUILD, "sdk", "openapi")
    program = os.path.join(folder, "bin", "python")
    check = [program, "-c", "import openapi_spec_validator"]
    if not os.path.exists(program) or subprocess.run(check, capture_output=True).returncode:
        shutil.rmtree(folder, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", folder],
                        [program, "-m", "pip", "install", "-q", "openapi-spec-validator<1"]):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=INSTALL_S)
            if done.returncode:
                pytest.skip(f"openapi-spec-validator cannot be installed: {done.stderr[-300:]}")
    return program


def test_the_documents_are_openapi_3_1(validator, documents, tmp_path):
    for name, document in each(documents):
        assert document.document["openapi"] == "3.1.0"
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document.document))
        done = subprocess.run([validator, "-m", "openapi_spec_validator", "--schema", "3.1",
                               str(path)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


# ---- how they are served ----

def test_documents_are_public_cached_and_readable_from_any_page(server):
    seen = set()
    for path in ("/openapi.json", *(f"/{name}/openapi.json" for name in DIALECTS)):
        answer = requests.get(server.url + path, timeout=rig.WAIT_S)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = requests.get(server.url + path, timeout=rig.WAIT_S,
                             headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = requests.get(server.url + path, timeout=rig.WAIT_S, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200 and other.content == answer.content
        seen.add(answer.headers["ETag"])
    assert len(seen) == 5
    own = requests.get(server.url + "/v2/openapi.json", timeout=rig.WAIT_S)
    assert own.json() == requests.get(server.url + "/apiframe/openapi.json", timeout=rig.WAIT_S).json()
    assert requests.head(server.url + "/openapi.json", timeout=rig.WAIT_S).headers["Content-Length"]


# ---- answers ----

CREATES = {  # a body, and where its answer has the id
    "/v1/videos": ({}, lambda answer: answer["id"]),
    "/v1/video/generations": ({"model": "sora2"}, lambda answer: answer["id"]),
    "/uniall/v1/videos/generations": ({"model": "sora2"}, lambda answer: answer["id"]),
    "/v2/videos/generate": ({"model": "sora-2"}, lambda answer: answer["jobId"]),
    "/v1/videos/generations": ({"model": "sora-2"}, lambda answer: answer["data"]["taskId"]),
}
SHOWS = ("/openai/v1/videos/", "/uniall/v1/videos/", "/v1/videos/", "/v1/video/generations/",
         "/v1/tasks/", "/v2/jobs/", "/vitascope/jobs/")
LOOKS = ("/v1/videos", "/v1/videos?limit=x", "/v1/models", "/v1/models/sora-2", "/v1/models/x",
         "/v2/jobs", "/v2/jobs?limit=x", "/v2/me", "/v2/models", "/v2/models?modality=x",
         "/v1/credits", "/v1/balance", "/v1/dashboard/billing/subscription",
         "/v1/dashboard/billing/usage", "/healthz", "/files/x", "/openai/none", "/v2/none")


@pytest.fixture
def watched(watch, client):  # noqa: F811
    """A client whose answers are looked at; what does not fit fails the test (conftest.py)."""
    before = watch.count
    yield client
    assert watch.count > before


def test_what_creates_answer_and_what_shows_the_job_fit(watched):
    for path, (body, id_of) in CREATES.items():
        for bad in ({}, b"{", {**body, "model": "x", "prompt": "ok a"}):
            assert watched.post(path, bad).status_code in (400, 404)
        for prompt in ("ok a", "fail:refused a"):
            job = id_of(watched.post(path, {**body, "prompt": prompt}).json())
            for _ in range(2):  # before its end and after
                for show in SHOWS[:-1]:
                    assert watched.get(show + job).status_code == 200
                watched.end_of("/v1/tasks/" + job)
            uuid_ = watched.get("/v2/jobs/" + job).json()["id"]
            assert watched.get("/vitascope/jobs/" + uuid_).status_code == 200
            watched.get(f"/v1/videos/{job}/content")
            watched.get(f"/vitascope/jobs/{job}/deliveries")
            assert watched.post(f"/vitascope/jobs/{job}/cancel", b"").status_code == 409
            watched.post(f"/v1/videos/{job}/remix", {"prompt": "ok b"})
    assert watched.request("DELETE", "/v1/videos/" + job).status_code == 200


def test_what_is_not_there_is_refused_in_the_documented_forms(watched):
    for show in SHOWS:
        for id_ in ("x", "gen_1", "01980f3a-5c7e-7d1a-9b2c-3d4e5f607182"):
            assert watched.get(show + id_).status_code in (400, 404)
    assert watched.request("PATCH", "/v1/videos/x").status_code == 405


def test_what_cannot_be_decoded_is_refused_in_the_form_of_its_dialect(watched):
    for path in ("/openai/v1/videos/%01", "/v1/tasks/%01", "/uniall/v1/video/generations/%C0",
                 "/v2/jobs/%01", "/v2/jobs?cursor=%00", "/v1/balance?a=%00", "/vitascope/jobs/%00",
                 "/apiframe/none/%01"):
        answer = watched.get(path)
        assert answer.status_code == 400
    assert isinstance(watched.get("/v2/jobs/%01").json()["error"], str)
    told = watched.get("/openai/none/%01").json()["error"]
    assert set(told) == {"message", "type", "param", "code"}


def test_looks_fit_with_a_key_and_without(watched):
    stranger = Client(watched.server, key="sk-none")
    for path in LOOKS:
        watched.get(path), stranger.get(path)
        assert requests.head(watched.url + path, timeout=rig.WAIT_S).status_code

# SPDX-License-Identifier: Apache-2.0
"""Keys: how they are presented, refused, disabled and made."""
import re
import time
import uuid

import pytest
import requests

import rig

SEEN_S = 2.5  # a change by another process is seen within 2 s


def ask(server, **headers):
    """A question that needs a key: about a job that is not there."""
    return requests.get(f"{server.url}/v2/jobs/{uuid.uuid4()}", headers=headers, timeout=rig.WAIT_S)


@pytest.mark.parametrize("spelling", ("sk-", "afk_"))
@pytest.mark.parametrize("header,before", [("X-API-Key", ""), ("x-api-key", ""),
                                           ("Authorization", "Bearer "),
                                           ("authorization", "bearer ")])
def test_a_key_is_known_in_both_spellings_and_headers(server, spelling, header, before):
    key = rig.spellings(server.key)[spelling]
    answer = ask(server, **{header: before + key})
    assert (answer.status_code, answer.json()) == (404, {"error": "Job not found"})
    made = requests.post(server.url + "/v2/videos/generate", headers={header: before + key},
                         json={"model": "sora-2", "prompt": "ok a coast"}, timeout=rig.WAIT_S)
    assert made.status_code == 202


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": ""}, {"Authorization": ""},
                                     {"Authorization": "Bearer"},
                                     {"Authorization": "Basic dXNlcjpwYXNz"}])
def test_no_key_is_401(server, headers):
    answer = ask(server, **headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "API key is required"})


@pytest.mark.parametrize("key", ["afk_your_api_key_here", "sk-" + "A" * 43, "afk_" + "0" * 40,
                                 "nonsense", "sk-", "' OR 1=1 --", "x" * 4000])
def test_an_unknown_key_is_401(server, key):
    for headers in ({"X-API-Key": key}, {"Authorization": "Bearer " + key}):
        answer = ask(server, **headers)
        assert (answer.status_code, answer.json()) == (401, {"error": "Invalid API key"})


def test_a_wrong_key_makes_no_job(server):
    jobs = server.store.job_count()
    for headers in ({}, {"X-API-Key": "sk-" + "A" * 43}):
        answer = requests.post(server.url + "/v2/videos/generate", headers=headers,
                               json={"model": "sora-2", "prompt": "ok a coast"}, timeout=rig.WAIT_S)
        assert answer.status_code == 401
    assert server.store.job_count() == jobs


def key_id(server, key):
    prefix = rig.spellings(key)["afk_"][:10]
    listed = rig.run("keys", "list", "--data", server.data)
    assert listed.returncode == 0, listed.stderr
    return next(line.split()[0] for line in listed.stdout.split("\n") if prefix in line)


def make_key(server, *args):
    made = rig.run("keys", "create", *args, "--data", server.data)
    assert made.returncode == 0, made.stderr
    return re.fullmatch(r"key: (sk-\S+)\n", made.stdout).group(1)


def test_a_key_made_beside_the_server_works_at_once(server):
    key = make_key(server, "--name", "second")
    assert ask(server, **{"X-API-Key": key}).status_code == 404
    listed = rig.run("keys", "list", "--data", server.data).stdout
    assert "second" in listed
    assert key not in listed and rig.spellings(key)["afk_"] not in listed


def test_a_disabled_key_is_403_within_seconds_and_can_come_back(server):
    key = make_key(server, "--name", "to be disabled")
    assert ask(server, **{"X-API-Key": key}).status_code == 404
    number = key_id(server, key)
    for verb, status, error in (("disable", 403, "API key is inactive"),
                                ("enable", 404, "Job not found")):
        changed = rig.run("keys", verb, number, "--data", server.data)
        assert changed.returncode == 0, changed.stderr
        time.sleep(SEEN_S)
        for spelling in rig.spellings(key).values():
            answer = ask(server, **{"X-API-Key": spelling})
            assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_a_disabled_key_is_refused_while_it_is_in_use(server):
    key = make_key(server)
    ask(server, **{"X-API-Key": key})
    rig.run("keys", "disable", key_id(server, key), "--data", server.data)
    assert rig.until(lambda: ask(server, **{"X-API-Key": key}).status_code == 403)


def test_an_expired_key_is_401(server):
    key = make_key(server, "--expires", "1")
    assert ask(server, **{"X-API-Key": key}).status_code == 404
    server.store.change(("UPDATE keys SET expires_ms = ? WHERE id = ?",
                         int(time.time() * 1000) - 1, int(key_id(server, key))))
    time.sleep(SEEN_S)
    answer = ask(server, **{"X-API-Key": key})
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid API key"})


def test_the_key_is_nowhere_in_the_data_folder(server):
    secret = server.key[3:].encode()
    server.finish("ok a coast")
    for name in ("vitascope.db", "vitascope.db-wal", "server.json", "lock", "link.key"):
        path = f"{server.data}/{name}"
        try:
            with open(path, "rb") as file:
                assert secret not in file.read(), name
        except FileNotFoundError:
            assert name == "vitascope.db-wal", name
    with open(server.log, "rb") as file:
        assert secret not in file.read()


@pytest.mark.parametrize("args", (["keys"], ["keys", "disable"], ["keys", "frobnicate"],
                                  ["keys", "create", "--expires", "never"], ["ledger"],
                                  ["serve", "--frobnicate"], ["serve", "extra"], ["frobnicate"]))
def test_a_mistyped_command_is_refused_with_status_2(tmp_path, args):
    result = rig.run(*args, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr
    assert not list(tmp_path.iterdir())


def test_without_a_command_all_of_them_are_shown(tmp_path):
    result = rig.run(cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == rig.run("help").stdout
    for command in ("serve", "generate", "keys", "credits", "ledger"):
        assert f"\n  {command} " in result.stdout


@pytest.mark.parametrize("command", ("serve", "generate", "keys", "credits", "ledger"))
def test_every_command_explains_itself(tmp_path, command):
    result = rig.run(command, "--help", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"usage: vitascope {command}")
    assert not list(tmp_path.iterdir())


def test_a_key_that_is_not_there_cannot_be_disabled(server):
    result = rig.run("keys", "disable", "99999", "--data", server.data)
    assert (result.returncode, result.stdout) == (1, "")
    assert "no such key" in result.stderr

# SPDX-License-Identifier: Apache-2.0
"""Limits of keys, as each dialect tells them: rate, money, jobs, models, addresses, scopes."""
import concurrent.futures
import re
import time
import uuid

import pytest
import requests

import rig
from shapes import ADDRESS, MODEL, RATE, SCOPE, SPENT, told

GOOD = {
    "apiframe": ("/v2/videos/generate", {"model": "sora-2", "prompt": "gate:never a coast"}),
    "openai": ("/v1/videos", {"model": "sora-2", "prompt": "gate:never a coast", "size": "1280x720"}),
    "aivideoapi": ("/v1/videos/generations",
                   {"model": "sora-2", "input": {"prompt": "gate:never a coast", "duration": 4,
                                                 "aspect_ratio": "16:9"}}),
    "uniall": ("/v1/video/generations", {"model": "sora2", "prompt": "gate:never a coast",
                                         "duration": 4}),
}
LOOK = {"apiframe": "/v2/me", "openai": "/v1/videos", "aivideoapi": "/v1/credits",
        "uniall": "/v1/balance"}
DIALECTS = tuple(GOOD)


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    """A server whose films wait for a gate that nobody opens, behind a proxy on 127.0.0.1."""
    folder = tmp_path_factory.mktemp("limited")
    films = rig.Films(folder / "films")
    config = rig.config_of(films, trusted_proxies=["127.0.0.0/8"], engine={"concurrency": 2})
    config["models"].append({"name": "sora2", "engines": ["stub"],
                             "prices": [{"up_to": "1280x720", "usd_per_second": "0.125"}]})
    server = rig.Server(folder, config).start()
    yield server
    server.end()


def make_key(server, *args):
    made = rig.run("keys", "create", *args, "--data", server.data)
    assert made.returncode == 0, made.stderr
    return re.fullmatch(r"key: (sk-\S+)\n", made.stdout).group(1)


def key_id(server, key):
    prefix = rig.spellings(key)["afk_"][:10]
    return server.store.query("SELECT id FROM keys WHERE prefix = ?", prefix)[0][0]


def create(server, dialect, key, **more):
    path, body = GOOD[dialect]
    headers = {"Authorization": "Bearer " + key, **more.pop("headers", {})}
    return requests.post(f"{server.url}/{dialect}{path}", json={**body, **more}, headers=headers,
                         timeout=rig.WAIT_S)


def look(server, dialect, key, **headers):
    return requests.get(f"{server.url}/{dialect}{LOOK[dialect]}", timeout=rig.WAIT_S,
                        headers={"Authorization": "Bearer " + key, **headers})


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("limit,seconds", [("--hourly", 3600), ("--daily", 86400)])
def test_a_limit_of_money_is_429_until_its_time_is_over(limited, dialect, limit, seconds):
    hour = 0
    while hour != int(time.time() // 3600):  # all of it in one hour, or again
        hour = int(time.time() // 3600)
        spend_it(limited, dialect, limit, seconds)


def spend_it(limited, dialect, limit, seconds):
    key, hour = make_key(limited, limit, "1.2"), int(time.time() // 3600)
    made = [create(limited, dialect, key).status_code for _ in range(2)]
    jobs, balance = limited.store.job_count(), limited.store.balance()
    answer = create(limited, dialect, key)
    left = seconds - int(time.time()) % seconds
    if int(time.time() // 3600) != hour:
        return
    assert made == [202 if dialect == "apiframe" else 200] * 2
    assert told(dialect, answer) == SPENT[dialect]
    wait = int(answer.headers["Retry-After"])
    assert abs((wait - left + seconds // 2) % seconds - seconds // 2) <= 60
    assert answer.headers.get("x-should-retry") == ("false" if dialect == "openai" else None)
    assert (limited.store.job_count(), limited.store.balance()) == (jobs, balance)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_total_that_is_spent_is_refused_and_says_what_is_left(limited, dialect):
    key = make_key(limited, "--total", "0.75")
    assert create(limited, dialect, key).ok
    answer = create(limited, dialect, key)
    if dialect == "apiframe":
        assert answer.status_code == 402
        assert answer.json() == {"error": "Insufficient credits", "creditsRequired": 4,
                                 "creditsAvailable": 2}
    else:
        assert told(dialect, answer) == SPENT[dialect]
        assert answer.headers["Retry-After"] == "3600"


def test_what_is_given_back_may_be_spent_again(limited):
    key = make_key(limited, "--total", "0.5", "--hourly", "0.5", "--daily", "0.5")
    job = create(limited, "apiframe", key).json()["jobId"]
    assert create(limited, "apiframe", key).status_code == 402
    assert limited.cancel(job, key=key).status_code == 200
    assert create(limited, "apiframe", key).status_code == 202
    assert create(limited, "apiframe", key).status_code == 402
    limited.verify()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_requests_a_minute_are_counted_of_every_route(limited, dialect):
    rig.quickly(lambda: count_requests(limited, dialect), 15)  # there is one more every 20 s


def count_requests(limited, dialect):
    key = make_key(limited, "--rpm", "3")
    answers = [look(limited, dialect, key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.headers["x-ratelimit-remaining-requests"] for answer in answers] == [
        "2", "1", "0"]
    for answer in (look(limited, dialect, key), create(limited, dialect, key)):
        assert told(dialect, answer) == RATE[dialect]
        assert 1 <= int(answer.headers["Retry-After"]) <= 20
        assert answer.headers["x-ratelimit-limit-requests"] == "3"
        assert answer.headers["x-ratelimit-remaining-requests"] == "0"
        assert re.fullmatch(r"\d+(ms|s)", answer.headers["x-ratelimit-reset-requests"])
        assert "x-should-retry" not in answer.headers


def test_a_key_without_a_rate_has_no_such_headers(limited):
    answer = look(limited, "openai", limited.key)
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("limit", ("--jobs", "--queued"))
def test_jobs_at_once_are_counted_exactly(limited, dialect, limit):
    # Four that wait at the gate hold both slots, so that every later job stays queued.
    while limited.store.query("SELECT count(*) FROM jobs WHERE state < 2")[0][0] < 4:
        limited.submit("gate:never a coast")
    assert rig.until(
        lambda: limited.store.query("SELECT count(*) FROM jobs WHERE state = 1")[0][0] == 2)
    key = make_key(limited, limit, "5")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: create(limited, dialect, key), range(20)))
    refused = [answer for answer in answers if not answer.ok]
    assert len(refused) == 15
    assert {told(dialect, answer) for answer in refused} == {RATE[dialect]}
    assert {answer.headers["Retry-After"] for answer in refused} == {"5"}
    mine = limited.store.query("SELECT count(*) FROM jobs WHERE key_id = ?", key_id(limited, key))
    assert mine[0][0] == 5


def test_money_is_counted_exactly_when_many_come_at_once(limited):
    key = make_key(limited, "--total", "3.5")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: create(limited, "apiframe", key), range(20)))
    assert sorted(answer.status_code for answer in answers) == [202] * 7 + [402] * 13
    limited.verify()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_repeated_request_passes_the_limits(limited, dialect):
    key = make_key(limited, "--total", "0.5", "--jobs", "1")
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [create(limited, dialect, key, headers=headers) for _ in range(3)]
    assert all(answer.ok for answer in answers)
    mine = limited.store.query("SELECT count(*) FROM jobs WHERE key_id = ?", key_id(limited, key))
    assert mine[0][0] == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_only_allowed_models_are_made(limited, dialect):
    key = make_key(limited, "--models", "sora-2-pro,another")
    answer = create(limited, dialect, key)
    assert told(dialect, answer) == MODEL[dialect]
    assert look(limited, dialect, key).ok
    key = make_key(limited, "--models", "another,sora-2,sora2")
    assert create(limited, dialect, key).ok


def test_models_are_shown_to_keys_that_may_use_them(limited):
    key = make_key(limited, "--models", "sora-2-pro,another")
    headers = {"Authorization": "Bearer " + key}
    shown = requests.get(limited.url + "/v1/models", headers=headers, timeout=rig.WAIT_S).json()["data"]
    assert [model["id"] for model in shown] == ["sora-2-pro"]
    for model, status in (("sora-2-pro", 200), ("sora-2", 404)):
        answer = requests.get(f"{limited.url}/v1/models/{model}", headers=headers, timeout=rig.WAIT_S)
        assert answer.status_code == status


def test_the_jobs_at_once_of_a_key_are_shown_in_its_team(limited):
    key = make_key(limited, "--jobs", "17")
    assert look(limited, "apiframe", key).json()["team"]["maxConcurrentJobs"] == 17


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_key_is_good_in_its_ranges_only(limited, dialect):
    key = make_key(limited, "--ip", "203.0.113.0/24,2001:db8::/32,192.0.2.7")
    for client, status in (("203.0.113.9", 200), ("2001:db8::1", 200), ("192.0.2.7", 200),
                           ("1.1.1.1, 203.0.113.9", 200), ("203.0.113.9, 127.0.0.2", 200),
                           ("203.0.113.9, 1.1.1.1", 403), ("192.0.2.8", 403), ("", 403),
                           ("nonsense", 403), ("::ffff:203.0.113.9", 200)):
        answer = look(limited, dialect, key, **{"X-Forwarded-For": client})
        assert answer.status_code == status, (client, answer.text)
        if status == 403:
            assert told(dialect, answer) == ADDRESS[dialect]


def test_without_a_trusted_proxy_nobody_is_believed(server):
    key = make_key(server, "--ip", "203.0.113.0/24")
    answer = look(server, "apiframe", key, **{"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 403
    assert answer.json() == {"error": "This key may not be used from this IP address"}
    key = make_key(server, "--ip", "127.0.0.1")
    assert look(server, "apiframe", key, **{"X-Forwarded-For": "203.0.113.9"}).ok


@pytest.mark.parametrize("dialect", DIALECTS)
def test_scopes_are_kept_apart(limited, dialect):
    reader, maker = (make_key(limited, "--scopes", scope) for scope in ("read", "create"))
    assert look(limited, dialect, reader).ok
    assert told(dialect, create(limited, dialect, reader)) == SCOPE[dialect]
    assert create(limited, dialect, maker).ok
    assert told(dialect, look(limited, dialect, maker)) == SCOPE[dialect]


def test_an_image_is_not_taken_in_for_a_key_that_is_over_its_limit(server, receiver, pictures):
    receiver.routes["/limits.png"] = pictures["png"]
    key = make_key(server, "--total", "0.1")
    server.store.rest()
    assets, hits = server.store.asset_count(), receiver.hits["/limits.png"]
    answer = server.create({"model": "sora-2", "prompt": "ok a coast", "soraParams":
                            {"start_image": receiver.url + "/limits.png"}}, key=key)
    assert answer.status_code == 402
    assert (server.store.asset_count(), receiver.hits["/limits.png"]) == (assets, hits)


def run_keys(server, *args):
    result = rig.run("keys", *args, "--data", server.data)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_limits_of_a_key_can_be_changed(server):
    key = make_key(server, "--name", "to be limited")
    number = str(key_id(server, key))
    server.submit("ok a coast", key=key)
    run_keys(server, "update", number, "--total", "0.75", "--rpm", "1000", "--models", "sora-2",
             "--ip", "127.0.0.1", "--name", "limited")
    shown = run_keys(server, "show", number)
    for line in (r"name +limited", r"spent +\$0\.5 of \$0\.75", r"requests a minute +1000",
                 r"models +sora-2", r"IP ranges +127\.0\.0\.1"):
        assert re.search(f"^{line}$", shown, re.M), shown
    refused = rig.until(lambda: server.create("ok a coast", key=key).status_code == 402)
    assert refused
    run_keys(server, "update", number, "--total", "0", "--models", "")
    assert rig.until(lambda: server.create("ok a coast", key=key).status_code == 202)
    server.verify()


def test_a_rotated_key_has_a_new_secret_and_its_old_limits(server):
    old = make_key(server, "--total", "0.5", "--name", "to be rotated")
    number = str(key_id(server, old))
    server.submit("ok a coast", key=old)
    fresh = re.fullmatch(r"key: (sk-\S+)\n", run_keys(server, "rotate", number)).group(1)
    assert fresh != old
    assert server.create("ok a coast", key=fresh).status_code == 402
    assert rig.until(lambda: server.create("ok a coast", key=old).status_code == 401)
    again = run_keys(server, "rotate", number, "--grace", "1").split()[1]
    assert [server.create("ok a coast", key=one).status_code for one in (fresh, again)] == [402] * 2


def test_a_deleted_key_is_unknown(server):
    key = make_key(server)
    number = str(key_id(server, key))
    assert look(server, "apiframe", key).ok
    run_keys(server, "delete", number)
    assert rig.until(lambda: look(server, "apiframe", key).status_code == 401)
    assert not re.search(f"^{number} ", run_keys(server, "list"), re.M)
    for verb in ("delete", "enable", "rotate", "show"):
        assert rig.run("keys", verb, number, "--data", server.data).returncode == 1


@pytest.mark.parametrize("args", (["--total", "much"], ["--total", "-1"], ["--rpm", "1.5"],
                                  ["--jobs", "-1"], ["--ip", "10.0.0.1/8"], ["--scopes", "all"],
                                  ["--ip", ",".join(["10.0.0.1"] * 11)], ["--name", "a\nb"],
                                  ["--models", "m" * 601]))
def test_a_setting_that_makes_no_sense_is_refused(tmp_path, args):
    result = rig.run("keys", "create", *args, cwd=tmp_path)
    assert result.returncode == 2 and result.stderr.startswith("vitascope keys: ")
    assert not list(tmp_path.iterdir())

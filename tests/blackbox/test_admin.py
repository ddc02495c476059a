# SPDX-License-Identifier: Apache-2.0
"""/vitascope/admin: keys, accounts, money, reports; and the same from the command line."""
import csv
import datetime
import io
import json
import time
import uuid

import pytest
import requests

import rig

KEYS, ACCOUNTS = "/vitascope/admin/keys", "/vitascope/admin/accounts"


def ask(server, method, path, body=None, key=None, **more):
    return requests.request(method, server.url + path, json=body, timeout=rig.WAIT_S,
                            headers={"Authorization": "Bearer " + (key or server.key)}, **more)


def ok(server, method, path, body=None, status=200, **more):
    answer = ask(server, method, path, body, **more)
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.json()


def refused(server, method, path, body=None, **more):
    """(status, param) in our own shape."""
    answer = ask(server, method, path, body, **more)
    error = answer.json()["error"]
    assert error["code"] == answer.status_code and error["message"]
    return answer.status_code, error.get("param")


def new_account(server, usd=None):
    body = {"name": f"account {uuid.uuid4()}"}
    if usd is not None:
        body.update(usd=usd, reason="for a test")
    return ok(server, "POST", ACCOUNTS, body, 201)


def new_key(server, **settings):
    return ok(server, "POST", KEYS, settings, 201)


# ---- keys ----

def test_a_new_key_works_and_its_secret_is_told_once(server):
    made = new_key(server, name="laptop", requests_per_minute=1000, total_usd="1.5",
                   ip_ranges=["127.0.0.0/8", "::1"], models=["sora-2"], concurrent_jobs=3,
                   expires_at="2099-01-01")
    secret = made.pop("key")
    assert server.submit("ok a coast", key=secret)
    shown = ok(server, "GET", f"{KEYS}/{made['id']}")
    assert shown.pop("use")["total_usd"] == 0.5
    made.pop("use")
    assert shown == made
    assert (made["name"], made["requests_per_minute"], made["total_usd"], made["ip_ranges"],
            made["models"], made["concurrent_jobs"], made["queued_jobs"], made["scopes"],
            made["expires_at"]) == ("laptop", 1000, 1.5, ["127.0.0.0/8", "::1"], ["sora-2"], 3,
                                    None, ["read", "create"], "2099-01-01T00:00:00.000Z")
    assert secret not in json.dumps(ok(server, "GET", KEYS))
    assert secret.startswith("sk-") and made["prefix"] == "afk_" + secret[3:9]


def test_a_change_holds_for_the_next_request(server):
    made = new_key(server)
    path = f"{KEYS}/{made['id']}"
    look = lambda: server.request("GET", "/v2/me", key=made["key"]).status_code
    assert look() == 200
    ok(server, "POST", path + "/disable")
    assert look() == 403
    ok(server, "POST", path + "/enable")
    assert look() == 200
    assert ok(server, "PATCH", path, {"scopes": ["create"]})["scopes"] == ["create"]
    assert look() == 403
    ok(server, "PATCH", path, {"scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"})
    assert look() == 401
    ok(server, "PATCH", path, {"expires_at": None})
    assert look() == 200
    fresh = ok(server, "POST", path + "/rotate", {"grace_hours": 0})["key"]
    assert look() == 401
    old, made["key"] = made["key"], fresh
    assert look() == 200
    made["key"] = ok(server, "POST", path + "/rotate", {"grace_hours": 1})["key"]
    assert look() == 200
    assert server.request("GET", "/v2/me", key=fresh).status_code == 200
    assert server.request("GET", "/v2/me", key=old).status_code == 401
    assert ok(server, "DELETE", path) == {"id": made["id"], "deleted": True}
    assert look() == 401
    assert server.request("GET", "/v2/me", key=fresh).status_code == 401
    for method, more in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/rotate"),
                         ("POST", "/enable")):
        assert refused(server, method, path + more) == (404, None)


def test_what_a_change_leaves_out_stays(server):
    made = new_key(server, name="a", daily_usd=3, models=["x"])
    changed = ok(server, "PATCH", f"{KEYS}/{made['id']}", {"name": "b", "hourly_usd": 0.25})
    assert (changed["name"], changed["daily_usd"], changed["hourly_usd"], changed["models"]) == (
        "b", 3, 0.25, ["x"])
    changed = ok(server, "PATCH", f"{KEYS}/{made['id']}", {"daily_usd": None, "models": []})
    assert (changed["daily_usd"], changed["hourly_usd"], changed["models"]) == (None, 0.25, [])


@pytest.mark.parametrize("settings,param", [
    ({"totl_usd": 3}, None), ({"total_usd": -1}, "total_usd"), ({"total_usd": "x"}, "total_usd"),
    ({"total_usd": 0.0000001}, "total_usd"), ({"total_usd": True}, "total_usd"),
    ({"total_usd": 1e18}, "total_usd"), ({"hourly_usd": [1]}, "hourly_usd"),
    ({"requests_per_minute": "5"}, "requests_per_minute"), ({"queued_jobs": 1.5}, "queued_jobs"),
    ({"concurrent_jobs": -1}, "concurrent_jobs"), ({"scopes": []}, "scopes"),
    ({"scopes": ["all"]}, "scopes"), ({"scopes": "read"}, "scopes"), ({"name": 5}, "name"),
    ({"name": "x" * 101}, "name"), ({"name": "a\nb"}, "name"), ({"disabled": 1}, "disabled"),
    ({"expires_at": "soon"}, "expires_at"), ({"expires_at": 5}, "expires_at"),
    ({"ip_ranges": ["10.0.0.1/8"]}, "ip_ranges"), ({"ip_ranges": ["10.0.0.1"] * 11}, "ip_ranges"),
    ({"ip_ranges": "10.0.0.1"}, "ip_ranges"), ({"models": ["a,b"]}, "models"),
    ({"models": ["m" * 100] * 7}, "models"), ({"models": [""]}, "models")])
def test_a_setting_that_makes_no_sense_changes_nothing(server, settings, param):
    keys = server.store.query("SELECT count(*) FROM keys")
    assert refused(server, "POST", KEYS, settings) == (400, param)
    assert server.store.query("SELECT count(*) FROM keys") == keys
    made = new_key(server, name="stays")
    made.pop("key")
    assert refused(server, "PATCH", f"{KEYS}/{made['id']}", settings) == (400, param)
    assert ok(server, "GET", f"{KEYS}/{made['id']}") == made


def test_keys_are_listed_in_pages_by_account(server):
    account = new_account(server)["id"]
    made = [new_key(server, account=account)["id"] for _ in range(5)]
    seen, after = [], 0
    while after is not None:
        page = ok(server, "GET", f"{KEYS}?account={account}&limit=2&after={after}")
        seen += [key["id"] for key in page["keys"]]
        after = page["next"]
    assert seen == made
    for query in ("limit=0", "limit=201", "after=x", "account=-1"):
        assert refused(server, "GET", f"{KEYS}?{query}") == (400, query.split("=")[0])


def test_a_key_needs_an_account(server):
    for account in (99999, "x", 0, 1.5):
        assert refused(server, "POST", KEYS, {"account": account})[0] == 404
    assert refused(server, "POST", KEYS + "/99999/rotate", {"grace_hours": -1}) == (
        400, "grace_hours")
    for name in ("0", "-1", "x", "1.0", "99999999999999999999"):
        assert refused(server, "GET", f"{KEYS}/{name}") == (404, None)


def test_only_the_scope_admin_opens_the_door(server):
    _, plain = server.store.add_account("plain", 1)
    admin = new_key(server, scopes=["admin"])["key"]
    assert refused(server, "GET", KEYS, key=plain) == (403, None)
    assert refused(server, "POST", KEYS, {}, key=plain) == (403, None)
    assert ask(server, "GET", KEYS, key=admin).status_code == 200
    assert server.request("GET", "/v2/me", key=admin).status_code == 403


# ---- accounts and money ----

def test_money_is_given_and_corrected_and_never_below_nothing(server):
    account = new_account(server)
    path = f"{ACCOUNTS}/{account['id']}"
    assert account["available_usd"] == 0
    given = ok(server, "POST", path + "/grants", {"usd": 10.1, "reason": "invoice 1"}, 201)
    assert given["available_usd"] == 10.1
    less = ok(server, "POST", path + "/adjustments", {"usd": "-0.100001", "reason": "x"}, 201)
    assert less["available_usd"] == 9.999999
    assert refused(server, "POST", path + "/adjustments", {"usd": -10, "reason": "x"}) == (402,
                                                                                          None)
    assert ok(server, "GET", path) == less
    for body, param in (({"usd": 5}, "reason"), ({"usd": 5, "reason": ""}, "reason"),
                        ({"reason": "x"}, "usd"), ({"usd": "5 dollars", "reason": "x"}, "usd"),
                        ({"usd": 0, "reason": "x"}, None), ({"usd": 1, "reason": "x" * 201}, None),
                        ({"usd": 2e9, "reason": "x"}, None), ({"amount": 1, "reason": "x"}, None)):
        for where in ("/grants", "/adjustments"):
            assert refused(server, "POST", path + where, body) == (400, param), body
    assert refused(server, "POST", path + "/grants", {"usd": -1, "reason": "x"}) == (400, None)
    assert refused(server, "POST", f"{ACCOUNTS}/9999/grants", {"usd": 1, "reason": "x"}) == (404,
                                                                                          None)
    assert ok(server, "GET", path) == less
    rows = server.store.query("SELECT author FROM ledger WHERE account_id = ?", account["id"])
    assert set(rows) == {("key 1 (first key)",)}
    server.verify()


def test_a_repeated_grant_is_one(server):
    account = new_account(server)["id"]
    headers = {"X-API-Key": server.key, "Idempotency-Key": str(uuid.uuid4())}

    def move(where, usd, reason="invoice 7"):
        return requests.post(f"{server.url}{ACCOUNTS}/{account}/{where}", timeout=rig.WAIT_S,
                             json={"usd": usd, "reason": reason}, headers=headers)

    assert [move("grants", 5).json()["available_usd"] for _ in range(3)] == [5] * 3
    assert move("grants", 6).status_code == 409
    assert move("grants", 5, "another").status_code == 409
    assert [move("adjustments", -2).json()["available_usd"] for _ in range(2)] == [3] * 2
    assert move("adjustments", -3).status_code == 409
    assert ok(server, "GET", f"{ACCOUNTS}/{account}")["available_usd"] == 3


def test_a_repeated_account_with_money_is_one(server):
    def make(key, **body):
        return requests.post(server.url + ACCOUNTS, json=body, timeout=rig.WAIT_S,
                             headers={"X-API-Key": server.key, "Idempotency-Key": key})

    key, other = str(uuid.uuid4()), str(uuid.uuid4())
    first = {"name": f"once {key}", "usd": 5, "reason": "invoice 8"}
    made = [make(key, **first) for _ in range(3)]
    assert [answer.status_code for answer in made] == [201] * 3, made[1].text
    assert len({answer.json()["id"] for answer in made}) == 1
    assert {answer.json()["available_usd"] for answer in made} == {5}
    for change in ({"name": "another"}, {"usd": 6}, {"reason": "another"}):
        assert make(key, **{**first, **change}).status_code == 409
    assert server.store.query("SELECT count(*) FROM accounts WHERE name = ?",
                              first["name"]) == [(1,)]
    assert make(other, **first).json()["id"] != made[0].json()["id"]
    server.verify()


def test_accounts_need_names_and_are_listed(server):
    for body in ({}, {"name": ""}, {"name": "x" * 101}, {"name": 5}):
        assert refused(server, "POST", ACCOUNTS, body) == (400, "name")
    count = server.store.query("SELECT count(*) FROM accounts")
    assert refused(server, "POST", ACCOUNTS, {"name": "x", "usd": -1, "reason": "r"})[0] == 400
    assert refused(server, "POST", ACCOUNTS, {"name": "x", "usd": 1}) == (400, "reason")
    assert server.store.query("SELECT count(*) FROM accounts") == count
    made = new_account(server, usd=5)
    seen, after = [], 0
    while after is not None:
        page = ok(server, "GET", f"{ACCOUNTS}?limit=3&after={after}")
        seen += page["accounts"]
        after = page["next"]
    assert made in seen and [one["id"] for one in seen] == sorted(one["id"] for one in seen)


def furnished(server):
    """An account with a paid job, a failed one and one that was canceled; its two keys."""
    account = new_account(server, usd=10)["id"]
    keys = [new_key(server, account=account, name=name) for name in ('one', 'two, "quoted"')]
    jobs = []
    for key, prompt in ((keys[0], "ok a"), (keys[0], "fail b"), (keys[1], "ok c")):
        job = server.submit(prompt, key=key["key"])
        rig.until(lambda: server.job(job, key["key"])["status"] in rig.OVER, rig.JOB_S)
        jobs.append(job)
    return account, keys, jobs


def test_a_statement_tells_every_entry(server):
    account, keys, jobs = furnished(server)
    told = ok(server, "GET", f"{ACCOUNTS}/{account}/statement")
    entries = told["entries"]
    assert [(entry["kind"], entry["amount_usd"], entry.get("job")) for entry in entries] == [
        ("grant", 10, None), ("hold", 0.5, jobs[0]), ("capture", 0.5, jobs[0]),
        ("hold", 0.5, jobs[1]), ("release", 0.5, jobs[1]), ("hold", 0.5, jobs[2]),
        ("capture", 0.5, jobs[2])]
    assert told["opening"] == {"available_usd": 0, "held_usd": 0, "spent_usd": 0}
    assert told["closing"] == {"available_usd": 9, "held_usd": 0, "spent_usd": 1}
    assert entries[1]["key_id"] == keys[0]["id"] and entries[1]["model"] == "sora-2"
    assert (entries[0]["reason"], entries[0]["author"]) == ("for a test", "key 1 (first key)")
    answer = ask(server, "GET", f"{ACCOUNTS}/{account}/statement?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["kind"] for row in rows] == ["opening", *(entry["kind"] for entry in entries),
                                             "closing"]
    assert rows[-1]["available_usd"] == "9" and rows[2]["job"] == jobs[0]
    printed = rig.run("credits", "statement", str(account), "--data", server.data)
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.split("\n")[2:-2] == answer.text.replace("\r\n", "\n").split("\n")[2:-2]


def test_usage_is_told_by_key_model_and_day(server):
    account, keys, _ = furnished(server)
    usage = ok(server, "GET", f"{ACCOUNTS}/{account}/usage")["usage"]
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    if {row["day"] for row in usage} != {today}:
        return  # midnight passed
    assert [(row["key_id"], row["key_name"], row["model"], row["jobs"], row["completed"],
             row["failed"], row["seconds"], row["spent_usd"], row["held_usd"]) for row in usage] == [
        (keys[0]["id"], "one", "sora-2", 2, 1, 1, 4, 0.5, 0),
        (keys[1]["id"], 'two, "quoted"', "sora-2", 1, 1, 0, 4, 0.5, 0)]
    text = ask(server, "GET", f"{ACCOUNTS}/{account}/usage?format=csv&from={today}").text
    assert [row["key_name"] for row in csv.DictReader(io.StringIO(text))] == ["one",
                                                                             'two, "quoted"']
    printed = rig.run("credits", "usage", str(account), "--format", "json", "--data", server.data)
    assert json.loads(printed.stdout)["usage"] == usage


@pytest.mark.parametrize("report", ("statement", "usage"))
def test_a_report_needs_a_period_that_makes_sense(server, report):
    path = f"{ACCOUNTS}/1/{report}"
    for query, param in (("from=yesterday", "from"), ("to=2026-02-30", "to"), ("format=xml", "format"),
                         ("from=2026-03-01&to=2026-03-01", "to"),
                         ("from=2020-01-01&to=2022-01-01", "to")):
        assert refused(server, "GET", f"{path}?{query}") == (400, param), query
    assert refused(server, "GET", f"{ACCOUNTS}/9999/{report}") == (404, None)
    assert ok(server, "GET", f"{path}?from=2020-01-01&to=2020-12-31")["account"] == 1


def test_the_command_line_does_the_same(server):
    name = f"by hand {time.time()}"
    made = rig.run("credits", "create", "--name", name, "--data", server.data)
    assert made.returncode == 0, made.stderr
    account = made.stdout.split()[1]

    def credits(*args, status=0):
        result = rig.run("credits", *args, "--data", server.data)
        assert result.returncode == status, (result.stdout, result.stderr)
        return result.stdout + result.stderr

    assert "$12.5" in credits("grant", account, "--usd", "12.5", "--reason", "cash")
    assert "$11" in credits("adjust", account, "--usd", "-1.5", "--reason", "oops", "--author", "me")
    assert "too low" in credits("adjust", account, "--usd", "-12", "--reason", "more", status=1)
    assert "--reason" in credits("grant", account, "--usd", "1", status=1)
    assert "not an amount" in credits("grant", account, "--usd", "1e3", "--reason", "x", status=1)
    assert "no such account" in credits("grant", "9999", "--usd", "1", "--reason", "x", status=1)
    line = next(line for line in credits("list").split("\n") if name in line)
    assert line.split()[:4] == [account, "$11", "$0", "$0"]
    key = rig.run("keys", "create", "--account", account, "--data", server.data).stdout.split()[1]
    assert server.request("GET", "/v2/me", key=key).json()["team"]["credits"] == 88
    shown = ok(server, "GET", f"{ACCOUNTS}/{account}")
    assert shown["available_usd"] == 11
    rows = list(csv.DictReader(io.StringIO(credits("statement", account), newline="")))
    assert [(row["kind"], row["amount_usd"]) for row in rows][1:3] == [("grant", "12.5"),
                                                                      ("adjust", "-1.5")]
    assert rows[2]["author"] == "me" and rows[1]["author"]
    server.verify()

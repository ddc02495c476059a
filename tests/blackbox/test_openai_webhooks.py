# SPDX-License-Identifier: Apache-2.0
"""OpenAI's webhook endpoints: how they are kept, what is sent to them, and how it is signed."""
import base64
import hmac
import json
import re
import socket
import threading
import time
import uuid

import pytest

import rig
from openai_wire import Client, refused
from vendors import hook_server, hooks  # noqa: F401

BOTH = ["video.completed", "video.failed"]
KEYS = {"id", "object", "name", "url", "event_types", "created_at", "updated_at",
        "signing_secret_hint"}
WAIT_S = rig.WAIT_S
ANSWER_S = 15  # COURIER_ANSWER_MS


@pytest.fixture(scope="module")
def hooked(tmp_path_factory, hooks):  # noqa: F811
    """A server that may tell `hooks`, with 0.25 s, then 0.5 s … between attempts."""
    yield from hook_server(tmp_path_factory.mktemp("hooked"), hooks, 0.05)


@pytest.fixture
def client(hooked):
    """An account of the test's own."""
    yield account(hooked)
    assert hooked.process.poll() is None, "the server died:\n" + hooked.tail()


def account(server):
    return Client(server, key=server.store.add_account(f"hooked {uuid.uuid4()}", 100)[1])


def register(client, url, events=None, name="a receiver"):
    answer = client.post({"name": name, "url": url, "event_types": events or BOTH},
                         "/v1/webhook_endpoints")
    assert answer.status_code == 200, answer.text
    return answer.json()


def call(client, method, endpoint, more="", **members):
    """A request for an endpoint that must succeed."""
    answer = client.request(method, f"/v1/webhook_endpoints/{endpoint['id']}{more}",
                            **({"json": members} if members else {}))
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(hooks, path, count=1):
    """[(headers with small letters, body)] once there are so many."""
    assert rig.until(lambda: len(hooks.at(path)) >= count, WAIT_S), hooks.at(path)
    return [({name.lower(): value for name, value in headers.items()}, body)
            for headers, body in hooks.at(path)]


def is_signed(letter, secret):
    headers, body = letter
    assert secret.startswith("whsec_")
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret[6:]), text, "sha256").digest()
    return "v1," + base64.b64encode(mac).decode() in headers["webhook-signature"].split(" ")


def deliveries(client, video):
    return client.get(f"/vitascope/jobs/{video}/deliveries").json()["deliveries"]


def state_of(client, video, wanted, endpoint=None):
    """The delivery (to that endpoint) as soon as it has that state."""
    def find():
        return [one for one in deliveries(client, video) if one["state"] == wanted and
                (endpoint is None or one["endpoint"] == str(uuid.UUID(endpoint["id"][4:])))]

    assert rig.until(find, WAIT_S), deliveries(client, video)
    return find()[0]


# ---- endpoints ----

def test_a_secret_is_shown_when_it_is_made_and_never_again(client, hooks):
    made = register(client, hooks.url + "/kept", ["video.failed"], "näme 海")
    assert set(made) == KEYS | {"signing_secret"}
    assert re.fullmatch(r"whe_[0-9a-f]{32}", made["id"]) and made["object"] == "webhook_endpoint"
    assert (made["name"], made["url"]) == ("näme 海", hooks.url + "/kept")
    assert made["event_types"] == ["video.failed"]
    assert abs(made["created_at"] - time.time()) < 60 and made["updated_at"] == made["created_at"]
    secret = made.pop("signing_secret")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert made["signing_secret_hint"] == secret[:10] + "..."
    assert call(client, "GET", made) == made
    assert client.get("/v1/webhook_endpoints").json()["data"] == [made]
    for path in ("/v1/webhook_endpoints", f"/v1/webhook_endpoints/{made['id']}"):
        assert secret[10:] not in client.get(path).text
    key = base64.b64decode(secret[6:])
    for row in client.store.query("SELECT * FROM endpoints"):
        assert all(key not in value for value in row if isinstance(value, bytes))
        assert all(secret[6:] not in value for value in row if isinstance(value, str))


def test_an_update_changes_what_it_names(client, hooks):
    made = register(client, hooks.url + "/a")
    secret = made.pop("signing_secret")
    client.store.change(("UPDATE endpoints SET updated_ms = created_ms - 5000",))
    before = call(client, "GET", made)
    for same in ({}, {"name": made["name"]}, {"url": made["url"], "event_types": BOTH[::-1]}):
        assert call(client, "POST", made, **same) == before
    changed = call(client, "POST", made, name="another")
    assert changed["updated_at"] > before["updated_at"]
    assert changed == {**before, "name": "another", "updated_at": changed["updated_at"]}
    changed = call(client, "POST", made, url=hooks.url + "/b", event_types=["video.completed"])
    assert (changed["url"], changed["event_types"]) == (hooks.url + "/b", ["video.completed"])
    assert changed["signing_secret_hint"] == made["signing_secret_hint"]
    client.end_of(client.create()["id"])
    assert is_signed(told(hooks, "/b")[0], secret)
    assert hooks.at("/a") == []


def test_a_list_has_pages_and_the_newest_first(client, hooks):
    assert client.get("/v1/webhook_endpoints").json() == {
        "object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    made = [register(client, hooks.url + "/never")["id"] for _ in range(5)][::-1]
    found, after, pages = [], "", 0
    while pages < 9:
        page = client.get(f"/v1/webhook_endpoints?limit=2&after={after}").json()
        ids = [one["id"] for one in page["data"]]
        assert (page["first_id"], page["last_id"]) == (ids[0], ids[-1])
        found, after, pages = found + ids, ids[-1], pages + 1
        if not page["has_more"]:
            break
    assert (found, pages) == (made, 3)
    assert len(client.get("/v1/webhook_endpoints?limit=5").json()["data"]) == 5
    assert not client.get("/v1/webhook_endpoints?limit=5").json()["has_more"]
    register(account(client.server), hooks.url + "/never")
    assert len(client.get("/v1/webhook_endpoints").json()["data"]) == 5


def test_an_account_may_have_twenty(client, hooks):
    made = [register(client, hooks.url + "/never") for _ in range(20)]
    answer = client.post({"name": "n", "url": hooks.url + "/never", "event_types": BOTH},
                         "/v1/webhook_endpoints")
    refused(answer, 409, "conflict", None)
    assert answer.headers["x-should-retry"] == "false"
    assert call(client, "DELETE", made[7]) == {
        "id": made[7]["id"], "object": "webhook_endpoint.deleted", "deleted": True}
    register(client, hooks.url + "/never")


def test_another_accounts_endpoint_is_not_there(client, hooks):
    made = register(client, hooks.url + "/mine")
    other, path = account(client.server), f"/v1/webhook_endpoints/{made['id']}"
    bodies = {"": {"name": "stolen", "url": hooks.url + "/stolen"}, "/rotate_secret": {},
              "/test": {"event_type": "video.completed"}}
    asked = [("GET", path, None), ("DELETE", path, None)]
    asked += [("POST", path + more, body) for more, body in bodies.items()]
    for method, where, body in asked:
        refused(other.request(method, where, json=body), 404, "not_found", "webhook_endpoint_id",
                message=f"Webhook endpoint with id '{made['id']}' not found.")
    other.end_of(other.create()["id"])
    client.end_of(client.create()["id"])
    assert len(told(hooks, "/mine")) == 1
    assert is_signed(told(hooks, "/mine")[0], made["signing_secret"])
    made.pop("signing_secret")
    assert call(client, "GET", made) == made and hooks.at("/stolen") == []


def test_the_types_of_events_are_listed(client):
    assert client.get("/v1/webhook_event_types").json() == {"object": "list", "data": BOTH}


# ---- events ----

@pytest.mark.parametrize("prompt,type_", [("ok a", "video.completed"),
                                          ("fail:refused a", "video.failed")])
def test_the_end_of_a_video_is_told_once_and_signed(client, hooks, prompt, type_):
    path = f"/end/{uuid.uuid4()}"
    made = register(client, hooks.url + path)
    video = client.end_of(client.create(prompt)["id"])
    headers, body = letter = told(hooks, path)[0]
    event = json.loads(body)
    assert re.fullmatch(r"evt_[0-9a-f]{32}", event["id"])
    assert event == {"id": event["id"], "object": "event", "created_at": event["created_at"],
                     "type": type_, "data": {"id": video["id"]}}
    assert abs(event["created_at"] - time.time()) < 60
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("Vitascope/")
    assert re.fullmatch(r"wh_[0-9a-f]{32}", headers["webhook-id"])
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert is_signed(letter, made["signing_secret"]) and " " not in headers["webhook-signature"]
    state_of(client, video["id"], "delivered")
    assert len(deliveries(client, video["id"])) == len(hooks.at(path)) == 1


@pytest.mark.parametrize("end", ("cancel", "delete"))
def test_a_video_that_is_canceled_or_deleted_has_failed(client, hooks, end):
    path = f"/away/{end}"
    register(client, hooks.url + path)
    video = client.create("gate:never a")
    if end == "cancel":
        client.request("POST", f"/vitascope/jobs/{video['id']}/cancel")
    else:
        client.request("DELETE", f"/v1/videos/{video['id']}")
    event = json.loads(told(hooks, path)[0][1])
    assert (event["type"], event["data"]["id"]) == ("video.failed", video["id"])


def test_each_endpoint_gets_what_it_wants_and_no_more(client, hooks):
    paths = {f"/wants/{number}/{uuid.uuid4()}": events for number, events in
             enumerate((["video.completed"], ["video.failed"], BOTH))}
    made = {path: register(client, hooks.url + path, events) for path, events in paths.items()}
    videos = {type_: client.end_of(client.create(prompt)["id"])["id"] for prompt, type_ in
              (("ok a", "video.completed"), ("fail:refused b", "video.failed"))}
    for path, events in paths.items():
        letters = told(hooks, path, len(events))
        assert len(letters) == len(events)
        assert {json.loads(body)["type"] for _, body in letters} == set(events)
        for letter in letters:
            event = json.loads(letter[1])
            assert event["data"]["id"] == videos[event["type"]]
            assert is_signed(letter, made[path]["signing_secret"])
            for other in made:
                assert other == path or not is_signed(letter, made[other]["signing_secret"])
    letters = [letter for path in paths for letter in told(hooks, path)]
    events = [json.loads(body) for _, body in letters]
    assert len({headers["webhook-id"] for headers, _ in letters}) == 4
    assert len({event["id"] for event in events}) == 2  # one for each video
    assert not any(deliveries(client, video)[2:] for video in videos.values())


def test_videos_of_other_dialects_are_not_told(client, hooks):
    register(client, hooks.url + "/foreign")
    job = client.server.submit({"model": "sora-2", "prompt": "ok a",
                                "webhookUrl": hooks.url + "/apiframe"}, key=client.key)
    told(hooks, "/apiframe")
    assert [one["endpoint"] for one in deliveries(client, job)] == [None]
    client.end_of(client.create()["id"])
    assert len(told(hooks, "/foreign")) == 1


# ---- secrets ----

def test_a_new_secret_ends_the_old_one_unless_that_is_kept(client, hooks):
    made = register(client, hooks.url + "/rotated")
    secrets = [made["signing_secret"]]

    def next_letter():
        count = len(hooks.at("/rotated"))
        client.end_of(client.create()["id"])
        return told(hooks, "/rotated", count + 1)[-1]

    def signers():
        letter = next_letter()
        signed = [number for number, secret in enumerate(secrets) if is_signed(letter, secret)]
        assert len(letter[0]["webhook-signature"].split(" ")) == len(signed)
        return signed

    for members, expected in (({}, [1]),
                              ({"keep_old_secret_active_for_24_hours": True}, [1, 2]),
                              ({"keep_old_secret_active_for_24_hours": True}, [2, 3]),
                              ({"keep_old_secret_active_for_24_hours": False}, [4])):
        found = call(client, "POST", made, "/rotate_secret", **members)
        assert set(found) == KEYS | {"signing_secret"} and found["id"] == made["id"]
        secrets.append(found["signing_secret"])
        assert found["signing_secret_hint"] == secrets[-1][:10] + "..."
        assert len(set(secrets)) == len(secrets)
        assert signers() == expected
    secrets.append(call(client, "POST", made, "/rotate_secret",
                        keep_old_secret_active_for_24_hours=True)["signing_secret"])
    row, = client.store.query("SELECT retired_until_ms - updated_ms FROM endpoints WHERE id = ?",
                              uuid.UUID(made["id"][4:]).bytes)
    assert row[0] == 24 * 3600 * 1000
    client.store.change(("UPDATE endpoints SET retired_until_ms = ? WHERE id = ?",
                         int(time.time() * 1000) - 1, uuid.UUID(made["id"][4:]).bytes))
    assert signers() == [5]


# ---- tests of an endpoint ----

@pytest.mark.parametrize("status", (200, 204, 302, 404, 500))
@pytest.mark.parametrize("type_", BOTH)
def test_a_test_tells_what_the_receiver_answered(client, hooks, status, type_):
    path = f"/tested/{uuid.uuid4()}"
    hooks.answers[path] = [status]
    made = register(client, hooks.url + path, ["video.failed"])
    assert call(client, "POST", made, "/test", event_type=type_) == {
        "object": "webhook_endpoint.test", "webhook_endpoint_id": made["id"],
        "event_type": type_, "status_code": status, "success": True}
    letter, = told(hooks, path)
    assert is_signed(letter, made["signing_secret"])
    event = json.loads(letter[1])
    assert event["type"] == type_
    assert client.get("/v1/videos/" + event["data"]["id"]).status_code == 404
    assert client.store.query("SELECT count(*) FROM deliveries WHERE url = ?",
                              hooks.url + path) == [(0,)]


@pytest.mark.parametrize("url,reason", [
    ("http://127.0.0.1:9/hook", "refused address"),  # an address that is no longer allowed
    ("https://nowhere.invalid/hook", "name not found"),
])
def test_a_test_without_an_answer_says_why(client, hooks, url, reason):
    made = register(client, hooks.url + "/never")
    client.store.change(("UPDATE endpoints SET url = ? WHERE id = ?", url,
                         uuid.UUID(made["id"][4:]).bytes))
    refused(client.post({"event_type": "video.failed"},
                        f"/v1/webhook_endpoints/{made['id']}/test"), 400, None, None,
            message=f"No answer came from the endpoint: {reason}")


def test_so_many_tests_run_at_a_time(make_server):
    rig.quickly(lambda: run_tests(make_server), ANSWER_S - 1)


def run_tests(make_server):
    with StuckReceiver() as stuck:
        server = make_server(fetch={"allow": [stuck.host]})
        client = Client(server)
        path = f"/v1/webhook_endpoints/{register(client, stuck.url)['id']}/test"
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(
            client.post({"event_type": "video.failed"}, path))) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert rig.until(lambda: stuck.count == 4)
        refused(client.post({"event_type": "video.failed"}, path), 429, "rate_limit_exceeded",
                None, type_="requests")
        server.terminate()
        for thread in threads:
            thread.join(WAIT_S)
        assert server.wait() == 0
    assert [answer.status_code for answer in answers] == [503] * 4


# ---- arrival ----

def test_what_is_not_taken_is_sent_again_and_signed_anew(client, hooks):
    hooks.answers["/again"] = [500, 302, 429]
    made = register(client, hooks.url + "/again")
    video = client.end_of(client.create()["id"])
    letters = told(hooks, "/again", 4)
    assert state_of(client, video["id"], "delivered")["attempts"] == len(letters) == 4
    assert len({headers["webhook-id"] for headers, _ in letters}) == 1
    assert len({body for _, body in letters}) == 1
    assert all(is_signed(letter, made["signing_secret"]) for letter in letters)
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in letters]
    assert stamps == sorted(stamps) and stamps[-1] > stamps[0]


def test_what_waits_goes_to_the_new_url_with_the_new_secret(client, hooks):
    hooks.answers["/moved/from"] = [500] * 99
    made = register(client, hooks.url + "/moved/from")
    video = client.create()["id"]
    told(hooks, "/moved/from")
    call(client, "POST", made, url=hooks.url + "/moved/to")
    secret = call(client, "POST", made, "/rotate_secret")["signing_secret"]
    letter = told(hooks, "/moved/to")[0]
    assert is_signed(letter, secret)
    assert letter[0]["webhook-id"] == told(hooks, "/moved/from")[0][0]["webhook-id"]
    assert state_of(client, video, "delivered")["url"] == hooks.url + "/moved/to"


def test_nothing_is_sent_to_an_endpoint_that_was_removed(client, hooks):
    hooks.answers["/removed"] = [500] * 99
    made = register(client, hooks.url + "/removed")
    video = client.create()["id"]
    told(hooks, "/removed")
    call(client, "DELETE", made)
    assert state_of(client, video, "failed")["last_error"] == "The endpoint is gone"
    count = len(hooks.at("/removed"))
    client.end_of(client.create()["id"])
    assert len(hooks.at("/removed")) == count


def test_a_delivery_is_replayed(client, hooks):
    made = register(client, hooks.url + "/replayed")
    video = client.create()["id"]
    one = state_of(client, video, "delivered")
    assert client.request("POST", f"/vitascope/deliveries/{one['id']}/replay").status_code == 202
    letters = told(hooks, "/replayed", 2)
    assert letters[0][0]["webhook-id"] == letters[1][0]["webhook-id"]
    assert is_signed(letters[1], made["signing_secret"])


def test_a_dead_endpoint_does_not_delay_another(client, hooks):
    rig.quickly(lambda: be_told_beside_a_dead_one(client, hooks), ANSWER_S - 1)


def be_told_beside_a_dead_one(client, hooks):
    path = f"/beside/{uuid.uuid4()}"
    with StuckReceiver() as stuck:
        client.server.stop()
        client.server.config["fetch"]["allow"] = [hooks.host, stuck.host]
        client.server.start()
        client.url = client.server.url
        broken = register(client, stuck.url)
        good = register(client, hooks.url + path)
        videos = [client.create() for _ in range(12)]
        letters = told(hooks, path, len(videos))
        assert {json.loads(body)["data"]["id"] for _, body in letters} == {
            video["id"] for video in videos}
        assert rig.until(lambda: stuck.count >= 8) and stuck.count == 8  # and no more at one time
        for video in videos:
            state_of(client, video["id"], "delivered", good)
            state_of(client, video["id"], "pending", broken)
        for endpoint in (broken, good):
            call(client, "DELETE", endpoint)


class StuckReceiver:
    """Takes connections and never says anything."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.url, self.count, self.open = f"http://{self.host}/stuck", 0, []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def accept(self):
        while True:
            try:
                self.open.append(self.listener.accept()[0])
            except OSError:
                return
            self.count += 1

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # or accept() goes on with what comes in its place
        self.listener.close()
        for connection in self.open:
            connection.close()


def test_kills_lose_no_delivery_and_double_no_row(make_server, hooks):
    server = make_server(fetch={"allow": [hooks.host]}, webhooks={"schedule_scale": 0.01},
                         engine={"concurrency": 3})
    client, videos = Client(server), []
    made = [register(client, hooks.url + path) for path in ("/soak/a", "/soak/b")]
    for round_ in range(4):
        videos += [client.create("ok a" if number % 2 else "fail:refused a")["id"]
                   for number in range(4)]
        time.sleep(0.05 + 0.15 * round_)
        server.kill()
        server.start()
        client = Client(server)
    for video in videos:
        client.end_of(video)
        for endpoint in made:
            state_of(client, video, "delivered", endpoint)
        assert len(deliveries(client, video)) == len(made)
    for path, endpoint in (("/soak/a", made[0]), ("/soak/b", made[1])):
        letters = told(hooks, path)
        assert {json.loads(body)["data"]["id"] for _, body in letters} == set(videos)
        assert len({headers["webhook-id"] for headers, _ in letters}) == len(videos)
        assert all(is_signed(letter, endpoint["signing_secret"]) for letter in letters)
    server.verify()


def test_a_kill_before_the_answer_loses_nothing_and_keeps_the_secret(make_server, hooks):
    with StuckReceiver() as stuck:
        server = make_server(fetch={"allow": [hooks.host, stuck.host]})
        client = Client(server)
        made = register(client, stuck.url)
        video = client.create()["id"]
        assert rig.until(lambda: stuck.count == 1, WAIT_S)  # sent, not answered
        server.kill()
    server.store.change(("UPDATE endpoints SET url = ?", hooks.url + "/killed"))
    server.start()
    client = Client(server)
    letter = told(hooks, "/killed")[0]
    assert is_signed(letter, made["signing_secret"])
    assert json.loads(letter[1])["data"]["id"] == video
    assert state_of(client, video, "delivered")["attempts"] == 1

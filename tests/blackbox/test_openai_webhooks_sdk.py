# SPDX-License-Identifier: Apache-2.0
"""Webhooks with OpenAI's own clients: the newest openai-node keeps the endpoints, and each client's
own verifier looks at what was really sent."""
import json
import time
import uuid

import pytest

import rig
from openai_wire import Client
from test_openai_sdk import in_node, in_python, node, python  # noqa: F401
from test_openai_webhooks import BOTH, call, hooked, hooks, register, told  # noqa: F401

OLD_S = 400  # beyond the clients' tolerance of 300 s


@pytest.fixture
def client(hooked):  # noqa: F811
    return Client(hooked, key=hooked.store.add_account(f"sdk {uuid.uuid4()}", 1000)[1])


@pytest.fixture
def newest_node(node, in_node):  # noqa: F811
    if not node.endswith("latest"):
        pytest.skip("this client knows no endpoints")
    return in_node


MANAGED = """
const hooks = client.webhooks, url = first;
const made = [];
for (const name of ["a", "b", "c", "d", "e"])
  made.push(await hooks.create({name, url, event_types: ["video.completed"]}));
const one = made[0].id, walked = [], seen = [];
for await (const endpoint of hooks.list({limit: 2})) walked.push(endpoint.id);
const page = await hooks.list();
const all = await hooks.list({after: null, limit: 100});
const shown = await hooks.retrieve(one);
const same = await hooks.update(one);
const changed = await hooks.update(one, {name: "z", event_types: ["video.failed"]});
const rotated = await hooks.rotateSecret(one);
const kept = await hooks.rotateSecret(one, {keep_old_secret_active_for_24_hours: true});
const tested = await hooks.test(one, {event_type: "video.failed"});
const types = await hooks.eventTypes.list();
const deleted = await hooks.delete(one);
for (const call of [() => hooks.retrieve(one), () => hooks.test("whe_1", {event_type: "x"}),
                    () => hooks.create({name: "x", url: "http://example.com", event_types: []})])
  await call().catch(error => seen.push([error.constructor.name, error.code, error.param]));
tell({made, walked, page: page.data.length, all: all.data.length, more: page.has_more, shown, same,
      changed, rotated, kept, tested, types, deleted, seen});
"""


def test_node_keeps_endpoints(newest_node, hooks):  # noqa: F811
    path = f"/node/{uuid.uuid4()}"
    told_ = newest_node(MANAGED, hooks.url + path)
    made = told_["made"]
    secret = made[0].pop("signing_secret")
    assert told_["walked"] == [one["id"] for one in made[::-1]]
    assert (told_["page"], told_["all"], told_["more"]) == (5, 5, False)
    assert told_["shown"] == told_["same"] == made[0]
    changed = told_["changed"]
    assert changed == {**made[0], "name": "z", "event_types": ["video.failed"],
                       "updated_at": changed["updated_at"]}
    secrets = {secret, told_["rotated"]["signing_secret"], told_["kept"]["signing_secret"]}
    assert len(secrets) == 3 and all(one.startswith("whsec_") for one in secrets)
    assert told_["tested"] == {
        "object": "webhook_endpoint.test", "webhook_endpoint_id": made[0]["id"],
        "event_type": "video.failed", "status_code": 200, "success": True}
    assert told_["types"] == {"object": "list", "data": BOTH}
    assert told_["deleted"] == {
        "id": made[0]["id"], "object": "webhook_endpoint.deleted", "deleted": True}
    assert told_["seen"] == [["NotFoundError", "not_found", "webhook_endpoint_id"],
                             ["NotFoundError", "not_found", "webhook_endpoint_id"],
                             ["BadRequestError", "empty_array", "event_types"]]
    headers, _ = told(hooks, path)[0]
    assert len(headers["webhook-signature"].split(" ")) == 2  # the old secret was kept


@pytest.fixture(scope="module")
def letters(hooked, hooks):  # noqa: F811
    """What was really sent, and what somebody might make of it: [(name, whether it must be
    accepted, headers, body, secret)]."""
    client = Client(hooked, key=hooked.store.add_account("letters", 1000)[1])
    path = f"/letters/{uuid.uuid4()}"
    hooks.answers[path] = [503, 503, 503]
    made = register(client, hooks.url + path)
    client.end_of(client.create("ok ä 海")["id"])
    tries = told(hooks, path, 4)
    client.end_of(client.create("fail:refused a")["id"])
    failed = told(hooks, path, 5)[4]
    rotated = call(client, "POST", made, "/rotate_secret",
                   keep_old_secret_active_for_24_hours=True)
    call(client, "POST", made, "/test", event_type="video.completed")
    kept = told(hooks, path, 6)[5]
    call(client, "POST", made, "/rotate_secret")
    call(client, "POST", made, "/test", event_type="video.completed")
    after = told(hooks, path, 7)[6]

    old, new = made["signing_secret"], rotated["signing_secret"]
    found = [(f"attempt {number}", True, *letter, old) for number, letter in enumerate(tries, 1)]
    found += [("failed", True, *failed, old), ("kept, old secret", True, *kept, old),
              ("kept, new secret", True, *kept, new)]
    headers, body = tries[0]
    later = str(int(headers["webhook-timestamp"]) + 1)
    past = str(int(time.time()) - OLD_S)
    found += [
        ("another secret", False, headers, body, new),
        ("a rotated secret", False, *after, old),
        ("the secret before a rotation", False, *after, new),
        ("another body", False, headers, body.replace(b"completed", b"failed"), old),
        ("a byte more", False, headers, body + b" ", old),
        ("another time", False, {**headers, "webhook-timestamp": later}, body, old),
        ("long ago", False, {**headers, "webhook-timestamp": past}, body, old),
        ("another id", False, {**headers, "webhook-id": "wh_1"}, body, old),
        ("another signature", False,
         {**headers, "webhook-signature": "v1," + "A" * 43 + "="}, body, old)]
    return [{"name": name, "good": good, "headers": headers, "body": body.decode(), "secret": secret}
            for name, good, headers, body, secret in found]


def check(letters, said):  # noqa: F811
    assert len(said) == len(letters) > 12
    for letter, verdict in zip(letters, said):
        event = json.loads(letter["body"])
        want = [event["type"], event["data"]["id"]] if letter["good"] else "refused"
        assert verdict == want, letter["name"]


def test_nodes_verifier_takes_what_was_sent_and_nothing_else(in_node, letters):  # noqa: F811
    check(letters, in_node("""
const said = [];
for (const {headers, body, secret} of JSON.parse(first)) {
  try {
    await client.webhooks.verifySignature(body, headers, secret);
    const event = await new OpenAI({webhookSecret: secret}).webhooks.unwrap(body, headers);
    said.push([event.type, event.data.id]);
  } catch (error) {
    said.push(error instanceof OpenAI.InvalidWebhookSignatureError ? "refused" : String(error));
  }
}
tell(said);
""", json.dumps(letters)))


def test_pythons_verifier_takes_what_was_sent_and_nothing_else(in_python, letters):  # noqa: F811
    check(letters, in_python("""
import os
said = []
for letter in json.loads(sys.argv[1]):
    body, headers, secret = letter["body"], letter["headers"], letter["secret"]
    os.environ["OPENAI_WEBHOOK_SECRET"] = secret
    try:
        client.webhooks.verify_signature(body, headers, secret=secret)
        event = openai.OpenAI().webhooks.unwrap(body, headers)
        said.append([event.type, event.data.id])
    except openai.InvalidWebhookSignatureError:
        said.append("refused")
tell(said)
""", json.dumps(letters)))

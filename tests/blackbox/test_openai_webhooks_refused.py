# SPDX-License-Identifier: Apache-2.0
"""Requests about webhook endpoints that are refused: each with its status, code, type and param.
None leaves an endpoint, changes one or sends anything."""
import json

import pytest

from openai_wire import Client, refused

PATH = "/v1/webhook_endpoints"
URL = "https://receiver.example.com/hook"
GOOD = {"name": "a receiver", "url": URL, "event_types": ["video.completed"]}
KEEP = "keep_old_secret_active_for_24_hours"
TYPES = "Supported values are: 'video.completed' and 'video.failed'."
UNKNOWN = "whe_" + "0" * 32


def rows(server):
    return server.store.query("SELECT * FROM endpoints ORDER BY id")


@pytest.fixture(scope="module")
def made(shared):
    """An endpoint that nothing here may change."""
    _, key = shared.store.add_account("refused", 1)
    client = Client(shared, key=key)
    made = client.post(GOOD, PATH).json()
    return client, f"{PATH}/{made['id']}"


@pytest.fixture
def client(server, made):
    before = rows(server)
    yield made[0]
    assert rows(server) == before


def with_(**members):
    return {**GOOD, **members}


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


# What is wrong with a member in a create is wrong in an update too.
WRONG = [
    ("name", None, "invalid_type",
     "Invalid type for 'name': expected a string, but got null instead."),
    ("name", 7, "invalid_type", None),
    ("name", ["x"], "invalid_type", None),
    ("name", "", "empty_string", None),
    ("name", "x" * 257, "string_above_max_length", None),
    ("name", "\u4e2d" * 257, "string_above_max_length", None),
    ("url", None, "invalid_type", None),
    ("url", {}, "invalid_type", None),
    ("url", "", "empty_string", None),
    ("url", "receiver.example.com/hook", "invalid_value", None),
    ("url", "//receiver.example.com/hook", "invalid_value", None),
    ("url", "ftp://receiver.example.com/hook", "invalid_value", None),
    ("url", "javascript:alert(1)", "invalid_value", None),
    ("url", "https://", "invalid_value", None),
    ("url", "https://user:secret@receiver.example.com/", "invalid_value", None),
    ("url", "https://receiver.example.com/a b", "invalid_value", None),
    ("url", "https://receiver.example.com/\r\nX: y", "invalid_value", None),
    ("url", "https://receiver.example.com:99999/", "invalid_value", None),
    ("url", "https://receiver.example.com/" + "x" * 2048, "invalid_value",
     "Invalid 'url': the URL is longer than 2048 bytes."),
    ("url", "http://receiver.example.com/hook", "invalid_value",
     "Invalid 'url': the URL must begin with https://."),
    *(("url", url, "invalid_value", "Invalid 'url': the URL leads to a private address.")
      for url in ("https://127.0.0.1/", "http://127.0.0.1:1/", "https://10.0.0.1/",
                  "https://192.168.1.1/", "https://172.16.0.1/", "https://169.254.169.254/latest",
                  "https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/", "https://[fe80::1]/",
                  "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/", "https://224.0.0.1/",
                  "https://[64:ff9b::7f00:1]/", "https://localhost/", "https://LOCALHOST/",
                  "https://a.localhost/")),
    *(("url", url, "invalid_value", None)
      for url in ("https://127.1/", "https://0x7f.0.0.1/", "https://2130706433/",
                  "https://0177.0.0.1/")),
    ("event_types", None, "invalid_type", None),
    ("event_types", "video.completed", "invalid_type", None),
    ("event_types", {"0": "video.completed"}, "invalid_type", None),
    ("event_types", [], "empty_array", None),
    ("event_types", [7], "invalid_type", None),
    ("event_types", [None], "invalid_type", None),
    ("event_types", [["video.completed"]], "invalid_type", None),
    ("event_types", ["video.canceled"], "invalid_value", f"Invalid value: 'video.canceled'. {TYPES}"),
    ("event_types", ["batch.completed"], "invalid_value", None),
    ("event_types", ["video.completed", "response.completed"], "invalid_value", None),
    ("event_types", ["VIDEO.COMPLETED"], "invalid_value", None),
    ("event_types", [""], "invalid_value", None),
    ("event_types", ["*"], "invalid_value", None),
    ("event_types", ["x" * 5000], "invalid_value", None),
]


@pytest.mark.parametrize("param,value,code,message", WRONG)
def test_a_wrong_member_is_refused(client, made, param, value, code, message):
    for path, body in ((PATH, with_(**{param: value})), (made[1], {param: value})):
        told = refused(client.post(body, path), 400, code, param, message=message)
        assert len(told["message"]) < 300


@pytest.mark.parametrize("param", ("name", "url", "event_types"))
def test_an_endpoint_lacks_nothing(client, param):
    refused(client.post(without(param), PATH), 400, "missing_required_parameter", param,
            message=f"Missing required parameter: '{param}'.")


@pytest.mark.parametrize("more,body,code,param", [
    ("", {**GOOD, "secret": "x"}, "unknown_parameter", "secret"),
    ("", {"id": "whe_1"}, "unknown_parameter", "id"),
    ("", {"signing_secret": "whsec_x"}, "unknown_parameter", "signing_secret"),
    ("/rotate_secret", {KEEP: "true"}, "invalid_type", KEEP),
    ("/rotate_secret", {KEEP: 1}, "invalid_type", KEEP),
    ("/rotate_secret", {KEEP: None}, "invalid_type", KEEP),
    ("/rotate_secret", {"keep": True}, "unknown_parameter", "keep"),
    ("/test", {}, "missing_required_parameter", "event_type"),
    ("/test", {"event_type": None}, "invalid_type", "event_type"),
    ("/test", {"event_type": ["video.failed"]}, "invalid_type", "event_type"),
    ("/test", {"event_type": ""}, "empty_string", "event_type"),
    ("/test", {"event_type": "batch.completed"}, "invalid_value", "event_type"),
    ("/test", {"event_type": "video.failed", "url": URL}, "unknown_parameter", "url"),
])
def test_a_wrong_request_for_an_endpoint_is_refused(client, made, more, body, code, param):
    refused(client.post(body, made[1] + more), 400, code, param)
    if not more and "name" in body:
        refused(client.post(body, PATH), 400, code, param)


@pytest.mark.parametrize("body", (b"{", b"[]", b"null", b'"text"', b'{"name":"a","name":"b"}',
                                  b'{"name":"\xff"}', b"name=a"))
def test_what_is_no_json_object_is_refused(client, made, body):
    for path in (PATH, made[1], made[1] + "/rotate_secret", made[1] + "/test"):
        refused(client.post(body, path), 400, None, None)
    refused(client.post(b"", PATH), 400, None, None)
    refused(client.post(b"", made[1] + "/test"), 400, None, None)


@pytest.mark.parametrize("type_", ("text/plain", "application/x-www-form-urlencoded",
                                   "multipart/form-data; boundary=x"))
def test_another_content_type_is_refused(client, made, type_):
    for path in (PATH, made[1], made[1] + "/rotate_secret", made[1] + "/test"):
        refused(client.post(json.dumps(GOOD).encode(), path, **{"Content-Type": type_}), 415,
                "unsupported_content_type", None)


def test_a_body_that_is_too_large_is_refused(client, made):
    for path in (PATH, made[1]):
        refused(client.post(with_(name="x" * 70_000), path), 413, "request_too_large", None)


@pytest.mark.parametrize("query,param", [
    ("limit=0", "limit"), ("limit=-1", "limit"), ("limit=101", "limit"), ("limit=x", "limit"),
    ("limit=", "limit"), ("limit=1.5", "limit"), ("after=whe_1", "after"), ("after=x", "after"),
    ("after=video_" + "0" * 32, "after"),
])
def test_a_wrong_query_of_a_list_is_refused(client, query, param):
    refused(client.get(f"{PATH}?{query}"), 400, "invalid_value", param)


@pytest.mark.parametrize("id_", ("whe_123", UNKNOWN, "x", "whe_" + "g" * 32, "%20",
                                 "video_" + "0" * 32))
def test_an_unknown_endpoint_is_not_there(client, id_):
    for method, more, body in (("GET", "", None), ("DELETE", "", None), ("POST", "", {"name": "x"}),
                               ("POST", "/rotate_secret", {}),
                               ("POST", "/test", {"event_type": "video.failed"})):
        refused(client.request(method, f"{PATH}/{id_}{more}", json=body), 404, "not_found",
                "webhook_endpoint_id")


@pytest.mark.parametrize("key", (None, "sk-wrong"))
def test_nobody_without_a_key_comes_in(client, made, key):
    headers = {"Authorization": f"Bearer {key}" if key else None}
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", made[1]), ("POST", made[1]),
                         ("DELETE", made[1]), ("POST", made[1] + "/rotate_secret"),
                         ("POST", made[1] + "/test"), ("GET", "/v1/webhook_event_types")):
        refused(client.request(method, path, headers=headers), 401, "invalid_api_key", None)


@pytest.mark.parametrize("method,more", [("PUT", ""), ("PATCH", ""), ("GET", "/test"),
                                         ("GET", "/rotate_secret"), ("DELETE", "/test")])
def test_another_method_is_refused(client, made, method, more):
    refused(client.request(method, made[1] + more), 405, "method_not_supported", None)

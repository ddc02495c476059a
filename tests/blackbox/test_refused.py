# SPDX-License-Identifier: Apache-2.0
"""Requests that must be refused: with which status, in which words, and without any trace."""
import concurrent.futures
import json
import time

import pytest
import requests

import rig

GOOD = {"model": "sora-2", "prompt": "ok a coast"}
BODY_BYTES_MAX = 10 * 2**20 // 3 * 4 + 256 * 1024
IMAGE = "soraParams.start_image"


def body(**changes):
    """A good request with members changed; None as text "MISSING" takes one away."""
    made = {**GOOD, **changes}
    return {key: value for key, value in made.items() if value != "MISSING"}


def params(**members):
    return body(soraParams=members)


@pytest.fixture
def traceless(server):
    """Whatever the test does must leave no job, no money moved, no file taken up."""
    def traces():
        return (server.store.job_count(), server.store.balance(),
                server.store.query("SELECT count(*) FROM ledger"), server.store.asset_count())

    before = traces()
    yield server
    assert traces() == before


def refused(answer, status, *details):
    """An answer in Apiframe's form: a string, and the fields at fault if there are any."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["x-request-id"]
    told = answer.json()
    assert isinstance(told["error"], str) and told["error"]
    assert set(told) == ({"error", "details"} if details else {"error"})
    assert set(told.get("details", {})) == set(details)
    for sentences in told.get("details", {}).values():
        assert sentences and all(isinstance(text, str) and text for text in sentences)
    return told


@pytest.mark.parametrize("request_body,details", [
    # prompt
    (body(prompt="MISSING"), ["prompt"]), (body(prompt=""), ["prompt"]),
    (body(prompt=None), ["prompt"]), (body(prompt=7), ["prompt"]),
    (body(prompt=["a", "b"]), ["prompt"]), (body(prompt={"text": "a"}), ["prompt"]),
    (body(prompt=True), ["prompt"]), (body(prompt="x" * 4001), ["prompt"]),
    (body(prompt="\u4e2d" * 4001), ["prompt"]), (body(prompt="\U0001f30a" * 4001), ["prompt"]),
    # model
    (body(model="MISSING"), ["model"]), (body(model=None), ["model"]),
    (body(model=2), ["model"]), (body(model=["sora-2"]), ["model"]),
    (body(model="sora-3"), ["model"]), (body(model=""), ["model"]),
    (body(model="SORA-2"), ["model"]), (body(model="sora-2 "), ["model"]),
    ({}, ["model", "prompt"]),
    # soraParams
    (body(soraParams="fast"), ["soraParams"]), (body(soraParams=[]), ["soraParams"]),
    (body(soraParams=4), ["soraParams"]),
    (params(duration=5), ["soraParams.duration"]), (params(duration=0), ["soraParams.duration"]),
    (params(duration=-4), ["soraParams.duration"]), (params(duration=4.5), ["soraParams.duration"]),
    (params(duration="8"), ["soraParams.duration"]), (params(duration=16), ["soraParams.duration"]),
    (params(duration=10**30), []), (params(duration=True), ["soraParams.duration"]),
    (params(aspect_ratio="1:1"), ["soraParams.aspect_ratio"]),
    (params(aspect_ratio="16x9"), ["soraParams.aspect_ratio"]),
    (params(aspect_ratio=16), ["soraParams.aspect_ratio"]),
    (params(resolution="1080p"), ["soraParams.resolution"]),
    (params(resolution=720), ["soraParams.resolution"]),
    (params(duration=5, aspect_ratio="1:1", resolution="4k"),
     ["soraParams.duration", "soraParams.aspect_ratio", "soraParams.resolution"]),
    # where to tell of the job, and of what
    (body(webhookUrl=""), ["webhookUrl"]), (body(webhookUrl=7), ["webhookUrl"]),
    (body(webhookUrl="example.com/hook"), ["webhookUrl"]),
    (body(webhookUrl="ftp://example.com/hook"), ["webhookUrl"]),
    (body(webhookUrl="https://u:p@example.com/hook"), ["webhookUrl"]),
    (body(webhookUrl="https://example.com/" + "x" * 2048), ["webhookUrl"]),
    (body(webhookUrl="javascript:alert(1)"), ["webhookUrl"]),
    (body(webhookUrl={"url": "https://example.com/"}), ["webhookUrl"]),
    (body(webhook_url="no"), ["webhook_url"]), (body(webhook_url=True), ["webhook_url"]),
    (body(webhookUrl="no", webhook_url="https://example.com/"), ["webhookUrl"]),
    (body(webhookEvents=[]), ["webhookEvents"]),
    (body(webhookEvents="completed"), ["webhookEvents"]),
    (body(webhookEvents=["done"]), ["webhookEvents"]),
    (body(webhookEvents=["completed", 7]), ["webhookEvents"]),
    (body(webhook_events=[None]), ["webhook_events"]),
    (body(webhook_events={"completed": True}), ["webhook_events"]),
    (body(webhookUrl="no", webhookEvents=["no"]), ["webhookUrl", "webhookEvents"]),
    # our own extras
    (body(vitascope=[]), ["vitascope"]),
    (body(vitascope={"seconds": 0}), ["vitascope.seconds"]),
    (body(vitascope={"seconds": 21}), ["vitascope.seconds"]),
    (body(vitascope={"fps": 25}), ["vitascope.fps"]),
    (body(vitascope={"seed": -1}), ["vitascope.seed"]),
    (body(vitascope={"size": "321x180"}), ["vitascope.size"]),
    (body(vitascope={"size": "1280"}), ["vitascope.size"]),
    (body(vitascope={"size": "99999x99999"}), ["vitascope.size"]),
    (body(vitascope={"size": "1920x1080"}), ["vitascope.size"]),
], ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else None)
def test_a_wrong_field_is_named(traceless, request_body, details):
    refused(traceless.create(request_body), 400, *details)


@pytest.mark.parametrize("raw", [
    b"", b"{", b"null", b"7", b'"a prompt"', b"[]", json.dumps([GOOD]).encode(),
    json.dumps(GOOD).encode() + b"}", b"{'model': 'sora-2', 'prompt': 'a'}",
    b'{"model": "sora-2", "model": "sora-2", "prompt": "a"}',
    b'{"model": "sora-2", "prompt": "\xff\xfe"}', b'{"model": "sora-2", "prompt": "\\ud800"}',
    b"[" * 100_000, b'{"a":' * 50_000, json.dumps(GOOD).encode("utf-16"),
    b"prompt=a+coast&model=sora-2",
    b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na coast\r\n--x--\r\n',
], ids=lambda raw: repr(raw[:30]))
def test_what_is_not_a_json_object_is_refused(traceless, raw):
    refused(traceless.create(raw), 400)


def test_a_form_is_refused(traceless):
    answer = requests.post(traceless.url + "/v2/videos/generate", data=GOOD,
                           headers=traceless.headers(), timeout=rig.WAIT_S)
    refused(answer, 400)
    answer = requests.post(traceless.url + "/v2/videos/generate", headers=traceless.headers(),
                           files={"prompt": (None, "a coast")}, timeout=rig.WAIT_S)
    refused(answer, 400)


@pytest.mark.parametrize("size", (BODY_BYTES_MAX + 1, 20 * 2**20))
def test_a_huge_body_is_413(traceless, size):
    answer = traceless.create(b'{"prompt":"' + b"x" * (size - 13) + b'"}')
    refused(answer, 413)


def test_a_huge_body_that_is_only_announced_is_413(traceless):
    import socket
    host = ("127.0.0.1", traceless.port)
    with socket.create_connection(host, timeout=rig.WAIT_S) as client:
        client.sendall(f"POST /v2/videos/generate HTTP/1.1\r\nHost: x\r\nX-API-Key: "
                       f"{traceless.key}\r\nContent-Length: {2**40}\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("value", ("k" * 256, "k" * 2000))
def test_a_too_long_idempotency_key_is_refused(traceless, value):
    refused(traceless.create(GOOD, **{"Idempotency-Key": value}), 400)


def test_too_little_money_is_402_and_says_how_much(server):
    account, key = server.store.add_account("poor", 1.99)
    jobs = server.store.job_count()
    # $1.99 is 15.92 credits: a balance is rounded down, or it would seem to be enough.
    answer = server.create({"model": "sora-2-pro", "prompt": "ok a coast"}, key=key)
    assert answer.status_code == 202  # 12 credits, $1.50
    answer = server.create(params(duration=4), key=key)
    assert answer.status_code == 402
    assert answer.json() == {"error": "Insufficient credits", "creditsRequired": 4,
                             "creditsAvailable": 3}
    assert server.store.job_count() == jobs + 1
    job = server.store.query("SELECT hex(id) FROM jobs WHERE account_id = ?", account)[0][0]
    assert rig.until(lambda: server.job(job, key=key)["status"] == "COMPLETED")
    assert server.store.balance(account) == (490_000, 0, 1_500_000)


def test_money_that_is_held_cannot_be_spent_twice(server):
    account, key = server.store.add_account("racer", 2.0)  # 4 clips of 4 seconds
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: server.create(GOOD, key=key).status_code, range(16)))
    assert sorted(answers) == [202] * 4 + [402] * 12
    assert rig.until(lambda: server.store.balance(account) == (0, 0, 2_000_000))
    server.verify()


# ---- images ----

def answers(status, content=b"", **headers):
    return lambda handler: rig.reply(handler, status, content, **headers)


@pytest.fixture(scope="module")
def images(receiver, private, pictures):
    """What the receivers serve to the tests below."""
    png = pictures["png"]
    receiver.routes.update({
        "/good.png": png,
        "/gone.png": answers(404, b"gone"),
        "/error.png": answers(500, b"oops"),
        "/empty.png": b"",
        "/none.png": answers(204),
        "/part.png": answers(206, png),
        "/page.png": b"<!doctype html><title>An image</title>" * 20,
        "/clip.gif": b"GIF89a" + b"\0" * 100,
        "/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "/cut.png": png[:len(png) // 2],
        "/head.png": png[:8],
        "/fake.jpg": b"\xff\xd8\xff" + b"\0" * 1000,
        "/fake.webp": b"RIFF\x10\0\0\0WEBPVP8 \4\0\0\0\0\0\0\0",
        "/large.png": png + b"\0" * (10 * 2**20),
        "/endless.png": endless,
        "/short.png": answers(200, png, Content_Length=str(len(png) + 5)),
        "/to-private.png": answers(302, Location=private.url + "/secret.png"),
        "/to-file.png": answers(302, Location="file:///etc/passwd"),
        "/to-metadata.png": answers(307, Location="http://169.254.169.254/latest/meta-data/"),
        "/loop.png": answers(302, Location="/loop.png"),
        "/one-hop.png": answers(302, Location="/good.png"),
        "/slow.png": trickle,
    })
    private.routes["/secret.png"] = png
    return {"receiver": receiver.url, "private": private.url, "port": private.host.split(":")[1]}


def endless(handler):
    """Bytes without end and without a length."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"\x89PNG\r\n\x1a\n" * 8192)
    except OSError:
        pass


def trickle(handler):
    """A byte now and then: never silent, never done."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(600):
            handler.wfile.write(b"\x89")
            handler.wfile.flush()
            time.sleep(0.5)
    except OSError:
        pass


@pytest.fixture(scope="module")
def slow_image(shared, images):
    """A request for an image that comes too slowly, under way while the other tests run."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        start = time.monotonic()
        body_bytes = params(start_image=images["receiver"] + "/slow.png")
        yield pool.submit(lambda: (shared.create(body_bytes), time.monotonic() - start))


@pytest.mark.parametrize("source", [
    # not there, or not to be had
    "{receiver}/gone.png", "{receiver}/error.png", "{receiver}/nothing-here.png",
    "{receiver}/empty.png", "{receiver}/none.png", "{receiver}/short.png",
    "http://127.0.0.1:1/refused.png", "http://no-such-host.invalid/a.png",
    # not an image, or a broken one
    "{receiver}/page.png", "{receiver}/clip.gif", "{receiver}/drawing.svg", "{receiver}/cut.png",
    "{receiver}/head.png", "{receiver}/fake.jpg", "{receiver}/fake.webp",
    # too much
    "{receiver}/large.png", "{receiver}/endless.png", "{receiver}/loop.png",
    # where nobody from outside may look
    "{private}/secret.png", "{receiver}/to-private.png", "{receiver}/to-file.png",
    "{receiver}/to-metadata.png", "http://localhost:{port}/secret.png",
    "http://[::1]:{port}/secret.png", "http://[::ffff:127.0.0.1]:{port}/secret.png",
    "http://2130706433:{port}/secret.png", "http://0x7f.1:{port}/secret.png",
    "http://0.0.0.0:{port}/secret.png", "http://10.0.0.1/a.png", "http://192.168.0.1/a.png",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/a.png",
    "http://user:pass@127.0.0.1:{port}/secret.png",
    # not a URL that we fetch
    "", "input.jpg", "/etc/passwd", "file:///etc/passwd", "ftp://127.0.0.1/a.png",
    "gopher://127.0.0.1:{port}/_GET", "http://", "http:///a.png", "//127.0.0.1/a.png",
    "javascript:alert(1)", "http://127.0.0.1:99999/a.png", "http://a b/c.png",
    "http://127.0.0.1:{port}/a\r\nX-Injected: 1",
    # inlined
    "data:", "data:,", "data:image/png;base64,", "data:image/png;base64,!!!!",
    "data:image/png;base64,aGVsbG8=", "data:image/png,plain", "data:text/plain;base64,aGVsbG8=",
    "data:image/svg+xml;base64,PHN2Zy8+",
])
def test_an_image_that_cannot_be_used_is_refused(traceless, images, private, source):
    private.hits.clear()
    answer = traceless.create(params(start_image=source.format(**images)))
    refused(answer, 400, IMAGE)
    assert not private.hits, "the server asked where it may not"


def test_what_is_at_a_private_address_cannot_be_told_from_nothing(server, images):
    told = [server.create(params(start_image=f"http://127.0.0.1:{port}/secret.png")).json()
            for port in (images["port"], 1)]
    assert told[0] == told[1]


@pytest.mark.parametrize("value", (7, ["http://a/b.png"], {"url": "http://a/b.png"}, False))
def test_an_image_is_given_as_a_string(traceless, value):
    refused(traceless.create(params(start_image=value)), 400, IMAGE)


def test_an_inlined_image_over_the_limit_is_refused(traceless, pictures):
    image = pictures["png"] + b"\0" * (10 * 2**20 + 1 - len(pictures["png"]))
    refused(traceless.create(params(start_image=rig.data_url(image))), 400, IMAGE)


def test_an_image_is_not_fetched_for_a_request_that_is_wrong_anyway(traceless, images, receiver):
    asked = receiver.hits["/good.png"]
    for changes in ({"prompt": ""}, {"model": "sora-3"}, {"vitascope": {"size": "1920x1080"}}):
        wrong = {**params(start_image=images["receiver"] + "/good.png"), **changes}
        assert traceless.create(wrong).status_code == 400
    assert receiver.hits["/good.png"] == asked


def test_an_account_without_money_leaves_no_image_behind(server, images):
    _, key = server.store.add_account("no money", 0.1)
    server.store.rest()
    assets = server.store.asset_count()
    answer = server.create(params(start_image=images["receiver"] + "/good.png"), key=key)
    assert answer.status_code == 402
    assert server.store.asset_count() == assets


@pytest.mark.parametrize("kind,mime", (("jpeg", "image/jpeg"), ("png", "image/png"),
                                       ("webp", "image/webp"), ("png", "image/*"),
                                       ("jpeg", "image/png")))
def test_an_inlined_image_is_taken_whatever_it_says_it_is(server, pictures, kind, mime):
    url = rig.data_url(pictures[kind], mime)
    job = server.finish(params(start_image=url))
    assert job["input"]["start_image"] == "data:"  # kept once, as a file
    film = requests.get(job["result"]["videoUrl"], timeout=rig.WAIT_S).content
    assert b'"first_frame": "/' in film


def test_a_redirect_to_an_allowed_place_is_followed(server, images):
    server.finish(params(start_image=images["receiver"] + "/one-hop.png"))


def test_an_image_that_comes_too_slowly_is_refused(slow_image):
    answer, seconds = slow_image.result()
    refused(answer, 400, IMAGE)
    assert 15 < seconds < 200  # not for as long as something comes


# ---- what is fine although it is not as documented ----

@pytest.mark.parametrize("good", [
    body(prompt="ok " + "x" * 3997), body(prompt="ok " + "\u4e2d" * 3997),
    body(prompt="ok " + "\U0001f30a" * 3997), body(soraParams={}), params(duration=8.0),
    body(vitascope=None), body(webhookUrl=None),
    params(start_image=None, aspect_ratio=None, resolution=None),
], ids=lambda value: json.dumps(value)[:60])
def test_what_is_within_the_limits_is_accepted(server, good):
    server.wait_for(server.submit(good), "COMPLETED")


def test_unknown_members_are_ignored_and_named(server):
    answer = server.create({**params(duration=4, fps=60), "n": 2, "size": "1x1"})
    assert answer.status_code == 202
    assert answer.headers["X-Vitascope-Ignored"] == "n, size, soraParams.fps"


@pytest.mark.parametrize("content_type", ("application/json; charset=utf-8", "text/plain", "",
                                          "application/x-www-form-urlencoded"))
def test_json_is_read_whatever_it_is_called(server, content_type):
    assert server.create(GOOD, **{"Content-Type": content_type}).status_code == 202


def test_the_ledger_is_right_after_all_that(server):
    server.store.rest()
    server.verify()

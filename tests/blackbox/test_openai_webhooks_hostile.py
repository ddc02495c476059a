# SPDX-License-Identifier: Apache-2.0
"""Receivers that mean harm, all at once on endpoints of one account: each is given up for now with
its reason within the time for an answer, and a good one beside them waits for none."""
import ipaddress
import itertools
import socket
import threading
import time
import uuid

import pytest

import rig
from openai_wire import Client
from test_openai_webhooks import call, deliveries, register, told
from vendors import Hooks

ANSWER_S = 15  # COURIER_ANSWER_MS


class Hostile:
    """Takes connections and says pieces of bytes, with a pause after each."""

    def __init__(self, pieces, pause=0.0):
        self.pieces, self.pause, self.count, self.closed = pieces, pause, 0, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.url = f"http://{self.host}/hostile"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection:
            try:
                connection.recv(65536)
                for piece in self.pieces():
                    if self.closed:
                        return
                    connection.sendall(piece)
                    time.sleep(self.pause or 0.002)  # lets the others speak
            except OSError:
                pass

    def close(self):
        self.closed = True
        self.listener.shutdown(socket.SHUT_RDWR)  # or accept() goes on with what comes in its place
        self.listener.close()


OK = b"HTTP/1.1 200 OK\r\n"
LINES = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 500) for number in range(40))


def forever(first, piece):
    return lambda: itertools.chain([first], itertools.repeat(piece))


# By name: what is said, how slowly, and what must become of the first attempt: (state, why).
RECEIVERS = {
    "endless headers": (forever(OK, LINES), 0, "pending", "No answer: response too large"),
    "many headers": (lambda: [OK + b"X: y\r\n" * 200 + b"\r\n"], 0, "pending",
                     "No answer: response too large"),
    "one endless header": (forever(OK + b"X: ", b"x" * 65536), 0, "pending", "No answer: "),
    "an endless first line": (forever(b"HTTP/1.1 200 ", b"O" * 65536), 0, "pending",
                              "No answer: "),
    "endless interim answers": (forever(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100), 0,
                                "pending", "No answer: response too large"),
    "headers drop by drop": (forever(OK, b"X-Drop: x\r\n"), 0.5, "pending", "No answer: timed out"),
    "interim answers drop by drop": (forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), 0.5,
                                     "pending", "No answer: timed out"),
    "silence": (forever(b"", b""), 0.5, "pending", "No answer: timed out"),
    "a body drop by drop": (forever(OK + b"\r\n", b"x"), 0.5, "delivered", ""),
    "an endless body": (forever(OK + b"\r\n", b"x" * 65536), 0, "delivered", ""),
    "endless trailers": (forever(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", LINES), 0,
                         "delivered", ""),
    "two lengths": (lambda: [OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"], 0, None, ""),
    "a negative length": (lambda: [OK + b"Content-Length: -1\r\n\r\n"], 0, None, ""),
    "a redirect to the metadata": (
        lambda: [b"HTTP/1.1 307 Go\r\nLocation: http://169.254.169.254/\r\n"
                 b"Content-Length: 0\r\n\r\n"], 0, "pending",
        "The receiver answered 307; redirects are not followed"),
    "an old protocol": (lambda: [b"<html>taken</html>"], 0, "pending", "No answer: "),
    "a status of nothing": (lambda: [b"HTTP/1.1 000 No\r\n\r\n"], 0, "pending", ""),
    "a switch": (lambda: [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"], 0,
                 "pending", ""),
}


def is_private(name):
    try:
        found = {address[4][0] for address in socket.getaddrinfo(name, 443)}
    except OSError:
        return False
    return found and not any(ipaddress.ip_address(one).is_global for one in found)


@pytest.fixture(scope="module")
def good():
    good = Hooks()
    yield good
    good.close()


def test_receivers_that_mean_harm(make_server, good):
    hostile = {name: Hostile(*how[:2]) for name, how in RECEIVERS.items()}
    tls = Hostile(forever(b"", b"HTTP/1.1 200 OK\r\n\r\n"), 0.1)  # and no TLS at all
    server = make_server(fetch={"allow": [good.host, tls.host,
                                          *(one.host for one in hostile.values())]})
    client = Client(server)
    try:
        made = {name: register(client, one.url) for name, one in hostile.items()}
        made["no TLS"] = register(client, tls.url.replace("http:", "https:"))
        register(client, good.url + "/good")
        video = client.create()["id"]
        told(good, "/good")
        others = [client.create()["id"] for _ in range(3)]
        told(good, "/good", 4)
        of = {name: str(uuid.UUID(one["id"][4:])) for name, one in made.items()}

        def tried():
            rows = {one["endpoint"]: one for one in deliveries(client, video)}
            return all(rows[id_]["attempts"] for id_ in of.values()) and rows

        rows = rig.until(tried, 6 * ANSWER_S)
        assert rows, deliveries(client, video)
        for name, (_, _, state, why) in RECEIVERS.items():
            row = rows[of[name]]
            assert state is None or row["state"] == state, (name, row)
            assert row["last_error"].startswith(why), (name, row)
            assert row["last_took_ms"] < 4 * ANSWER_S * 1000, (name, row)
        assert rows[of["no TLS"]]["last_error"] == "No answer: TLS failed"
        assert server.request("GET", "/healthz").status_code == 200
        assert all(client.end_of(one)["status"] == "completed" for one in others)
    finally:
        for one in (*hostile.values(), tls):
            one.close()


@pytest.mark.parametrize("name", [one for one in (socket.gethostname(), "ip6-localhost")
                                  if is_private(one)] or ["nothing"])
def test_a_name_that_turns_out_to_be_private_is_not_told(server, name):
    if name == "nothing":
        pytest.skip("no name here leads to a private address")
    client = Client(server, key=server.store.add_account("private", 10)[1])
    hostile = Hostile(forever(b"", b""))
    port = hostile.host.rsplit(":", 1)[1]
    try:
        made = register(client, f"https://{name}:{port}/")
        answer = client.post({"event_type": "video.failed"},
                             f"/v1/webhook_endpoints/{made['id']}/test")
        assert answer.status_code == 400
        assert answer.json()["error"]["message"] == \
            "No answer came from the endpoint: refused address"
        video = client.create()["id"]
        assert rig.until(lambda: [one["state"] for one in deliveries(client, video)] == ["failed"])
        assert deliveries(client, video)[0]["last_error"] == "No answer: refused address"
        assert hostile.count == 0
        call(client, "DELETE", made)
    finally:
        hostile.close()

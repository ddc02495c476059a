# SPDX-License-Identifier: Apache-2.0
"""The HTTP server against clients that lie, stall, flood and vanish.

Raw sockets against tests/doubles/echo_server, so that every byte is ours. What is refused and
what is accepted follows nginx."""
import calendar
import json
import os
import select
import signal
import socket
import subprocess
import threading
import time

import pytest

import rig

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROGRAM = os.path.join(ROOT, os.environ.get("VITASCOPE_BUILD", "build"), "tests/doubles/echo_server")
H = b"Host: a\r\n"
WAIT_S = rig.WAIT_S


class Server:
    def __init__(self, *args):
        self.process = subprocess.Popen([PROGRAM, *map(str, args)], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def connect(self, **options):
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S, **options)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def release(self):
        """Answers what is held."""
        self.process.send_signal(signal.SIGUSR1)

    def wait_for(self, line, seconds=WAIT_S):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if line in self.lines:
                return
            time.sleep(0.01)
        raise AssertionError(f"no {line!r} in {self.lines}")

    def stop(self, number=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    path = tmp_path_factory.mktemp("http") / "file"
    path.write_bytes(bytes(i * 7 % 251 for i in range(300_000)))
    server = Server("--file", path)
    server.content = path.read_bytes()
    yield server
    assert server.stop() == 0


@pytest.fixture
def start():
    servers = []

    def make(*args):
        servers.append(Server(*args))
        return servers[-1]

    yield make
    for made in servers:
        assert made.stop() == 0


def read_head(sock):
    """Reads one header block. Returns status, headers (lower-case names), bytes after it."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part:
            raise EOFError(data)
        data += part
    head, rest = data.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, value = line.split(": ", 1)
        assert name.lower() not in headers, f"{name} twice"
        headers[name.lower()] = value
    assert lines[0].startswith("HTTP/1.1 ")
    return int(lines[0].split()[1]), headers, rest


def read_response(sock, rest=b"", method="GET"):
    while b"\r\n\r\n" not in rest:
        part = sock.recv(65536)
        if not part:
            raise EOFError(rest)
        rest += part

    class Replay:
        def recv(self, count):
            nonlocal rest
            part, rest = rest, b""
            return part or sock.recv(count)

    status, headers, rest = read_head(Replay())
    length = 0 if method == "HEAD" or status in (204, 304) else int(headers["content-length"])
    while len(rest) < length:
        part = sock.recv(65536)
        if not part:
            raise EOFError(rest)
        rest += part
    return status, headers, rest[:length], rest[length:]


def read_all(sock):
    data = b""
    try:
        while True:
            part = sock.recv(65536)
            if not part:
                return data
            data += part
    except ConnectionResetError:
        return data + b"<reset>"


def ask(server, request):
    """Sends bytes and returns the whole answer up to the close."""
    with server.connect() as sock:
        sock.sendall(request)
        return read_all(sock)


def get(server, target, *headers, method="GET", body=b""):
    with server.connect() as sock:
        lines = b"".join(header.encode() + b"\r\n" for header in headers)
        if body:
            lines += b"Content-Length: %d\r\n" % len(body)
        sock.sendall(b"%s %s HTTP/1.1\r\n%sConnection: close\r\n%s\r\n%s" % (
            method.encode(), target.encode(), H, lines, body))
        status, headers, body, rest = read_response(sock, method=method)
        assert rest == b"" and read_all(sock) == b""
        return status, headers, body


def post(*lines, body=b"hello"):
    return b"POST /echo HTTP/1.1\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked"
SMUGGLED = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

# The 24 probes that the choice of libraries was made with, and what follows from them.
PROBES = {
    "content-length and transfer-encoding": post(b"Host: a", b"Content-Length: 5", CHUNKED, body=SMUGGLED),
    "transfer-encoding and content-length": post(b"Host: a", CHUNKED, b"Content-Length: 5", body=SMUGGLED),
    "two different content-lengths": post(b"Host: a", b"Content-Length: 5", b"Content-Length: 0"),
    "two equal content-lengths": post(b"Host: a", b"Content-Length: 5", b"Content-Length: 5"),
    "content-length with plus": post(b"Host: a", b"Content-Length: +5"),
    "content-length with minus": post(b"Host: a", b"Content-Length: -5"),
    "content-length with letters": post(b"Host: a", b"Content-Length: 5x"),
    "content-length in hex": post(b"Host: a", b"Content-Length: 0x5"),
    "content-length as a list": post(b"Host: a", b"Content-Length: 5, 5"),
    "content-length empty": post(b"Host: a", b"Content-Length:"),
    "content-length that overflows": post(b"Host: a", b"Content-Length: 18446744073709551621"),
    "space before colon": post(b"Host: a", b"Content-Length : 5"),
    "tab before colon": post(b"Host: a", b"Content-Length\t: 5"),
    "bare CR hides transfer-encoding": post(b"Host: a", b"X: a\rTransfer-Encoding: chunked", body=SMUGGLED),
    "bare CR before colon": post(b"Host: a", b"X\r: a"),
    "leading space before the first header": post(b" Host: a", b"Content-Length: 5"),
    "leading space hides content-length": post(b"Host: a", b" Content-Length: 5"),
    "folded header": post(b"Host: a", b"X: a\r\n b", b"Content-Length: 5"),
    "folded with a tab": post(b"Host: a", b"Content-Length: 5\r\n\t6"),
    "NUL in a value": post(b"Host: a", b"X: a\0b", b"Content-Length: 5"),
    "NUL in a name": post(b"Host: a", b"X\0Y: a", b"Content-Length: 5"),
    "no host": post(b"Content-Length: 5"),
    "two hosts": post(b"Host: a", b"Host: b", b"Content-Length: 5"),
    "two equal hosts": post(b"Host: a", b"Host: a", b"Content-Length: 5"),
    "host with a space": post(b"Host: a b", b"Content-Length: 5"),
    "host with a user": post(b"Host: u@a", b"Content-Length: 5"),
    "bare LF lines": b"POST /echo HTTP/1.1\nHost: a\nContent-Length: 5\n\nhello",
    "one bare LF": b"POST /echo HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n\r\nhello",
    "bare LF at the end": b"GET /echo HTTP/1.1\r\nHost: a\r\n\n",
    "header without colon": post(b"Host: a", b"Content-Length 5"),
    "header without name": post(b"Host: a", b": 5"),
    "transfer-encoding twice": post(b"Host: a", CHUNKED, CHUNKED, body=SMUGGLED),
    "transfer-encoding obfuscated": post(b"Host: a", b"Transfer-Encoding: xchunked", body=SMUGGLED),
    "transfer-encoding with a vertical tab": post(b"Host: a", b"Transfer-Encoding: \x0bchunked", body=SMUGGLED),
    "transfer-encoding identity": post(b"Host: a", b"Transfer-Encoding: identity", b"Content-Length: 5"),
    "transfer-encoding with more": post(b"Host: a", b"Transfer-Encoding: chunked, identity", body=SMUGGLED),
    "transfer-encoding before chunked": post(b"Host: a", b"Transfer-Encoding: gzip, chunked", body=SMUGGLED),
    "transfer-encoding in 1.0": b"POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED,
    "version 0.9": b"GET /echo\r\n\r\n",
    "version 2.0": b"GET /echo HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "lower-case method": b"get /echo HTTP/1.1\r\nHost: a\r\n\r\n",
    "two spaces": b"GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n",
    "space in target": b"GET /ec ho HTTP/1.1\r\nHost: a\r\n\r\n",
    "control byte in target": b"GET /ec\x01ho HTTP/1.1\r\nHost: a\r\n\r\n",
    "high byte in target": b"GET /ec\xffho HTTP/1.1\r\nHost: a\r\n\r\n",
    "fragment in target": b"GET /echo#x HTTP/1.1\r\nHost: a\r\n\r\n",
    "target without slash": b"GET echo HTTP/1.1\r\nHost: a\r\n\r\n",
    "authority as target": b"GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "target that climbs": b"GET /../echo HTTP/1.1\r\nHost: a\r\n\r\n",
    "encoded target that climbs": b"GET /%2e%2e%2fecho HTTP/1.1\r\nHost: a\r\n\r\n",
    "encoded NUL": b"GET /echo%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "wrong encoding": b"GET /echo%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "wrong encoding in query": b"GET /echo?a=%z HTTP/1.1\r\nHost: a\r\n\r\n",
    "too many parameters": b"GET /echo?" + b"&".join(b"a" for _ in range(65)) + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "unknown method": b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    "connect": b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "unknown expectation": post(b"Host: a", b"Content-Length: 5", b"Expect: magic"),
}


@pytest.mark.parametrize("name", PROBES)
def test_ambiguous_request_is_refused_once_and_the_connection_closed(server, name):
    answer = ask(server, PROBES[name])
    status = answer.split(b" ", 2)[1]
    assert status in (b"400", b"417", b"501", b"505"), answer
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    assert b"Connection: close\r\n" in answer
    body = json.loads(answer.split(b"\r\n\r\n", 1)[1])
    assert body["error"]["code"] == int(status)
    assert not any("smuggled" in line for line in server.lines)


CHUNK_PROBES = {
    "no size": b"\r\nhello\r\n0\r\n\r\n",
    "negative size": b"-5\r\nhello\r\n0\r\n\r\n",
    "size with plus": b"+5\r\nhello\r\n0\r\n\r\n",
    "size with 0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "size that overflows": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "size ended by LF": b"5\nhello\r\n0\r\n\r\n",
    "data longer than its size": b"4\r\nhello\r\n0\r\n\r\n",
    "data ended by LF": b"5\r\nhello\n0\r\n\r\n",
    "trailer with a bare CR": b"0\r\nX: a\rb\r\n\r\n",
    "trailer with a space before the colon": b"0\r\nX : a\r\n\r\n",
    "end by LF": b"0\r\n\n",
    "extension without end": b"5;" + b"a" * 40000,
    "trailers without end": b"0\r\n" + b"X: y\r\n" * 20000,
    "zeros without end": b"0" * 40000,
}


@pytest.mark.parametrize("name", CHUNK_PROBES)
def test_ambiguous_chunk_is_refused_and_the_connection_closed(server, name):
    answer = ask(server, post(b"Host: a", CHUNKED, body=CHUNK_PROBES[name]))
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1 ") == 1


def test_huge_chunk_size_is_refused_by_the_limit_not_by_memory(server):
    with server.connect() as sock:
        sock.sendall(post(b"Host: a", CHUNKED, body=b"7fffffffffffffff\r\n"))
        sent = 0
        try:
            while sent < 12 << 20:
                sent += sock.send(b"x" * 65536)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert read_all(sock).startswith(b"HTTP/1.1 413 ")


def test_chunked_body_with_extensions_and_trailers_is_read(server):
    with server.connect() as sock:
        sock.sendall(post(b"Host: a", CHUNKED, body=b"5;a=b\r\nhello\r\n1;c=\"d\"\r\n!\r\n0\r\nX-T: 1\r\n\r\n"))
        assert read_response(sock)[2:] == (b"hello!", b"")
        sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(sock)[0] == 200


def test_request_that_comes_byte_by_byte_is_read(server):
    request = post(b"Host: a", CHUNKED, b"Connection: close", body=b"5\r\nhello\r\n0\r\n\r\n")
    with server.connect() as sock:
        for i in range(len(request)):
            sock.sendall(request[i:i + 1])
        status, _, body, rest = read_response(sock)
        assert (status, body, rest) == (200, b"hello", b"")


def test_what_a_request_says_reaches_the_handler_decoded(server):
    status, _, body = get(server, "/info?a=b%20c+d&e", "X-Thing:  v ")
    info = json.loads(body)
    assert status == 200
    assert info["path"] == "/info" and info["params"] == ["a", "b c d", "e", ""]
    assert info["peer"] == "127.0.0.1" and info["host"] == "a" and info["length"] == 0
    assert ["X-Thing", "v"] == info["headers"][-2:]


def test_absolute_target_brings_its_own_host(server):
    with server.connect() as sock:
        sock.sendall(b"GET http://other:81/info?x HTTP/1.1\r\n%s\r\n" % H)
        info = json.loads(read_response(sock)[2])
        assert (info["path"], info["host"], info["params"]) == ("/info", "other:81", ["x", ""])


def test_options_of_the_whole_server_is_read(server):
    with server.connect() as sock:
        sock.sendall(b"OPTIONS * HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(sock)[0] == 404


def test_fifty_pipelined_requests_are_answered_in_order(server):
    request = b"".join(
        b"POST /echo HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%d" % (H, len(str(i)), i) if i % 3 else
        b"GET /later?ms=%d HTTP/1.1\r\n%s\r\n" % (i % 7, H) for i in range(50))
    with server.connect() as sock:
        sock.sendall(request)
        rest = b""
        for i in range(50):
            status, _, body, rest = read_response(sock, rest)
            assert (status, body) == (200, str(i).encode() if i % 3 else b"/later")
        assert rest == b""


def test_pipelined_requests_behind_a_refused_one_are_not_answered(server):
    answer = ask(server, b"GET /fixed HTTP/1.1\r\n%s\r\nGET /x HTTP/1.1\r\n\r\nGET /fixed HTTP/1.1\r\n%s\r\n" % (H, H))
    assert [part.split(b" ")[0] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"400"]


def test_flood_of_pipelined_requests_waits_in_the_kernel(start):
    server = start("--quiet")
    with server.connect() as sock:
        sock.settimeout(0.5)
        sock.sendall(b"GET /later?ms=2500 HTTP/1.1\r\n%s\r\n" % H)
        sent = 0
        with pytest.raises(TimeoutError):
            while sent < 64 << 20:
                sent += sock.send(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H * 1000)
        with open(f"/proc/{server.process.pid}/status") as file:
            rss = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        assert rss < 100_000


def test_half_closed_client_gets_its_answers(server):
    with server.connect() as sock:
        sock.sendall(b"GET /later?ms=50 HTTP/1.1\r\n%s\r\nGET /fixed HTTP/1.1\r\n%s\r\n" % (H, H))
        sock.shutdown(socket.SHUT_WR)
        answer = read_all(sock)
        assert answer.count(b"HTTP/1.1 200 OK") == 2


def test_half_closed_in_the_middle_of_a_request_is_closed(server):
    for request in (b"GET /fixed HTT", post(b"Host: a", b"Content-Length: 9", body=b"hell")):
        with server.connect() as sock:
            sock.sendall(request)
            sock.shutdown(socket.SHUT_WR)
            assert read_all(sock) == b""


def send_and_vanish(server, request):
    """The server has read the request when its client resets the connection: both requests come
    in one piece, and the first is answered."""
    sock = server.connect()
    sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H + request)
    assert read_response(sock)[0] == 200
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()


def test_client_that_vanishes_in_its_body_is_forgotten(server):
    send_and_vanish(server, post(b"Host: a", b"Content-Length: 90000", body=b"x" * 1000)
                    .replace(b"/echo", b"/vanish1"))
    server.wait_for("POST /vanish1 0 0 cut")


def test_client_that_vanishes_while_its_request_is_worked_on_is_dropped(server):
    send_and_vanish(server, b"PUT /held HTTP/1.1\r\n%s\r\n" % H)
    server.release()
    server.wait_for("PUT /held 0 0 cut")


def test_client_that_vanishes_before_its_body_is_accepted_is_dropped(server):
    send_and_vanish(server, b"POST /accept-held HTTP/1.1\r\n%sContent-Length: 1\r\n\r\n" % H)
    server.release()
    server.wait_for("POST /accept-held 0 0 cut")


def test_body_may_be_accepted_later(server):
    with server.connect() as sock:
        sock.sendall(b"POST /accept-later?ms=50 HTTP/1.1\r\n%sContent-Length: 5\r\n\r\nhello" % H)
        assert read_response(sock)[2] == b"hello"
        sock.sendall(b"POST /accept-later?ms=50 HTTP/1.1\r\n%sContent-Length: 5\r\n\r\n" % H)
        time.sleep(0.1)
        sock.sendall(b"hello")
        assert read_response(sock)[2] == b"hello"


def test_head_that_drips_runs_into_the_timeout(start):
    server = start("--head-ms", 300)
    with server.connect() as sock:
        for byte in b"GET /fixed HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 1000:
            sock.sendall(bytes([byte]))
            if select.select([sock], [], [], 0.02)[0]:
                break
        assert read_response(sock)[0] == 408  # although the head is not over


def test_client_that_says_nothing_is_closed_silently(start):
    server = start("--head-ms", 200)
    with server.connect() as sock:
        assert read_all(sock) == b""


def test_body_that_stops_runs_into_the_timeout(start):
    server = start("--body-ms", 200)
    answer = ask(server, post(b"Host: a", b"Content-Length: 9", body=b"hell"))
    assert answer.startswith(b"HTTP/1.1 408 ") and b"Connection: close" in answer


def in_time(act, times=10):
    """What act() gives. It must be quicker than the server's patience, which it may miss on a busy
    machine: then it is done again."""
    for _ in range(times - 1):
        try:
            return act()
        except (EOFError, OSError):
            pass
    return act()


def test_idle_connection_is_closed_after_its_timeout(start):
    server = start("--idle-ms", 900, "--head-ms", 5000)

    def act():
        with server.connect() as sock:
            for _ in range(3):
                sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
                assert read_response(sock)[0] == 200
                time.sleep(0.45)
            return read_all(sock)

    assert in_time(act) == b""


def test_client_that_takes_nothing_is_cut_off(start):
    server = start("--send-ms", 300)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", server.port))
        sock.sendall(b"GET /bytes?bytes=20000000 HTTP/1.1\r\n%s\r\n" % H)
        assert rig.until(lambda: server.lines)
        assert server.lines[0].endswith("cut")


def test_slow_client_that_takes_something_is_waited_for(start):
    server = start("--send-ms", 1200)
    assert in_time(lambda: take_slowly(server)) > 20_000_000


def take_slowly(server):
    """Takes little for four seconds and then the rest; how many bytes came."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        sock.settimeout(WAIT_S)
        sock.connect(("127.0.0.1", server.port))
        sock.sendall(b"GET /bytes?bytes=20000000 HTTP/1.1\r\n%sConnection: close\r\n\r\n" % H)
        total, began = 0, time.monotonic()
        while True:
            slow = time.monotonic() - began < 4
            part = sock.recv(20_000 if slow else 1 << 18)
            if not part:
                break
            total += len(part)
            if slow:
                time.sleep(0.05)
        if total <= 20_000_000:
            raise EOFError(total)
        return total


def test_header_block_over_its_limit_is_refused(server):
    answer = ask(server, b"GET /fixed HTTP/1.1\r\n%sX: %s\r\n\r\n" % (H, b"y" * 17000))
    assert answer.startswith(b"HTTP/1.1 431 ")
    answer = ask(server, b"GET /fixed HTTP/1.1\r\n%sX: %s" % (H, b"y" * 17000))
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_target_over_its_limit_is_refused(server):
    for size in (9000, 17000):
        answer = ask(server, b"GET /%s HTTP/1.1\r\n%s\r\n" % (b"y" * size, H))
        assert answer.startswith(b"HTTP/1.1 414 ")


def test_one_header_too_many_is_refused(server):
    for count, status in ((99, b"200"), (100, b"431")):
        answer = ask(server, b"GET /fixed HTTP/1.1\r\n%sConnection: close\r\n%s\r\n" % (
            H, b"X: y\r\n" * (count - 1)))
        assert answer.split(b" ")[1] == status


def test_body_over_its_routes_limit_is_refused_before_it_is_read(server):
    with server.connect() as sock:
        sock.sendall(b"POST /small HTTP/1.1\r\n%sContent-Length: 10\r\n\r\n0123456789" % H)
        assert read_response(sock)[0] == 200
        sock.sendall(b"POST /small HTTP/1.1\r\n%sContent-Length: 1000000000\r\n\r\n" % H)
        status, headers, _, _ = read_response(sock)
        assert status == 413 and headers["connection"] == "close"


def test_chunked_body_over_its_routes_limit_is_refused(server):
    answer = ask(server, b"POST /small HTTP/1.1\r\n%s%s\r\n\r\n" % (H, CHUNKED) + b"6\r\n012345\r\n" * 2)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_client_that_sends_on_after_a_refusal_still_reads_why(server):
    with server.connect() as sock:
        sock.sendall(b"POST /small HTTP/1.1\r\n%sContent-Length: 4000000\r\n\r\n" % H)
        sock.sendall(b"x" * 4_000_000)
        assert read_response(sock)[0] == 413


def test_bodies_in_flight_share_one_limit(start):
    server = start("--bodies", 100_000)
    first = server.connect()
    first.sendall(b"POST /echo HTTP/1.1\r\n%sContent-Length: 90001\r\n\r\n" % H + b"x" * 90_000)

    def second():
        status, headers, _ = get(server, "/echo", method="POST", body=b"y" * 20_000)
        return status == 503 and headers

    assert rig.until(second)["retry-after"] == "1"  # as soon as it has read what came first
    first.sendall(b"x")
    assert read_response(first)[2] == b"x" * 90_001
    first.close()
    status, _, body = get(server, "/echo", method="POST", body=b"z" * 90_000)
    assert status == 200 and len(body) == 90_000


def test_expect_continue_is_honoured_once_the_body_is_wanted(server):
    with server.connect() as sock:
        sock.sendall(post(b"Host: a", b"Content-Length: 5", b"Expect: 100-continue", body=b""))
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"hello")
        assert read_response(sock)[2] == b"hello"
        sock.sendall(b"POST /early HTTP/1.1\r\n%sContent-Length: 5\r\nExpect: 100-continue\r\n\r\n" % H)
        status, headers, _, _ = read_response(sock)
        assert status == 401 and headers["connection"] == "close"


def test_early_answer_keeps_the_connection_when_the_rest_is_small(server):
    with server.connect() as sock:
        for _ in range(3):
            sock.sendall(b"POST /early HTTP/1.1\r\n%sContent-Length: 60000\r\n\r\n" % H)
            status, headers, _, _ = read_response(sock)
            assert status == 401 and "connection" not in headers
            sock.sendall(b"x" * 60000)
        sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(sock)[0] == 200


def test_early_answer_to_a_large_or_endless_body_closes(server):
    for line in (b"Content-Length: 100000", CHUNKED):
        with server.connect() as sock:
            sock.sendall(b"POST /early HTTP/1.1\r\n%s%s\r\n\r\n" % (H, line))
            status, headers, _, _ = read_response(sock)
            assert status == 401 and headers["connection"] == "close"


def test_head_has_the_length_and_no_body(server):
    with server.connect() as sock:
        for path, length in ((b"/fixed", 300), (b"/file", 300_000)):
            sock.sendall(b"HEAD %s HTTP/1.1\r\n%s\r\n" % (path, H))
            status, headers, body, rest = read_response(sock, method="HEAD")
            assert (status, headers["content-length"], body, rest) == (200, str(length), b"", b"")


def test_no_content_has_neither_length_nor_body(server):
    with server.connect() as sock:
        sock.sendall(b"GET /nothing HTTP/1.1\r\n%s\r\n" % H)
        status, headers, rest = read_head(sock)
        assert status == 204 and "content-length" not in headers and rest == b""
        sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(sock)[0] == 200


def test_http_1_0_closes_unless_asked_to_stay(server):
    answer = ask(server, b"GET /fixed HTTP/1.0\r\n\r\n")
    assert b"Connection: close" in answer and answer.startswith(b"HTTP/1.1 200 OK")
    with server.connect() as sock:
        for _ in range(2):
            sock.sendall(b"GET /fixed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert read_response(sock)[1]["connection"] == "keep-alive"


def test_connection_close_is_honoured_and_told(server):
    answer = ask(server, b"GET /fixed HTTP/1.1\r\n%sConnection: close\r\n\r\nGET /fixed HTTP/1.1\r\n%s\r\n" % (H, H))
    assert answer.count(b"HTTP/1.1 200 OK") == 1 and b"Connection: close\r\n" in answer


def test_answers_carry_a_date_and_no_server_name(server):
    _, headers, _ = get(server, "/fixed")
    then = time.strptime(headers["date"], "%a, %d %b %Y %H:%M:%S GMT")
    assert abs(time.time() - calendar.timegm(then)) < WAIT_S
    assert "server" not in headers


def test_header_value_cannot_split_an_answer(server):
    _, headers, _ = get(server, "/split")
    assert headers["x-split"] == "a__X-Injected: 1" and "x-injected" not in headers


def test_faults_take_the_shape_that_their_path_asks_for(server):
    answer = ask(server, b"GET /shaped/x HTTP/1.1\r\n\r\n")
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1]) == {"shaped": 400, "why": "Host header missing"}


def test_large_bodies_go_there_and_back(server):
    body = os.urandom(7 << 20)
    status, _, back = get(server, "/echo", method="POST", body=body)
    assert status == 200 and back == body


def test_file_is_sent_whole_and_in_parts(server):
    status, headers, body = get(server, "/file")
    assert (status, body) == (200, server.content)
    assert headers["accept-ranges"] == "bytes" and headers["etag"] == '"v1"'
    assert headers["content-type"] == "video/mp4"
    for value, first, last in (("0-0", 0, 0), ("100000-", 100_000, 299_999), ("-5", 299_995, 299_999),
                               ("65530-131079", 65_530, 131_079), ("299999-400000", 299_999, 299_999)):
        status, headers, body = get(server, "/file", f"Range: bytes={value}")
        assert status == 206 and body == server.content[first:last + 1]
        assert headers["content-range"] == f"bytes {first}-{last}/300000"


def test_range_that_is_not_there_is_told(server):
    with server.connect() as sock:
        sock.sendall(b"GET /file HTTP/1.1\r\n%sRange: bytes=300000-\r\n\r\n" % H)
        status, headers, _, _ = read_response(sock)
        assert status == 416 and headers["content-range"] == "bytes */300000"
        sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(sock)[0] == 200


def test_validators_decide_what_is_sent(server):
    status, headers, body = get(server, "/file", 'If-None-Match: W/"v1"')
    assert (status, body) == (304, b"") and headers["etag"] == '"v1"'
    assert get(server, "/file", 'If-None-Match: "v0"')[0] == 200
    assert get(server, "/file", "Range: bytes=0-4", 'If-Range: "v1"')[0] == 206
    assert get(server, "/file", "Range: bytes=0-4", 'If-Range: "v0"')[0] == 200
    assert get(server, "/file", "Range: bytes=0-4,6-8")[0] == 200
    assert get(server, "/file", "Range: bytes=0-4", method="POST")[0] == 200


def test_file_that_is_shorter_than_promised_ends_the_connection(server):
    with server.connect() as sock:
        sock.sendall(b"GET /file?promise=400000 HTTP/1.1\r\n%s\r\n" % H)
        with pytest.raises(EOFError):
            read_response(sock)
    # Nothing was sent yet: the truth can be told.
    assert get(server, "/file?promise=1&offset=300000")[0] == 500


def test_client_that_vanishes_in_a_download_is_forgotten(server):
    sock = server.connect()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.sendall(b"GET /file HTTP/1.1\r\n%s\r\n" % H)
    sock.recv(1000)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()
    assert get(server, "/file")[2] == server.content


def test_too_many_connections_push_out_the_idle_and_then_wait(start):
    server = start("--connections", 4)
    idle = []
    for _ in range(4):
        idle.append(server.connect())
        idle[-1].sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(idle[-1])[0] == 200
    with server.connect() as sock:
        sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(sock)[0] == 200
    assert read_all(idle[0]) == b""

    def hold():
        """A connection that is busy, as soon as one that was pushed out has made room."""
        sock = server.connect()
        # In one piece, so that the second has come when the first is answered.
        sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\nGET /held HTTP/1.1\r\n%s\r\n" % (H, H))
        if read_response(sock)[0] == 200:
            return sock
        sock.close()
        return None

    busy = [rig.until(hold) for _ in range(4)]
    with server.connect() as sock:
        assert read_all(sock).startswith(b"HTTP/1.1 503 ")
    server.release()
    for sock in busy:
        assert read_response(sock)[0] == 200
    for sock in idle + busy:
        sock.close()


def test_draining_finishes_what_is_in_flight_and_nothing_else(start):
    server = start()
    with server.connect() as idle, server.connect() as busy, server.connect() as sending:
        idle.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        read_response(idle)
        for sock, request in ((busy, b"GET /held HTTP/1.1\r\n%s\r\n" % H),
                              (sending, post(b"Host: a", b"Content-Length: 5", body=b"he"))):
            sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H + request)
            assert read_response(sock)[0] == 200
        server.process.send_signal(signal.SIGTERM)
        assert read_all(idle) == b""
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        sending.sendall(b"llo")
        assert read_response(sending)[1]["connection"] == "close"
        server.release()
        status, headers, body, _ = read_response(busy)
        assert (status, headers["connection"], body) == (200, "close", b"/held")
    assert server.process.wait(WAIT_S) == 0
    server.wait_for("drained")


def test_closing_does_not_wait_for_anybody(start):
    server = start()
    with server.connect() as busy, server.connect() as sending:
        busy.sendall(b"GET /held HTTP/1.1\r\n%s\r\n" % H)
        sending.sendall(b"GET /bytes?bytes=50000000 HTTP/1.1\r\n%s\r\n" % H)
        time.sleep(0.2)
        assert server.stop(signal.SIGINT) == 0


def test_idle_connections_are_small(start):
    server = start("--quiet", "--connections", 2000)

    def rss():
        with open(f"/proc/{server.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def use(sock):
        sock.sendall(b"GET /fixed HTTP/1.1\r\n%s\r\n" % H)
        assert read_response(sock)[0] == 200

    with server.connect() as sock:
        use(sock)
    if "asan" in PROGRAM:
        pytest.skip("the sanitizer's own memory is in the way")
    before, socks = rss(), []
    for _ in range(500):
        socks.append(server.connect())
        use(socks[-1])
    grown = rss() - before
    for sock in socks:
        sock.close()
    assert grown / 500 < 3, f"{grown} kB for 500 connections"

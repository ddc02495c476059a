# SPDX-License-Identifier: Apache-2.0
"""Large forms wait in a file without a name, not in memory."""
import contextlib
import os
import re
import socket
import threading
import time

import pytest
import requests

import rig
from test_http_hostile import Server, get as get_plain, read_response

MIB = 1 << 20
TYPE = "Content-Type: multipart/form-data; boundary=b"
H = f"Host: a\r\n{TYPE}\r\n".encode()
IDLE_MIB_MAX = 4  # memory that one body in flight may cost: two blocks, and what grew for them


def get(server, target, *headers, **options):
    return get_plain(server, target, TYPE, *headers, **options)


@pytest.fixture
def start(tmp_path):
    made = []

    def make(*args, folder=tmp_path):
        made.append(Server("--spool", folder, *args))
        return made[-1]

    yield make
    for server in made:
        assert server.stop() == 0
    assert os.listdir(tmp_path) == []


def memory(pid, what):
    """Kilobytes of VmRSS, RssAnon …"""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(re.search(rf"^{what}:\s+(\d+) kB", file.read(), re.M).group(1))


def spools(server, folder):
    """The open files without a name in that folder."""
    fds = f"/proc/{server.process.pid}/fd"
    names = []
    for name in os.listdir(fds):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            names.append(os.readlink(os.path.join(fds, name)))
    return [name for name in names if name.startswith(str(folder)) and "deleted" in name]


def chunked(body, size):
    pieces = (body[at:at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize("bytes_", (1, 512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, MIB, 7 * MIB))
def test_a_body_of_any_size_comes_back_as_it_was(start, bytes_):
    body = os.urandom(bytes_)
    server = start()
    status, _, back = get(server, "/echo", method="POST", body=body)
    assert status == 200 and back == body


def test_a_chunked_body_comes_back_as_it_was(start):
    body = os.urandom(3 * MIB + 5)
    server = start()
    for size in (70_000, 700_000):
        with server.connect() as sock:
            sock.sendall(b"POST /echo HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n" % H)
            sock.sendall(chunked(body, size))
            status, _, back, _ = read_response(sock)
            assert status == 200 and back == body


def test_pipelined_large_bodies_are_answered_in_order(start):
    server = start()
    bodies = [bytes([i]) * (2 * MIB + i) for i in range(4)]
    request = b"".join(b"POST /echo HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (H, len(body)) + body
                       for body in bodies)
    with server.connect() as sock:
        rest = b""
        sock.setblocking(False)
        sent = 0
        for body in bodies:
            while b"\r\n\r\n" not in rest or len(rest) < len(body):
                if sent < len(request):
                    try:
                        sent += sock.send(request[sent:sent + 65536])
                    except BlockingIOError:
                        pass
                try:
                    rest += sock.recv(1 << 20)
                except BlockingIOError:
                    time.sleep(0.001)
            sock.setblocking(True)
            status, _, back, rest = read_response(sock, rest)
            sock.setblocking(False)
            assert status == 200 and back == body


def test_memory_stays_bounded_while_large_bodies_come(start, tmp_path):
    server = start()
    pid = server.process.pid
    before = memory(pid, "VmRSS")
    body = os.urandom(7 * MIB)
    socks = []
    for _ in range(20):  # 140 MB in all
        sock = server.connect()
        sock.sendall(b"POST /echo HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (H, len(body)))
        sock.sendall(body[:-1])
        socks.append(sock)
    assert rig.until(lambda: len(spools(server, tmp_path)) == 20)
    most = max(memory(pid, "VmRSS") for _ in range(20) if not time.sleep(0.01))
    assert most - before < 20 * IDLE_MIB_MAX * 1024
    for sock in socks[:2]:
        sock.sendall(body[-1:])
        assert read_response(sock)[2] == body
    for sock in socks:
        sock.close()
    assert rig.until(lambda: not spools(server, tmp_path))


def test_a_client_that_goes_leaves_nothing(start, tmp_path):
    server = start()
    for sent in (MIB, 3 * MIB, 7 * MIB - 1):
        with server.connect() as sock:
            sock.sendall(b"POST /echo HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (H, 7 * MIB))
            sock.sendall(b"x" * sent)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert rig.until(lambda: not spools(server, tmp_path))
    assert get(server, "/echo", method="POST", body=b"y" * MIB)[2] == b"y" * MIB


def test_bodies_in_files_share_one_limit(start, tmp_path):
    server = start("--spooled", 4 * MIB)
    body = b"x" * (3 * MIB)
    first = server.connect()
    first.sendall(b"POST /echo HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (H, len(body)) + body[1:])
    assert rig.until(lambda: spools(server, tmp_path))

    def second():
        with server.connect() as sock:
            sock.sendall(b"POST /echo HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (H, len(body)))
            with contextlib.suppress(ConnectionError):  # refused in the middle of it
                sock.sendall(body)
            status, headers, _, _ = read_response(sock)
            return status == 503 and headers

    assert rig.until(second)["retry-after"] == "1"  # as soon as it has read what came first
    first.sendall(b"x")
    assert read_response(first)[2] == body
    first.close()
    assert get(server, "/echo", method="POST", body=body)[2] == body


def test_files_never_outgrow_their_limit_however_many_grow_at_once(start, tmp_path):
    """The blocks that wait while others are written are counted too. A file that is on its way out
    may still be seen: half a MiB for each client."""
    clients = 24
    server = start("--spooled", 4 * MIB)
    body = b"x" * (3 * MIB)

    def send():
        with server.connect() as sock, contextlib.suppress(OSError, EOFError):
            sock.sendall(b"POST /later HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (H, len(body)))
            sock.sendall(body[:-1])
            sock.settimeout(1)
            read_response(sock)

    def on_disk():
        total = 0
        for fd in os.listdir(f"/proc/{server.process.pid}/fd"):
            path = f"/proc/{server.process.pid}/fd/{fd}"
            with contextlib.suppress(OSError):
                if os.readlink(path).startswith(str(tmp_path)):
                    total += os.stat(path).st_size
        return total

    most = 0
    for _ in range(2):
        threads = [threading.Thread(target=send) for _ in range(clients)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            most = max(most, on_disk())
            time.sleep(0.005)
    assert most <= 4 * MIB + clients * MIB // 2


def test_what_is_parsed_into_memory_counts_there(start, tmp_path):
    server = start("--bodies", 2 * MIB)
    body = b" " * (3 * MIB)
    for type_ in ("application/json", "text/plain"):
        status, headers, _ = get_plain(server, "/echo", f"Content-Type: {type_}", method="POST",
                                       body=body)
        assert status == 503 and headers["retry-after"] == "1"
    assert not spools(server, tmp_path)
    assert get(server, "/echo", method="POST", body=body)[2] == body


def test_a_folder_that_cannot_be_written_is_a_fault_of_the_server(start):
    server = start(folder="/nonexistent/folder")
    with server.connect() as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" % (H, 2 * MIB))
        sock.sendall(b"x" * MIB)
        status, headers, _, _ = read_response(sock)
        assert status == 503 and headers["retry-after"] == "1"
    assert get(server, "/echo", method="POST", body=b"small")[2] == b"small"


def test_uploads_cost_the_whole_server_little_memory(make_server):
    """Eight clients send 40 MB each to the uploads, and stop before the last byte."""
    server = make_server()
    pid = server.process.pid
    film = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + os.urandom(40 * MIB)
    head = (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n'
            b"Content-Type: video/mp4\r\n\r\n")
    form = head + film + b"\r\n--b--\r\n"
    key = rig.spellings(server.key)["afk_"]
    before = memory(pid, "VmRSS")
    host, port = re.fullmatch(r"http://(.*):(\d+)", server.url).groups()
    socks = []
    for _ in range(8):
        sock = socket.create_connection((host, int(port)), timeout=rig.WAIT_S)
        sock.sendall(f"POST /v2/uploads HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\n"
                     "Content-Type: multipart/form-data; boundary=b\r\n"
                     f"Content-Length: {len(form)}\r\n\r\n".encode())
        sock.sendall(form[:-1])
        socks.append(sock)
    assert memory(pid, "VmRSS") - before < 8 * IDLE_MIB_MAX * 1024
    for sock in socks:
        sock.sendall(form[-1:])
    for sock in socks:
        assert read_response(sock)[0] == 201
        sock.close()
    assert memory(pid, "RssAnon") - before < 8 * IDLE_MIB_MAX * 1024
    kept = server.store.query("SELECT bytes FROM assets")
    assert [bytes_ for bytes_, in kept] == [len(film)] * 8
    link = requests.get(f"{server.url}/v2/me", headers={"X-API-Key": key}, timeout=rig.WAIT_S)
    assert link.status_code == 200


@pytest.mark.parametrize("path", ("/v1/videos/edits", "/v1/videos/extensions", "/v1/files"))
def test_json_as_long_as_a_film_is_refused_before_it_comes(make_server, path):
    server = make_server()
    host, port = re.fullmatch(r"http://(.*):(\d+)", server.url).groups()
    with socket.create_connection((host, int(port)), timeout=rig.WAIT_S) as sock:
        sock.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {server.key}\r\n"
                     "Content-Type: application/json\r\n"
                     f"Content-Length: {20 * MIB}\r\n\r\n".encode())
        status, _, body, _ = read_response(sock)
        assert status == 413 and b'"request_too_large"' in body

# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: what runs may finish, what cannot is put back, and nothing is left running."""
import os
import signal
import socket
import subprocess
import time

import pytest
import requests

import rig

LONG_S = 3600  # a grace that nobody waits for


def all_dead(pids):
    return not any(rig.is_alive(pid) for pid in pids)


def stops_listening(server):
    """Whether a server that was told to stop has understood."""
    def is_closed():
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=rig.WAIT_S).close()
        except ConnectionError:
            return True
        return False

    return rig.until(is_closed)


def test_an_idle_server_stops_at_once(make_server):
    server = make_server(stop_grace_s=LONG_S)
    server.finish("ok a coast")
    pids = server.pids()
    assert len(pids) > 1  # with its worker
    assert server.stop() == 0
    assert rig.until(lambda: all_dead(pids))


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGINT))
def test_a_running_job_may_finish(make_server, number):
    server = make_server(stop_grace_s=LONG_S)
    job = server.submit("gate:end a coast")
    server.wait_for(job, "PROCESSING")
    server.process.send_signal(number)
    assert stops_listening(server)
    server.films.open_gate("end")
    assert server.wait() == 0
    assert server.store.jobs() == {job: "completed"}
    assert server.store.entries(job)[1][0] == rig.CAPTURE
    server.start()
    assert server.job(job)["status"] == "COMPLETED"
    server.verify()


def test_a_job_that_takes_too_long_is_put_back_and_completes_later(make_server):
    server = make_server(stop_grace_s=2)
    job, waiting = server.submit("gate:later a coast"), server.submit("gate:later too")
    server.wait_for(job, "PROCESSING")
    pids, start = server.pids(), time.monotonic()
    server.terminate()
    assert server.wait() == 0
    assert time.monotonic() - start > 1.9
    assert rig.until(lambda: all_dead(pids))
    assert set(server.store.jobs().values()) == {"queued"}
    assert server.store.balance() == (999_000_000, 1_000_000, 0)
    server.films.open_gate("later")
    server.start()
    for one in (job, waiting):
        server.wait_for(one, "COMPLETED")
    assert server.store.entries(job) == [(rig.HOLD, 500_000), (rig.CAPTURE, 500_000)]
    assert [fault for _, fault, _ in server.store.attempts(job)] == [0, 0]
    server.verify()


def test_what_arrives_while_it_stops_gets_503_and_leaves_nothing(make_server):
    server = make_server(stop_grace_s=LONG_S)
    server.wait_for(server.submit("gate:end a coast"), "PROCESSING")
    jobs = server.store.job_count()
    body = b'{"model":"sora-2","prompt":"ok too late"}'
    with socket.create_connection(("127.0.0.1", server.port), timeout=rig.WAIT_S) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")  # it has taken the connection
        client.sendall(b"POST /v2/videos/generate HTTP/1.1\r\nHost: x\r\n")
        server.terminate()
        assert stops_listening(server)
        client.sendall(f"X-API-Key: {server.key}\r\nContent-Type: application/json\r\n"
                       f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: " in answer
    assert b'\r\n\r\n{"error":"' in answer
    with pytest.raises(requests.ConnectionError):
        server.job("x")
    server.films.open_gate("end")
    assert server.wait() == 0
    assert server.store.job_count() == jobs


def test_an_answer_under_way_is_finished(make_server):
    server = make_server(stop_grace_s=LONG_S)
    link = server.finish("big:20000000 a coast")["result"]["videoUrl"]
    path = link.replace(server.url, "")
    with socket.create_connection(("127.0.0.1", server.port), timeout=rig.WAIT_S) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = client.recv(1000)
        server.terminate()
        assert stops_listening(server)
        while chunk := client.recv(65536):
            answer += chunk
    content = answer.split(b"\r\n\r\n", 1)[1]
    assert len(content) > 20_000_000 and content.endswith(b".")
    assert server.wait() == 0


def test_a_second_signal_ends_it_at_once(make_server):
    server = make_server(stop_grace_s=LONG_S)
    job = server.submit("gate:never a coast")
    server.wait_for(job, "PROCESSING")
    pids = server.pids()
    server.terminate()
    assert stops_listening(server)
    server.terminate()
    assert server.wait() == 130
    assert rig.until(lambda: all_dead(pids))
    server.start()
    server.wait_for(job, "PROCESSING")  # nothing is lost by it


def test_the_end_of_its_input_stops_a_server_that_belongs_to_a_program(make_server, tmp_path):
    server = make_server(start=False, args=["--until-eof"])
    process = subprocess.Popen(server.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, cwd=server.folder)
    while not process.stdout.readline().startswith("listening on "):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)  # that is for the program it belongs to
    time.sleep(0.3)
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(rig.WAIT_S) == 0
    process.stdout.close()
    assert not os.path.exists(f"{server.data}/server.json")


@pytest.mark.parametrize("config,said", [
    ({"engines": []}, ""), ({"nonsense": 1}, "nonsense"), ({"listen": "nowhere"}, "listen"),
    ({"output_hours": -1}, "output_hours"), ({"log": "loud"}, "log level"),
    ({"models": [{"name": "m", "engines": ["none"],
                  "prices": [{"up_to": "1280x720", "usd_per_second": "0.1"}]}]}, "none"),
    ({"models": [{"name": "m", "engines": ["diorama"],
                  "prices": [{"up_to": "1280x720", "usd_per_second": "0"}]}]}, "price"),
    ({"engines": [{"name": "x", "kind": "worker", "command": ["/no/such/program"]}]}, ""),
    ({"engines": [{"name": "x", "kind": "worker", "command": ["vitascope-diorama"],
                   "job_timeout_s": 3000000}]}, "job_timeout_s"),
    ({"engines": [{"name": "x", "kind": "worker", "command": ["vitascope-diorama"],
                   "memory_mib": -1}]}, "memory_mib"),
    ({"first_grant_usd": "-5"}, "first_grant_usd"), ({"fetch": {"allow": ["a b"]}}, ""),
])
def test_a_wrong_configuration_is_refused_in_one_line(tmp_path, config, said):
    server = rig.Server(tmp_path / "server", config)
    listen = [] if "listen" in config else ["--listen", "127.0.0.1:0"]
    command = [part for part in server.command() if part not in ("--listen", "127.0.0.1:0")]
    result = subprocess.run(command + listen, capture_output=True, text=True, timeout=rig.WAIT_S,
                            stdin=subprocess.DEVNULL, cwd=tmp_path)
    assert result.returncode == 1
    assert said in result.stderr
    last = result.stderr.strip().split("\n")[-1]
    assert last.startswith("vitascope serve: ")


def test_a_port_in_use_is_refused_in_one_line(make_server, tmp_path):
    server = make_server()
    result = rig.run("serve", "--data", str(tmp_path / "other"), "--listen",
                     f"127.0.0.1:{server.port}")
    assert result.returncode == 1
    assert str(server.port) in result.stderr or "in use" in result.stderr

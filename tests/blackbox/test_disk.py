# SPDX-License-Identifier: Apache-2.0
"""A disk that runs full, and one that cannot be written: said clearly, nothing lost, and over by
itself when there is room again."""
import os
import subprocess

import pytest

import rig
from vendors import Client

FAIL_S = 60


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 8 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder],
                           capture_output=True, text=True)
    if mount.returncode:
        pytest.skip("cannot mount a small file system: " + mount.stderr.strip())
    yield str(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder, but=0):
    """Leaves `but` bytes free; the path of what takes the room."""
    path = os.path.join(folder, "ballast")
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 16, 4096):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                pass
        file.truncate(os.path.getsize(path) - but)
    return path


CREATES = ("/openai/v1/videos", "/apiframe/v2/videos/generate",
           "/aivideoapi/v1/videos/generations", "/uniall/v1/video/generations")


def create_in_each(server):
    """The answer to a create in each dialect, by path."""
    client = Client(server)
    body = {"model": "sora-2", "prompt": "ok a coast"}
    return {path: client.post(path, body) for path in CREATES}


def create_in_each_until_refused(server):
    """The refusal of a create in each dialect, by path, and how many were acknowledged before.

    A full disk can still take a commit: the journal starts over in the room that it has."""
    client = Client(server)
    body = {"model": "sora-2", "prompt": "gate:room a coast " + "long words " * 200}
    refusals, acknowledged = {}, 0
    for path in CREATES:
        for _ in range(5000):
            answer = client.post(path, body)
            if answer.status_code == 503:
                refusals[path] = answer
                break
            assert answer.status_code in (200, 202), (path, answer.text)
            acknowledged += 1
        assert path in refusals, "the disk never ran full"
    return refusals, acknowledged


def submit_until_refused(server):
    """The jobs that were acknowledged before the disk was full."""
    jobs = []
    for number in range(5000):
        answer = server.create(f"gate:room a coast {number} " + "long words " * 200)
        if answer.status_code == 503:
            return jobs
        assert answer.status_code == 202, answer.text
        jobs.append(answer.json()["jobId"])
    raise AssertionError("the disk never ran full")


def test_a_full_disk_refuses_and_loses_nothing(make_server, small_disk):
    server = make_server(start=False, engine={"concurrency": 2})
    server.data = os.path.join(small_disk, "data")
    server.store = rig.Store(server.data)
    server.start()
    before = server.finish("ok a coast")["id"]
    ballast = fill(small_disk, 1_500_000)
    jobs = submit_until_refused(server)
    assert len(jobs) > 20, "too few jobs to prove anything"
    refusals, more = create_in_each_until_refused(server)
    for path, answer in refusals.items():
        assert int(answer.headers["Retry-After"]) >= 1 and "error" in answer.text, path
    assert server.store.job_count() == 1 + len(jobs) + more
    # What is there can be seen meanwhile.
    assert server.job(before)["status"] == "COMPLETED"
    assert all(server.job(job)["status"] in ("QUEUED", "PROCESSING") for job in jobs)

    os.remove(ballast)
    server.films.open_gate("room")
    assert rig.until(lambda: server.create("ok a coast").status_code == 202, FAIL_S)
    for job in jobs:
        assert server.wait_for(job, seconds=FAIL_S)["status"] in ("COMPLETED", "FAILED")
    for job in jobs:
        settled = rig.CAPTURE if server.job(job)["status"] == "COMPLETED" else rig.RELEASE
        assert server.store.entries(job) == [(rig.HOLD, 500_000), (settled, 500_000)]
    server.verify()


def test_a_disk_that_turns_read_only_refuses_and_loses_nothing(make_server, tmp_path, monkeypatch):
    server = make_server(start=False, engine={"concurrency": 2})
    flag = tmp_path / "readonly"
    double = os.path.join(rig.BUILD, "tests", "doubles", "libreadonly_disk.so")
    with monkeypatch.context() as preload:
        preload.setenv("LD_PRELOAD", double)
        preload.setenv("READONLY_BELOW", server.data)
        preload.setenv("READONLY_WHILE", str(flag))
        server.start()
    jobs = [server.submit(f"gate:room a coast {number}") for number in range(20)]
    balance = server.store.balance()
    flag.touch()
    for path, answer in create_in_each(server).items():
        assert answer.status_code == 503, (path, answer.text)
        assert int(answer.headers["Retry-After"]) >= 1 and "error" in answer.text, path
    assert all(server.job(job)["status"] in ("QUEUED", "PROCESSING") for job in jobs)
    server.films.open_gate("room")  # what is made now cannot be kept yet
    assert not rig.until(lambda: server.job(jobs[0])["status"] in rig.OVER, 1)
    assert (server.store.job_count(), server.store.balance()) == (20, balance)

    flag.unlink()
    for job in jobs:
        assert server.wait_for(job, seconds=FAIL_S)["status"] == "COMPLETED"
        assert server.store.entries(job) == [(rig.HOLD, 500_000), (rig.CAPTURE, 500_000)]
    server.finish("ok a coast")
    server.verify()


def test_a_data_folder_that_cannot_be_written_is_refused_at_start(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    result = rig.run("serve", "--data", os.path.join(small_disk, "data"), "--listen",
                     "127.0.0.1:0")
    assert result.returncode == 1
    assert "Read-only file system" in result.stderr, result.stderr


def test_a_data_folder_on_a_full_disk_is_refused_at_start(small_disk):
    fill(small_disk)
    result = rig.run("serve", "--data", os.path.join(small_disk, "data"), "--listen",
                     "127.0.0.1:0")
    assert result.returncode == 1
    assert "full" in result.stderr or "No space" in result.stderr, result.stderr

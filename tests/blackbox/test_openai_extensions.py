# SPDX-License-Identifier: Apache-2.0
"""Extensions and edits of real videos: what is joined, what is uploaded, what a crash leaves."""
import json
import re
import subprocess
import uuid

import pytest

import rig
from openai_wire import Client, refused, traceless, video

EDITS, EXTENSIONS = "/v1/videos/edits", "/v1/videos/extensions"
SMALL = {"size": "128x72", "seconds": 1}


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture(scope="module")
def reel(shared):
    """A real video of one second, as the job that it is."""
    client = Client(shared)
    return client.end_of(client.create("reel a coast", vitascope=SMALL)["id"])


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return rig.clip(tmp_path_factory.mktemp("clip") / "a.mp4", size="128x72", seconds=2)


def extend(client, source, prompt="reel then", seconds="4"):
    answer = client.post({"prompt": prompt, "seconds": seconds, "video": {"id": source["id"]}},
                         EXTENSIONS)
    assert answer.status_code == 200, answer.text
    return video(answer.json())


def completed(client, shown):
    end = client.end_of(shown["id"])
    assert end["status"] == "completed", end
    return end


def fetch(client, shown, path):
    path.write_bytes(client.get(f"/v1/videos/{shown['id']}/content").content)
    return path


def facts(path):
    """{kind of stream: its facts}, and the comment."""
    out = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams",
                          "-show_format", "-of", "json", str(path)], capture_output=True,
                         check=True).stdout
    found = json.loads(out)
    return ({one["codec_type"]: one for one in found["streams"]},
            found["format"].get("tags", {}).get("comment", ""))


def frame(path, number, size):
    """One picture of a video, its luma."""
    luma = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-vf",
                           f"select=eq(n\\,{number}),scale={size}", "-frames:v", "1", "-f",
                           "rawvideo", "-pix_fmt", "gray", "-"], capture_output=True,
                          check=True).stdout
    assert luma
    return luma


def difference(one, other):
    return sum(abs(a - b) for a, b in zip(one, other)) / len(one)


def loudness(path, start, seconds):
    """The mean of the squares of a stretch of sound, of full scale."""
    out = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-ss", str(start), "-t",
                          str(seconds), "-i", str(path), "-f", "s16le", "-ac", "1", "-ar", "8000",
                          "-"], capture_output=True, check=True).stdout
    samples = memoryview(out).cast("h")
    assert len(samples) > 0
    return sum(one * one for one in samples) / len(samples) / 32768 ** 2


def entries(client, shown):
    return client.store.entries(str(uuid.UUID(shown["id"][len("video_"):])))


def test_an_extension_is_the_source_and_what_is_new_in_one(client, reel, tmp_path):
    shown = completed(client, extend(client, reel))
    assert (shown["seconds"], shown["size"]) == ("5", "128x72")
    assert entries(client, shown) == [(rig.HOLD, 500_000), (rig.CAPTURE, 500_000)]
    before = fetch(client, reel, tmp_path / "a.mp4")
    after = fetch(client, shown, tmp_path / "b.mp4")
    streams, comment = facts(after)
    assert abs(float(streams["video"]["duration"]) - 5) < 0.1
    assert abs(float(streams["audio"]["duration"]) - 5) < 0.2
    asked = json.loads(comment)  # what the engine noted in the new part is kept
    assert (asked["purpose"], asked["seconds"]) == ("extend", 4)
    assert asked["first_frame"].endswith("/first_frame.ppm")
    assert asked["source_video"].endswith("/source.mp4")
    for number in (0, 15, 29):
        assert difference(frame(before, number, "128:72"), frame(after, number, "128:72")) < 6
    assert difference(frame(after, 29, "128:72"), frame(after, 30, "128:72")) < 6
    assert difference(frame(after, 29, "128:72"), frame(after, 140, "128:72")) < 6
    for start in (0.2, 0.9, 1.2, 4):
        assert loudness(after, start, 0.2) > 0.0005


def test_an_extension_can_be_extended(client, reel):
    shown = completed(client, extend(client, completed(client, extend(client, reel))))
    assert shown["seconds"] == "9"
    assert client.store.query("SELECT extensions, base_seconds, seconds FROM jobs WHERE id = ?",
                              uuid.UUID(shown["id"][6:]).bytes) == [(2, 5, 4)]


def form(client, path, clip, **fields):
    files = [(name, (None, value)) for name, value in fields.items()]
    return client.request("POST", path, files=files + [("video", ("a.mp4", clip, "video/mp4"))])


@pytest.mark.parametrize("path,more,seconds,price", (
    (EDITS, {}, "2", 250_000), (EXTENSIONS, {"seconds": "4"}, "6", 500_000)))
def test_an_uploaded_video_is_edited_or_extended(client, clip, tmp_path, path, more, seconds,
                                                 price):
    answer = form(client, path, clip, prompt="reel b", model="sora-2", **more)
    assert answer.status_code == 200, answer.text
    shown = completed(client, video(answer.json()))
    assert (shown["seconds"], shown["size"]) == (seconds, "128x72")
    assert shown["remixed_from_video_id"] is None
    assert entries(client, shown) == [(rig.HOLD, price), (rig.CAPTURE, price)]
    streams, comment = facts(fetch(client, shown, tmp_path / "a.mp4"))
    assert abs(float(streams["video"]["duration"]) - int(seconds)) < 0.2
    assert json.loads(comment)["fps"] == 24


def test_an_upload_sent_twice_under_one_key_is_one_video(client, clip):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    files = {"prompt": (None, "ok b"), "model": (None, "sora-2"), "video": ("a.mp4", clip)}
    ids = {client.request("POST", EDITS, files=files, headers=headers).json()["id"]
           for _ in range(2)}
    assert len(ids) == 1


FILM = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"x" * 200


@pytest.mark.parametrize("fields,content,code,param", [
    ({"model": None}, "CLIP", "missing_required_parameter", "model"),
    ({"model": ""}, "CLIP", "missing_required_parameter", "model"),
    ({"model": "sora-9"}, "CLIP", "invalid_value", "model"),
    ({"prompt": None}, "CLIP", "missing_required_parameter", "prompt"),
    ({"size": "128x72"}, "CLIP", "unknown_parameter", "size"),
    ({"video[id]": "video_1"}, "CLIP", "invalid_value", "video"),
    ({}, b"", "invalid_value", "video"),
    ({}, FILM, "invalid_value", "video"),
    ({}, b"GIF89a" + b"x" * 100, "invalid_value", "video"),
    ({}, "LARGE", "invalid_value", "video"),
    ({}, "LONG", "invalid_value", "video"),
])
def test_an_upload_that_cannot_be_used_is_refused_without_a_trace(client, clip, tmp_path, fields,
                                                                  content, code, param):
    if content == "LARGE":
        content = rig.clip(tmp_path / "a.mp4", size="1920x1080", seconds=1, fps=2)
    if content == "LONG":
        content = rig.clip(tmp_path / "a.mp4", size="128x72", seconds=22, fps=2)
    fields = {"prompt": "ok", "model": "sora-2", **fields}
    with traceless(client.server):
        refused(form(client, EDITS, clip if content == "CLIP" else content,
                     **{name: text for name, text in fields.items() if text is not None}),
                400, code, param)


def test_a_file_under_another_name_is_refused(client, clip):
    with traceless(client.server):
        answer = client.request("POST", EDITS, files={
            "prompt": (None, "ok"), "video[id]": (None, "video_1"), "clip": ("a.mp4", clip)})
        refused(answer, 400, "invalid_type", "clip")


def test_an_upload_of_somebody_who_cannot_pay_is_not_kept(server, clip):
    _, key = server.store.add_account("poor editor", 0.1)
    with traceless(server):
        refused(form(Client(server, key=key), EDITS, clip, prompt="ok", model="sora-2"), 429,
                "insufficient_quota", None, "insufficient_quota")


def test_an_extension_survives_the_death_of_the_server(make_server, tmp_path):
    server = make_server(engine={"concurrency": 1})
    client = Client(server)
    source = completed(client, client.create("reel a coast", vitascope=SMALL))
    waits = client.create("gate:first a")
    shown = extend(client, source)
    queued = client.post({"prompt": "reel b", "video": {"id": source["id"]}}, EDITS).json()
    assert client.request("DELETE", "/v1/videos/" + source["id"]).status_code == 200
    server.kill()
    server.films.open_gate("first")
    server.start()
    completed(client, waits)
    assert completed(client, shown)["seconds"] == "5"
    assert completed(client, queued)["seconds"] == "1"
    streams, _ = facts(fetch(client, shown, tmp_path / "a.mp4"))
    assert abs(float(streams["video"]["duration"]) - 5) < 0.1
    assert server.store.balance()[1] == 0
    server.verify()


def test_the_renderer_goes_on_where_the_video_ended(tmp_path):
    server = rig.Server(tmp_path / "server").start()
    try:
        client = Client(server)
        source = client.end_of(client.create(
            "a coast with waves", vitascope={"size": "160x90", "seconds": 1, "seed": 3})["id"], 120)
        shown = client.end_of(extend(client, source, "night falls")["id"], 300)
        assert shown["status"] == "completed" and shown["seconds"] == "5"
        edited = client.post({"prompt": "at night", "video": {"id": source["id"]}}, EDITS).json()
        assert client.end_of(edited["id"], 120)["status"] == "completed"
        paths = [fetch(client, one, tmp_path / f"{name}.mp4")
                 for name, one in (("source", source), ("whole", shown), ("edit", edited))]
        whole = paths[1]
        streams, _ = facts(whole)
        assert abs(float(streams["video"]["duration"]) - 5) < 0.1
        # A new part begins with a key frame, which is a little sharper than what goes before it.
        seam = difference(frame(whole, 29, "160:90"), frame(whole, 30, "160:90"))
        assert seam < 6, seam
        assert difference(frame(paths[0], 29, "160:90"), frame(whole, 29, "160:90")) < 4
        assert difference(frame(whole, 29, "160:90"), frame(whole, 148, "160:90")) > 3 * seam
        for start in (0.8, 1.0, 1.2):
            assert loudness(whole, start, 0.2) > 1e-7
        edit, _ = facts(paths[2])
        assert float(edit["video"]["duration"]) == float(facts(paths[0])[0]["video"]["duration"])
        assert difference(frame(paths[0], 10, "160:90"), frame(paths[2], 10, "160:90")) > 8
    finally:
        server.end()

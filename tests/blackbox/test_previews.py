# SPDX-License-Identifier: Apache-2.0
"""Thumbnails and sprite sheets of finished videos: made with them, served as they are, gone with
them; and what happens where they cannot be made."""
import json
import subprocess
import time
import uuid

import pytest

import rig
from openai_wire import Client, refused

THUMBNAIL, SPRITESHEET = 4, 5  # asset kinds
TYPES = {"thumbnail": ("image/webp", "webp", (320, 180)),
         "spritesheet": ("image/jpeg", "jpg", (1280, 720))}


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture(scope="module")
def made(shared, clip):
    """A finished video with previews."""
    client = Client(shared)
    return client.end_of(client.create("play:clip.mp4 a coast")["id"])


def path_of(shown, *more):
    return "/".join(("/v1/videos", shown["id"], *more))


def job_of(shown):
    return uuid.UUID(shown["id"][len("video_"):]).bytes


def rows(client, shown):
    return client.store.query("SELECT kind, type, bytes, created_ms, expires_ms, id FROM assets"
                              " WHERE job_id = ? ORDER BY kind", job_of(shown))


def variant(client, shown, name, **more):
    return client.get(path_of(shown, "content"), params={"variant": name}, **more)


def facts(path):
    found = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)],
                           capture_output=True, text=True, check=True)
    return json.loads(found.stdout)["streams"][0]


def pixels(path, *filters):
    return subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-vf",
                           ",".join((*filters, "scale=16:16:flags=area")), "-frames:v", "1", "-f",
                           "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True,
                          check=True).stdout


@pytest.mark.parametrize("name", TYPES)
def test_a_variant_is_a_picture_of_the_video(client, made, clip, tmp_path, name):
    mime, ending, size = TYPES[name]
    answer = variant(client, made, name)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == mime
    assert answer.headers["Content-Disposition"] == \
        f'attachment; filename="{made["id"]}.{ending}"'
    path = tmp_path / f"kept.{ending}"
    path.write_bytes(answer.content)
    found = facts(path)
    assert (found["width"], found["height"]) == size
    shown = pixels(path) if name == "thumbnail" else pixels(path, "crop=320:180:320:180")
    film = pixels(clip, "select=gte(n\\,16)")
    assert sum(abs(a - b) for a, b in zip(shown, film)) / len(film) < 8


@pytest.mark.parametrize("name", TYPES)
def test_a_variant_has_ranges_and_validators(client, made, name):
    whole = variant(client, made, name)
    part = variant(client, made, name, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206 and part.content == whole.content[100:200]
    head = client.request("HEAD", path_of(made, "content"), params={"variant": name})
    assert head.status_code == 200 and head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["Content-Type"] == TYPES[name][0]
    same = variant(client, made, name, headers={"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304
    assert whole.headers["ETag"] != client.get(path_of(made, "content")).headers["ETag"]


def test_another_account_does_not_find_them(client, made):
    _, key = client.store.add_account("other", 1)
    other = Client(client.server, key=key)
    for name in TYPES:
        refused(variant(other, made, name), 404, "not_found", "video_id")


def test_they_are_stored_with_the_video_and_expire_with_it(client, made):
    output, thumbnail, sheet = rows(client, made)
    assert (thumbnail[0], sheet[0]) == (THUMBNAIL, SPRITESHEET)
    assert thumbnail[2] > 0 and sheet[2] > 0
    assert output[3:5] == thumbnail[3:5] == sheet[3:5]



def test_they_are_deleted_with_the_video(client, clip):
    shown = client.end_of(client.create("play:clip.mp4 for a while")["id"])
    assert variant(client, shown, "thumbnail").status_code == 200
    assert client.request("DELETE", path_of(shown)).status_code == 200
    refused(variant(client, shown, "thumbnail"), 404, "not_found", "video_id")
    now = time.time() * 1000 + 1000
    assert [row for row in rows(client, shown) if row[4] > now] == []


def test_they_cannot_be_read_once_the_video_has_expired(client, clip):
    shown = client.end_of(client.create("play:clip.mp4 for a while")["id"])
    client.store.change(("UPDATE assets SET expires_ms = 1 WHERE job_id = ?", job_of(shown)))
    for name in TYPES:
        answer = variant(client, shown, name)
        if answer.status_code == 404:  # swept out already, and the job is not as old as it looks
            assert rows(client, shown) == []
        else:
            refused(answer, 410, "video_expired", None)


@pytest.mark.parametrize("name,bytes_", [
    ("text.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2 not a film"),
    ("hostile.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"\0\0\1\0moov" + b"\xff" * 248),
])
def test_a_video_that_has_none_is_finished_all_the_same(client, films, name, bytes_):
    with open(f"{films.folder}/{name}", "wb") as file:
        file.write(bytes_)
    shown = client.end_of(client.create(f"play:{name} a coast")["id"])
    assert shown["status"] == "completed"
    assert client.get(path_of(shown, "content")).content == bytes_
    for variant_ in TYPES:
        refused(variant(client, shown, variant_), 404, None, None)
    assert len(rows(client, shown)) == 1


def test_a_film_that_is_cut_off_is_kept_without_them(client, films, clip):
    whole = open(clip, "rb").read()
    moov = whole.index(b"moov") - 4
    mdat = whole.index(b"mdat") - 4
    cut = whole[:mdat // 2] if moov < mdat else whole[:-200]
    with open(f"{films.folder}/cut.mp4", "wb") as file:
        file.write(cut)
    shown = client.end_of(client.create("play:cut.mp4 a coast")["id"])
    assert shown["status"] == "completed"
    refused(variant(client, shown, "thumbnail"), 404, None, None)


def test_a_video_that_is_not_ready_has_none_yet(client, films):
    shown = client.create("gate:previews a coast")
    for name in TYPES:
        refused(variant(client, shown, name), 404, None, None)
    films.open_gate("previews")
    client.end_of(shown["id"])


def test_the_previews_of_an_extension_are_of_the_whole(client):
    small = {"size": "128x72", "seconds": 1}
    source = client.end_of(client.create("reel a coast", vitascope=small)["id"])
    answer = client.request("POST", "/v1/videos/extensions",
                            json={"prompt": "reel then", "seconds": "4",
                                  "video": {"id": source["id"]}})
    assert answer.status_code == 200, answer.text
    whole = client.end_of(answer.json()["id"], seconds=120)
    assert whole["status"] == "completed"
    for name, (mime, _, _) in TYPES.items():
        shown = variant(client, whole, name)
        assert shown.status_code == 200 and shown.headers["Content-Type"] == mime
    assert variant(client, whole, "spritesheet").content != \
        variant(client, source, "spritesheet").content

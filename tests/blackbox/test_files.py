# SPDX-License-Identifier: Apache-2.0
"""Links to results: what they give, to whom, and for how long."""
import base64
import hashlib
import hmac
import os
import re
import secrets
import threading
import time
import urllib.parse
import uuid

import pytest
import requests

import rig


@pytest.fixture(scope="module")
def video(shared, films):
    """(link, bytes) of a film that is larger than what the server sends in one piece."""
    link = shared.finish("big:300000 a coast")["result"]["videoUrl"]
    content = requests.get(link, timeout=rig.WAIT_S).content
    assert hashlib.sha256(content).hexdigest() in films.digests()
    assert len(content) > 250_000
    return link, content


def get(link, method="GET", **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, link, headers=headers, timeout=rig.WAIT_S)


def parts(link):
    """(address, asset, expires, signature)"""
    url = urllib.parse.urlsplit(link)
    query = urllib.parse.parse_qs(url.query)
    return (f"{url.scheme}://{url.netloc}", re.fullmatch(r"/files/(.*)\.mp4", url.path).group(1),
            query["expires"][0], query["signature"][0])


def sign(server, asset, expires):
    """The signature that the server makes with the secret of its data folder."""
    with open(f"{server.data}/link.key", "rb") as file:
        secret = file.read()
    text = f"{uuid.UUID(asset).hex}\n{expires}".encode()
    digest = hmac.new(secret, text, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def link_to(server, asset, expires, signature=None):
    signature = signature or sign(server, asset, expires)
    return f"{server.url}/files/{asset}.mp4?expires={expires}&signature={signature}"


def test_a_link_gives_what_the_engine_made(server, films):
    job = server.finish({"model": "sora-2", "prompt": "ok a coast", "vitascope": {"seed": 11}})
    answer = get(job["result"]["videoUrl"])
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() in films.digests()
    assert b'"seed": 11' in answer.content
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    asset = parts(job["result"]["videoUrl"])[1]
    assert answer.headers["Content-Disposition"] == f'inline; filename="{asset}.mp4"'


def test_a_link_can_ask_for_a_download(server, video):
    answer = get(video[0] + "&download=1")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.content == video[1]


def test_head_tells_the_same_and_sends_nothing(video):
    head, whole = get(video[0], "HEAD"), get(video[0])
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Accept-Ranges",
                 "Content-Disposition"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("spec,start,end", [
    ("bytes=0-0", 0, 1), ("bytes=0-99", 0, 100), ("bytes=1000-70000", 1000, 70001),
    ("bytes=100-", 100, None), ("bytes=-500", -500, None), ("bytes=-99999999", 0, None),
    ("bytes=100-99999999", 100, None)])
def test_a_range_gives_that_part(video, spec, start, end):
    link, content = video
    answer = get(link, Range=spec)
    wanted = content[start:end]
    first = len(content) + start if start < 0 else start
    assert answer.status_code == 206
    assert answer.content == wanted
    assert answer.headers["Content-Length"] == str(len(wanted))
    assert answer.headers["Content-Range"] == (
        f"bytes {first}-{first + len(wanted) - 1}/{len(content)}")


def test_a_head_of_a_range_sends_nothing(video):
    answer = get(video[0], "HEAD", Range="bytes=0-99")
    assert (answer.status_code, answer.content) in ((206, b""), (200, b""))


@pytest.mark.parametrize("spec", ("bytes=9999999-", "bytes=300100-300200", "bytes=-0"))
def test_a_range_outside_is_416(video, spec):
    answer = get(video[0], Range=spec)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(video[1])}"


@pytest.mark.parametrize("spec", ("lines=0-5", "bytes=5-2", "bytes=a-b", "bytes=", "nonsense",
                                  "bytes=0-1,4-5"))
def test_a_range_that_is_none_gives_everything(video, spec):
    answer = get(video[0], Range=spec)
    assert (answer.status_code, answer.content) == (200, video[1])


def test_the_parts_of_an_interrupted_download_make_the_whole(video):
    link, content = video
    etag = get(link, "HEAD").headers["ETag"]
    got = b""
    while len(got) < len(content):
        answer = get(link, Range=f"bytes={len(got)}-{len(got) + 99_999}", If_Range=etag)
        assert answer.status_code == 206
        got += answer.content
    assert got == content
    assert get(link, Range="bytes=5-", If_Range='"another"').content == content


def test_what_the_client_has_is_not_sent_again(video):
    etag = get(video[0], "HEAD").headers["ETag"]
    assert re.fullmatch(r'"[^"]+"', etag)
    for value in (etag, "W/" + etag, f'"x", {etag}', "*"):
        answer = get(video[0], If_None_Match=value)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag
    assert get(video[0], If_None_Match='"x"').content == video[1]


def test_a_link_needs_no_key_and_each_result_has_its_own(server, video):
    other = server.finish("ok another coast")["result"]["videoUrl"]
    assert parts(other)[1] != parts(video[0])[1]
    assert get(other).content != video[1]
    assert get(other).headers["ETag"] != get(video[0]).headers["ETag"]


def test_a_forged_link_is_403(server, video):
    _, asset, expires, signature = parts(video[0])
    assert sign(server, asset, int(expires)) == signature  # so what follows is about the rule
    other = "A" if signature[5] != "A" else "B"
    for query in (f"expires={expires}&signature={signature[:5]}{other}{signature[6:]}",
                  f"expires={int(expires) + 1}&signature={signature}",
                  f"expires={expires}&signature={signature[:-1]}",
                  f"expires={expires}&signature={signature}A",
                  f"expires={expires}&signature=", f"expires={expires}", f"signature={signature}",
                  "expires=&signature=", f"expires=0x7fffffff&signature={signature}",
                  f"expires=-1&signature={signature}", ""):
        answer = get(f"{server.url}/files/{asset}.mp4?{query}")
        assert answer.status_code == 403, query
        assert video[1] not in answer.content


def test_the_link_of_one_file_does_not_open_another(server, video):
    first = parts(video[0])
    second = parts(server.finish("ok another coast")["result"]["videoUrl"])
    answer = get(link_to(server, second[1], first[2], first[3]))
    assert answer.status_code == 403


def test_a_link_without_a_file_is_404(server):
    later = int(time.time()) + 1000
    assert get(link_to(server, str(uuid.uuid4()), later)).status_code == 404
    for path in ("/files/", "/files/nothing.mp4", "/files/../vitascope.db",
                 "/files/..%2f..%2fetc%2fpasswd", "/files/a/b.mp4"):
        answer = requests.get(server.url + path, timeout=rig.WAIT_S)
        assert answer.status_code in (400, 404), path


def test_a_link_ends_after_the_configured_time(server, video):
    expires = int(parts(video[0])[2])
    assert 23.9 * 3600 < expires - time.time() <= 24 * 3600


def test_an_old_link_is_410(server, video):
    asset, now = parts(video[0])[1], int(time.time())
    assert get(link_to(server, asset, now + 5)).status_code == 200
    for expires in (now - 1, now - 100_000, 0):
        answer = get(link_to(server, asset, expires))
        assert answer.status_code == 410
        assert video[1] not in answer.content


def test_an_expired_result_says_so_and_is_gone(make_server):
    server = make_server(output_hours=1)
    job = server.finish("ok a coast")
    address, asset, expires, _ = parts(job["result"]["videoUrl"])
    assert 3500 < int(expires) - time.time() <= 3600
    server.kill()
    server.store.change(
        ("UPDATE jobs SET created_ms = created_ms - 3600001, ended_ms = ended_ms - 3600001",),
        ("UPDATE assets SET expires_ms = expires_ms - 3600001",))
    server.start()
    shown = server.job(job["id"])
    assert (shown["status"], shown["expired"], shown["result"]) == ("COMPLETED", True, None)
    assert shown["creditCost"] == 4
    # Neither the old link nor one whose time is not over opens it.
    assert get(link_to(server, asset, int(expires) - 3601)).status_code == 410
    assert get(link_to(server, asset, int(expires))).status_code == 410
    server.verify()


def test_a_link_survives_a_restart(make_server):
    server = make_server()
    link = server.finish("ok a coast")["result"]["videoUrl"]
    content = get(link).content
    server.kill()
    server.start()
    assert get(link).content == content


def test_links_begin_as_configured(make_server):
    server = make_server(public_url="https://videos.example/base/")
    link = server.finish("ok a coast")["result"]["videoUrl"]
    assert link.startswith("https://videos.example/base/files/")
    there = link.replace("https://videos.example/base", server.url)
    assert get(there).status_code == 200


def test_links_go_where_the_caller_came_from(server):
    job = server.finish("ok a coast")["id"]
    answer = server.request("GET", f"/v2/jobs/{job}", headers={"Host": "videos.example:99"})
    assert answer.json()["result"]["videoUrl"].startswith("http://videos.example:99/files/")


def test_many_read_one_file_at_once(video):
    link, content = video
    wrong = []

    def read(number):
        start = number * 1000
        if get(link, Range=f"bytes={start}-").content != content[start:]:
            wrong.append(number)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_servers_files_are_for_its_owner_alone(server, video):
    import os
    import stat
    assert stat.S_IMODE(os.stat(server.data).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(f"{server.data}/link.key").st_mode) == 0o600
    assert rig.is_alive(server.process.pid)


# ---- blobs that no row knows ----

def plant(server, age_hours):
    """A blob as a crash before its row leaves it, made so long ago. Its path."""
    made = int((time.time() - age_hours * 3600) * 1000)
    id_ = uuid.UUID(int=made << 80 | 7 << 76 | 2 << 62 | secrets.randbits(62))
    path = rig.blob_path(server.data, id_)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"bytes without a row")
    return path


def test_old_blobs_without_a_row_are_removed_at_start(make_server):
    server = make_server()
    job = server.finish("ok a coast")
    server.stop()
    # A video that is old by its id, and has its row.
    made, = server.store.query("SELECT id FROM assets")[0]
    kept = plant(server, age_hours=1000)
    old = uuid.UUID(os.path.basename(kept)).bytes
    server.store.change(("UPDATE assets SET id = ? WHERE id = ?", old, made),
                        ("UPDATE jobs SET output = ? WHERE output = ?", old, made))
    orphans = [plant(server, age_hours=25) for _ in range(5)]
    young = plant(server, age_hours=20)
    foreign = os.path.join(os.path.dirname(kept), "notes.txt")
    with open(foreign, "w", encoding="utf-8") as file:
        file.write("not ours")
    server.start()
    assert rig.until(lambda: not any(os.path.exists(path) for path in orphans))
    assert rig.until(lambda: "blobs.orphans removed=5" in server.tail())
    for path in (kept, young, foreign):
        assert os.path.exists(path)
    assert get(server.job(job["id"])["result"]["videoUrl"]).content == b"bytes without a row"

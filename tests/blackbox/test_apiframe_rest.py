# SPDX-License-Identifier: Apache-2.0
"""Apiframe's lists, account, models and uploads: every field, every filter, every refusal."""
import re
import time
import uuid

import pytest
import requests

import rig

LISTED = {"id", "status", "model", "progress", "result", "error", "creditCost", "webhookStatus",
          "createdAt", "completedAt", "expired"}
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def get(server, path, key=None, **params):
    return server.request("GET", path, key=key, params=params)


def jobs(server, key=None, **params):
    answer = get(server, "/v2/jobs", key, **params)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"jobs", "nextCursor", "hasMore"}
    return answer.json()


def refused(answer, status, *details):
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert isinstance(told["error"], str) and told["error"]
    assert set(told.get("details", {})) == set(details)
    return told


@pytest.fixture(scope="module")
def library(shared):
    """An account of its own with 7 jobs: (key, ids oldest first). Two failed, one is pro."""
    _, key = shared.store.add_account("library", 100)
    wanted = [("ok a", "sora-2"), ("fail:refused a", "sora-2"), ("ok b", "sora-2"),
              ("ok c", "sora-2-pro"), ("fail:invalid b", "sora-2"), ("ok d", "sora-2"),
              ("ok e", "sora-2")]
    ids = []
    for prompt, model in wanted:
        ids.append(shared.submit({"model": model, "prompt": prompt}, key=key))
    for job in ids:
        assert rig.until(lambda job=job: shared.job(job, key)["status"] in rig.OVER, rig.JOB_S)
    return key, ids


# ---- GET /v2/jobs ----

def test_a_list_shows_the_account_s_jobs_newest_first(server, library):
    key, ids = library
    page = jobs(server, key)
    assert [job["id"] for job in page["jobs"]] == ids[::-1]
    assert (page["nextCursor"], page["hasMore"]) == (None, False)
    for job in page["jobs"]:
        assert set(job) == LISTED
        shown = server.job(job["id"], key)
        if job["result"]:  # links carry their own times
            assert job["result"]["videoUrl"].split("?")[0] == shown["result"]["videoUrl"].split("?")[0]
        assert {name: job[name] for name in LISTED - {"result"}} == {
            name: shown[name] for name in LISTED - {"result"}}
        assert ISO.fullmatch(job["createdAt"]) and ISO.fullmatch(job["completedAt"])


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_pages_follow_each_other_without_gap_or_repeat(server, library, limit):
    key, ids = library
    seen, cursor = [], None
    while True:
        page = jobs(server, key, limit=limit, **({"cursor": cursor} if cursor else {}))
        seen += [job["id"] for job in page["jobs"]]
        assert page["hasMore"] == (page["nextCursor"] is not None)
        assert len(page["jobs"]) == limit or not page["hasMore"]
        cursor = page["nextCursor"]
        if not cursor:
            break
        with pytest.raises(ValueError):
            uuid.UUID(cursor)  # opaque: not to be taken for an id
    assert seen == ids[::-1]


def test_jobs_are_filtered_by_status_and_model(server, library):
    key, ids = library
    assert [job["id"] for job in jobs(server, key, status="FAILED")["jobs"]] == [ids[4], ids[1]]
    assert [job["id"] for job in jobs(server, key, model="sora-2-pro")["jobs"]] == [ids[3]]
    assert len(jobs(server, key, status="COMPLETED", model="sora-2")["jobs"]) == 4
    for nothing in ({"status": "QUEUED"}, {"status": "PROCESSING"}, {"status": "CANCELLED"},
                    {"model": "sora-3"}):
        assert jobs(server, key, **nothing)["jobs"] == []
    first = jobs(server, key, status="COMPLETED", limit=3)
    rest = jobs(server, key, status="COMPLETED", limit=3, cursor=first["nextCursor"])
    assert [job["id"] for job in first["jobs"] + rest["jobs"]] == [
        ids[6], ids[5], ids[3], ids[2], ids[0]]


def test_a_search_finds_one_job_or_none(server, library):
    key, ids = library
    assert [job["id"] for job in jobs(server, key, search=ids[2])["jobs"]] == [ids[2]]
    assert jobs(server, key, search=ids[2], status="FAILED")["jobs"] == []
    assert jobs(server, key, search=ids[2], model="sora-2-pro")["jobs"] == []
    assert jobs(server, key, search=str(uuid.uuid4()))["jobs"] == []
    assert jobs(server, search=ids[2])["jobs"] == []  # another account's


def test_a_canceled_job_is_listed_as_such(make_server):
    server = make_server()
    job = server.submit("gate:never a")
    server.cancel(job)
    page = jobs(server, status="CANCELLED")
    assert [(one["id"], one["creditCost"], one["error"]) for one in page["jobs"]] == [
        (job, 0, "Canceled")]


def test_models_are_listed_on_demand(server, library):
    answer = get(server, "/v2/jobs", library[0], include_models="true").json()
    assert set(answer) == {"jobs", "nextCursor", "hasMore", "models"}
    assert answer["models"] == ["sora-2", "sora-2-pro"]
    assert "models" not in get(server, "/v2/jobs", library[0], include_models="false").json()


def test_the_team_s_jobs_are_for_admins(server, library):
    refused(get(server, "/v2/jobs", library[0], scope="team"), 403)
    assert jobs(server, scope="user")
    admin = server.request("GET", "/v2/me").json()["user"]["role"] == "ADMIN"
    assert get(server, "/v2/jobs", scope="team").status_code == (200 if admin else 403)


@pytest.mark.parametrize("query,field", [
    ({"status": "DONE"}, "status"), ({"status": "completed"}, "status"), ({"status": ""}, "status"),
    ({"status": "QUEUED,FAILED"}, "status"), ({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"),
    ({"limit": "-1"}, "limit"), ({"limit": "x"}, "limit"), ({"limit": "1.5"}, "limit"),
    ({"limit": ""}, "limit"), ({"limit": "99999999999999999999"}, "limit"),
    ({"cursor": ""}, "cursor"), ({"cursor": "x"}, "cursor"), ({"cursor": "!!!"}, "cursor"),
    ({"cursor": "AAAA"}, "cursor"), ({"cursor": "A" * 23}, "cursor"),
    ({"cursor": "A" * 500}, "cursor"), ({"cursor": str(uuid.uuid4())}, "cursor"),
    ({"search": ""}, "search"), ({"search": "abc"}, "search"), ({"search": "%"}, "search"),
    ({"scope": "all"}, "scope"), ({"scope": ""}, "scope"),
    ({"include_models": "1"}, "include_models"), ({"include_models": "TRUE"}, "include_models"),
])
def test_a_wrong_query_is_named(server, query, field):
    refused(get(server, "/v2/jobs", **query), 400, field)


def test_all_that_is_wrong_with_a_query_is_named_at_once(server):
    refused(get(server, "/v2/jobs", status="x", limit="x", cursor="x"), 400,
            "status", "limit", "cursor")


@pytest.mark.parametrize("path", ["/v2/jobs", "/v2/me"])
def test_lists_and_account_need_a_key(server, path):
    told = refused(requests.get(server.url + path, timeout=rig.WAIT_S), 401)
    assert told == {"error": "API key is required"}
    told = refused(get(server, path, "afk_your_api_key_here"), 401)
    assert told == {"error": "Invalid API key"}


# ---- GET /v2/me ----

def test_me_shows_user_team_and_key(server, library):
    key, _ = library
    me = get(server, "/v2/me", key).json()
    assert set(me) == {"user", "team", "apiKey"}
    assert set(me["user"]) == {"id", "email", "role"}
    assert set(me["team"]) == {"id", "name", "credits", "plan", "customerId", "maxConcurrentJobs"}
    assert set(me["apiKey"]) == {"id", "name", "prefix"}
    for part in me.values():
        assert str(uuid.UUID(part["id"])) == part["id"]
    assert me["user"]["role"] == "MEMBER" and "@" in me["user"]["email"]
    assert (me["team"]["name"], me["team"]["customerId"]) == ("library", None)
    # 100 dollars are 800 credits; four clips of 4 and one of 12 were made
    assert me["team"]["credits"] == 800 - 4 * 4 - 12
    assert me["team"]["maxConcurrentJobs"] >= 1
    assert rig.spellings(key)["afk_"].startswith(me["apiKey"]["prefix"])
    other = get(server, "/v2/me").json()
    assert other["team"]["id"] != me["team"]["id"] and other["apiKey"]["id"] != me["apiKey"]["id"]


# ---- GET /v2/models ----

def test_models_are_public_and_priced(server):
    answer = requests.get(server.url + "/v2/models", timeout=rig.WAIT_S)
    assert answer.status_code == 200
    models = {model["id"]: model for model in answer.json()["models"]}
    assert set(models) == {"sora-2", "sora-2-pro"}
    assert {name: models["sora-2-pro"][name] for name in
            ("modality", "costMin", "costMax", "pricingMode")} == {
                "modality": "video", "costMin": 3, "costMax": 5, "pricingMode": "per-second"}
    assert models["sora-2"]["costMin"] == models["sora-2"]["costMax"] == 1
    assert all(isinstance(model["label"], str) and model["label"] for model in models.values())


def test_models_are_filtered_by_modality(server):
    def ids(modality):
        answer = requests.get(server.url + "/v2/models", params={"modality": modality}, timeout=rig.WAIT_S)
        assert answer.status_code == 200
        return [model["id"] for model in answer.json()["models"]]

    assert ids("video") == ["sora-2", "sora-2-pro"]
    assert ids("image") == ids("music") == []


@pytest.mark.parametrize("modality", ["", "audio", "VIDEO", "video,image"])
def test_an_unknown_modality_is_refused(server, modality):
    refused(requests.get(server.url + "/v2/models", params={"modality": modality}, timeout=rig.WAIT_S),
            400, "modality")


# ---- POST /v2/uploads ----

FILES = {
    "gif": (b"GIF89a" + b"\0" * 60, "image", "image/gif"),
    "mp4": (b"\0\0\0\x20ftypisom" + b"\0" * 60, "video", "video/mp4"),
    "mp42": (b"\0\0\0\x20ftypmp42" + b"\0" * 60, "video", "video/mp4"),
    "mov": (b"\0\0\0\x14ftypqt  " + b"\0" * 60, "video", "video/quicktime"),
    "webm": (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 60, "video", "video/webm"),
    "mp3": (b"ID3\x04" + b"\0" * 60, "audio", "audio/mpeg"),
    "mp3 without a tag": (b"\xff\xfb\x90\x64" + b"\0" * 60, "audio", "audio/mpeg"),
    "wav": (b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 60, "audio", "audio/wav"),
    "ogg": (b"OggS\0\2" + b"\0" * 60, "audio", "audio/ogg"),
    "m4a": (b"\0\0\0\x20ftypM4A " + b"\0" * 60, "audio", "audio/mp4"),
}


def upload(server, content, name="a.bin", mime="application/octet-stream", key=None, field="file"):
    return server.request("POST", "/v2/uploads", key=key, files={field: (name, content, mime)})


def taken(server, content, **more):
    answer = upload(server, content, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_an_uploaded_picture_begins_a_video(server, pictures, kind):
    made = taken(server, pictures[kind], mime="text/plain")
    assert set(made) == {"id", "url", "kind", "contentType", "byteSize", "expiresAt"}
    assert str(uuid.UUID(made["id"])) == made["id"]
    assert (made["kind"], made["contentType"]) == ("image", "image/" + kind)
    assert made["byteSize"] == len(pictures[kind])
    assert ISO.fullmatch(made["expiresAt"])
    assert requests.get(made["url"], timeout=rig.WAIT_S).content == pictures[kind]
    job = server.finish({"model": "sora-2", "prompt": "ok a",
                         "soraParams": {"start_image": made["url"]}})
    assert job["input"]["start_image"] == made["url"]


def test_an_upload_lives_for_an_hour_or_two(server, pictures):
    made = taken(server, pictures["png"])
    left_ms = server.store.query("SELECT expires_ms - ? FROM assets WHERE id = ?",
                                 int(time.time() * 1000), uuid.UUID(made["id"]).bytes)[0][0]
    assert 3600_000 < left_ms <= 7200_000


@pytest.mark.parametrize("name", FILES)
def test_files_are_known_by_their_bytes(server, name):
    content, kind, mime = FILES[name]
    made = taken(server, content, name="lie.png", mime="image/png")
    assert (made["kind"], made["contentType"], made["byteSize"]) == (kind, mime, len(content))
    answer = requests.get(made["url"], timeout=rig.WAIT_S)
    assert answer.content == content and answer.headers["Content-Type"] == mime


def test_an_uploaded_picture_is_not_for_other_accounts(server, pictures, library):
    made = taken(server, pictures["png"])
    before = server.store.job_count()
    answer = server.create({"model": "sora-2", "prompt": "ok a",
                            "soraParams": {"start_image": made["url"]}}, key=library[0])
    refused(answer, 400, "soraParams.start_image")
    assert server.store.job_count() == before


def test_a_link_that_was_tampered_with_is_fetched_like_any_other_and_refused(server, pictures):
    made = taken(server, pictures["png"])
    for url in (made["url"] + "0", made["url"].replace("expires=", "expires=1")):
        answer = server.create({"model": "sora-2", "prompt": "ok a",
                                "soraParams": {"start_image": url}})
        refused(answer, 400, "soraParams.start_image")


def test_an_uploaded_video_does_not_begin_one(server):
    made = taken(server, FILES["mp4"][0])
    refused(server.create({"model": "sora-2", "prompt": "ok a",
                           "soraParams": {"start_image": made["url"]}}),
            400, "soraParams.start_image")


@pytest.fixture
def no_assets(server):
    server.store.rest()
    before = server.store.asset_count()
    yield server
    assert server.store.asset_count() == before


@pytest.mark.parametrize("content", [
    b"", b"x", b"plain text", b"%PDF-1.7 " + b"x" * 50, b"<svg xmlns=''/>", b"RIFF\0\0\0\0AVI ",
    b"PK\3\4" + b"\0" * 50, b"\x1aE\xdf\xa3 matroska but no" + b"\0" * 50, b"\0\0\0\x20ftypheic",
    b"MZ" + b"\0" * 50, b"GIF88a" + b"\0" * 50,
])
def test_other_files_are_refused(no_assets, content):
    refused(upload(no_assets, content), 400)


@pytest.mark.parametrize("magic,limit", [(b"\x89PNG\r\n\x1a\n", 25), (b"ID3\x04", 25),
                                         (b"\0\0\0\x20ftypisom", 50)])
def test_a_file_over_its_limit_is_refused(no_assets, magic, limit):
    told = refused(upload(no_assets, magic + b"\0" * (limit * 2**20 - len(magic) + 1)), 400)
    assert str(limit) in told["error"] or str(limit * 2**20) in told["error"]


def test_a_file_at_its_limit_is_taken(server):
    content = b"ID3\x04" + b"\0" * (25 * 2**20 - 4)
    assert taken(server, content)["byteSize"] == len(content)


def test_a_body_over_all_limits_is_not_read(no_assets):
    answer = upload(no_assets, b"\0\0\0\x20ftypisom" + b"\0" * (51 * 2**20))
    assert answer.status_code == 413 and isinstance(answer.json()["error"], str)


MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize("headers,body", [
    ({}, b""), ({"Content-Type": "application/json"}, b"{}"),
    ({"Content-Type": "multipart/form-data"}, b"--b--\r\n"),
    ({"Content-Type": "multipart/form-data; boundary="}, b"--b--\r\n"),
    ({"Content-Type": "application/x-www-form-urlencoded"}, b"file=x"),
    ({"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n"),
    (MULTIPART, b""), (MULTIPART, b"--b--\r\n"), (MULTIPART, b"--c--\r\n"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nGIF89a\r\n--b--\r\n"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data; name=\"other\"; filename=\"a\"\r\n\r\n"
                b"GIF89a\r\n--b--\r\n"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
                b"GIF89a\r\n--b"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
                b"Content-Transfer-Encoding: base64\r\n\r\nR0lGODlh\r\n--b--\r\n"),
    (MULTIPART, b"--b\r\n\r\nGIF89a\r\n--b--\r\n"),
    (MULTIPART, b"--b\r\n" + b"X: y\r\n" * 2000 + b"\r\nGIF89a\r\n--b--\r\n"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n" * 65 + b"--b--\r\n"),
])
def test_a_body_without_a_file_is_refused(no_assets, headers, body):
    answer = no_assets.request("POST", "/v2/uploads", headers=headers, data=body)
    refused(answer, 400)


def test_an_upload_needs_a_key(no_assets):
    answer = requests.post(no_assets.url + "/v2/uploads", files={"file": b"GIF89a"}, timeout=rig.WAIT_S)
    refused(answer, 401)


@pytest.mark.parametrize("method,path", [("POST", "/v2/jobs"), ("DELETE", "/v2/me"),
                                         ("GET", "/v2/uploads"), ("PUT", "/v2/models")])
def test_other_methods_are_refused(server, method, path):
    answer = server.request(method, path)
    assert answer.status_code == 405 and answer.headers["Allow"]
    assert isinstance(answer.json()["error"], str)

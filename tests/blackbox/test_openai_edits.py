# SPDX-License-Identifier: Apache-2.0
"""A video changed, and a video made longer."""
import uuid

import pytest

import rig
from openai_wire import Client, made_of, refused, source, traceless, video  # noqa: F401

EDITS, EXTENSIONS = "/v1/videos/edits", "/v1/videos/extensions"
SMALL = {"size": "128x72", "seconds": 2}


@pytest.fixture
def client(server):
    return Client(server)


def of(source, prompt="ok make it night", **members):
    return {"prompt": prompt, "video": {"id": source["id"]}, **members}


def asked(client, body, path=EDITS, **headers):
    answer = client.post(body, path, **headers)
    assert answer.status_code == 200, answer.text
    return video(answer.json())


def entries(client, shown):
    return client.store.entries(str(uuid.UUID(shown["id"][len("video_"):])))


def test_an_edit_is_the_source_changed(client, source):
    shown = asked(client, of(source))
    assert shown["id"] != source["id"] and shown["status"] == "queued"
    assert shown["remixed_from_video_id"] == source["id"]
    assert shown["prompt"] == "ok make it night\n\nok a coast"
    for key in ("model", "seconds", "size"):
        assert shown[key] == source[key]
    before, after = made_of(client, source), made_of(client, shown)
    for key in ("seed", "seconds", "width", "height", "fps"):
        assert after[key] == before[key]
    assert (before["purpose"], before["source_video"]) == ("create", None)
    assert after["purpose"] == "edit" and after["source_video"].endswith("/source.mp4")
    assert entries(client, shown) == [(rig.HOLD, 3_000_000), (rig.CAPTURE, 3_000_000)]
    record = client.get("/vitascope/jobs/" + str(uuid.UUID(shown["id"][6:]))).json()
    assert (record["purpose"], record["source"]) == ("edit", str(uuid.UUID(source["id"][6:])))


def test_a_form_names_the_source_with_brackets_or_a_dot(client, source):
    for name in ("video[id]", "video.id"):
        answer = client.request("POST", EDITS, files={"prompt": (None, "ok a form"),
                                                      name: (None, source["id"])})
        assert answer.status_code == 200, answer.text
        assert video(answer.json())["remixed_from_video_id"] == source["id"]


def test_a_job_of_another_dialect_can_be_edited_by_any_spelling_of_its_id(client, server):
    job = server.finish("ok a coast")["id"]
    for id_ in (job, job.replace("-", ""), "video_" + job.replace("-", ""),
                "gen_" + job.replace("-", "")):
        shown = asked(client, of({"id": id_}, "ok b"))
        assert shown["remixed_from_video_id"] == "video_" + job.replace("-", "")
        assert shown["size"] == "1280x720"


def test_the_model_may_be_said_when_it_is_the_sources(client, source):
    assert asked(client, of(source, model="sora-2-pro"))["model"] == "sora-2-pro"


def test_an_idempotency_key_stands_for_one_edit(client, source):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = asked(client, of(source), **headers)
    assert asked(client, of(source), **headers)["id"] == first["id"]
    refused(client.post(of(source, seconds="4"), EXTENSIONS, **headers), 409, "conflict",
            "Idempotency-Key")


def test_an_extension_shows_its_total_and_costs_what_is_new(client, source):
    shown = asked(client, of(source, "ok then", seconds="12"), EXTENSIONS)
    assert (shown["seconds"], shown["size"], shown["model"]) == ("20", "1280x720", "sora-2-pro")
    assert shown["prompt"] == "ok then\n\nok a coast"
    assert shown["remixed_from_video_id"] is None
    assert entries(client, shown)[0] == (rig.HOLD, 4_500_000)
    end = client.end_of(shown["id"])  # a film is no video that could be extended
    assert end["status"] == "failed" and end["error"]["code"] == "invalid_request"
    assert entries(client, shown) == [(rig.HOLD, 4_500_000), (rig.RELEASE, 4_500_000)]


REFUSED = [
    ({}, "missing_required_parameter", "prompt"),
    ({"prompt": ""}, "empty_string", "prompt"),
    ({"prompt": 7}, "invalid_type", "prompt"),
    ({"prompt": "x" * 32001}, "string_above_max_length", "prompt"),
    ({"video": None}, "invalid_type", "video"),
    ({"video": "video_1"}, "invalid_type", "video"),
    ({"video": []}, "invalid_type", "video"),
    ({"video": {}}, "missing_required_parameter", "video.id"),
    ({"video": {"id": 7}}, "invalid_type", "video.id"),
    ({"video": {"id": None}}, "invalid_type", "video.id"),
    ({"video": {"id": "SOURCE", "url": "x"}}, "unknown_parameter", "video.url"),
    ({"model": 7}, "invalid_type", "model"),
    ({"model": "sora-2"}, "invalid_value", "model"),
    ({"size": "1280x720"}, "unknown_parameter", "size"),
    ({"input_reference": {}}, "unknown_parameter", "input_reference"),
    ({"characters": []}, "unknown_parameter", "characters"),
    ({"vitascope": {}}, "unknown_parameter", "vitascope"),
    (b"{", None, None),
    (b"[]", None, None),
]
REFUSED_EDITS = [
    ({"prompt": "x" * 31995}, "string_above_max_length", "prompt"),
    ({"seconds": "4"}, "unknown_parameter", "seconds"),
]
REFUSED_EXTENSIONS = [
    ({"seconds": None}, "invalid_type", "seconds"),
    ({"seconds": 4}, "invalid_type", "seconds"),
    ({"seconds": "5"}, "invalid_value", "seconds"),
    ({"seconds": "24"}, "invalid_value", "seconds"),
    ({"seconds": ""}, "invalid_value", "seconds"),
]


@pytest.mark.parametrize("path,members,code,param",
                         [(path, *row) for path in (EDITS, EXTENSIONS) for row in REFUSED] +
                         [(EDITS, *row) for row in REFUSED_EDITS] +
                         [(EXTENSIONS, *row) for row in REFUSED_EXTENSIONS])
def test_what_is_wrong_is_refused_without_a_trace(client, source, path, members, code, param):
    body = members
    if isinstance(members, dict):
        body = of(source, **({} if path == EDITS else {"seconds": "4"}))
        body = {**body, **members} if members else {"video": body["video"]}
        if isinstance(body["video"], dict) and body["video"].get("id") == "SOURCE":
            body["video"]["id"] = source["id"]
    with traceless(client.server):
        refused(client.post(body, path), 400, code, param)


@pytest.mark.parametrize("path", (EDITS, EXTENSIONS))
def test_what_must_be_there_is_named(client, source, path):
    for missing in ("prompt", "video") + (("seconds",) if path == EXTENSIONS else ()):
        body = of(source, **({} if path == EDITS else {"seconds": "4"}))
        del body[missing]
        with traceless(client.server):
            refused(client.post(body, path), 400, "missing_required_parameter", missing,
                    message=f"Missing required parameter: '{missing}'.")


@pytest.mark.parametrize("path", (EDITS, EXTENSIONS))
def test_a_source_that_is_not_ones_own_is_not_found(client, server, source, path):
    _, key = server.store.add_account("editor", 10)
    body = of(source, seconds="4") if path == EXTENSIONS else of(source)
    with traceless(server):
        told = refused(Client(server, key=key).post(body, path), 404, "not_found", "video.id")
        assert told["message"] == f"Video with id '{source['id']}' not found."
        for id_ in ("video_1", "video_" + "0" * 32, "", "x" * 500):
            refused(client.post({**body, "video": {"id": id_}}, path), 404, "not_found",
                    "video.id")


@pytest.mark.parametrize("path,done", ((EDITS, "edited"), (EXTENSIONS, "extended")))
def test_a_source_that_is_not_completed_is_refused(client, films, path, done):
    more = {"seconds": "4"} if path == EXTENSIONS else {}
    failed = client.end_of(client.create("fail:invalid a coast")["id"])
    with traceless(client.server):
        refused(client.post(of(failed, **more), path), 400, "invalid_value", "video",
                message=f"Only a completed video can be {done}; this one is failed.")
    running = client.create("gate:" + done)
    refused(client.post(of(running, **more), path), 400, "invalid_value", "video",
            message=f"Only a completed video can be {done}; this one is not ready yet.")
    films.open_gate(done)
    client.end_of(running["id"])


def set_job(client, shown, column, value):
    client.store.change((f"UPDATE jobs SET {column} = ? WHERE id = ?", value,
                         uuid.UUID(shown["id"][6:]).bytes))


def expire(client, shown):
    client.store.change(("UPDATE assets SET expires_ms = 1000 WHERE job_id = ?",
                         uuid.UUID(shown["id"][6:]).bytes))


def test_what_has_expired_cannot_be_edited_or_extended(client):
    source = client.end_of(client.create("ok a")["id"])
    expire(client, source)
    with traceless(client.server):
        for path, more in ((EDITS, {}), (EXTENSIONS, {"seconds": "4"})):
            told = refused(client.post(of(source, **more), path), 410, "video_expired", "video")
            assert "expired" in told["message"]


def test_a_remix_of_a_video_whose_picture_has_expired_is_refused(client, tmp_path):
    picture = rig.data_url(rig.picture(tmp_path / "a.png", size="720x1280"))
    source = client.end_of(client.create(input_reference={"image_url": picture})["id"])
    client.store.change(("UPDATE assets SET expires_ms = 1000 WHERE id = (SELECT first_frame FROM"
                         " jobs WHERE id = ?)", uuid.UUID(source["id"][6:]).bytes))
    with traceless(client.server):
        refused(client.post({"prompt": "ok"}, f"/v1/videos/{source['id']}/remix"), 410,
                "image_expired", "input_reference",
                message="The picture that the video begins with has expired.")


@pytest.mark.parametrize("of_source", ("deleted", "canceled"))
def test_a_source_that_was_put_away_is_refused(client, films, of_source):
    if of_source == "deleted":
        source = client.end_of(client.create("ok a")["id"])
        assert client.request("DELETE", "/v1/videos/" + source["id"]).status_code == 200
        with traceless(client.server):
            refused(client.post(of(source), EDITS), 404, "not_found", "video.id")
        return
    source = client.create("gate:never")
    client.server.cancel(str(uuid.UUID(source["id"][6:])))
    with traceless(client.server):
        refused(client.post(of(source), EDITS), 400, "invalid_value", "video")


def test_a_source_that_is_deleted_while_it_is_edited_is_edited_all_the_same(client, films):
    source = client.end_of(client.create("ok a")["id"])
    shown = asked(client, of(source, "gate:deleted-source b"))
    assert client.request("DELETE", "/v1/videos/" + source["id"]).status_code == 200
    films.open_gate("deleted-source")
    assert made_of(client, shown)["purpose"] == "edit"


def test_an_account_that_cannot_pay_is_told_so(server):
    account, key = server.store.add_account("short editor", 0.6)
    client = Client(server, key=key)
    shown = client.end_of(client.create()["id"])
    for path, more in ((EDITS, {}), (EXTENSIONS, {"seconds": "4"})):
        refused(client.post(of(shown, **more), path), 429, "insufficient_quota", None,
                "insufficient_quota")
    assert server.store.balance(account) == (100_000, 0, 500_000)
    assert server.store.query("SELECT count(*) FROM jobs WHERE account_id = ?", account)[0][0] == 1


def test_what_the_engines_of_a_model_cannot_do_is_said(make_server, tmp_path):
    server = make_server(engine={"can": ["nothing"]})
    client = Client(server)
    source = client.end_of(client.create("ok a")["id"])
    picture = rig.data_url(rig.picture(tmp_path / "a.png", size="720x1280"))
    with traceless(server):
        told = refused(client.post(of(source), EDITS), 400, "unsupported_operation", "video")
        assert told["message"] == ("The model 'sora-2' cannot edit videos: none of its engines here"
                                   " looks at a source video.")
        told = refused(client.post(of(source, seconds="4"), EXTENSIONS), 400,
                       "unsupported_operation", "video")
        assert told["message"] == ("The model 'sora-2' cannot extend videos: none of its engines"
                                   " here looks at a first frame.")
        refused(client.post({"prompt": "ok", "input_reference": {"image_url": picture}}), 400,
                "invalid_value", "input_reference",
                message="No engine of this model takes pictures")


def test_a_video_is_extended_six_times_and_to_120_seconds_at_most(make_server):
    server = make_server(engine={"concurrency": 1})
    client = Client(server)
    six, five, long, full = (client.end_of(client.create("ok a", seconds="4")["id"])
                             for _ in range(4))
    server.stop()
    set_job(client, six, "extensions", 6)
    set_job(client, five, "extensions", 5)
    set_job(client, full, "base_seconds", 113)
    set_job(client, long, "base_seconds", 17)
    server.start()
    with traceless(server):
        refused(client.post(of(six, seconds="4"), EXTENSIONS), 400, "invalid_value", "video",
                message="A video can be extended at most 6 times.")
        refused(client.post(of(full, seconds="4"), EXTENSIONS), 400, "invalid_value", "seconds",
                message="Invalid value: '4'. Together with the video's own 117 seconds it may last"
                        " at most 120.")
        refused(client.post(of(long), EDITS), 400, "invalid_value", "video",
                message="Only a video of at most 20 seconds can be edited; this one has 21.")
        refused(client.post({"prompt": "ok"}, f"/v1/videos/{long['id']}/remix"), 400,
                "invalid_value", "video_id")
    assert client.get("/v1/videos/" + long["id"]).json()["seconds"] == "21"
    assert asked(client, of(five, seconds="4"), EXTENSIONS)["seconds"] == "8"
    assert asked(client, of(long, seconds="20"), EXTENSIONS)["seconds"] == "41"

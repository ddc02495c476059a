# SPDX-License-Identifier: Apache-2.0
"""OpenAI's own clients, as their users have them: of openai-python and openai-node the newest and
the last of the major version before.

They are installed once below the build folder. Where that is not possible the tests are skipped
and say why.
"""
import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

import rig
from openai_wire import VIDEO_KEYS, Client

FOLDER = os.path.join(rig.BUILD, "sdk")
INSTALL_S, RUN_S = 300, 120


def run(command, seconds, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=seconds, **more)


def install(name, *commands, **more):
    """Runs the commands that install a client, or skips the test with what they said."""
    for command in commands:
        try:
            done = run(command, INSTALL_S, **more)
        except (OSError, subprocess.TimeoutExpired) as reason:
            pytest.skip(f"{name} cannot be installed: {reason}")
        if done.returncode:
            pytest.skip(f"{name} cannot be installed: {(done.stderr or done.stdout)[-300:]}")


@contextlib.contextmanager
def alone(folder):
    """Test files that run side by side install a client once."""
    os.makedirs(FOLDER, exist_ok=True)
    with open(folder + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session", params=("openai", "openai<3"), ids=("newest", "2"))
def python(request):
    """A Python that has openai-python."""
    folder = os.path.join(FOLDER, "python-" + re.sub(r"\W", "-", request.param))
    program = os.path.join(folder, "bin", "python")
    with alone(folder):
        if not os.path.exists(program) or run([program, "-c", "import openai"], RUN_S).returncode:
            shutil.rmtree(folder, ignore_errors=True)
            install("openai-python", [sys.executable, "-m", "venv", folder],
                    [program, "-m", "pip", "install", "-q", request.param])
    return program


# Asked for without a version, npm would take an older one where Node.js is old.
@pytest.fixture(scope="session", params=("openai@latest", "openai@6"), ids=("newest", "6"))
def node(request):
    """A folder where Node.js finds openai-node."""
    folder = os.path.join(FOLDER, "node-" + re.sub(r"\W", "-", request.param))
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("openai-node cannot be installed: there is no node or no npm")
    with alone(folder):
        if not os.path.exists(os.path.join(folder, "node_modules", "openai", "package.json")):
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as file:
                file.write('{"private": true}')
            install("openai-node", ["npm", "install", "--no-audit", "--no-fund", request.param],
                    cwd=folder)
    return folder


@pytest.fixture
def client(server):
    _, key = server.store.add_account("sdk", 1000)
    return Client(server, key=key)


@pytest.fixture(scope="session")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("sdk") / "first.png"
    rig.picture(path, size="720x1280")
    return str(path)


def told(command, client, *args, **more):
    """Runs a program with the client's settings; what it prints is JSON."""
    env = {**os.environ, "OPENAI_API_KEY": client.key, "OPENAI_BASE_URL": client.url + "/v1"}
    done = run([*command, *args], RUN_S, env=env, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


PYTHON = """
import json, sys, warnings
warnings.simplefilter("ignore")
import openai
client = openai.OpenAI()
def tell(value): print(json.dumps(value))
"""


@pytest.fixture
def in_python(python, client):
    return lambda program, *args: told([python, "-c", PYTHON + program], client, *args)


def test_python_creates_and_polls(in_python):
    shown = in_python("""
video = client.videos.create_and_poll(model="sora-2", prompt="slow:0.3 a coast", seconds="8",
                                      size="1280x720")
tell({**video.model_dump(), "request": video._request_id})
""")
    assert shown.pop("request").startswith("req_")
    assert set(shown) >= VIDEO_KEYS
    assert (shown["status"], shown["progress"], shown["error"]) == ("completed", 100, None)
    assert (shown["seconds"], shown["size"], shown["prompt"]) == ("8", "1280x720",
                                                                  "slow:0.3 a coast")


def test_python_sends_a_first_frame(in_python, picture):
    sizes = in_python("""
done = []
with open(sys.argv[1], "rb") as file:
    done.append(client.videos.create_and_poll(prompt="ok a", input_reference=file))
with open(sys.argv[1], "rb") as file:
    done.append(client.videos.create_and_poll(prompt="ok a", input_reference=file.read()))
tell([b'"first_frame"' in client.videos.download_content(one.id).read() for one in done])
""", picture)
    assert sizes == [True, True]


def test_python_walks_lists_and_deletes(in_python):
    made, forward, back, deleted, left = in_python("""
made = [client.videos.create_and_poll(prompt=f"ok {n}", poll_interval_ms=20).id for n in range(5)]
back = [one.id for one in client.videos.list(limit=2)]
forward = [one.id for one in client.videos.list(limit=2, order="asc")]
deleted = [client.videos.delete(one).deleted for one in made[:3]]
tell([made, forward, back, deleted, [one.id for one in client.videos.list()]])
""")
    assert (forward, back) == (made, made[::-1])
    assert deleted == [True] * 3 and left == [made[4], made[3]]


def test_python_streams_a_download_into_a_file(in_python, tmp_path):
    path = tmp_path / "video.mp4"
    size = in_python("""
video = client.videos.create_and_poll(prompt="big:2000000 a coast")
with client.videos.with_streaming_response.download_content(video.id) as answer:
    answer.stream_to_file(sys.argv[1])
tell(len(client.videos.download_content(video.id, variant="video").read()))
""", str(path))
    assert size >= 2_000_000 and path.stat().st_size == size
    assert path.read_bytes()[4:8] == b"ftyp"


def check_variants(sizes, folder, clip):
    for variant, size in sizes.items():
        kept = (folder / variant).read_bytes()
        assert len(kept) == size > 1000
    assert (folder / "video").read_bytes() == open(clip, "rb").read()
    assert (folder / "thumbnail").read_bytes()[8:12] == b"WEBP"
    assert (folder / "spritesheet").read_bytes()[:3] == b"\xff\xd8\xff"


def test_python_downloads_every_variant(in_python, tmp_path, clip):
    sizes = in_python("""
video = client.videos.create_and_poll(prompt="play:clip.mp4 a coast", poll_interval_ms=20)
sizes = {}
for variant in ("video", "thumbnail", "spritesheet"):
    with client.videos.with_streaming_response.download_content(video.id,
                                                                variant=variant) as answer:
        answer.stream_to_file(f"{sys.argv[1]}/{variant}")
    sizes[variant] = len(client.videos.download_content(video.id, variant=variant).read())
tell(sizes)
""", str(tmp_path))
    check_variants(sizes, tmp_path, clip)


def test_python_raises_what_it_should(in_python):
    errors = in_python("""
def caught(call):
    try: call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code, error.param]
videos = client.videos
tell([caught(lambda: videos.create(prompt="ok", seconds="7")),
      caught(lambda: videos.create(prompt="ok", extra_body={"width": 1})),
      caught(lambda: videos.create(prompt="ok", model="sora-3")),
      caught(lambda: videos.retrieve("video_1")),
      caught(lambda: videos.download_content("video_1")),
      caught(lambda: videos.edit(prompt="ok", video=b"x")),
      caught(lambda: client.with_options(api_key="sk-wrong").videos.list())])
""")
    assert errors == [["BadRequestError", 400, "invalid_value", "seconds"],
                      ["BadRequestError", 400, "unknown_parameter", "width"],
                      ["BadRequestError", 400, "invalid_value", "model"],
                      ["NotFoundError", 404, "not_found", "video_id"],
                      ["NotFoundError", 404, "not_found", "video_id"],
                      ["BadRequestError", 400, "missing_required_parameter", "model"],
                      ["AuthenticationError", 401, "invalid_api_key", None]]


def test_python_shows_a_failed_video_and_the_models(in_python):
    status, code, models = in_python("""
video = client.videos.create_and_poll(prompt="fail:refused a coast")
tell([video.status, video.error.code, [one.id for one in client.models.list()]])
""")
    assert (status, code) == ("failed", "moderation_blocked")
    assert models == ["sora-2", "sora-2-pro"]


def test_async_python_creates_and_polls(in_python):
    assert in_python("""
import asyncio
async def main():
    async with openai.AsyncOpenAI() as client:
        video = await client.videos.create_and_poll(prompt="ok a", seconds="4")
        content = await client.videos.download_content(video.id)
        return [video.status, len(await content.aread()) > 500]
tell(asyncio.run(main()))
""") == ["completed", True]


NODE = """
import fs from "node:fs";
import OpenAI from "openai";
const client = new OpenAI();
const [first] = process.argv.slice(2);
const tell = value => console.log(JSON.stringify(value));
async function end(video) {
  while (!["completed", "failed"].includes(video.status)) {
    await new Promise(done => setTimeout(done, 20));
    video = await client.videos.retrieve(video.id);
  }
  return video;
}
"""


@pytest.fixture
def in_node(node, client, tmp_path):
    def tell(program, *args):
        path = os.path.join(node, f"{tmp_path.name}.mjs")
        with open(path, "w", encoding="utf-8") as file:
            file.write(NODE + program)
        return told(["node", path], client, *args, cwd=node)

    return tell


def test_node_creates_retrieves_and_downloads(in_node):
    shown, type_, size = in_node("""
const made = await client.videos.create({model: "sora-2", prompt: "ok a", seconds: "8",
                                         size: "1280x720"});
const video = await end(made);
const answer = await client.videos.downloadContent(video.id);
let size = 0;
for await (const chunk of answer.body) size += chunk.length;
tell([video, answer.headers.get("content-type"), size]);
""")
    assert set(shown) == VIDEO_KEYS and shown["status"] == "completed"
    assert (shown["seconds"], shown["size"], type_) == ("8", "1280x720", "video/mp4")
    assert size > 500


def test_node_downloads_every_variant(in_node, tmp_path, clip):
    sizes = in_node("""
const video = await end(await client.videos.create({prompt: "play:clip.mp4 a coast"}));
const sizes = {};
for (const variant of ["video", "thumbnail", "spritesheet"]) {
  const whole = await client.videos.downloadContent(video.id, {variant});
  sizes[variant] = (await whole.arrayBuffer()).byteLength;
  const streamed = await client.videos.downloadContent(video.id, {variant});
  const file = fs.createWriteStream(first + "/" + variant);
  for await (const chunk of streamed.body) file.write(chunk);
  await new Promise(done => file.end(done));
}
tell(sizes);
""", str(tmp_path))
    check_variants(sizes, tmp_path, clip)


def test_node_sends_a_first_frame_as_file_and_as_url(in_node, picture):
    assert in_node("""
const url = "data:image/png;base64," + fs.readFileSync(first).toString("base64");
const found = [];
for (const input_reference of [fs.createReadStream(first), {image_url: url}]) {
  const video = await end(await client.videos.create({prompt: "ok a", input_reference}));
  const answer = await client.videos.downloadContent(video.id, {variant: "video"});
  found.push(Buffer.from(await answer.arrayBuffer()).includes('"first_frame"'));
}
tell(found);
""", picture) == [True, True]


def test_node_walks_lists_and_deletes(in_node):
    made, back, forward, deleted, left = in_node("""
const made = [], back = [], forward = [], left = [];
for (let n = 0; n < 5; n++)
  made.push((await end(await client.videos.create({prompt: "ok " + n}))).id);
for await (const video of client.videos.list({limit: 2})) back.push(video.id);
for await (const video of client.videos.list({limit: 2, order: "asc"})) forward.push(video.id);
const deleted = await client.videos.delete(made[0]);
for await (const video of client.videos.list()) left.push(video.id);
tell([made, back, forward, deleted, left]);
""")
    assert (forward, back) == (made, made[::-1])
    assert deleted == {"id": made[0], "object": "video.deleted", "deleted": True}
    assert left == made[:0:-1]


def test_node_throws_what_it_should(in_node):
    errors = in_node("""
async function caught(promise) {
  try { await promise; } catch (error) {
    return [error.constructor.name, error.status, error.code, error.param,
            error.requestID.slice(0, 4)];
  }
}
tell([await caught(client.videos.create({prompt: "ok", seconds: "7"})),
      await caught(client.videos.create({prompt: "ok", characters: [{id: "char_1"}]})),
      await caught(client.videos.retrieve("video_1")),
      await caught(client.videos.edit({prompt: "ok", video: {id: "video_1"}})),
      await caught(new OpenAI({apiKey: "sk-wrong"}).videos.list())]);
""")
    assert errors == [["BadRequestError", 400, "invalid_value", "seconds", "req_"],
                      ["NotFoundError", 404, "not_found", "characters", "req_"],
                      ["NotFoundError", 404, "not_found", "video_id", "req_"],
                      ["NotFoundError", 404, "not_found", "video.id", "req_"],
                      ["AuthenticationError", 401, "invalid_api_key", None, "req_"]]


def test_both_remix(in_python, in_node):
    source, shown = in_python("""
source = client.videos.create_and_poll(prompt="ok a coast")
remix = client.videos.poll(client.videos.remix(source.id, prompt="ok at night").id)
tell([source.id, remix.model_dump()])
""")
    assert (shown["status"], shown["remixed_from_video_id"]) == ("completed", source)
    shown = in_node("""
tell(await end(await client.videos.remix(first, {prompt: "ok in rain"})));
""", source)
    assert (shown["status"], shown["remixed_from_video_id"]) == ("completed", source)


@pytest.fixture(scope="session")
def mossy(tmp_path_factory):
    path = tmp_path_factory.mktemp("sdk") / "mossy.mp4"
    rig.clip(path, seconds=2, fps=8)
    return str(path)


# The client's own form of a video, {"id": …}, is stopped by the client itself; see the contract.
def test_python_edits_extends_and_casts(in_python, mossy):
    source, edited, extended, uploaded, character, found, cast = in_python("""
def of(source): return {"video": openai.omit, "extra_body": {"video": {"id": source.id}}}
source = client.videos.create_and_poll(
    prompt="reel a", extra_body={"vitascope": {"size": "128x72", "seconds": 1}})
edited = client.videos.poll(client.videos.edit(prompt="reel b", **of(source)).id)
extended = client.videos.poll(
    client.videos.extend(prompt="reel c", seconds="4", **of(source)).id)
with open(sys.argv[1], "rb") as file:
    uploaded = client.videos.poll(client.videos.edit(
        prompt="ok d", video=file, extra_body={"model": "sora-2-pro"}).id)
with open(sys.argv[1], "rb") as file:
    character = client.videos.create_character(name="Mossy", video=file)
found = client.videos.get_character(character.id)
cast = client.videos.create_and_poll(prompt="ok Mossy",
                                     extra_body={"characters": [{"id": character.id}]})
tell([source.id, *(one.model_dump() for one in (edited, extended, uploaded, character, found)),
      cast.status])
""", mossy)
    assert (edited["status"], edited["seconds"], edited["remixed_from_video_id"]) == \
        ("completed", "1", source)
    assert (extended["status"], extended["seconds"]) == ("completed", "5")
    assert (uploaded["status"], uploaded["seconds"], uploaded["size"], uploaded["model"]) == \
        ("completed", "2", "1280x720", "sora-2-pro")
    assert character["name"] == "Mossy" and found == character and cast == "completed"


def test_node_edits_extends_and_casts(in_node, mossy):
    source, edited, extended, uploaded, character, found, cast = in_node("""
const file = () => fs.createReadStream(first);
const source = await end(await client.videos.create(
  {prompt: "reel a", vitascope: {size: "128x72", seconds: 1}}));
const video = {id: source.id};
const edited = await end(await client.videos.edit({prompt: "reel b", video}));
const extended = await end(await client.videos.extend({prompt: "reel c", seconds: "4", video}));
const uploaded = await end(await client.videos.edit(
  {prompt: "ok d", video: file(), model: "sora-2-pro"}));
const character = await client.videos.createCharacter({name: "Mossy", video: file()});
const found = await client.videos.getCharacter(character.id);
const cast = await end(await client.videos.create(
  {prompt: "ok Mossy", characters: [{id: character.id}]}));
tell([source.id, edited, extended, uploaded, character, found, cast.status]);
""", mossy)
    assert (edited["status"], edited["seconds"], edited["remixed_from_video_id"]) == \
        ("completed", "1", source)
    assert (extended["status"], extended["seconds"]) == ("completed", "5")
    assert (uploaded["status"], uploaded["seconds"], uploaded["size"], uploaded["model"]) == \
        ("completed", "2", "1280x720", "sora-2-pro")
    assert character["name"] == "Mossy" and found == character and cast == "completed"


def test_python_keeps_a_file_and_begins_with_it(in_python, picture):
    assert in_python("""
with open(sys.argv[1], "rb") as file:
    kept = client.files.create(file=file, purpose="vision")
video = client.videos.create_and_poll(prompt="ok a", extra_body={
    "input_reference": {"file_id": client.files.retrieve(kept.id).id}})
film = client.videos.download_content(video.id).read()
tell([kept.filename, b'"first_frame": "/' in film, client.files.delete(kept.id).deleted])
""", picture) == ["first.png", True, True]


def test_node_keeps_a_file_and_begins_with_it(in_node, picture):
    assert in_node("""
const kept = await client.files.create({file: fs.createReadStream(first), purpose: "vision"});
const input_reference = {file_id: (await client.files.retrieve(kept.id)).id};
const video = await end(await client.videos.create({prompt: "ok a", input_reference}));
const film = Buffer.from(await (await client.videos.downloadContent(video.id)).arrayBuffer());
const found = film.includes('"first_frame": "/');
tell([kept.filename, found, (await client.files.delete(kept.id)).deleted]);
""", picture) == ["first.png", True, True]

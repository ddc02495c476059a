# SPDX-License-Identifier: Apache-2.0
"""What the tests of AI Video API and UniAll share: a server with the default models, a client
that speaks with a Bearer key, and a way to run the vendors' examples."""
import http.server
import os
import re
import subprocess
import threading

import pytest
import requests

import rig

SEEDS = os.path.join(os.path.dirname(__file__), "seeds")
BODY_BYTES_MAX = 10 * 2**20 // 3 * 4 + 256 * 1024
GOOD_PICTURE, SMALL_PICTURE = "640x360", "320x298"


class Hooks:
    """Takes callbacks on loopback: `got` has (path, headers, body) of each. `answers` has the
    status for a path, [first, second, …]; 200 when there is none left."""

    def __init__(self):
        hooks = self
        self.got, self.answers = [], {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                hooks.got.append((self.path, dict(self.headers), self.rfile.read(length)))
                rest = hooks.answers.get(self.path, [])
                rig.reply(self, rest.pop(0) if rest else 200, b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def at(self, path):
        return [(headers, body) for where, headers, body in list(self.got) if where == path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="session")
def hooks():
    hooks = Hooks()
    yield hooks
    hooks.close()


def hook_server(folder, hooks, schedule_scale):
    """For a fixture: a server that may tell `hooks`, whose waits between attempts are the usual
    ones times the scale."""
    films = rig.Films(folder / "films")
    server = rig.Server(folder / "server", rig.config_of(
        films, fetch={"allow": [hooks.host]}, webhooks={"schedule_scale": schedule_scale},
        engine={"concurrency": 3})).start()
    server.films = films
    yield server
    server.end()


class Client:
    """Requests with a key; `prefix` pins a dialect."""

    def __init__(self, server, prefix="", key=None):
        self.server, self.store = server, server.store
        self.url = server.url + prefix
        self.key = key or rig.spellings(server.key)["sk-"]

    def request(self, method, path, **more):
        headers = {"Authorization": "Bearer " + self.key, **more.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=rig.WAIT_S, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body, **headers):
        """body is an object or bytes."""
        if isinstance(body, bytes):
            return self.request("POST", path, data=body, headers=headers)
        return self.request("POST", path, json=body, headers=headers)

    def end_of(self, path, seconds=rig.JOB_S):
        """What GET shows as soon as the job is over."""
        rig.until(lambda: self.get(path).json()["status"] in ("completed", "failed"), seconds)
        return self.get(path).json()


@pytest.fixture(scope="session")
def many(tmp_path_factory, films, receiver, hooks):
    """A server with the default models, made by the film worker."""
    config = {"engines": [films.engine(name="diorama", concurrency=3)],
              "fetch": {"allow": [receiver.host, hooks.host]}}
    server = rig.Server(tmp_path_factory.mktemp("many"), config).start()
    yield server
    server.end()


@pytest.fixture
def client(many):
    yield Client(many)
    assert many.process and many.process.poll() is None, "the server died:\n" + many.tail()


@pytest.fixture
def traceless(client):
    """Whatever the test does must leave no job, no money moved, no file taken up."""
    def traces():
        store = client.store
        return (store.job_count(), store.balance(), store.asset_count(),
                store.query("SELECT count(*) FROM ledger"))

    client.store.rest()
    before = traces()
    yield client
    assert traces() == before


@pytest.fixture(scope="session")
def images(receiver, private, tmp_path_factory):
    """URLs by name, of pictures and of what is none."""
    folder = tmp_path_factory.mktemp("images")
    sizes = {"good": GOOD_PICTURE, "small": SMALL_PICTURE, "wide": "760x302", "tall": "302x760",
             "least": "300x300", "widest": "750x300"}
    for name, size in sizes.items():
        receiver.routes[f"/{name}.png"] = rig.picture(folder / f"{name}.png", size)
    good = receiver.routes["/good.png"]
    receiver.routes["/photo.jpg"] = rig.picture(folder / "photo.jpg", GOOD_PICTURE)
    receiver.routes["/image.jpg"] = receiver.routes["/photo.jpg"]
    receiver.routes["/text.png"] = b"this is no picture at all" * 10
    receiver.routes["/cut.png"] = good[:len(good) // 3]
    receiver.routes["/empty.png"] = b""
    receiver.routes["/huge.png"] = good + b"\0" * (10 * 2**20 + 1 - len(good))
    receiver.routes["/most.png"] = good + b"\0" * (10 * 2**20 - len(good))
    receiver.routes["/expired.png"] = lambda handler: rig.reply(handler, 403, b"expired")
    receiver.routes["/away.png"] = lambda handler: rig.reply(
        handler, 302, b"", Location=private.url + "/good.png")
    private.routes["/good.png"] = good
    names = [path[1:-4] for path in receiver.routes if path.endswith(".png")]
    urls = {name: f"{receiver.url}/{name}.png" for name in names}
    urls.update(private=private.url + "/good.png", missing=receiver.url + "/none.png",
                metadata="http://169.254.169.254/latest/meta-data", file="file:///etc/passwd",
                relative="photo.jpg", nothing="", inlined_text="data:image/png;base64,aGVsbG8=",
                inlined_bad="data:image/png;base64,@@", inlined_plain="data:text/plain,hello")
    urls["inlined_huge"] = rig.data_url(receiver.routes["/huge.png"])
    return urls


# Not an image that can be used, and what is said of it.
BAD_IMAGES = [
    ("text", "The image is not a JPEG, PNG or WebP file"),
    ("cut", None),
    ("empty", "The image URL answered with nothing"),
    ("huge", "The image is larger than 10 MB"),
    ("expired", "The image URL did not answer with 200 OK"),
    ("missing", "The image URL did not answer with 200 OK"),
    ("private", "The image URL leads to a private address"),
    ("away", "The image URL leads to a private address"),
    ("metadata", "The image URL leads to a private address"),
    ("file", "The image must be an http(s) URL or a data: URL"),
    ("relative", "The image must be an http(s) URL or a data: URL"),
    ("nothing", "The image must be an http(s) URL or a data: URL"),
    ("inlined_text", "The image is not a JPEG, PNG or WebP file"),
    ("inlined_bad", "The inlined image is not valid base64"),
    ("inlined_huge", "The image is larger than 10 MB"),
    ("inlined_plain", "An inlined image must be a base64 data: URL"),
]

# Bodies that are no JSON object.
NO_OBJECTS = [b"", b"{", b"null", b"7", b'"a prompt"', b"[]", b"[" * 100_000,
              b'{"model": "sora-2", "prompt": "\xff\xfe"}',
              b'{"model": "sora-2", "model": "sora-2", "prompt": "a"}', b"prompt=a&model=sora-2"]


def run_example(file, title, replacements, tmp_path):
    """Runs a shell example of seeds/FILE with other hosts and another key; what it printed."""
    with open(os.path.join(SEEDS, file), encoding="utf-8") as seeds:
        section = seeds.read().split(f"\n## {title}\n")[1].split("\n## ")[0]
    text = re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)
    for theirs, ours in replacements.items():
        text = text.replace(theirs, ours)
    path = tmp_path / "example.sh"
    path.write_text(text)
    result = subprocess.run(["bash", str(path)], capture_output=True, text=True, timeout=rig.WAIT_S,
                            stdin=subprocess.DEVNULL)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.strip()


def has_first_frame(url):
    """Whether the engine that made the film was given a picture."""
    return b'"first_frame": "/' in requests.get(url, timeout=rig.WAIT_S).content

# SPDX-License-Identifier: Apache-2.0
"""Fixtures. One server with fast films serves all tests that only ask; a test that kills,
fills or reconfigures makes its own with `make_server`."""
import os
import signal

import pytest

import openapi_check
import rig

# A shell that starts us in the background has SIGINT ignored, and programs inherit that: Ctrl-C
# would not reach those that do not ask for it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def watch():
    watch = openapi_check.Watch(rig.Server.urls.__contains__)
    yield watch
    watch.end()


@pytest.fixture(autouse=True)
def documented(watch):
    """No answer that a test gets by `requests` may be one that docs/openapi/ does not know."""
    yield
    faults, watch.faults = watch.faults, []
    assert sorted(set(faults)) == []


def pytest_sessionstart(session):
    if not os.access(rig.VITASCOPE, os.X_OK):
        pytest.exit(f"no {rig.VITASCOPE}: build first (make), or set VITASCOPE_BUILD", 2)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Small stills by name: jpeg, png, webp."""
    folder = tmp_path_factory.mktemp("pictures")
    return {"jpeg": rig.picture(folder / "a.jpg"), "png": rig.picture(folder / "a.png"),
            "webp": rig.picture(folder / "a.webp")}


@pytest.fixture(scope="session")
def receiver():
    """What the shared server may fetch from although it is private."""
    receiver = rig.Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def private():
    """A receiver that no server may fetch from."""
    receiver = rig.Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def films(tmp_path_factory):
    """The films of the shared server."""
    return rig.Films(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="session")
def clip(films):
    """A real film: the prompt "play:clip.mp4" gives it."""
    path = os.path.join(films.folder, "clip.mp4")
    rig.clip(path, size="320x180", seconds=2)
    return path


@pytest.fixture(scope="session")
def shared(tmp_path_factory, films, receiver):
    config = rig.config_of(films, fetch={"allow": [receiver.host]}, engine={"concurrency": 3})
    server = rig.Server(tmp_path_factory.mktemp("shared"), config).start()
    yield server
    server.end()


@pytest.fixture
def server(shared):
    """The shared server; it must outlive the test."""
    yield shared
    assert shared.process and shared.process.poll() is None, "the server died:\n" + shared.tail()


@pytest.fixture
def make_server(tmp_path):
    """Makes servers of the test's own: make_server(films=None, **configuration)."""
    made = []

    def make(films=None, mode="ok", start=True, args=(), **config):
        folder = tmp_path / f"server{len(made)}"
        films = films or rig.Films(folder / "films", mode)
        server = rig.Server(folder, rig.config_of(films, **config), args=args)
        server.films = films
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.end()

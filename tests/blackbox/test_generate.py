# SPDX-License-Identifier: Apache-2.0
"""`vitascope generate`, with films of the double in diorama's place."""
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest

import rig
from terminal import Terminal

GRANT = 1_000_000_000


class Install:
    """A copy of the program beside which the double stands as `vitascope-diorama`; and a folder
    to work in."""

    def __init__(self, folder):
        self.bin, self.work = folder / "bin", folder / "work"
        self.bin.mkdir()
        self.work.mkdir()
        self.films = rig.Films(folder / "films")
        for name in ("vitascope", "vitascope-launch", "vitascope-probe"):
            shutil.copy2(os.path.join(rig.BUILD, name), self.bin / name)
        diorama = self.bin / "vitascope-diorama"
        diorama.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{rig.FILM_WORKER}" '
                           f'"{self.films.folder}"\n')
        diorama.chmod(0o755)
        self.program = str(self.bin / "vitascope")
        self.data = self.work / "vitascope-data"
        self.store = rig.Store(self.data)
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith("VITASCOPE_")}

    def run(self, *args, timeout=rig.WAIT_S, **env):
        return subprocess.run([self.program, "generate", *args], capture_output=True, text=True,
                              timeout=timeout, cwd=self.work, env={**self.env, **env},
                              stdin=subprocess.DEVNULL)

    def start(self, *args):
        return subprocess.Popen([self.program, "generate", *args], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, cwd=self.work, env=self.env,
                                stdin=subprocess.DEVNULL)

    def verify(self):
        result = rig.run("ledger", "verify", "--data", str(self.data))
        assert result.returncode == 0 and ": 0 differences" in result.stdout, result.stdout

    def nothing_runs(self):
        """Whether no process has its files in these folders any more."""
        def uses(pid):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    command = file.read()
            except OSError:
                return False
            return str(self.bin.parent).encode() in command and rig.is_alive(pid)

        return not [pid for pid in os.listdir("/proc") if pid.isdigit() and uses(pid)]

    def is_clean(self):
        return rig.until(self.nothing_runs)


@pytest.fixture
def install(tmp_path):
    install = Install(tmp_path)
    yield install
    assert install.is_clean(), "something was left running"


@pytest.fixture
def at_terminal(install):
    """Starts `vitascope generate` at a terminal."""
    made = []

    def start(*args, **more):
        made.append(Terminal([install.program, "generate", *args], cwd=install.work,
                             env={**install.env, **more.pop("env", {})}, **more))
        return made[-1]

    yield start
    for terminal in made:
        terminal.close()


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


# ---- with a server of its own ----

def test_a_first_run_needs_nothing_and_leaves_a_film(install):
    result = install.run("slow:1 a coast", "-o", "coast.mp4", "--seed", "7")
    assert (result.returncode, result.stdout) == (0, "coast.mp4\n"), result.stderr
    film = (install.work / "coast.mp4").read_bytes()
    assert hashlib.sha256(film).hexdigest() in install.films.digests()
    assert b'"seed": 7' in film and b'"seconds": 4' in film and b'"width": 1280' in film
    assert sorted(os.listdir(install.work)) == ["coast.mp4", "vitascope-data"]
    assert install.is_clean()
    assert install.store.balance() == (GRANT - 500_000, 0, 500_000)
    install.verify()


def test_in_a_pipe_progress_is_plain_lines(install):
    result = install.run("slow:1 a coast")
    assert "\r" not in result.stderr and "\033" not in result.stderr
    lines = result.stderr.strip().split("\n")
    for line in lines:
        assert re.fullmatch(r"(queued|rendering|done) \d+% after \d+\.\d s", line), line
    assert lines[-1].startswith("done 100% ")
    percents = [int(re.search(r"(\d+)%", line).group(1)) for line in lines]
    assert percents == sorted(percents) and len(percents) > 3
    assert (install.work / "clip.mp4").exists()


def test_quiet_prints_the_path_alone(install):
    result = install.run("ok a coast", "--quiet", "-o", "a.mp4")
    assert (result.returncode, result.stdout, result.stderr) == (0, "a.mp4\n", "")


def test_at_a_terminal_progress_is_a_bar(install, at_terminal):
    terminal = at_terminal("slow:1 a coast")
    assert terminal.wait() == 0, terminal.text
    assert terminal.text.count("\r") > 5
    shown = [int(percent) for percent in re.findall(r"(\d+)%", terminal.text)]
    assert shown == sorted(shown) and shown[-1] == 100 and len(set(shown)) > 3
    assert terminal.text.rstrip().endswith("clip.mp4")
    # No drawing is wider than the terminal, or it would scroll.
    for drawing in re.split(r"[\r\n]", re.sub(r"\033\[\w", "", terminal.text)):
        assert len(drawing) <= 80, drawing


def test_at_a_narrow_terminal_the_bar_fits(install, at_terminal):
    terminal = at_terminal("slow:1 a coast", columns=50)
    assert terminal.wait() == 0, terminal.text
    for drawing in re.split(r"[\r\n]", re.sub(r"\033\[\w", "", terminal.text)):
        assert len(drawing) <= 50, drawing


def test_at_a_dumb_terminal_progress_is_plain_lines(install, at_terminal):
    terminal = at_terminal("slow:1 a coast", env={"TERM": "dumb"})
    assert terminal.wait() == 0, terminal.text
    assert "\033" not in terminal.text
    assert re.search(r"rendering [3-7]0% after", terminal.text)


def test_what_is_asked_for_reaches_the_engine(install, pictures):
    (install.work / "still.webp").write_bytes(pictures["webp"])
    result = install.run("ok a coast", "--seconds", "9", "--size", "320x180", "--seed", "3",
                         "--image", "still.webp", "--model", "sora-2-pro")
    assert result.returncode == 0, result.stderr
    film = (install.work / "clip.mp4").read_bytes()
    for said in (b'"seconds": 9', b'"width": 320', b'"height": 180', b'"seed": 3',
                 b'"first_frame": "/'):
        assert said in film, said
    assert install.store.balance() == (GRANT - 9 * 375_000, 0, 9 * 375_000)


def test_a_second_run_uses_the_same_account(install):
    for name in ("a.mp4", "b.mp4"):
        assert install.run("ok a coast", "-o", name).returncode == 0
    assert install.store.balance() == (GRANT - 1_000_000, 0, 1_000_000)
    assert digest(install.work / "a.mp4") != digest(install.work / "b.mp4")


def test_a_failed_job_is_told_and_costs_nothing(install):
    result = install.run("fail:refused a coast")
    assert (result.returncode, result.stdout) == (1, "")
    last = result.stderr.strip().split("\n")[-1]
    assert re.fullmatch(r"vitascope generate: The film was refused[.;,] ?.*nothing was charged\.?",
                        last), last
    assert not (install.work / "clip.mp4").exists()
    assert install.store.balance() == (GRANT, 0, 0)


@pytest.mark.parametrize("args,said", [
    (["--seconds", "21"], "seconds"), (["--size", "321x180"], "size"),
    (["--size", "9999x9999"], "size"), (["--model", "sora-9"], "sora-9"),
    (["--image", "not-there.png"], "not-there.png"), (["--image", "/etc/hostname"], "image"),
    (["-o", "no/such/folder/clip.mp4"], "no/such/folder"),
])
def test_what_cannot_work_is_said_before_anything_is_made(install, args, said):
    result = install.run("ok a coast", *args)
    assert (result.returncode, result.stdout) == (1, "")
    assert said in result.stderr.strip().split("\n")[-1], result.stderr
    assert not os.path.exists(install.store.path) or install.store.job_count() == 0


@pytest.mark.parametrize("args", ([], ["a", "b"], ["a", "--seconds", "x"], ["a", "--seed", "-1"],
                                  ["a", "--frobnicate"], ["a", "-o"], ["a", "--seconds", "0"]))
def test_a_mistyped_command_shows_how_it_goes(install, args):
    result = install.run(*args)
    assert (result.returncode, result.stdout) == (2, "")
    assert "usage: vitascope generate" in result.stderr
    assert os.listdir(install.work) == []


# ---- being interrupted ----

def interrupted(install, terminal):
    """The job that a Ctrl-C at this moment met, and what was said of it."""
    pids = rig.children(terminal.process.pid)
    assert len(pids) > 2  # with its server and its worker
    terminal.type("\x03")
    assert terminal.wait() == 130, terminal.text
    assert rig.until(lambda: not any(rig.is_alive(pid) for pid in pids)), "left running"
    return next(iter(install.store.jobs()))


def test_ctrl_c_cancels_the_job_of_its_own_server_and_gives_the_money_back(install, at_terminal):
    terminal = at_terminal("gate:never a coast")
    terminal.read_until("42%")
    job = interrupted(install, terminal)
    assert f"job {job} is canceled, nothing was charged." in terminal.text
    assert install.store.jobs() == {job: "canceled"}
    assert install.store.balance() == (GRANT, 0, 0)
    assert sorted(os.listdir(install.work)) == ["vitascope-data"]
    install.verify()


def test_ctrl_c_before_anything_has_begun_leaves_nothing(install, at_terminal):
    for delay in (0.005, 0.02, 0.05, 0.1, 0.2):
        terminal = at_terminal("gate:never a coast")
        time.sleep(delay)
        terminal.type("\x03")
        status = terminal.wait()
        assert status in (130, -signal.SIGINT), (status, terminal.text)
        assert install.is_clean()
    if install.data.exists() and (install.data / "vitascope.db").exists():
        assert set(install.store.jobs().values()) <= {"canceled"}
        assert install.store.balance() in ((GRANT, 0, 0),)


def test_a_terminated_run_says_what_happens_too(install):
    process = install.start("gate:never a coast")
    assert rig.until(lambda: install.films.journal("render"))
    process.terminate()
    _, said = process.communicate(timeout=rig.WAIT_S)
    assert process.returncode == 130
    assert "is canceled, nothing was charged." in said


def test_a_killed_run_takes_its_server_along_and_the_job_waits(install):
    process = install.start("gate:later a coast")
    assert rig.until(lambda: install.films.journal("render"))
    process.kill()
    process.communicate()
    assert install.is_clean()
    assert list(install.store.jobs().values()) == ["queued"]
    install.films.open_gate("later")
    assert install.run("ok another", "-o", "b.mp4").returncode == 0
    assert install.store.balance()[1:] in ((0, 1_000_000), (500_000, 500_000))
    install.verify()


# ---- with a server that is there ----

def test_the_server_of_the_data_folder_is_used_and_goes_on(install, make_server):
    server = make_server()
    result = install.run("ok a coast", "--data", server.data)
    assert result.returncode == 0, result.stderr
    assert digest(install.work / "clip.mp4") in server.films.digests()
    assert not install.films.journal()
    assert server.process.poll() is None and server.finish("ok still here")


@pytest.mark.parametrize("how", ("options", "environment"))
def test_another_server_is_asked_with_its_key(install, server, films, how):
    where = {"options": ["--server", server.url + "/", "--key", server.key], "environment": []}
    env = {"VITASCOPE_URL": server.url, "VITASCOPE_API_KEY": rig.spellings(server.key)["afk_"]}
    result = install.run("ok a coast", *where[how], **(env if how == "environment" else {}))
    assert result.returncode == 0, result.stderr
    assert digest(install.work / "clip.mp4") in films.digests()
    assert os.listdir(install.work) == ["clip.mp4"]  # no data folder


def test_ctrl_c_leaves_the_job_of_another_server_alone(install, at_terminal, make_server):
    server = make_server()
    terminal = at_terminal("gate:remote a coast", "--server", server.url, "--key", server.key)
    terminal.read_until("42%")
    terminal.type("\x03")
    assert terminal.wait() == 130
    job = next(iter(server.store.jobs()))
    assert f"job {job} goes on at the server." in terminal.text
    command = re.search(r"curl .*", terminal.text).group(0).strip()
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=rig.WAIT_S,
                           env={**os.environ, "VITASCOPE_API_KEY": server.key})
    assert f'"id":"{job}"' in shown.stdout.replace(" ", ""), shown.stdout
    server.films.open_gate("remote")
    server.wait_for(job, "COMPLETED")


def test_a_wrong_key_is_said(install, server):
    result = install.run("a coast", "--server", server.url, "--key", "sk-" + "A" * 43)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "vitascope generate: Invalid API key (status 401)\n"


def test_a_server_without_a_key_is_said(install, server):
    result = install.run("a coast", "--server", server.url)
    assert result.returncode == 1
    assert "--key" in result.stderr and "VITASCOPE_API_KEY" in result.stderr


@pytest.mark.parametrize("url,said", [
    ("http://127.0.0.1:1", "cannot connect"), ("http://no-such-host.invalid", "name not found"),
    ("nonsense", "http://"), ("ftp://127.0.0.1", "http://")])
def test_a_server_that_is_not_there_is_said(install, url, said):
    result = install.run("a coast", "--server", url, "--key", "sk-" + "A" * 43)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr, result.stderr


def test_a_server_that_goes_away_is_said(install, make_server):
    server = make_server()
    process = install.start("gate:never a coast", "--server", server.url, "--key", server.key)
    assert rig.until(lambda: server.films.journal("render"))
    server.kill()
    _, said = process.communicate(timeout=rig.WAIT_S)
    assert process.returncode == 1
    assert f"vitascope generate: {server.url}: " in said
    job = next(iter(server.store.jobs()))
    assert f"Job {job} is not lost by this." in said


def test_a_stale_note_of_a_server_is_no_obstacle(install):
    assert install.run("ok a coast").returncode == 0
    (install.data / "server.json").write_text('{"url":"http://127.0.0.1:1","pid":1}')
    assert install.run("ok a coast").returncode == 0
    (install.data / "server.json").write_text("nonsense")
    assert install.run("ok a coast").returncode == 0


def test_a_run_that_loses_anothers_server_goes_on_with_its_own(install):
    # The server belongs to the first run and ends with it.
    first = install.start("gate:first a coast", "-o", "a.mp4")
    assert rig.until(lambda: install.films.journal("render"))
    second = install.start("gate:later a coast", "-o", "b.mp4")
    assert rig.until(lambda: len(install.store.jobs()) == 2)
    install.films.open_gate("first")
    first.communicate(timeout=rig.WAIT_S)
    assert first.returncode == 0
    install.films.open_gate("later")
    path, said = second.communicate(timeout=rig.WAIT_S)
    assert (second.returncode, path) == (0, "b.mp4\n"), said
    assert set(install.store.jobs().values()) == {"completed"}
    assert (install.work / "b.mp4").stat().st_size
    install.verify()


def test_runs_that_begin_at_once_share_a_server(install):
    runs = [install.start(f"gate:all a coast {i}", "-o", f"{i}.mp4") for i in range(3)]
    assert rig.until(lambda: install.films.journal("render"))
    assert rig.until(lambda: len(install.store.jobs()) == 3)
    install.films.open_gate("all")
    for run in runs:
        _, said = run.communicate(timeout=rig.WAIT_S)
        assert run.returncode == 0, said
    assert set(install.store.jobs().values()) == {"completed"}
    install.verify()


def test_the_key_made_for_a_run_ends_within_a_day(install):
    assert install.run("ok a coast").returncode == 0
    rows = install.store.query("SELECT expires_ms, admin FROM keys WHERE name ="
                               " 'vitascope generate'")
    assert len(rows) == 1
    expires, admin = rows[0]
    assert 0 < expires - time.time() * 1000 <= 24 * 3600 * 1000
    assert admin == 0


def test_ids_in_messages_are_uuids(install):
    process = install.start("gate:never a coast")
    assert rig.until(lambda: install.films.journal("render"))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=rig.WAIT_S)
    job = re.search(r"job (\S+)", said).group(1)
    assert str(uuid.UUID(job)) == job


def test_ctrl_c_while_the_request_is_on_its_way_waits_for_the_answer(install, server, receiver,
                                                                     pictures):
    release = threading.Event()

    def late(handler):
        release.wait(rig.WAIT_S)
        rig.reply(handler, 200, pictures["png"])

    receiver.routes["/late.png"] = late
    asked = receiver.hits["/late.png"]
    process = install.start("ok a coast", "--image", receiver.url + "/late.png", "--server",
                            server.url, "--key", server.key)
    assert rig.until(lambda: receiver.hits["/late.png"] > asked)
    process.send_signal(signal.SIGINT)
    release.set()
    _, said = process.communicate(timeout=rig.WAIT_S)
    assert process.returncode == 130
    job = re.search(r"job (\S+) goes on at the server", said).group(1)
    server.wait_for(job, "COMPLETED")


def test_a_second_ctrl_c_does_not_wait_for_the_answer(install, server, receiver):
    release = threading.Event()

    def late(handler):
        release.wait(rig.WAIT_S)
        rig.reply(handler, 404, b"")

    receiver.routes["/later.png"] = late
    asked = receiver.hits["/later.png"]
    process = install.start("ok a coast", "--image", receiver.url + "/later.png", "--server",
                            server.url, "--key", server.key)
    assert rig.until(lambda: receiver.hits["/later.png"] > asked)
    def ends():
        process.send_signal(signal.SIGINT)
        return process.poll() is not None

    assert rig.until(ends, every=0.2)
    _, said = process.communicate()
    assert process.returncode == 130
    release.set()
    assert "a job may have been made" in said

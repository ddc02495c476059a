# SPDX-License-Identifier: Apache-2.0
"""The real renderer behind the real server: the file plays and is what was asked for."""
import json
import os
import re
import signal
import struct
import subprocess

import pytest

import rig

PROMPT = "A drone shot flying over mountains at sunset, cinematic lighting"
SMALL = ("--size", "320x180", "--seconds", "1", "--quiet")


def generate(folder, name, *args):
    result = rig.run("generate", PROMPT, "-o", str(folder / name), "--data", str(folder / "data"),
                     *args, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{folder / name}\n"
    return folder / name


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("diorama")


@pytest.fixture(scope="module")
def clip(folder):
    return generate(folder, "clip.mp4", *SMALL, "--seed", "1")


def probe(path):
    shown = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format",
                            "-count_frames", "-of", "json", str(path)], capture_output=True,
                           text=True, check=True)
    assert shown.stderr == ""
    facts = json.loads(shown.stdout)
    return facts["format"], {stream["codec_type"]: stream for stream in facts["streams"]}


def ffmpeg(*args):
    shown = subprocess.run(["ffmpeg", "-hide_banner", "-nostdin", *args], capture_output=True,
                           text=True)
    assert shown.returncode == 0, shown.stderr
    return shown


def atoms(path):
    """The kinds of the file's outermost boxes, in order."""
    found, data, at = [], path.read_bytes(), 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        found.append(kind.decode())
        at += size
    assert at == len(data)
    return found


def frame_hashes(path):
    out = ffmpeg("-v", "error", "-i", str(path), "-map", "0:v", "-f", "framemd5", "-").stdout
    return [line.split(",")[-1].strip() for line in out.split("\n") if line and line[0] != "#"]


def test_the_clip_plays_and_is_as_asked(clip):
    facts, streams = probe(clip)
    video, audio = streams["video"], streams["audio"]
    assert len(streams) == facts["nb_streams"] == 2
    assert (video["codec_name"], video["width"], video["height"]) == ("h264", 320, 180)
    assert video["pix_fmt"] == "yuv420p"
    assert video["r_frame_rate"] == video["avg_frame_rate"] == "30/1"
    assert int(video["nb_read_frames"]) == 30
    assert audio["codec_name"] == "aac"
    assert abs(float(facts["duration"]) - 1) < 0.1
    assert abs(float(video["duration"]) - 1) < 0.01
    assert float(video.get("start_time", 0)) == 0
    # Decodes to its end without a word of complaint.
    assert ffmpeg("-v", "warning", "-i", str(clip), "-f", "null", "-").stderr == ""


def test_the_clip_says_how_its_colours_are_meant(clip):
    video = probe(clip)[1]["video"]
    assert [video.get(name) for name in ("color_space", "color_transfer", "color_primaries",
                                         "color_range")] == ["bt709", "bt709", "bt709", "tv"]


def test_the_clip_can_start_before_it_is_loaded(clip):
    order = atoms(clip)
    assert order.index("moov") < order.index("mdat")


def test_the_clip_moves_and_sounds(clip):
    hashes = frame_hashes(clip)
    assert len(hashes) == len(set(hashes)) == 30
    loud = ffmpeg("-i", str(clip), "-map", "0:a", "-af", "volumedetect", "-f", "null", "-").stderr
    assert -60 < float(re.search(r"mean_volume: (-?[\d.]+) dB", loud).group(1)) < -5
    assert float(re.search(r"max_volume: (-?[\d.]+) dB", loud).group(1)) < 0.1


def test_the_same_prompt_and_seed_give_the_same_frames(clip, folder):
    assert frame_hashes(generate(folder, "again.mp4", *SMALL, "--seed", "1")) == frame_hashes(clip)
    assert frame_hashes(generate(folder, "other.mp4", *SMALL, "--seed", "2")) != frame_hashes(clip)


def test_a_portrait_clip_stands_upright(folder):
    path = generate(folder, "portrait.mp4", "--size", "180x320", "--seconds", "1", "--quiet")
    video = probe(path)[1]["video"]
    assert (video["width"], video["height"]) == (180, 320)


def test_a_clip_from_an_image_begins_with_it(folder):
    still = folder / "still.png"
    rig.picture(still, "320x180", "mandelbrot")
    path = generate(folder, "moved.mp4", *SMALL, "--image", str(still))
    likeness = ffmpeg("-i", str(path), "-i", str(still), "-filter_complex",
                      "[0:v]trim=end_frame=1,format=yuv420p[a];[1:v]scale=320:180:out_color_matrix="
                      "bt709:out_range=tv,format=yuv420p[b];[a][b]ssim", "-f", "null", "-").stderr
    assert float(re.search(r"All:([\d.]+)", likeness).group(1)) > 0.9, likeness
    hashes = frame_hashes(path)
    assert len(set(hashes)) > 20  # and then it moves


def test_the_ledger_is_right(folder, clip):
    result = rig.run("ledger", "verify", "--data", str(folder / "data"))
    assert result.returncode == 0, result.stdout


@pytest.fixture
def server(tmp_path):
    server = rig.Server(tmp_path / "server").start()  # on defaults
    yield server
    server.end()


def renderer(server):
    """The pid of the worker that renders, once there is one."""
    def find():
        for pid in server.pids():
            try:
                if os.readlink(f"/proc/{pid}/exe").endswith("/vitascope-diorama"):
                    return pid
            except OSError:
                pass
        return None

    return rig.until(find)


def test_a_job_survives_the_death_of_the_renderer(server):
    faults = []
    for _ in range(10):
        job = server.submit({"model": "sora-2", "prompt": PROMPT,
                             "vitascope": {"size": "320x180", "seconds": 2}})
        server.wait_for(job, "PROCESSING")
        assert rig.until(lambda: server.job(job)["progress"] > 0)
        first = renderer(server)
        os.kill(first, signal.SIGKILL)
        shown = server.wait_for(job, "COMPLETED", seconds=120)
        assert shown["error"] is None
        faults = [fault for _, fault, _ in server.store.attempts(job)]
        if faults != [0]:  # or else it was done before it was killed
            break
    assert faults == [3, 0]
    assert renderer(server) != first
    assert server.store.entries(job) == [(rig.HOLD, 250_000), (rig.CAPTURE, 250_000)]


def test_a_canceled_render_stops_and_the_next_one_is_made(server):
    long = server.submit({"model": "sora-2", "prompt": PROMPT, "vitascope": {"seconds": 20}})
    server.wait_for(long, "PROCESSING")
    assert server.cancel(long).status_code == 200
    small = server.submit({"model": "sora-2", "prompt": PROMPT,
                           "vitascope": {"size": "320x180", "seconds": 1}})
    server.wait_for(small, "COMPLETED", seconds=120)
    assert server.stop() == 0


def test_nothing_of_the_renderer_is_left_in_the_scratch_folder(folder, clip):
    left = [name for _, _, names in os.walk(folder / "data" / "scratch") for name in names]
    assert left == []

# SPDX-License-Identifier: Apache-2.0
"""vitascope-probe and films: what it tells and makes of good ones, and what it refuses."""
import json
import os
import re
import struct
import subprocess

import pytest

import rig

PROBE = os.path.join(rig.BUILD, "vitascope-probe")
BT709 = ("-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709",
         "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
OURS = ("-c:v", "libx264", "-pix_fmt", "yuv420p", *BT709)

EXACTLY = "scale=sws_flags=bicubic+accurate_rnd+full_chroma_int"  # as we turn YUV into RGB


def probe(*args, seconds=120):
    """The answer, and None for a refusal; the text of it is told."""
    shown = subprocess.run([PROBE, *map(str, args)], capture_output=True, text=True,
                           timeout=seconds)
    if not shown.stdout:
        return None, f"ended with {shown.returncode}"
    answer = json.loads(shown.stdout)
    assert (answer["type"] == "failed") == (shown.returncode == 1), shown
    return (None, answer["message"]) if shown.returncode else (answer, "")


def film(path, source="testsrc2", size="160x90", rate="24", seconds=1, sound=None, more=OURS):
    """A film by ffmpeg; `sound` is a frequency."""
    tone = ["-f", "lavfi", "-i", f"sine={sound}:r=44100:d={seconds}"] if sound else []
    drawn = source if "=" in source else f"{source}=s={size}:r={rate}:d={seconds}"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", drawn, *tone,
                    *more, str(path)], check=True, timeout=120)
    return path


def pixels(path, *filters):
    """The pictures as RGB bytes, one after another."""
    chain = ["-vf", ",".join(filters)] if filters else []
    return subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), *chain, "-f",
                           "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True,
                          check=True, timeout=120).stdout


def streams(path):
    shown = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of",
                            "json", str(path)], capture_output=True, text=True, check=True)
    assert shown.stderr == ""
    return {s["codec_type"]: s for s in json.loads(shown.stdout)["streams"]}


def difference(one, other):
    assert len(one) == len(other) and one
    return sum(abs(a - b) for a, b in zip(one, other)) / len(one)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("probe_films")


@pytest.fixture(scope="module")
def good(folder):
    return film(folder / "good.mp4", seconds=2, sound=440)


@pytest.fixture(scope="module")
def made(folder):
    """Two films that our own encoder made, the second with the first's last picture first."""
    renderer = os.path.join(rig.BUILD, "vitascope-diorama")
    one, two, last = folder / "one.mp4", folder / "two.mp4", folder / "last.ppm"

    def render(path, seconds, *args):
        subprocess.run(["nice", renderer, "--render", "a calm sea at noon", "-o", str(path),
                        "--seconds", str(seconds), "--size", "320x180", "--fps", "24",
                        "--threads", "2", *args], check=True, capture_output=True, timeout=300)

    render(one, 2)
    answer, why = probe("tail", one, last, "--width", 320, "--height", 180)
    assert answer, why
    render(two, 1, "--image", str(last))
    return one, two


# ---- what it tells and makes ----

@pytest.mark.parametrize("name,kind,expected", [
    ("h264", dict(seconds=2, sound=440), (160, 90, 24, 1, 48, 2000, True)),
    ("silent", dict(), (160, 90, 24, 1, 24, 1000, False)),
    ("mpeg4", dict(more=("-c:v", "mpeg4"), rate="30"), (160, 90, 30, 1, 30, 1000, False)),
    ("ntsc", dict(rate="30000/1001", seconds=2), (160, 90, 30000, 1001, 60, 2002, False)),
    ("vp9", dict(more=("-c:v", "libvpx-vp9", "-cpu-used", "8")), (160, 90, 24, 1, 24, 1000, False)),
    ("odd", dict(source="mandelbrot=s=161x91:r=24",
                 more=("-c:v", "libx264", "-pix_fmt", "yuv444p", "-t", "1")), (161, 91, 24, 1, 24, 1000, False)),
    ("slow", dict(rate="1/2", seconds=4), (160, 90, 1, 1, 4, 4000, False)),
])
def test_facts_are_what_is_in_the_file(folder, name, kind, expected):
    answer, why = probe("facts", film(folder / f"facts_{name}.mp4", **kind))
    assert answer, why
    keys = ("width", "height", "fps_num", "fps_den", "frames", "duration_ms", "sound")
    assert tuple(answer[key] for key in keys) == expected


def test_the_tail_is_the_last_picture(good, folder):
    answer, why = probe("tail", good, folder / "tail.ppm", "--width", 160, "--height", 90)
    assert answer, why
    bytes_ = (folder / "tail.ppm").read_bytes()
    assert bytes_.startswith(b"P6\n160 90\n255\n")
    pictures, size = pixels(good, EXACTLY), 160 * 90 * 3
    assert difference(bytes_[-size:], pictures[-size:]) < 0.1
    assert difference(bytes_[-size:], pictures[-2 * size:-size]) > 1


def test_the_tail_of_a_film_of_another_shape_is_its_middle(good, folder):
    answer, why = probe("tail", good, folder / "tall.ppm", "--width", 90, "--height", 160)
    assert answer, why
    assert (folder / "tall.ppm").read_bytes().startswith(b"P6\n90 160\n255\n")


def test_a_film_that_lies_on_its_side_is_turned(folder):
    lying, straight = folder / "lying.mp4", film(folder / "straight.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(straight), "-c", "copy",
                    "-metadata:s:v:0", "rotate=90", str(lying)], check=True)
    answer, why = probe("tail", lying, folder / "turned.ppm", "--width", 90, "--height", 160)
    assert answer, why
    assert (answer["width"], answer["height"]) == (90, 160)
    shown = pixels(lying, EXACTLY)[-160 * 90 * 3:]  # ffmpeg turns it as players do
    assert difference((folder / "turned.ppm").read_bytes()[-160 * 90 * 3:], shown) < 1


@pytest.mark.parametrize("size,thumbnail,sheet", [
    ("160x90", (160, 90), (640, 360)),
    ("1920x1080", (1280, 720), (1280, 720)),
    ("720x1280", (720, 1280), (720, 1280)),
])
def test_previews_look_like_the_film(folder, size, thumbnail, sheet):
    source = film(folder / f"previews_{size}.mp4", size=size, seconds=2)
    webp, jpg = folder / "t.webp", folder / "s.jpg"
    answer, why = probe("previews", source, webp, jpg)
    assert answer, why
    assert webp.read_bytes()[8:12] == b"WEBP" and jpg.read_bytes()[:3] == b"\xff\xd8\xff"
    for path, expected in ((webp, thumbnail), (jpg, sheet)):
        shown = streams(path)["video"]
        assert (shown["width"], shown["height"]) == expected
    frames = pixels(source, "scale=32:32:flags=area")
    size_ = 32 * 32 * 3
    third = min(difference(pixels(webp, "scale=32:32:flags=area"), frames[i * size_:][:size_])
                for i in range(13, 21))
    assert third < 4
    tile_w, tile_h = sheet[0] // 4, sheet[1] // 4
    for tile in range(16):
        at = round((tile + 0.5) / 16 * 48)
        cut = pixels(jpg, f"crop={tile_w}:{tile_h}:{tile % 4 * tile_w}:{tile // 4 * tile_h}",
                     "scale=32:32:flags=area")
        near = range(max(at - 4, 0), min(at + 3, 48))
        assert min(difference(cut, frames[i * size_:][:size_]) for i in near) < 5, tile


def test_a_thumbnail_is_not_black_where_the_film_is_not(folder):
    dark = film(folder / "dark.mp4", "color=black:s=160x90:r=24:d=2,"
                "drawbox=color=orange:t=fill:enable='gt(t,1.5)'")
    answer, why = probe("previews", dark, folder / "dark.webp", folder / "dark.jpg")
    assert answer, why
    red, green, blue = pixels(folder / "dark.webp", "scale=1:1:flags=area")
    assert red > 200 and 120 < green < 210 and blue < 60


def test_a_film_of_one_picture_has_previews(folder):
    one = film(folder / "one_picture.mp4", more=(*OURS, "-frames:v", "1"))
    answer, why = probe("previews", one, folder / "o.webp", folder / "o.jpg")
    assert answer and answer["frames"] == 1, why


# ---- join ----

def packets(path):
    """The hashes of its pictures' bytes."""
    shown = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_data_hash",
                            "md5", "-show_packets", "-of", "json", str(path)],
                           capture_output=True, text=True, check=True)
    return [packet["data_hash"] for packet in json.loads(shown.stdout)["packets"]]


def join(*args):
    answer, why = probe("join", *args)
    assert answer, why
    return answer, streams(args[-1])


def box_order(path):
    bytes_, at, names = path.read_bytes(), 0, []
    while at < len(bytes_):
        size, name = struct.unpack(">I4s", bytes_[at:at + 8])
        names.append(name.decode())
        at += size
    return names


def test_our_own_films_are_joined_without_encoding_the_first_again(made, folder):
    one, two = made
    answer, found = join(one, two, folder / "whole.mp4")
    assert answer["frames"] == 48 + 24 - 1  # the picture that both have is shown once
    assert int(found["video"]["nb_read_frames"]) == answer["frames"]
    assert (found["video"]["width"], found["video"]["height"]) == (320, 180)
    assert found["video"]["r_frame_rate"] == "24/1"
    assert abs(float(found["video"]["duration"]) - 71 / 24) < 0.001
    assert abs(float(found["audio"]["duration"]) - 71 / 24) < 0.03
    assert packets(folder / "whole.mp4")[:48] == packets(one)
    names = box_order(folder / "whole.mp4")
    assert names.index("moov") < names.index("mdat")
    frames, size = pixels(folder / "whole.mp4"), 320 * 180 * 3
    assert frames[:48 * size] == pixels(one)
    assert difference(frames[48 * size:49 * size], pixels(two)[size:2 * size]) < 4


def test_films_of_others_are_encoded_into_the_firsts_size_and_rate(good, folder):
    other = film(folder / "other.mp4", "mandelbrot=s=320x240:r=30", more=(
        "-c:v", "mpeg4", "-t", "1"))
    answer, found = join(good, other, folder / "mixed.mp4")
    assert found["video"]["codec_name"] == "h264"
    assert (found["video"]["width"], found["video"]["height"]) == (160, 90)
    assert found["video"]["r_frame_rate"] == "24/1"
    assert answer["frames"] == int(found["video"]["nb_read_frames"]) == 48 + 24
    frames, size = pixels(folder / "mixed.mp4", "scale=80:45:flags=area"), 80 * 45 * 3
    first = pixels(good, "scale=80:45:flags=area")
    assert difference(frames[47 * size:48 * size], first[-size:]) < 4
    assert difference(frames[-size:], pixels(other, "scale=80:45:flags=area")[-size:]) < 4


def loudness(path, start, seconds):
    shown = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", "-i", str(path), "-af",
                            f"atrim={start}:{start + seconds},volumedetect", "-f", "null", "-"],
                           capture_output=True, text=True, check=True).stderr
    return float(re.search(r"mean_volume: (-?[\d.]+|-inf) dB", shown).group(1))


def test_silence_fills_where_one_side_has_no_sound(good, folder):
    silent = film(folder / "mute.mp4", "mandelbrot=s=160x90:r=24", more=(*OURS, "-t", "1"))
    join(good, silent, folder / "loud_then_mute.mp4")
    join(silent, good, folder / "mute_then_loud.mp4")
    join(silent, silent, folder / "mute_twice.mp4")
    assert loudness(folder / "loud_then_mute.mp4", 0.1, 1.8) > -30
    assert loudness(folder / "loud_then_mute.mp4", 2.1, 0.8) < -70
    assert loudness(folder / "mute_then_loud.mp4", 0.1, 0.8) < -70
    assert loudness(folder / "mute_then_loud.mp4", 1.1, 1.8) > -30
    assert loudness(folder / "mute_twice.mp4", 0, 2) < -70


# ---- what it refuses ----

def patched(good, at, bytes_):
    whole = bytearray(good.read_bytes())
    whole[at:at + len(bytes_)] = bytes_
    return bytes(whole)


def place(good, name, offset=0):
    """Where a box's content begins."""
    return good.read_bytes().index(name) + 4 + offset


def cases(good):
    whole = good.read_bytes()
    huge = struct.pack(">I", 0x7fffffff)
    yield "empty", b""
    yield "text", b"not a video at all\n" * 50
    yield "picture", b"\x89PNG\r\n\x1a\n" + bytes(200)
    yield "head_only", whole[:64]
    yield "half", whole[:len(whole) // 2]
    yield "all_but_the_end", whole[:-500]
    yield "no_index", whole.replace(b"moov", b"mooz")
    yield "zeros_inside", whole[:len(whole) // 3] + bytes(len(whole) // 2)
    yield "hours_a_picture", patched(good, place(good, b"stts", 12), struct.pack(">I", 1 << 30))
    yield "many_pictures", patched(good, place(good, b"stts", 8), huge)
    yield "many_sizes", patched(good, place(good, b"stsz", 8), huge)
    yield "many_chunks", patched(good, place(good, b"stco", 4), huge)
    yield "no_clock", patched(good, place(good, b"mdhd", 12), bytes(4))
    yield "huge_box", patched(good, place(good, b"trak", -8), huge)
    yield "no_codec", whole.replace(b"avc1", b"zzzz")
    yield "broken_codec", whole.replace(b"avcC", b"free")


NAMES = ["empty", "text", "picture", "head_only", "half", "all_but_the_end", "no_index",
         "zeros_inside", "hours_a_picture", "many_pictures", "many_sizes", "many_chunks",
         "no_clock", "huge_box", "no_codec", "broken_codec"]


def test_every_hostile_film_is_in_the_list(good):
    assert [name for name, _ in cases(good)] == NAMES


REPAIRED = {"hours_a_picture", "many_pictures", "no_clock", "huge_box"}  # by leaving things out


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", ["facts", "previews", "join"])
def test_a_hostile_film_is_refused(good, folder, name, command):
    bad = folder / f"bad_{name}.mp4"
    bad.write_bytes(dict(cases(good))[name])
    outputs = {"facts": [], "previews": [folder / "x.webp", folder / "x.jpg"],
               "join": [good, folder / "x.mp4"]}[command]
    answer, why = probe(command, bad, *outputs, seconds=60)
    if name in REPAIRED:
        assert answer and answer["frames"] <= 48 + 48 and answer["duration_ms"] <= 4000, answer or why
    else:
        assert answer is None and why and "ended with" not in why, answer or why


def test_a_film_over_the_limits_is_refused(folder):
    long = film(folder / "long.mp4", "color=red:s=64x64:r=1:d=181")
    wide = film(folder / "wide.mp4", "color=red:s=4100x64:r=1:d=1")
    large = folder / "large.mp4"
    with open(large, "wb") as file:
        file.truncate(256 * 1024 * 1024 + 1)
    assert probe("facts", long) == (None, "The video lasts more than 180 seconds")
    assert "4100 x 64 pixels" in probe("facts", wide)[1]
    assert probe("facts", large) == (None, "The video is larger than 256 MiB")


def test_a_size_that_grows_behind_the_header_is_refused(good, folder):
    """The header says small, the pictures are larger than any may be."""
    wide = film(folder / "wide2.mp4", "color=red:s=4400x4400:r=1:d=1")
    bytes_ = bytearray(wide.read_bytes())
    entry = bytes_.index(b"avc1", bytes_.index(b"stsd"))
    bytes_[entry + 28:entry + 32] = struct.pack(">HH", 64, 64)
    (folder / "liar.mp4").write_bytes(bytes(bytes_))
    answer, why = probe("facts", folder / "liar.mp4")
    assert answer is None and why


def test_wrong_usage_is_told():
    for args in ([], ["facts"], ["tail", "a", "b"], ["join", "a", "b"], ["previews", "a", "b"],
                 ["tail", "a", "b", "--width", "1", "--height", "64"]):
        shown = subprocess.run([PROBE, *args], capture_output=True, text=True)
        assert shown.returncode == 2 and shown.stderr.startswith("usage:"), args

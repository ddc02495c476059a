# SPDX-License-Identifier: Apache-2.0
"""The price tables of the dialects' own pages, in their own units, to the last credit."""
import uuid

import pytest

import rig
from vendors import Client, hooks, many  # noqa: F401

DURATIONS = (4, 8, 10, 12, 15)
APIFRAME = {("sora-2", "standard"): (4, 8, 10, 12, 15), ("sora-2", "high"): (4, 8, 10, 12, 15),
            ("sora-2-pro", "standard"): (12, 24, 30, 36, 45),
            ("sora-2-pro", "high"): (20, 40, 50, 60, 75)}
AIVIDEOAPI = {4: (100, "0.5"), 8: (200, "1"), 12: (300, "1.5")}
UNIALL = {"sora2": 0.068, "sora2-pro-720p": 0.204, "sora2-pro-1080p": 0.340,
          "sora2-pro-true-1080p": 0.476}


@pytest.fixture
def owner(many):
    """A client with an account of its own, and what is left in it."""
    account, key = many.store.add_account(f"prices {uuid.uuid4()}", 100)
    client = Client(many, key=key)
    client.left = lambda: many.store.balance(account)[0]
    client.afk = rig.spellings(key)["afk_"]
    return client


@pytest.mark.parametrize("model,resolution", APIFRAME)
def test_apiframes_table(many, owner, model, resolution):
    credits = 800
    for duration, cost in zip(DURATIONS, APIFRAME[model, resolution]):
        job = many.submit({"model": model, "prompt": "gate:prices a coast", "soraParams": {
            "duration": duration, "resolution": resolution}}, key=owner.afk)
        assert many.job(job, key=owner.afk)["creditCost"] == cost
        credits -= cost
        assert many.request("GET", "/v2/me", key=owner.afk).json()["team"]["credits"] == credits
        assert owner.left() == credits * 125_000
        many.cancel(job, key=owner.afk)
        credits += cost
    poor = many.store.add_account(f"poor {uuid.uuid4()}", 0.375)[1]
    answer = many.create({"model": model, "prompt": "ok", "soraParams": {"resolution": resolution}},
                         key=poor)
    assert answer.json() == {"error": "Insufficient credits", "creditsAvailable": 3,
                             "creditsRequired": APIFRAME[model, resolution][0]}


@pytest.mark.parametrize("duration", AIVIDEOAPI)
def test_ai_video_apis_table(owner, duration):
    credits, dollars = AIVIDEOAPI[duration]
    assert owner.get("/v1/credits").json()["data"]["balance"] == 20_000
    made = owner.post("/v1/videos/generations", {"model": "sora-2", "input": {
        "prompt": "gate:prices a coast", "duration": duration, "aspect_ratio": "9:16"}})
    assert made.json()["code"] == 200
    assert owner.get("/v1/credits").json()["data"]["balance"] == 20_000 - credits
    assert owner.left() == 100_000_000 - int(float(dollars) * 1_000_000)


@pytest.mark.parametrize("model", UNIALL)
@pytest.mark.parametrize("duration", (4, 8, 12, 16, 20))
def test_uniall_counts_in_dollars(owner, model, duration):
    made = owner.post("/uniall/v1/video/generations", {"model": model, "duration": duration,
                                                       "prompt": "gate:prices a coast"})
    assert made.status_code == 200, made.text
    micro = round(UNIALL[model] * 1_000_000) * duration
    assert owner.left() == 100_000_000 - micro
    assert owner.get("/uniall/v1/balance").json()["balance"] == (100_000_000 - micro) / 1_000_000
    used = owner.get("/uniall/v1/dashboard/billing/usage").json()["total_usage"]
    assert abs(used - micro / 10_000) < 1e-9


@pytest.mark.parametrize("size,usd", [("1280x720", 0.375), ("1024x1792", 0.625),
                                      ("1920x1080", 0.875)])
def test_openai_counts_by_size_and_second(owner, size, usd):
    made = owner.post("/openai/v1/videos", {"model": "sora-2-pro", "size": size, "seconds": "12",
                                            "prompt": "gate:prices a coast"})
    assert made.status_code == 200, made.text
    assert owner.left() == 100_000_000 - round(usd * 12_000_000)


def test_a_model_without_a_price_is_refused_at_start(make_server):
    for prices in ([], None):
        model = {"name": "free", "engines": ["stub"]}
        if prices is not None:
            model["prices"] = prices
        with pytest.raises(RuntimeError, match="price"):
            make_server(models=[model])


def test_a_size_beyond_the_last_price_is_refused(owner):
    for size in ("1792x1024", "1920x1080"):
        answer = owner.post("/openai/v1/videos", {"model": "sora-2", "size": size,
                                                  "prompt": "gate:prices a coast"})
        assert answer.status_code == 400
    assert owner.left() == 100_000_000

"""The live page of `efssim serve` in a real browser: Chromium, headless."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

pytest.importorskip("boto3")
from helpers.serving import WATCHED, served  # only where boto3 is

NAMED = os.environ.get("EFSSIM_BROWSER")
BROWSER = (shutil.which(NAMED) or NAMED) if NAMED else shutil.which("chromium")
# Where EFSSIM_BROWSER names one, none of these tests is skipped: without it they fail.
if BROWSER is None:
    pytest.skip("no Chromium: set EFSSIM_BROWSER to one", allow_module_level=True)

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), "--step", scenario=WATCHED) as one:
        yield one


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def opened(serving, browser):
    """Return a function that opens the page anew; a message or another address fails the test."""
    assert serving.ask("POST", "/_efssim/reset")[0] == 200
    said, asked, pages = [], [], []

    def open_page(width=1024, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(serving.url)
        page.wait_for_selector(".card")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert [text for text in said if "400" not in text] == []
    assert all(url.startswith((serving.url, "data:")) for url in asked)


def facts(page, name):
    card = page.locator(".card", has=page.get_by_role("heading", name=name, exact=True))
    return dict(
        zip(card.locator("dt").all_inner_texts(), card.locator("dd").all_inner_texts(), strict=True)
    )


def test_it_shows_the_state(opened):
    page = opened()
    assert page.locator("h1").inner_text() == "watched"
    assert page.locator("#now").inner_text() == "2026-01-01 00:00:00 UTC"
    assert facts(page, "dr")["Status"] == "ENABLED"
    assert facts(page, "late") == {
        "Status": "ENABLING",
        "Age": "none",
        "Pending": "0 B",
        "Sync": "none",
        "Replicated up to": "never",
    }


def test_step_apply_and_reset(opened):
    page = opened()
    page.get_by_label("Duration").fill("6 min")
    page.get_by_role("button", name="Step").click()
    sync_api.expect(page.locator("#now")).to_contain_text("00:06:00")
    assert facts(page, "dr")["Age"] == "60 s"
    assert facts(page, "dr")["Pending"] == "58.6 KiB"
    found = re.fullmatch(r"initial, (\d+) % of 100.0 GiB, .* left", facts(page, "late")["Sync"])
    assert found
    assert 0 < int(found[1]) < 100
    page.get_by_label("Event").fill('{"opt_out": "eu-south-1", "for": "1 h"}')
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("opt_out eu-south-1", exact=False).first.wait_for()
    assert facts(page, "dr")["Status"] == "PAUSING"
    page.get_by_label("Event").fill('{"opt_out": "nowhere"}')
    page.get_by_role("button", name="Apply").click()
    sync_api.expect(page.locator("#problem")).to_contain_text("nowhere")
    page.get_by_role("button", name="Reset").click()
    sync_api.expect(page.locator("#now")).to_contain_text("00:00:00")
    assert page.locator("#problem").inner_text() == ""
    assert facts(page, "dr")["Status"] == "ENABLED"


def test_it_follows_what_others_do(opened, serving):
    page = opened()
    serving.advance("10 min")
    sync_api.expect(page.locator("#now")).to_contain_text("00:10:00")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1024])
def test_it_fits_a_phone_and_can_be_read(opened, serving, tmp_path, width, scheme):
    serving.advance("6 min")
    page = opened(width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    style = "getComputedStyle(document.body)"
    ink, paper = page.evaluate(f"[{style}.color, {style}.backgroundColor]")
    light = [sum(map(int, color[4:-1].split(","))) for color in (ink, paper)]
    assert (
        (light[0] < 150 and light[1] > 600)
        if scheme == "light"
        else (light[0] > 600 and light[1] < 150)
    )
    folder = Path(os.environ.get("EFSSIM_SCREENSHOTS", tmp_path))
    page.screenshot(path=folder / f"live-{width}-{scheme}.png", full_page=True)

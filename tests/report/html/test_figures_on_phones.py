"""Figures of pages in a real browser: read on a phone; the age over time zoomed and read out."""

from __future__ import annotations

import pytest
from helpers.worlds import constant, scenario, simulate

from efssim.report.files.run import write_files

LINK = "us-east-1 -> us-west-2"
LETTERS = """
() => [...document.querySelectorAll(".chart")].map((chart) => {
  const svg = [...chart.querySelectorAll("svg")].find((one) => one.getBoundingClientRect().width);
  const paper = svg.getBoundingClientRect();
  const scale = paper.width / svg.viewBox.baseVal.width;
  const texts = [...svg.querySelectorAll("text")].filter((one) => one.textContent.trim());
  const boxes = texts.map((one) => one.getBoundingClientRect());
  const overlaps = [];
  boxes.forEach((p, i) => boxes.slice(i + 1).forEach((q, j) => {
    if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 &&
        Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 2.5)
      overlaps.push([texts[i].textContent, texts[i + 1 + j].textContent]);
  }));
  return {
    drawing: svg.getAttribute("class"),
    overlaps,
    outside: boxes.filter((box) => box.left < paper.left - 1 || box.right > paper.right + 1).length,
    scrolls: chart.scrollWidth > chart.clientWidth,
    least: Math.min(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize))) * scale,
  };
})
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """Two days of a sync each minute, an outage of three hours and a key that is disabled."""
    events = [
        {"at": "12 h", "link_outage": LINK, "for": "3 h"},
        {"at": "30 h", "kms_key_disabled": "dr", "for": "10 min"},
    ]
    world = scenario(
        {"w": constant("1 per min")}, {"interval": 60, "setup": 5}, "2 days", events=events
    )
    folder = tmp_path_factory.mktemp("figures") / "run"
    write_files(simulate(world), folder)
    return folder / "report.html"


@pytest.fixture
def opened(browser, page_file):
    said, contexts = [], []

    def open_page(width, **options):
        context = browser.new_context(viewport={"width": width, "height": 1000}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(page_file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def test_figures_are_read_on_a_phone_without_moving_them(opened):
    figures = opened(390).evaluate(LETTERS)
    assert len(figures) == 4
    for figure in figures:
        assert figure["drawing"] == "narrow"
        assert figure["least"] >= 10.9
        assert figure["overlaps"] == []
        assert not figure["outside"]
        assert not figure["scrolls"]
    assert {one["drawing"] for one in opened(1440).evaluate(LETTERS)} == {"whole"}


def told(page):
    return page.locator("#r0-age output").inner_text()


def shown(page):
    """Return the span of the zoomed figure in words; nothing as long as it is whole."""
    words = page.locator("#r0-age .layer text").all_text_contents()
    return next((text for text in words if text.startswith("from ")), "")


def test_a_pointer_reads_the_age_and_zooms(opened):
    page = opened(1440)
    scrub = page.locator("#r0-age .scrub")
    box = scrub.bounding_box()
    # In the outage from 12 h on: the age grows from about a minute, at 14 h it is two hours.
    scrub.hover(position={"x": box["width"] * 14 / 48, "y": 20})
    assert "2026-01-01 14:0" in told(page) or "2026-01-01 13:5" in told(page)
    assert "above the RPO target of 15 min" in told(page)
    assert f"link outage {LINK}" in told(page)
    x = [box["x"] + box["width"] * hour / 48 for hour in (29, 32)]
    page.mouse.move(x[0], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(x[1], box["y"] + 20, steps=3)
    page.mouse.up()
    assert "UTC, 3 h" in shown(page) or "UTC, 2 h 5" in shown(page)
    assert "kms key disabled dr" in page.locator("#r0-age .layer").text_content()
    page.locator("#r0-age .scrub").dblclick()
    assert shown(page) == ""


def test_keys_and_buttons_zoom_too(opened):
    page = opened(390, has_touch=True)
    scrub = page.locator("#r0-age .scrub")
    scrub.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert scrub.get_attribute("aria-valuetext").startswith("2026-01-01 00:28:48 UTC; age ")
    page.keyboard.press("+")
    assert "1 d" in shown(page)
    page.keyboard.press("Escape")
    assert shown(page) == ""
    page.get_by_role("button", name="Zoom in").tap()
    page.get_by_role("button", name="Later").tap()
    assert shown(page) == "from 2026-01-01 12:00:00 UTC, 1 d"  # about the time that was read
    page.get_by_role("button", name="Whole time").tap()
    assert shown(page) == ""


def test_without_scripts_the_figure_stays_as_it_is(opened):
    page = opened(390, java_script_enabled=False)
    assert page.locator("#r0-age svg.narrow").is_visible()
    assert page.locator("#r0-age button").count() == 0

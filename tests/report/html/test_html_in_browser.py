"""Tests of report.html in a real browser: Chromium, headless, at three widths, light and dark."""

from __future__ import annotations

import pytest
from helpers.on_screen import OPEN_ALL, barriers, faults
from helpers.pages import NASTY, nasty
from helpers.places import SCENARIOS

import efssim
from efssim.report.files.run import write_files

WIDTHS = (390, 768, 1440)
PAGES = ("first", "year", "nasty")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Report files of runs, by name."""
    folder = tmp_path_factory.mktemp("reports")
    first = efssim.load(SCENARIOS / "first-report.yaml", ["duration=5 days"])
    year = efssim.load(SCENARIOS / "random-year.yaml", ["duration=40 days"])
    write_files(efssim.run(first), folder / "first", command="efssim run first-report.yaml")
    write_files(efssim.run(year), folder / "year", command="efssim run random-year.yaml")
    write_files(efssim.run(nasty()), folder / "nasty", command=f"efssim run {NASTY}")
    return {name: folder / name / "report.html" for name in PAGES}


@pytest.fixture
def opened(browser, pages):
    """A function that opens a page; no message and no request but for the page itself."""
    said, asked, contexts = [], [], []

    def open_page(name, width=1440, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(pages[name].as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert all(url.startswith(("file:", "data:")) and url.endswith((".html", ",")) for url in asked)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_names_of_any_length_fit(opened, axe, shots, width, scheme):
    page = opened("nasty", width, color_scheme=scheme)
    page.screenshot(path=shots / f"nasty-{width}-{scheme}.png", full_page=True)
    assert faults(page) == []
    page.evaluate(OPEN_ALL)
    assert faults(page) == []
    assert barriers(page, axe) == []


def test_the_first_screen_has_verdict_timeline_and_lags(opened):
    page = opened("first")
    for selector in (".verdict", "#r0-age", "#r0-lags-caption", "tr:has-text('p99.9')"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] + min(box["height"], 300) < 900, selector


def test_a_long_name_leaves_the_numbers_in_sight(opened):
    page = opened("nasty")
    widths = "(table) => [table.scrollWidth, table.closest('.scroll').clientWidth]"
    for ident in ("lags", "facts"):
        table = page.locator(f"table:has(#r0-{ident}-caption)")
        needed, had = table.evaluate(widths)
        assert needed <= had, ident


def column(page, at):
    return page.locator(f"#r0-violations-caption ~ tbody tr > :nth-child({at + 1})")


def test_sorting_by_click_and_by_keyboard(opened):
    page = opened("year")
    heads = page.locator("#r0-violations-caption ~ thead th")

    def lengths():
        return column(page, 1).evaluate_all("cells => cells.map((c) => Number(c.dataset.value))")

    first = lengths()
    assert len(first) > 2
    assert first == sorted(first, reverse=True)
    heads.nth(1).get_by_role("button").click()
    assert lengths() == sorted(first)
    assert heads.nth(1).get_attribute("aria-sort") == "ascending"
    heads.nth(1).get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert lengths() == sorted(first, reverse=True)
    assert heads.nth(1).get_attribute("aria-sort") == "descending"
    heads.nth(0).get_by_role("button").click()
    begins = column(page, 0).all_text_contents()
    assert begins == sorted(begins)
    assert heads.nth(1).get_attribute("aria-sort") is None


def test_the_map_of_risk_is_darker_or_brighter_the_more_there_is(opened):
    """On white the worst hour is the darkest, in the dark the brightest."""
    lightness = {}
    for scheme in ("light", "dark"):
        fills = opened("year", color_scheme=scheme).evaluate(
            """() => [...document.querySelectorAll("#r0-risk [id$='QuadMesh_1'] path")]
              .map((path) => getComputedStyle(path).fill)
              .filter((fill) => fill !== "none")
              .map((fill) => {
                const whole = fill.startsWith("color(") ? 1 : 255;
                const channels = fill.match(/[0-9.]+/g).slice(0, 3);
                return channels.reduce((sum, channel) => sum + channel / whole, 0);
              })"""
        )
        lightness[scheme] = fills
    paper = {"light": max(lightness["light"]), "dark": min(lightness["dark"])}
    far = {scheme: [abs(fill - paper[scheme]) for fill in lightness[scheme]] for scheme in paper}
    assert len(set(far["light"])) > 3
    worst = far["light"].index(max(far["light"]))
    assert far["dark"][worst] == max(far["dark"])


def test_definitions_on_hover_focus_and_tap(opened):
    page = opened("first")
    card, term = page.locator("#definition"), page.locator(".verdict .term").first
    assert card.is_hidden()
    term.hover()
    assert "Recovery point objective" in card.inner_text()
    page.mouse.move(5, 5)
    assert card.is_hidden()
    term.focus()
    assert card.is_visible()
    assert term.get_attribute("aria-describedby") == "definition"
    page.keyboard.press("Escape")
    assert card.is_hidden()
    phone = opened("first", 390, has_touch=True)
    phone.locator(".verdict .term").first.tap()
    assert "Recovery point objective" in phone.locator("#definition").inner_text()
    phone.locator("h1").tap()
    assert phone.locator("#definition").is_hidden()


def test_every_control_is_reached_by_keyboard(opened):
    page = opened("year")
    wanted = page.locator("a[href], thead button, summary").count()
    reached = page.evaluate(
        "[...document.querySelectorAll('a[href], thead button, summary')]"
        ".filter((e) => e.tabIndex === 0).length"
    )
    assert reached == wanted > 20


def test_it_prints(opened, shots):
    page = opened("year", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    printed = page.pdf(path=shots / "year.pdf", format="A4")
    assert printed.startswith(b"%PDF")


def test_without_scripts_it_is_complete(opened):
    page = opened("year", java_script_enabled=False)
    assert page.locator(".verdict").count() == 1
    assert page.locator("#terms dt").count() > 20
    page.locator(".verdict .term").first.click()
    assert page.url.endswith("#term-rpo")

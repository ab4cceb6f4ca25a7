"""Tests of report.html in a real browser: Chromium, headless, at three widths, light and dark."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.pages import NASTY, nasty
from helpers.places import SCENARIOS
from helpers.worlds import poisson, scenario

import efssim
from efssim.report.choice.files import write_choice
from efssim.report.drill.files import write_drills
from efssim.report.files.comparison import write_comparisons
from efssim.report.files.plan import write_plan
from efssim.report.files.run import write_files
from efssim.report.files.sweep import write_sweep
from efssim.report.files.trials import write_trials

NAMED = os.environ.get("EFSSIM_BROWSER")
BROWSER = (
    (shutil.which(NAMED) or NAMED)  # a name or a path
    if NAMED
    else shutil.which("chromium") or shutil.which("chromium-browser")
)
WIDTHS = (390, 768, 1440)
PAGES = {
    "first": "RPO met",
    "year": "RPO",
    "opt-out": "RPO missed",
    "nasty": "RPO",
    "trials": "RPO",
    "plan": "meets the objective",
    "sweep": "shown to meet the RPO objective of dr",
    "grid": "shown to meet the RPO objective of dr",
    "tornado": "shown to meet the RPO objective of dr",
    "comparison": "From one to slow:",
    "choice": "has the least write_lag_s.p99",
    "drill": "of drills",
}
"""Pages, each with words of the sentence that answers its question."""

# Where EFSSIM_BROWSER names one, none of these tests is skipped: without it they fail.
if BROWSER is None:
    pytest.skip("no Chromium: set EFSSIM_BROWSER to one", allow_module_level=True)

sync_api = pytest.importorskip("playwright.sync_api")

OVERLAPS = """
() => {
  const blocks = [...document.querySelectorAll("h1, h2, h3, p, figure, table, details, dt, dd")]
    .filter((e) => e.offsetParent !== null && !e.closest("details:not([open]) > :not(summary)"));
  const boxes = blocks.map((e) => [e, e.getBoundingClientRect()]).filter(([, b]) => b.height > 0);
  const found = [];
  for (const [a, p] of boxes) for (const [b, q] of boxes) {
    if (a === b || a.contains(b) || b.contains(a)) continue;
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    // What scrolls inside the page cuts what is wider than itself.
    if (wide <= 1 || high <= 1 || a.closest(".scroll") || b.closest(".scroll")) continue;
    found.push([a.textContent, b.textContent]);
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """The folder of the screenshots: kept where EFSSIM_SCREENSHOTS says so."""
    named = os.environ.get("EFSSIM_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        # As root there is no sandbox to be had; the page is ours.
        quiet = ["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        opened = playwright.chromium.launch(executable_path=BROWSER, args=quiet)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Report files by name: four runs, trials and a plan."""
    folder = tmp_path_factory.mktemp("reports")
    first = efssim.load(SCENARIOS / "first-report.yaml", ["duration=5 days"])
    year = efssim.load(SCENARIOS / "random-year.yaml", ["duration=40 days"])
    write_files(efssim.run(first), folder / "first", command="efssim run first-report.yaml")
    write_files(efssim.run(year), folder / "year", command="efssim run random-year.yaml")
    opt_out = efssim.load(SCENARIOS / "region-opt-out.yaml")
    write_files(efssim.run(opt_out), folder / "opt-out", command="efssim run region-opt-out.yaml")
    write_files(efssim.run(nasty()), folder / "nasty", command=f"efssim run {NASTY}")
    write_trials(efssim.run_trials(year, 4), folder / "trials")
    measured = efssim.load(SCENARIOS / "measured.yaml", ["duration=1 day"])
    vary = "replications.dr.sync.throughput"
    write_plan(efssim.plan(measured, vary, ("5 MiB/s", "500 MiB/s")), folder / "plan")
    _write_studies(folder)
    drill = efssim.load(SCENARIOS / "drill.yaml")
    write_drills(efssim.drill(drill, 20), folder / "drill", "efssim drill drill.yaml")
    return {name: folder / name / "report.html" for name in PAGES}


def _write_studies(folder):
    """Write the pages of sweeps, of a comparison and of a choice."""
    one = scenario({"w": poisson("1 per s", 1000)}, {"interval": 60}, "2 h", name="one")
    slow = scenario({"w": poisson("1 per s", 1000)}, {"interval": 900}, "2 h", name="slow")
    age, interval = "time_since_last_sync_s.p99", "replications.dr.sync.interval"
    values = {interval: [60, 300, 1800], "replications.dr.sync.setup": [1, 90]}
    write_sweep(efssim.sweep(one, {interval: [60, 300, 1800]}, 3), folder / "sweep", age)
    write_sweep(efssim.sweep(one, values, 3), folder / "grid", age, "efssim sweep")
    tornado = efssim.sweep(one, values, 3, one_at_a_time=True)
    write_sweep(tornado, folder / "tornado", "rpo.attainment")
    studies = [efssim.run_trials(world, 3) for world in (one, slow)]
    write_comparisons([efssim.compare(*studies)], folder / "comparison")
    chosen = efssim.choose([slow, one], "write_lag_s.p99", "least", "10 s")
    write_choice(chosen, folder / "choice")


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The script of axe-core, which looks for barriers to people who cannot see or point."""
    named = os.environ.get("EFSSIM_AXE")
    if named:
        return Path(named).read_text(encoding="utf-8")
    if shutil.which("npm") is None:
        pytest.skip("no npm: set EFSSIM_AXE to axe.min.js of axe-core")
    folder = tmp_path_factory.mktemp("axe")
    packed = subprocess.run(
        ["npm", "pack", "--silent", "axe-core@4"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if packed.returncode:
        pytest.skip("npm has no axe-core here: set EFSSIM_AXE to its axe.min.js")
    shutil.unpack_archive(folder / packed.stdout.split()[-1], folder)
    return (folder / "package" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), pytest.param(1440, "dark", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_barrier(opened, axe, name, width, scheme):
    page = opened(name, width, color_scheme=scheme)
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => one.open = true)")
    page.evaluate(axe)  # a script by its address would be against the rules of the page
    found = page.evaluate("() => axe.run()")["violations"]
    assert [
        (each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found
    ] == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", [name for name in PAGES if name != "nasty"])  # a page of names
def test_the_first_screen_has_the_sentence_that_answers(opened, name, width):
    # Of a phone it may be a screen and a half: the title and a description come before.
    page = opened(name, width)
    verdict = page.locator(".verdict, .answer").first
    assert PAGES[name].casefold() in verdict.inner_text().casefold()
    assert verdict.bounding_box()["y"] < 450


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_every_cell_has_its_heading(opened, name):
    page = opened(name, 390)
    cells = page.locator("table.cards tbody td:visible")
    for k in range(min(cells.count(), 40)):
        cell = cells.nth(k)
        shown = cell.evaluate("(cell) => getComputedStyle(cell, '::before').content")
        assert shown.strip('"') == cell.get_attribute("data-label")
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_it_fits(opened, shots, name, width, scheme):
    page = opened(name, width, color_scheme=scheme)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.evaluate(OVERLAPS) == []
    page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)


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

"""Every kind of page: at three widths, light and dark, on paper, and by its first screen."""

from __future__ import annotations

import ast
from importlib import import_module

import pytest
from helpers.on_screen import MOVED_ALONG, OPEN_ALL, barriers, faults, place
from helpers.page_kinds import KINDS, SERVED, TEXTS
from helpers.paper import fills
from helpers.places import ROOT

from efssim.cli import cli

SCREENS = {390: 844, 1440: 900}
"""The height of a screen by its width: a phone, and a laptop."""
WIDTHS = (390, 768, 1440)
PAPER = 695
"""Pixels of an A4 page between the margins of the style, at 96 to an inch."""
MOST_OF_IT = 0.6
"""How far down every page of paper but the last is filled at least (chosen: over half)."""
SLOW = [
    pytest.param(name, marks=[] if kind.is_quick else pytest.mark.slow)
    for name, kind in KINDS.items()
]


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    """Return a function from a kind to its page, which is made once."""
    texts, made = tmp_path_factory.mktemp("texts"), {}
    for name, text in TEXTS.items():
        (texts / name).write_text(text, encoding="utf-8")

    def page(name):
        if name not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(texts)
                made[name] = KINDS[name].write(texts, tmp_path_factory.mktemp("made") / name)
        return made[name]

    return page


@pytest.fixture
def opened(browser, page_of):
    """Return a function that opens the page of a kind; no message, and no request but for it."""
    said, asked, contexts = [], [], []

    def open_page(name, width, **options):
        view = {"width": width, "height": SCREENS.get(width, 900)}
        context = browser.new_context(viewport=view, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_of(name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert all(url.startswith(("file:", "data:")) and url.endswith((".html", ",")) for url in asked)


# --- nothing is left out --------------------------------------------------------------------------


def makers():
    """Return the functions that fill a template of a page, and every page that is a file."""
    for file in sorted((ROOT / "efssim").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "study_page(" not in text and "render(" not in text:
            continue
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and calls(node) & {"study_page", "render"}:
                yield f"{module}.{node.name}", node.name
    for file in sorted((ROOT / "efssim").rglob("*.html")):
        if file.parent.name != "templates":
            yield file.relative_to(ROOT).as_posix(), file.name


def calls(function):
    """Return the names of the functions that one calls."""
    called = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {one.id for one in called if isinstance(one, ast.Name)}


def test_every_maker_of_a_page_has_a_row():
    # `_page` of alarms is a part that three makers share; `study_page` fills the frame of many.
    shared = {
        "efssim.report.html.study.study_page",
        "efssim.report.html.studies.alarms._page",
    }
    sharing = {name for name in (each.maker for each in KINDS.values()) if ".alarms." in name}
    found = {name for name, _ in makers()} - shared
    assert found | sharing == {kind.maker for kind in KINDS.values()} | {SERVED}
    module = import_module("efssim.report.html.studies.alarms")
    assert sharing == {
        f"{module.__name__}.{name}"
        for name, one in vars(module).items()
        if name[0] != "_" and getattr(one, "__module__", "") == module.__name__
    }


def test_every_command_that_writes_a_page_has_a_row():
    pageless = {"export", "init", "merge"}  # merge writes the page of what it joins
    writing = {
        name
        for name, one in cli.commands.items()
        if any(option.name == "out" for option in one.params)
    }
    used = {one.split()[0] for kind in KINDS.values() for one in kind.asked.split(" && ")}
    assert writing - pageless == used - pageless


# --- the first screen -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SLOW)
def test_the_first_screen_has_the_sentence_that_answers(opened, name):
    page = opened(name, 390)
    for width, height in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        found = place(page, KINDS[name].answer)
        assert found is not None, page.locator("main").inner_text()[:500]
        assert found[1] <= height, width


# --- every width, light and dark ------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", KINDS)
def test_it_fits_and_has_no_barrier(opened, axe, shots, name, width):
    page = opened(name, width)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)
        assert faults(page) == []
    page.evaluate(OPEN_ALL)
    assert faults(page) == []
    if width <= 600:
        assert page.evaluate(MOVED_ALONG) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert barriers(page, axe) == []


def test_a_page_has_no_barrier(opened, axe):
    page = opened("sweep", 390)
    page.evaluate(OPEN_ALL)
    assert faults(page) == []
    assert page.evaluate(MOVED_ALONG) == []
    assert barriers(page, axe) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_on_a_phone_every_cell_has_its_heading(opened, name):
    page = opened(name, 390)
    page.evaluate(OPEN_ALL)
    shown = page.evaluate(
        """() => [...document.querySelectorAll("table.cards tbody :is(td, th)")]
          .map((cell) => [getComputedStyle(cell, "::before").content, cell.dataset.label])"""
    )
    wrong = [each for each in shown if each[0].strip('"') != each[1]]
    assert wrong == []


# --- paper ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_it_fits_paper_without_half_empty_pages(opened, shots, name):
    page = opened(name, PAPER, color_scheme="dark")
    page.emulate_media(media="print")
    assert faults(page) == []
    pages = fills(page.pdf(path=shots / f"{name}.pdf", format="A4"))
    assert min(pages[:-1], default=1) > MOST_OF_IT, pages
    assert max(pages) < 1


# --- the net itself -------------------------------------------------------------------------------

STYLED = "<style>{}</style><main><p>Below.</p>{}</main>"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "body", "found"),
    [
        ("", "<p>One.</p><p>Two.</p>", ""),
        ("", "<p>One.</p><p style='margin-top: -2em'>Two.</p>", "over each other"),
        ("", "<svg width='200' height='90' style='margin-top: -3em'></svg>", "over each other"),
        ("", "<p style='white-space: nowrap'>" + "long " * 200, "page wider than the screen"),
        ("body { overflow: clip }", "<p style='margin-left: -3em'>Cut.", "off the page"),
        ("", "<p style='width: 3em'>Incomprehensibilities", "out of its box"),
        ("", "<div style='height: 1em; overflow: hidden'>A<br>B<br>C</div>", "cut"),
        ("", "<div style='width: 3em; overflow: auto'>Unreachable</div>", "without a keyboard"),
    ],
)
def test_the_net_catches(browser, style, body, found):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_content(STYLED.format(style, body))
    said = faults(page)
    page.close()
    assert any(found in one for one in said) if found else said == []


@pytest.mark.slow
def test_the_net_measures_paper(browser):
    page = browser.new_page()
    half = "<div style='height: 100mm; background: red; break-after: page'></div>"
    page.set_content(f"<style>@page {{ margin: 0 }} body {{ margin: 0 }}</style>{half}<p>End.")
    first, last = fills(page.pdf(format="A4"))
    page.close()
    assert first == pytest.approx(100 / 297, abs=0.01)
    assert 0 < last < 0.1

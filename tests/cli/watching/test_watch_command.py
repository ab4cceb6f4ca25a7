"""`efssim run --watch`, as a user has it: nothing here decides by time, each wait has an end."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from helpers.commands import command, write_tiny
from helpers.places import EFSSIM

from efssim.cli.watching.live_page import BESIDE, LivePage, still, watching

BOUND_S = 120
"""Seconds after which a wait is a failure; far more than any takes."""
BROWSER = os.environ.get("EFSSIM_BROWSER") or shutil.which("chromium")


def save(name: str, file: str = "tiny.yaml", interval: str = "20 s") -> None:
    """Save a scenario as most editors do: by another file in its place."""
    write_tiny(Path(), name=name, interval=interval, file=".new")
    Path(".new").replace(file)


class Watched:
    """A command that watches; its lines of both outputs in the order in which they come."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [EFSSIM, "run", *arguments, "--watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.put(line)

    def until(self, words: str) -> str:
        """Return all lines up to the first with these words."""
        seen = ""
        while words not in seen:
            seen += self.lines.get(timeout=BOUND_S)
        return seen

    def end(self) -> int:
        """End it with Ctrl-C; return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(BOUND_S)


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Return the function that begins to watch, in a fresh current folder with `tiny.yaml`."""
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    begun = []

    def begin(*arguments):
        begun.append(Watched(*arguments))
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.wait(BOUND_S)
        one.reader.join(BOUND_S)


def test_it_runs_again_on_a_change_and_goes_on_after_a_mistake(watched):
    one = watched("tiny.yaml", "--out", "out")
    first = one.until("watching tiny.yaml; Ctrl-C ends")
    assert first.startswith("efssim: tiny\n")
    assert "wrote out/\n" in first
    page = Path("out", "report.html")
    before = page.read_text(encoding="utf-8")
    assert BESIDE in before
    save("changed")
    assert one.until("watching").startswith("efssim: changed\n")
    assert page.read_text(encoding="utf-8") != before
    latest = Path("out", BESIDE).read_text(encoding="utf-8")
    # A mistake: the page stays, and says it.
    Path(".new").write_text("name: x\nduratoin: 1 h\n", encoding="utf-8")
    Path(".new").replace("tiny.yaml")
    shown = one.until("watching")
    assert "tiny.yaml:2:1: duratoin: unknown key" in shown
    assert "efssim: " not in shown
    assert "duratoin" in Path("out", BESIDE).read_text(encoding="utf-8")
    # As others save: away, and written anew in place.
    Path("tiny.yaml").unlink()
    write_tiny(Path(), name="back", file="tiny.yaml")
    one.until("efssim: back")
    one.until("watching")
    assert Path("out", BESIDE).read_text(encoding="utf-8") != latest
    assert one.end() == 130
    # What is left is what a run without watching writes.
    assert not Path("out", BESIDE).exists()
    assert command("run", "tiny.yaml", "--out", "alone", "--quiet").code == 0
    for name in ("report.html", "summary.json"):
        assert Path("out", name).read_bytes() == Path("alone", name).read_bytes()


def test_each_of_several_files_is_watched(watched):
    write_tiny(Path(), name="second", interval="40 s")
    one = watched("tiny.yaml", "second.yaml", "--trials", "2", "--workers", "1", "--quiet")
    one.until("reproduce: ")
    save("third", "second.yaml", "40 s")
    assert "third compared with tiny" in one.until("reproduce: ")
    assert one.end() == 130


def test_a_mistake_at_the_start_is_waited_out(watched):
    Path("tiny.yaml").write_text("name: [\n", encoding="utf-8")
    one = watched("tiny.yaml")
    assert "tiny.yaml:" in one.until("watching")
    save("tiny")
    assert "RPO" in one.until("watching")
    assert one.end() == 130


@pytest.mark.parametrize("options", [("--check",), ("--annotate",), ("--resume", "r", "-n", "2")])
def test_options_of_a_single_end_are_refused(tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    done = command("run", "tiny.yaml", "--watch", *options)
    assert (done.code, done.out) == (2, "")
    assert f"{options[0]} does not go with --watch" in done.err
    assert "standard input does not change" in command("run", "-", "--watch", stdin="").err


POLICY = "default-src 'none'; script-src 'unsafe-inline'"
PAGE = (
    f'<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    "</head><body><h1>one</h1></body></html>\n"
)


def test_a_page_is_as_it_was_after_watching(tmp_path):
    assert still(watching(PAGE, "a")) == PAGE
    assert still(PAGE) == PAGE
    page = LivePage(tmp_path)
    page.update("no page yet")
    page.end()
    assert list(tmp_path.iterdir()) == []
    # A page with our own marks in a text.
    nasty = PAGE.replace("one", "<!-- watched -->")
    assert still(watching(nasty, "a")) == nasty


@pytest.mark.skipif(BROWSER is None, reason="no Chromium: set EFSSIM_BROWSER to one")
def test_a_browser_loads_the_page_anew_and_shows_mistakes(tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="drives the browser")
    file, page = tmp_path / "report.html", LivePage(tmp_path)
    file.write_text(PAGE, encoding="utf-8")
    page.update()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.set_default_timeout(1000 * BOUND_S)
        opened.goto(file.as_uri())
        page.update("s.yaml:1:1: <b>bad</b>")
        sync_api.expect(opened.get_by_role("status")).to_have_text("s.yaml:1:1: <b>bad</b>")
        file.write_text(PAGE.replace("one", "two"), encoding="utf-8")
        page.update()
        opened.get_by_role("heading", name="two").wait_for()
        assert opened.get_by_role("status").count() == 0
        browser.close()

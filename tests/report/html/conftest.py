"""A real browser for the tests of this folder: Chromium, headless, and axe-core to run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NAMED = os.environ.get("EFSSIM_BROWSER")
BROWSER = (
    (shutil.which(NAMED) or NAMED)  # a name or a path
    if NAMED
    else shutil.which("chromium") or shutil.which("chromium-browser")
)


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """The folder of the screenshots: kept where EFSSIM_SCREENSHOTS says so."""
    named = os.environ.get("EFSSIM_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser():
    # Where EFSSIM_BROWSER names one, no test is skipped: without it they fail.
    if BROWSER is None:
        pytest.skip("no Chromium: set EFSSIM_BROWSER to one")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        # As root there is no sandbox to be had; the page is ours.
        quiet = ["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        opened = playwright.chromium.launch(executable_path=BROWSER, args=quiet)
        yield opened
        opened.close()


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

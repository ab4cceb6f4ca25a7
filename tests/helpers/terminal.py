"""The installed command on a terminal."""

from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
from pathlib import Path

import pytest

from helpers.places import EFSSIM


def on_terminal(
    *arguments: str | Path,
    columns: int = 100,
    interrupt: bytes | None = None,
    name: str = "run",
) -> tuple[int, str, str]:
    """Run a command with standard error on a terminal; return its exit code and both texts.

    `interrupt` is a pattern that, once it is there, is answered by Ctrl-C.
    """
    pty = pytest.importorskip("pty", reason="pseudo-terminals need Unix")
    ours, theirs = pty.openpty()
    set_columns(theirs, columns)
    process = subprocess.Popen(
        [EFSSIM, name, *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    os.close(theirs)
    seen = b""
    while part := read(ours):
        seen += part
        if interrupt and re.search(interrupt, seen):
            process.send_signal(signal.SIGINT)
            interrupt = None
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out.decode(), seen.decode()


def set_columns(terminal: int, columns: int) -> None:
    """Set the width of a terminal; 0 is what one has that nobody told its width."""
    import fcntl
    import termios

    rows = 24 * bool(columns)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def read(terminal: int) -> bytes:
    """Return what comes next on a terminal, nothing at its end."""
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that nobody holds the other side any more
        return b""


def shown_at_the_end(text: str) -> str:
    """Return the last line of a terminal: what overwrites begins at its left."""
    line = ""
    for part in text.replace("\r\n", "\n").rpartition("\n")[2].split("\r"):
        line = part + line[len(part) :]
    return line.strip()

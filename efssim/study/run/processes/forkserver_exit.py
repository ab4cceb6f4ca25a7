"""Loaded by the process that makes workers, so that its folder is gone after it.

That process ends after its parent and its workers, whatever ended them. Its folder has the socket
that it is asked by; a parent that is killed does not remove it.
"""

from __future__ import annotations

import atexit
import os
import shutil

WORKERS_VARIABLE = "EFSSIM_MAKES_WORKERS"
"""Environment variable that is there while that process starts, in its own and in workers."""
FOLDER_VARIABLE = "EFSSIM_FORKSERVER_FOLDER"
"""The same with the folder, while that process starts: if it is its parent's own."""

# Workers do not inherit it: a process that they start would remove the folder at its own end.
if folder := os.environ.pop(FOLDER_VARIABLE, None):
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

"""Loaded by the process that makes workers, so that its folder is gone after it.

That process ends after its parent and its workers, whatever ended them. Its folder has the socket
that it is asked by; a parent that is killed does not remove it.
"""

from __future__ import annotations

import atexit
import os
import shutil

FOLDER_VARIABLE = "EFSSIM_FORKSERVER_FOLDER"
"""Environment variable with the folder; it is there while that process starts, and in its own."""

if folder := os.environ.get(FOLDER_VARIABLE):
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

"""The command line; `main` is the entry point `efssim`."""

from efssim.cli.main import cli, main

__all__ = ["cli", "main"]

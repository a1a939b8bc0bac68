"""The ``textmine`` command: one click command a file, loaded when it is called."""

from textmine.cli.main import main

__all__ = ["main"]

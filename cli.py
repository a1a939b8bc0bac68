"""The ``textmine`` command from a checkout: ``python cli.py …``."""

from textmine.cli import main

if __name__ == "__main__":
    main()

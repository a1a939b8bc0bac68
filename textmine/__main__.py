"""``python -m textmine``: the same command as the console script."""

from textmine.cli import main

if __name__ == "__main__":
    main()

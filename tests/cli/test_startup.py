"""A start is quick because it loads little; what is loaded can be counted, whatever else the machine does."""

import json
import subprocess
import sys

WHAT_IS_LOADED = """
import json, sys
before = set(sys.modules)
{doing}
print("LOADED", json.dumps(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})))
print("OURS", json.dumps(sorted(name for name in sys.modules if name.startswith("textmine."))))
"""
ALL_HELP = """
import click
from textmine.cli.main import root

def visit(command, context):
    command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            visit(child, click.Context(child, info_name=name, parent=context))
            visited.append(name)

visited = []
visit(root, click.Context(root, info_name="textmine"))
assert len(visited) > 60, visited
"""


def loaded(doing):
    """Top-level packages outside the standard library, and modules of textmine, in a fresh interpreter."""
    program = WHAT_IS_LOADED.format(doing=doing)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    packages, ours = (json.loads(line.partition(" ")[2]) for line in done.stdout.splitlines()[-2:])
    known = sys.stdlib_module_names
    return {name for name in packages if name not in known and not name.startswith("_")}, set(ours)


def test_importing_textmine_loads_itself_alone():
    packages, ours = loaded("import textmine")
    assert packages == {"textmine"}
    assert ours == set()


def test_help_of_every_command_loads_click_and_nothing_else_that_is_installed():
    packages, ours = loaded(ALL_HELP)
    assert packages == {"textmine", "click"}
    light = {"textmine.errors", "textmine.locales", "textmine.platforms"}
    assert {name for name in ours if not name.startswith("textmine.cli")} == light


def test_help_of_the_root_loads_no_command():
    _, ours = loaded("from textmine.cli.main import root; root(['--help'], standalone_mode=False)")
    assert ours == {"textmine.cli", "textmine.cli.main", "textmine.cli.groups", "textmine.errors"}


def test_a_heavy_import_would_be_seen():
    packages, _ = loaded("import polars")
    assert "polars" in packages

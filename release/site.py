"""Pages of the site that are made when it is built: the reference, the page of commands, and pages from beside docs/.

mkdocs calls the functions named ``on_…``. The reference lists what is public: the names of ``__all__``, or all names of
a module that has none; their texts are the docstrings. A name of ``textmine`` that is on no page fails the build.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BESIDE = {
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "corpora/README.md": "project/corpora.md",
}
# A page of the reference: its name, its title, and the modules on it, in the order of the work.
REFERENCE = {
    "posts": ("Posts, agencies and errors", ["posts", "agencies", "errors"]),
    "collect": ("Collecting from the platforms", ["collect"]),
    "ingest": ("Reading exports", ["ingest", "ingest.register", "audit", "duplicates"]),
    "store": ("Workspaces and runs", ["store", "workflow", "engines"]),
    "language": (
        "Language",
        ["language.settings", "language.analyzer", "language.sastrawi", "language.segmentation", "language.phrases"],
    ),
    "matrix": ("Vocabulary and matrix", ["counting", "matrix", "phrases"]),
    "keywords": ("Keywords", ["keyness", "keyphrases", "kwic"]),
    "hashtags": ("Hashtags", ["hashtags"]),
    "topics": ("Topics", ["topics", "interop"]),
    "sentiment": ("Sentiment", ["sentiment"]),
    "engagement": ("Engagement", ["rates", "contrasts"]),
    "quality": ("Features, quality and integrity", ["features", "labels", "quality", "integrity"]),
    "ranking": ("Ranking", ["ranking"]),
    "report": ("Reports", ["report"]),
    "judging": ("The jury", ["judging.tally"]),
    "simulation": ("Simulation", ["simulation"]),
}


def public_names(module: Any) -> list[str]:
    """Names of ``__all__``, else functions and classes that the module defines itself."""
    if hasattr(module, "__all__"):
        return [name for name in module.__all__ if not name.startswith("_")]
    defined = inspect.getmembers(module, lambda value: getattr(value, "__module__", None) == module.__name__)
    return [name for name, _ in defined if not name.startswith("_")]


def place(module: Any, name: str) -> str:
    """Where an object is defined, so that its docstring is found without running code."""
    value = getattr(module, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        return f"{value.__module__}.{value.__qualname__}"
    return ""


def reference_page(title: str, modules: list[str]) -> str:
    """One page: each module's first paragraphs, and each of its names."""
    lines = [f"# {title}", ""]
    for short in modules:
        module = importlib.import_module(f"textmine.{short}")
        lines += [f"## textmine.{short}", "", inspect.getdoc(module) or "", ""]
        constants = []
        for name in public_names(module):
            found = place(module, name)
            if found:
                lines += [f"::: {found}", ""]
            else:
                constants.append(f"`{name}`")
        if constants:
            lines += [f"Constants and types: {', '.join(constants)}.", ""]
    return "\n".join(lines)


def reference_index() -> str:
    lines = [
        "# Reference",
        "",
        "Made from the docstrings. `import textmine as tm` has the names that most work needs; each is loaded when it"
        " is first used.",
        "",
        "| name | is |",
        "|---|---|",
    ]
    import textmine

    for name in sorted(textmine.__all__):
        if name == "__version__":
            continue
        value = getattr(textmine, name)
        said = (inspect.getdoc(value) or "").partition("\n")[0]
        lines.append(f"| [`tm.{name}`][{value.__module__}.{value.__qualname__}] | {said} |")
    lines += ["", "Pages:", ""]
    lines += [f"- [{title}]({name}.md)" for name, (title, _) in REFERENCE.items()]
    lines += ["- [Commands](commands.md)"]
    return "\n".join(lines)


def commands(group: Any, path: str, context: Any) -> Iterator[tuple[str, str]]:
    """Each command's name and help, in the order of the work."""
    import click

    for name in group.list_commands(context):
        command = group.get_command(context, name)
        own = click.Context(command, info_name=name, parent=context, terminal_width=100, max_content_width=100)
        yield f"{path} {name}", command.get_help(own)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}", own)


def commands_page() -> str:
    import click

    from textmine.cli.main import root

    lines = ["# Commands", "", "What `--help` of every command says.", ""]
    for name, said in commands(root, "textmine", click.Context(root, info_name="textmine")):
        lines += [f"## {name}", "", "```text", said, "```", ""]
    return "\n".join(lines)


def from_beside(source: str) -> str:
    """A page from beside docs/, its links set right for its new place."""
    text = (ROOT / source).read_text(encoding="utf-8")
    return re.sub(r"\]\((?:\.\./)*docs/", "](../", text)


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are made."""
    from mkdocs.structure.files import File

    pages = {target: from_beside(source) for source, target in BESIDE.items()}
    pages |= {f"reference/{name}.md": reference_page(*entry) for name, entry in REFERENCE.items()}
    pages |= {"reference/index.md": reference_index(), "reference/commands.md": commands_page()}
    for target, content in pages.items():
        files.append(File.generated(config, target, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead links to pages from beside docs/ to where they stand on the site."""
    depth = page.file.src_uri.count("/")
    for source, target in BESIDE.items():
        markdown = markdown.replace(f"]({'../' * (depth + 1)}{source}", f"]({'../' * depth}{target}")
    return markdown


def on_page_content(html: str, **_: Any) -> str:
    """Take Sphinx's roles out of docstrings: mkdocs would print them; ``~a.b.C`` is shown as ``C``."""
    html = re.sub(r":(?:class|func|meth|mod|data|attr):<code>~(?:\w+\.)*(\w+)</code>", r"<code>\1</code>", html)
    return re.sub(r":(?:class|func|meth|mod|data|attr):(<code>)", r"\1", html)

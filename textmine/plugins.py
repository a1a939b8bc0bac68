"""What other packages add by entry points: formats, measures of awards, steps of a word, sections of reports.

A package names its additions in its own ``pyproject.toml``; nothing is loaded before something asks for it. Each
addition keeps to a small protocol of this module. One that does not is a :class:`~textmine.errors.PluginError` that
names the package. Stages write name and version of the plug-ins that they use into the settings of their manifests, so
that another version is another setting and the stage runs again.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, cast

from textmine.errors import PluginError

if TYPE_CHECKING:
    import polars as pl

Group = Literal["textmine.formats", "textmine.measures", "textmine.language_steps", "textmine.report_sections"]
FORMATS: Final = "textmine.formats"
MEASURES: Final = "textmine.measures"
LANGUAGE_STEPS: Final = "textmine.language_steps"
REPORT_SECTIONS: Final = "textmine.report_sections"
GROUPS: Final[tuple[Group, ...]] = (FORMATS, MEASURES, LANGUAGE_STEPS, REPORT_SECTIONS)

REJECTED: Final = "textmine_rejected"
"""Column of a format's frames: why a row cannot be read; null for a good row."""


class FormatReader(Protocol):
    """Reads one more format of export."""

    def __call__(self, path: Path, head: bytes) -> Iterable[pl.DataFrame] | None:
        """Open ``path``, or answer None for "not mine".

        Parameters
        ----------
        path
            The file.
        head
            Its first bytes, unpacked.

        Returns
        -------
        iterable of polars.DataFrame or None
            Batches of rows in their order; all columns are strings, null is absent. Names that textmine knows are
            read by themselves; others are named by ``--map``. A column :data:`REJECTED` says why a row is refused.
        """
        ...


class AwardMeasure(Protocol):
    """One more figure of an agency for the expressions of awards.

    ``name`` is how expressions write it. The house asks for it on all platforms together and on each
    (``name@instagram``), for all posts and for those with images (``image_name``) and videos (``video_name``).
    """

    name: str
    unit: str
    meaning: str
    source: str
    columns: Sequence[str]
    """Columns of canonical posts that it reads."""

    def of(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Figures of agencies.

        Parameters
        ----------
        posts
            ``agency`` and the columns asked for: credited posts, all those of an agency or none of them.

        Returns
        -------
        polars.DataFrame
            ``agency`` and ``value`` (a number; null where it is not known), a row an agency.
        """
        ...


class LanguageStep(Protocol):
    """One more rule for a single word; a plain function of a module, so that every process finds it by its name."""

    def __call__(self, word: str, /) -> str:
        """One lower-case word for another; the same for the same word, whatever came before."""
        ...


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table: head, and rows of as many cells; the first ``text_columns`` hold text, the others figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    text_columns: int = 1


Block: TypeAlias = Paragraph | Bullets | Table


@dataclass(frozen=True)
class Section:
    """A section of a report: plain text throughout, which textmine escapes."""

    title: str
    blocks: Sequence[Block]


class ReportTables(Protocol):
    """What a section may read of a workspace."""

    def has(self, stage: str) -> bool:
        """Whether a stage was run."""
        ...

    def scan(self, name: str, *, made_by: str) -> pl.LazyFrame:
        """An output such as ``posts.parquet``, made by a stage such as ``ingest``."""
        ...

    def register(self) -> pl.DataFrame | None:
        """The register of agencies, or None."""
        ...


SectionOfAgency: TypeAlias = Callable[[str], Section | None]


class ReportSection(Protocol):
    """One more section of each agency's report."""

    def __call__(self, tables: ReportTables, *, language: str) -> SectionOfAgency:
        """Prepare once a report what is needed; what is returned is asked for each agency by its key.

        Parameters
        ----------
        tables
            Of the workspace, to read.
        language
            ``"id"`` or ``"en"``.

        Returns
        -------
        callable
            Takes an agency's key, gives its section, or None where there is nothing to say.
        """
        ...


@dataclass(frozen=True)
class Plugin:
    """An entry point of another package; nothing of it is loaded yet."""

    group: str
    name: str
    package: str
    version: str
    entry: EntryPoint

    @property
    def label(self) -> str:
        """Package and version."""
        return f"{self.package} {self.version}"

    @property
    def kind(self) -> str:
        """What it adds, in a word or two: ``format``, ``measure``, ``language step``, ``report section``."""
        return self.group.removeprefix("textmine.").replace("_", " ").removesuffix("s")

    def error(self, problem: str) -> PluginError:
        """An error that names the package."""
        return PluginError(problem, group=self.group, name=self.name, package=self.label)

    @contextmanager
    def blamed(self, doing: str, *, passes: tuple[type[Exception], ...] = ()) -> Iterator[None]:
        """Say of whatever fails inside that it is this package's fault; errors of the kinds ``passes`` go through."""
        try:
            yield
        except Exception as error:
            if isinstance(error, (PluginError, *passes)):
                raise
            shown = " ".join(str(error).split())[:300]
            raise self.error(f"{doing} failed with {type(error).__name__}: {shown}; tell its authors") from error


@cache
def installed(group: Group) -> tuple[Plugin, ...]:
    """Plug-ins of a group by name.

    Raises
    ------
    PluginError
        Two packages use one name.
    """
    found: dict[str, Plugin] = {}
    for entry in entry_points(group=group):
        package, version = (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "unknown")
        plugin = Plugin(group, entry.name, package, version, entry)
        before = found.setdefault(entry.name, plugin)
        if before.entry.value != entry.value or before.label != plugin.label:
            raise plugin.error(f"{before.label} uses the name too; uninstall one of the two")
    return tuple(found[name] for name in sorted(found))


def recorded(group: Group, names: Collection[str] | None = None) -> dict[str, Any]:
    """What a stage writes into its settings of the plug-ins that take part in it: nothing where there are none.

    Parameters
    ----------
    group
        Of the plug-ins.
    names
        Of those that take part; all installed ones if None.

    Returns
    -------
    dict
        ``{"plugins": {name: "package version"}}``, or empty.
    """
    chosen = {each.name: each.label for each in installed(group) if names is None or each.name in names}
    return {"plugins": chosen} if chosen else {}


def loaded(plugin: Plugin) -> object:
    """The object of an entry point, checked against the protocol of its group.

    Raises
    ------
    PluginError
        It does not load, or is something else.
    """
    with plugin.blamed("loading it"):
        content: object = plugin.entry.load()
    if plugin.group == MEASURES:
        _check_measure(plugin, content)
    elif not callable(content):
        raise plugin.error(f"must be a function (it is {type(content).__name__}); see docs/plugins.md")
    if plugin.group == LANGUAGE_STEPS:
        _check_step(plugin, content)
    return content


def _check_measure(plugin: Plugin, measure: object) -> None:
    for name in ("name", "unit", "meaning", "source"):
        if not isinstance(getattr(measure, name, None), str) or not getattr(measure, name).strip():
            raise plugin.error(f"the measure needs {name}, a text; see docs/plugins.md")
    columns = getattr(measure, "columns", None)
    if isinstance(columns, str) or not isinstance(columns, Sequence) or not all(isinstance(n, str) for n in columns):
        raise plugin.error("the measure needs columns, a list of names of columns; see docs/plugins.md")
    if not callable(getattr(measure, "of", None)):
        raise plugin.error("the measure needs a method of(posts); see docs/plugins.md")
    if getattr(measure, "name", None) != plugin.name:
        raise plugin.error("the measure's name and that of its entry point must be the same")


def _check_step(plugin: Plugin, step: object) -> None:
    try:
        same = pickle.loads(pickle.dumps(step)) is step  # noqa: S301 - what was pickled in the same line
    except Exception:
        same = False
    if not same:
        raise plugin.error("must be a plain function of a module, so that other processes find it by its name")


def format_readers() -> Iterator[tuple[Plugin, FormatReader]]:
    """All formats, loaded as they are asked for."""
    return ((plugin, cast("FormatReader", loaded(plugin))) for plugin in installed(FORMATS))


def award_measures() -> list[tuple[Plugin, AwardMeasure]]:
    """All measures."""
    return [(plugin, cast("AwardMeasure", loaded(plugin))) for plugin in installed(MEASURES)]


def report_sections() -> list[tuple[Plugin, ReportSection]]:
    """All sections of reports."""
    return [(plugin, cast("ReportSection", loaded(plugin))) for plugin in installed(REPORT_SECTIONS)]


def language_step_named(name: str) -> Plugin:
    """The step of a word that has this name.

    Raises
    ------
    PluginError
        It is not installed.
    """
    known = {plugin.name: plugin for plugin in installed(LANGUAGE_STEPS)}
    if name not in known:
        there = ", ".join(known) or "none"
        problem = f"is not installed (installed: {there}); install its package, or take it out of the settings"
        raise PluginError(problem, group=LANGUAGE_STEPS, name=name)
    return known[name]


def applied(plugin: Plugin, step: LanguageStep, word: str) -> str:
    """What a step makes of a word.

    Raises
    ------
    PluginError
        It fails, gives no single word, or another one the second time.
    """
    with plugin.blamed(f"the word {word!r}"):
        found, again = step(word), step(word)
    if not isinstance(found, str) or not found or found.split() != [found]:
        raise plugin.error(f"made {found!r} of {word!r}; a step gives one word without spaces")
    if found != again:
        raise plugin.error(f"made {found!r} and then {again!r} of {word!r}; a step gives the same word always")
    return found


def language_step(name: str) -> LanguageStep:
    """The function of the step that has this name."""
    return cast("LanguageStep", loaded(language_step_named(name)))


@dataclass(frozen=True)
class Installed:
    """A plug-in as ``textmine plugins`` lists it: what it adds in one line, or why it cannot be used."""

    plugin: Plugin
    adds: str
    problem: str | None


def overview() -> list[Installed]:
    """All plug-ins by group and name, each one loaded and checked."""
    found = []
    for group in GROUPS:
        for plugin in installed(group):
            try:
                found.append(Installed(plugin, _told(loaded(plugin)), None))
            except PluginError as error:
                found.append(Installed(plugin, "", error.problem))
    return found


def table_of(found: Iterable[Installed]) -> pl.DataFrame:
    """Plug-ins as a table: kind, name, package, version, adds, problem; all text, problem null where there is none."""
    import polars as pl  # nobody else here needs it

    rows = [
        (each.plugin.kind, each.plugin.name, each.plugin.package, each.plugin.version, each.adds, each.problem)
        for each in found
    ]
    names = ("kind", "name", "package", "version", "adds", "problem")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")


def _told(content: object) -> str:
    """Meaning and unit of a measure, the first line of anything else's documentation."""
    if isinstance(meaning := getattr(content, "meaning", None), str):
        return f"{meaning} ({getattr(content, 'unit', '')})"
    return next(iter((getattr(content, "__doc__", None) or "").strip().splitlines()), "")

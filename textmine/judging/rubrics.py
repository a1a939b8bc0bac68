"""Rubrics: what judges score a nominee on, with weights. Five ship; a file of one's own is read the same way."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textmine.errors import ResourceNotFoundError, did_you_mean
from textmine.tomlfile import read_toml
from textmine.tomlplaces import find_places

if TYPE_CHECKING:
    from textmine.ranking.fields import Section

PRESETS: Final = ("image", "video", "campaign", "account", "permenpanrb")
"""Names of the rubrics that ship."""

MOST_CRITERIA: Final = 20
_KEY: Final = re.compile(r"[a-z][a-z0-9_]*")
_CLOSE: Final = 1e-9


@dataclass(frozen=True)
class RubricCriterion:
    """One thing that is scored, with its title and text in Indonesian and English."""

    key: str
    title_id: str
    title_en: str
    text_id: str
    text_en: str
    weight: float


@dataclass(frozen=True)
class Rubric:
    """Criteria whose weights sum to 1.

    Parameters
    ----------
    name
        Of the preset, or of the file.
    title_id, title_en
        As shown.
    source
        Where it comes from, in English.
    criteria
        In the order in which they are shown.
    """

    name: str
    title_id: str
    title_en: str
    source: str
    criteria: tuple[RubricCriterion, ...]


def load_rubric(name: str | Path) -> Rubric:
    """Read a rubric by the name of a preset or from a file.

    Raises
    ------
    ResourceNotFoundError
        There is neither a preset nor a file of that name.
    ConfigError
        The file cannot be followed.

    Examples
    --------
    >>> [criterion.key for criterion in load_rubric("permenpanrb").criteria][:2]
    ['credible', 'integrity']
    """
    path = Path(name)
    if str(name) not in PRESETS and (path.is_file() or path.suffix == ".toml" or len(path.parts) > 1):
        return read_rubric(path)
    if str(name) not in PRESETS:
        hint = did_you_mean(str(name), PRESETS, f"; known: {', '.join(PRESETS)}")
        raise ResourceNotFoundError(f"rubric {name!r}", places=[f"the file {name}", f"the presets{hint}"])
    return read_rubric(Path(str(resources.files("textmine") / "data" / "rubrics" / f"{name}.toml")))


def suggested_preset(category: str) -> str:
    """Name of the preset that fits an award by the words of its id.

    Examples
    --------
    >>> suggested_preset("best_use_of_images/kementerian"), suggested_preset("most_active/bumn")
    ('image', 'account')
    """
    words = category.partition("/")[0].lower()
    for preset, hints in {"image": "image|gambar|foto", "video": "video|reel", "campaign": "campaign|kampanye"}.items():
        if re.search(hints, words):
            return preset
    return "account"


def read_rubric(path: Path) -> Rubric:
    """Read a file that defines a rubric; docs/judge.md says what it holds.

    Raises
    ------
    ConfigError
        The first problem, with file, line, column, key and value, and how many others there are.
    """
    from textmine.ranking.fields import Problems, Section, first_error  # a page that serves judges needs none of it
    from textmine.ranking.sections import read_title

    content, text = read_toml(path)
    problems = Problems(find_places(text))
    top = Section(content, (), problems)
    name, title = top.text("name"), read_title(top)
    source = top.text("source", default="")
    tables = top.sections("criteria")
    if not tables and not isinstance(top.content.get("criteria"), list):
        top.add("criteria", "the file has no criterion; write [[criteria]] and its keys below it")
    criteria = _weighed(top, tables, [_criterion(table) for table in tables])
    _refuse_twins(tables)
    top.finish()
    if problems.errors:
        raise first_error(problems.errors, path)
    return Rubric(name, title.id, title.en, source, criteria)


def weights_problem(weights: Sequence[float]) -> str | None:
    """What is wrong with the weights of a rubric, or None.

    Examples
    --------
    >>> weights_problem([0.5, 0.25])
    'the weights sum to 0.75; they must sum to 1'
    """
    if not 1 <= len(weights) <= MOST_CRITERIA:
        return f"a rubric has 1 to {MOST_CRITERIA} criteria, not {len(weights)}"
    if not all(0 < weight <= 1 for weight in weights):
        return "each weight must be above 0 and at most 1"
    total = math.fsum(weights)
    return None if abs(total - 1) < _CLOSE else f"the weights sum to {total:.12g}; they must sum to 1"


def _criterion(table: Section) -> RubricCriterion:
    from textmine.ranking.sections import read_title

    key, title, text = table.text("key"), read_title(table), table.section("text")
    if key and not _KEY.fullmatch(key):
        table.add("key", f"must be lower-case letters, digits and _ (it is {key!r})", key)
    if text is None:
        table.add("text", 'text is missing; it says what is scored: { id = "…", en = "…" }')
    in_id, in_en = (text.text("id"), text.text("en")) if text is not None else ("", "")
    if text is not None:
        text.finish()
    weight = table.number("weight", default=math.nan, least=0, most=1)
    table.finish()
    return RubricCriterion(key, title.id, title.en, in_id, in_en, weight)


def _weighed(top: Section, tables: Sequence[Section], found: list[RubricCriterion]) -> tuple[RubricCriterion, ...]:
    """Give all the same weight where none has one; else all must have one."""
    without = [table for table in tables if "weight" not in table.content]
    if found and len(without) == len(tables):
        found = [_with_weight(criterion, 1 / len(found)) for criterion in found]
    elif without and not top.problems.errors:  # a misspelt key has been told already
        without[0].add("weight", "weight is missing; give each criterion one, or none for equal weights")
        return tuple(found)
    problem = weights_problem([criterion.weight for criterion in found]) if found else None
    if problem is not None and not top.problems.errors:
        top.add("criteria", problem)
    return tuple(found)


def _with_weight(criterion: RubricCriterion, weight: float) -> RubricCriterion:
    return RubricCriterion(**{**vars(criterion), "weight": weight})


def _refuse_twins(tables: Sequence[Section]) -> None:
    seen: set[str] = set()
    for table in tables:
        key = table.content.get("key")
        if isinstance(key, str) and key in seen:
            table.add("key", f"{key!r} is the key of a criterion above; give each its own", key)
        seen.add(str(key))

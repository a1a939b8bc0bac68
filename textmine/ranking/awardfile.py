"""Reads a file that defines an award, and says everything that is wrong with it, with lines and columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from textmine.errors import ConfigError
from textmine.ranking.awards import AwardDefinition, Category, Cluster, Eligibility, Nominees, Period, Ties
from textmine.ranking.categoryfile import CategoryReader
from textmine.ranking.fields import Problem, Problems, Section, first_error
from textmine.ranking.sections import read_eligibility, read_nominees, read_ties, read_title
from textmine.tomlfile import read_toml
from textmine.tomlplaces import find_places

_ID: Final = re.compile(r"[a-z][a-z0-9_]*")


def read_awards(path: str | Path) -> AwardDefinition:
    """Read a file that defines an award.

    Parameters
    ----------
    path
        TOML; docs/awards.md says what it holds.

    Raises
    ------
    ConfigError
        The first problem, with file, line, column, key and value, and how many others there are.
    """
    definition, problems = _read(Path(path))
    errors = [problem for problem in problems if problem.severity == "error"]
    if definition is None or errors:
        raise first_error(errors, path, all_of_them=f"textmine awards check {path}")
    return definition


def check_awards(path: str | Path) -> list[Problem]:
    """Everything that is wrong with a file that defines an award, in its order; nothing where it can be followed.

    Raises
    ------
    ConfigError
        The file cannot be read at all.
    """
    return _read(Path(path))[1]


def _read(path: Path) -> tuple[AwardDefinition | None, list[Problem]]:
    try:
        content, text = read_toml(path)
    except ConfigError as error:
        if error.line is None:
            raise
        found = re.search(r"column (\d+)", str(error))
        message = str(error).removeprefix(f"{path}, line {error.line}: ")
        return None, [Problem(error.line, int(found[1]) if found else 1, "", None, message)]
    problems = Problems(find_places(text))
    definition = _definition(Section(content, (), problems))
    return (None if problems.errors else definition), problems.in_order


def _definition(top: Section) -> AwardDefinition:
    name, title = top.text("name"), read_title(top)
    period = _period(top.section("period"))
    clusters = _clusters(top)
    eligibility = read_eligibility(top.section("eligibility"), Eligibility())
    nominees = read_nominees(top.section("nominees"), Nominees())
    ties = read_ties(top.section("ties"), Ties())
    tables = top.sections("categories")
    if not tables and not isinstance(top.content.get("categories"), list):
        top.add("categories", "the file has no category; write [[categories]] and its keys below it")
    ids = _ids(tables)
    reader = CategoryReader([cluster.name for cluster in clusters], ids, eligibility, nominees, ties)
    categories = tuple(reader.read(table) for table in tables)
    _refuse_circles(tables, categories)
    definition = AwardDefinition(
        name,
        title,
        period,
        clusters,
        categories,
        top.text("inferred", default=""),
        top.texts("sources", what="sources"),
    )
    top.finish()
    return definition


def _period(section: Section | None) -> Period | None:
    if section is None:
        return None
    first, last = section.day("first"), section.day("last")
    section.finish()
    if first is None or last is None:
        return None
    if last < first:
        section.add("last", f"is before the first day ({first})", last)
    return Period(first, last)


def _clusters(top: Section) -> tuple[Cluster, ...]:
    table = top.section("clusters")
    if table is None or not table.content:
        top.add("clusters", "the file has no cluster; write [clusters.kementerian] and its title below it")
        return ()
    found = tuple(_cluster(name, section) for name in table.content if (section := table.section(name)))
    _refuse_shared(found, top.problems)
    return found


def _cluster(name: str, section: Section) -> Cluster:
    register = section.texts("register", what="clusters of the register") or (name,)
    cluster = Cluster(name, read_title(section), tuple(each.strip().lower() for each in register))
    section.finish()
    return cluster


def _refuse_shared(clusters: tuple[Cluster, ...], problems: Problems) -> None:
    """Refuse an agency in two clusters: it would compete twice."""
    owner: dict[str, str] = {}
    for cluster in clusters:
        for each in cluster.register:
            if owner.setdefault(each, cluster.name) != cluster.name:
                message = f"{each!r} of the register belongs to the cluster {owner[each]!r} already"
                problems.add(("clusters", cluster.name, "register"), message, list(cluster.register))


def _ids(tables: list[Section]) -> list[str]:
    """Ids of all categories, so that one may speak of another that comes later."""
    ids: list[str] = []
    for table in tables:
        id = table.content.get("id")
        if not isinstance(id, str):
            continue
        if id in ids:
            table.add("id", f"{id!r} is the id of a category above; give each its own", id)
        elif not _ID.fullmatch(id):
            better = re.sub(r"[^a-z0-9]+", "_", id.lower()).strip("_ 0123456789") or "most_active"
            table.add("id", f"must be lower-case letters, digits and _ (it is {id!r}); write {better!r}", id)
        ids.append(id)
    return ids


def _refuse_circles(tables: list[Section], categories: tuple[Category, ...]) -> None:
    """Refuse categories whose score depends on itself."""
    asks: Mapping[str, Collection[str]] = {category.id: category.measure.categories for category in categories}
    for table, category in zip(tables, categories, strict=True):
        seen: set[str] = set()
        waiting: list[str] = list(asks[category.id])
        while waiting:
            id = waiting.pop()
            if id not in seen:
                seen.add(id)
                waiting += asks.get(id, ())
        if category.id in seen:
            key = "accumulates" if category.accumulates else "measure"
            chain = "itself" if category.id in asks[category.id] else f"itself through {', '.join(sorted(seen))}"
            table.add(key, f"asks for the score of {chain}; leave it out", table.content.get(key))

"""A jury on paper: what the tally and the minutes need beside its scores, in a TOML file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NoReturn

import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from textmine.errors import ConfigError, InputError
from textmine.judging.paperscores import read_scores
from textmine.judging.proceedings import (
    CategoryProceedings,
    DeclaredConflict,
    EarlierClosing,
    Hidden,
    PanelMember,
    Proceedings,
    Role,
    scores_sha256,
)
from textmine.judging.rubrics import load_rubric
from textmine.judging.tally import Method, Rules, Scale, Tally, tally
from textmine.judging.tally.methods import TRIM
from textmine.judging.texts import folded
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.tomlfile import read_toml
from textmine.tomlplaces import find_places, shown_path

_STRICT: Final = ConfigDict(extra="forbid", frozen=True)
_SHA256: Final = r"^[0-9a-f]{64}$"


class MemberSection(BaseModel):
    """``[[members]]``."""

    model_config = _STRICT

    name: str
    role: Role = "judge"
    institution: str = ""


class ConflictSection(BaseModel):
    """``[[conflicts]]``."""

    model_config = _STRICT

    judge: str
    nominee: str
    category: str = ""
    reason: str = ""
    declared_on: dt.date | None = None


class RulesSection(BaseModel):
    """``[rules]``."""

    model_config = _STRICT

    method: Method = "mean"
    ties: list[str] = []
    last: Literal["shared", "lot"] = "shared"
    seed: int = Field(default=0, ge=0)
    decimals: int | None = Field(default=None, ge=0, le=9)
    trim: float = Field(default=TRIM, ge=0, lt=0.5)


class ScaleSection(BaseModel):
    """``[scale]``."""

    model_config = _STRICT

    low: float
    high: float
    step: float | None = Field(default=None, gt=0)


class CriterionSection(BaseModel):
    """``[[criteria]]``: of one category, or of all where none is named."""

    model_config = _STRICT

    key: str
    weight: float = Field(gt=0, allow_inf_nan=False)
    title: str = ""
    category: str | None = None


class ClosingSection(BaseModel):
    """``[[earlier_closings]]``."""

    model_config = _STRICT

    closed_at: AwareDatetime
    reopened_at: AwareDatetime
    reason: str = ""
    evidence_sha256: str | None = Field(default=None, pattern=_SHA256)
    missing: dict[str, int] = {}


class PaperJury(BaseModel):
    """The whole file; every key may be left out."""

    model_config = _STRICT

    award: str = ""
    panel: str = ""
    place: str | None = None
    date: dt.date | None = None
    members: list[MemberSection] = []
    categories: dict[str, str] = {}
    rubric: str | None = None
    criteria: list[CriterionSection] = []
    rules: RulesSection = RulesSection()
    scale: ScaleSection | None = None
    conflicts: list[ConflictSection] = []
    hidden: list[Hidden] = []
    blind_note: str = ""
    earlier_closings: list[ClosingSection] = []
    missing: dict[str, int] = {}
    notes: list[str] = []
    seed: int | None = None
    evidence_sha256: str | None = Field(default=None, pattern=_SHA256)
    simulated: bool = False

    @property
    def tally_rules(self) -> Rules:
        """Rules for the tally."""
        rules = self.rules
        return Rules(rules.method, tuple(rules.ties), rules.last, rules.seed, rules.decimals, rules.trim)

    def weights(self, category: str) -> dict[str, float] | None:
        """Weights of a category's criteria; None where the file names none, and all count alike."""
        own = {criterion.key: criterion.weight for criterion in self._criteria(category)}
        if not own and self.rubric is not None:
            own = {criterion.key: criterion.weight for criterion in load_rubric(self.rubric).criteria}
        return own or None

    def titles(self, category: str, lang: Language = DEFAULT_LANGUAGE) -> dict[str, str]:
        """Titles of a category's criteria."""
        own = {criterion.key: criterion.title for criterion in self._criteria(category) if criterion.title}
        if not self._criteria(category) and self.rubric is not None:
            criteria = load_rubric(self.rubric).criteria
            own = {one.key: one.title_id if lang == "id" else one.title_en for one in criteria}
        return own

    def _criteria(self, category: str) -> list[CriterionSection]:
        own = [criterion for criterion in self.criteria if criterion.category == category]
        return own or [criterion for criterion in self.criteria if criterion.category is None]


def read_paper_jury(path: str | Path) -> PaperJury:
    """Read what there is to know of a jury on paper.

    Raises
    ------
    ConfigError
        The file cannot be read, or a key is unknown or of the wrong kind; file, line and key are named.
    """
    content, text = read_toml(Path(path))
    try:
        return PaperJury.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(first["loc"])
        message = "unknown key" if first["type"] == "extra_forbidden" else first["msg"][0].lower() + first["msg"][1:]
        line = find_places(text).line_of(place)
        raise ConfigError(message, path=path, line=line, key=shown_path(place), value=first["input"]) from error


@dataclass(frozen=True, eq=False)
class PaperTally:
    """Tallies of a jury on paper, by category, with the scores that they are of."""

    jury: PaperJury
    scores: dict[str, pl.DataFrame]
    tallies: dict[str, Tally]


def paper_tally(
    scores: str | Path,
    jury: str | Path | None = None,
    *,
    rules: Mapping[str, object] | None = None,
    award: str | None = None,
    panel: str | None = None,
) -> PaperTally:
    """Count the scores of a jury on paper.

    Parameters
    ----------
    scores
        File for :func:`read_scores`.
    jury
        File for :func:`read_paper_jury`, if there is one.
    rules, award, panel
        What wins over the file; rules by the keys of ``Rules``. None says nothing.

    Raises
    ------
    InputError
        A score is outside the scale, or was given by a judge in conflict, or anything of :func:`read_scores`.
    ConfigError
        As for :func:`read_paper_jury`, or a rule, a conflict or a criterion names what is not there.
    """
    tables = read_scores(scores)
    said = PaperJury() if jury is None else read_paper_jury(jury)
    settled = said.rules.model_copy(update={key: value for key, value in (rules or {}).items() if value is not None})
    names = {key: value for key, value in (("award", award), ("panel", panel)) if value is not None}
    said = said.model_copy(update={"rules": settled, **names})
    scale = None if said.scale is None else Scale(said.scale.low, said.scale.high, said.scale.step or 1)
    if jury is not None:
        _check_names(tables, said, Path(jury))
    _check_conflicts(tables, said.conflicts, Path(scores))
    tallies = {}
    for category, table in tables.items():
        weights = said.weights(category)
        _check_criteria(table, category, weights, Path(scores))
        if scale is not None:
            _check_scale(table, scale, Path(scores), stepped=said.scale is not None and said.scale.step is not None)
        everyone = tuple(table["judge"].unique()), tuple(table["nominee"].unique())
        tallies[category] = tally(
            table,
            weights,
            rules=said.tally_rules,
            scale=scale,
            judges=everyone[0],
            nominees=everyone[1],
        )
    return PaperTally(said, tables, tallies)


def paper_proceedings(
    found: PaperTally,
    version: str,
    *,
    place: str | None,
    day: dt.date | None,
    lang: Language = DEFAULT_LANGUAGE,
) -> Proceedings:
    """What minutes tell of a jury on paper; place and day win over those of its file."""
    jury = found.jury
    judges = sorted({name for table in found.scores.values() for name in table["judge"]})
    members = [PanelMember(member.name, member.role, member.institution) for member in jury.members]
    named = {member.name for member in members}
    members += [PanelMember(name) for name in judges if name not in named]
    conflicts = [
        DeclaredConflict(
            item.judge, item.nominee, jury.categories.get(item.category, item.category), item.reason, item.declared_on
        )
        for item in jury.conflicts
    ]
    return Proceedings(
        award=jury.award or "–",
        panel=jury.panel or "–",
        place=place or jury.place,
        day=day or jury.date,
        members=tuple(members),
        categories=tuple(
            CategoryProceedings(
                jury.categories.get(category, category) or jury.award or "–", one, jury.titles(category, lang)
            )
            for category, one in found.tallies.items()
        ),
        scores_sha256=scores_sha256(found.scores),
        version=version,
        conflicts=tuple(conflicts),
        hidden=tuple(jury.hidden),
        blind_note=jury.blind_note,
        earlier_closings=tuple(EarlierClosing(**dict(closing)) for closing in jury.earlier_closings),
        missing=jury.missing,
        seed=jury.seed,
        evidence_sha256=jury.evidence_sha256,
        notes=tuple(jury.notes),
        simulated=jury.simulated,
    )


def _check_criteria(table: pl.DataFrame, category: str, weights: dict[str, float] | None, path: Path) -> None:
    """Refuse criteria that are misspelt: they would have no weight, or leave every total without a part."""
    if weights is None:
        return
    where = f" in {category}" if category else ""
    known = table["criterion"].unique().sort().to_list()  # also those that nobody scored and that have a row
    scored = table.drop_nulls("value")["criterion"].unique().sort().to_list()
    for name in scored:
        if name not in weights:
            problem = f"{name!r}{where} has no weight; the jury's file has {', '.join(weights)}"
            raise InputError(problem, path=path, column="criterion", value=name)
    for name in weights:
        if scored and name not in known:
            problem = f"nobody scored {name!r}{where}, which the jury's file has; there are {', '.join(known)}"
            raise InputError(problem, path=path, column="criterion", value=name)


def _check_scale(table: pl.DataFrame, scale: Scale, path: Path, *, stepped: bool) -> None:
    outside = table.filter(~pl.col("value").is_between(scale.low, scale.high)).drop_nulls("value")
    if len(outside):
        judge, nominee, criterion, value = outside.row(0)
        problem = f"{value:g} of {judge} for {nominee} by {criterion} is not from {scale.low:g} to {scale.high:g}"
        raise InputError(problem, path=path, column="value", value=value)
    steps = (pl.col("value") - scale.low) / scale.step
    between = table.filter((steps - steps.round()).abs() > 1e-6).drop_nulls("value")
    if stepped and len(between):
        judge, nominee, criterion, value = between.row(0)
        problem = f"{value:g} of {judge} for {nominee} by {criterion} is no step of {scale.step:g} from {scale.low:g}"
        raise InputError(problem, path=path, column="value", value=value)


def _check_names(tables: Mapping[str, pl.DataFrame], jury: PaperJury, path: Path) -> None:
    """Refuse conflicts and criteria of whom the scores do not know: the tally would pass over them in silence."""
    judges = {name for table in tables.values() for name in table["judge"]}
    everyone = judges | {each.name for each in jury.members}
    for place, member in enumerate(jury.members):
        if member.role == "judge" and member.name not in judges and (alike := _alike(member.name, judges)):
            _refuse(f"is {alike[0]!r} in the scores; write one of them", member.name, path, ("members", place, "name"))
    for place, criterion in enumerate(jury.criteria):
        if criterion.category is not None:
            _check_category(criterion.category, tables, jury, path, ("criteria", place, "category"))
    for place, conflict in enumerate(jury.conflicts):
        at = ("conflicts", place)
        if conflict.category:
            _check_category(conflict.category, tables, jury, path, (*at, "category"))
        meant = [conflict.category] if conflict.category else list(tables)
        nominees = {name for each in meant if each in tables for name in tables[each]["nominee"]}
        _check_known(conflict.judge, everyone, path, (*at, "judge"), "who is neither in the scores nor a member")
        if nominees:
            _check_known(conflict.nominee, nominees, path, (*at, "nominee"), "who is not in the scores")


def _check_category(
    name: str, tables: Mapping[str, pl.DataFrame], jury: PaperJury, path: Path, place: tuple[str | int, ...]
) -> None:
    if name in tables:
        return
    for key, title in jury.categories.items():
        if name == title and name != key:
            _refuse(f"names {title!r} by its title; write {key!r}, as the scores do", name, path, place)
    unscored = set(jury.categories) - {each for key in tables for each in _alike(key, jury.categories)}
    _check_known(name, {*tables, *unscored}, path, place, "which is not in the scores")


def _check_known(name: str, known: Set[str], path: Path, place: tuple[str | int, ...], problem: str) -> None:
    if name in known:
        return
    alike = _alike(name, known)
    there = f"there are {', '.join(sorted(known))}" if any(known) else "they have no category"
    _refuse(f"names {name!r}, {problem}; {f'they have {alike[0]!r}' if alike else there}", name, path, place)


def _alike(name: str, others: Iterable[str]) -> list[str]:
    """Those that differ in capitals and spaces at most."""
    return [each for each in others if folded(each) == folded(name)]


def _refuse(problem: str, value: str, path: Path, place: tuple[str | int, ...]) -> NoReturn:
    line = find_places(read_toml(path)[1]).line_of(place)
    raise ConfigError(problem, path=path, line=line, key=shown_path(place), value=value)


def _check_conflicts(tables: dict[str, pl.DataFrame], conflicts: Sequence[ConflictSection], path: Path) -> None:
    for conflict in conflicts:
        for category, table in tables.items():
            hit = (pl.col("judge") == conflict.judge) & (pl.col("nominee") == conflict.nominee)
            if conflict.category in ("", category) and len(table.filter(hit).drop_nulls("value")):
                problem = f"{conflict.judge} declared a conflict of interest and scored {conflict.nominee}; take it out"
                raise InputError(problem, path=path, column="judge", value=conflict.judge)

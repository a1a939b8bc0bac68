"""The card of a quality model: what it means, what it was made from, how good it is, where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from textmine.quality.model import KINDS, QualityModel

_LIMITS: Final[dict[str, str]] = {
    "judges": (
        "The classes are the opinion of the judges who gave the labels, as far as features show it; features do not "
        "see pictures, truth or taste. Where labels are few, so is what was learned."
    ),
    "engagement-derived": (
        "Engagement is not quality. Giveaways, paid reach, bought likes, large events and news raise it; service "
        "information seldom does. Never show these classes as the opinion of judges."
    ),
}
_SCORES: Final = ("macro_f1", "rank_correlation", "accuracy", "ece", "coverage", "accuracy_covered", "n", "agencies")


def card(model: QualityModel) -> str:
    """Card in Markdown."""
    report, settings = model.report, model.settings
    parts = [
        f"# Quality model, {model.kind}",
        f"Kind: **{model.kind}** ({KINDS[model.kind]}).",
        _LIMITS[model.kind],
        *(["**Trained on SIMULATED posts: it says nothing of real ones.**"] if report.get("simulated") else []),
        "## Data",
        f"{report['posts']:,} posts of {report['agencies']} agencies, {report['first_day']} to {report['last_day']}. "
        f"Classes, lowest first: {_shares(settings.classes, report['class_shares'])}.",
        "## Scores",
        "On agencies that the model had not seen; it was chosen, fitted and calibrated on earlier posts of other "
        "agencies. The saved model is fitted on all posts. Baselines are fitted and tested on the same posts.",
        _table(_score_rows(report), ("", *_SCORES)),
        *([f"**{model.doubt[0].upper()}{model.doubt[1:]}.** Do not use it."] if model.doubt else []),
        "Learners in cross-validation over agencies, on all posts:",
        _table(report["learners"], ("learner", "log_loss", "macro_f1", "rank_correlation")),
        f"Chosen: {report['chosen']}.",
        "By class:",
        _table(report["by_class"], ("class", "posts", "said", "abstained", "precision", "recall", "f1")),
        "Labels in rows, classes said in columns:",
        _table(report["confusion"], tuple(report["confusion"][0])),
        f"The model abstains where the calibrated probability of its class is below {_bounds(model)}, set so that "
        f"held-out posts of each class get it in {settings.coverage:.0%} of cases. As it says fewer:",
        _table(report["coverage_curve"], ("coverage", "posts", "accuracy", "macro_f1")),
        "## Features",
        "Rise of the log loss when a feature is shuffled among posts of unseen agencies, 95 % interval over agencies:",
        _table(report["importance"], ("feature", "importance", "low", "high")),
        f"Used: {', '.join(f'`{name}`' for name in model.columns.used)}. Engagement is "
        f"{'seen, as ' + str(model.columns.target) if model.columns.target in model.columns.used else 'not seen'}. "
        "`reference.json` holds how each was spread, to tell when new posts are unlike these.",
        "## Settings",
        _table(
            [{"setting": key, "value": _plain(value)} for key, value in settings.as_dict().items()],
            ("setting", "value"),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _bounds(model: QualityModel) -> str:
    pairs = zip(model.settings.classes, model.calibration.least, strict=True)
    return ", ".join(f"{least:.3f} ({name})" for name, least in pairs)


def _score_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [{"": f"**model**, {name}"} | each for name, each in report["scores"].items()]
    return rows + [{"": name} | each for name, each in report["baselines"].items()]


def _shares(classes: Iterable[str], shares: Iterable[float]) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in zip(classes, shares, strict=True))


def _table(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(_plain(row.get(name)) for name in columns)} |" for row in rows]
    return "\n".join(lines)


def _plain(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(each) for each in value) or "-"
    return str(value)

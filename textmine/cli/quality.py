"""``textmine quality``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.options import LANG, PLATFORM, Number, ParamType
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting
from textmine.locales import Language

if TYPE_CHECKING:
    import polars as pl

    from textmine.quality import QualityModel
    from textmine.store import Workspace

quality = LazyGroup(
    name="quality",
    lazy={
        "train": ("textmine.cli.quality:train", "Train a model on judges' labels, or on engagement without any."),
        "apply": ("textmine.cli.quality:apply", "Give every post a class, or none where the model is unsure."),
        "evaluate": ("textmine.cli.quality:evaluate", "Show how good a model is, beside simpler ones."),
        "explain": ("textmine.cli.quality:explain", "Say why a post got its class."),
    },
    help="""Tell good posts from poor ones, with reasons and with doubt.

    \b
    Examples:
      textmine quality train season --labels season/merged_labels.parquet
      textmine quality apply season
      textmine quality explain season 2611115445282396983
    """,
)

_model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="A trained model; the workspace's own if left out.",
)


class Names(ParamType[tuple[str, ...]]):
    """Names with commas between."""

    name = "NAME,NAME,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Split at the commas."""
        return (
            value if isinstance(value, tuple) else tuple(part.strip() for part in str(value).split(",") if part.strip())
        )


class Shares(ParamType[tuple[float, ...]]):
    """Numbers with commas between."""

    name = "SHARE,SHARE,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """Split at the commas."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is no list of numbers such as 0.3,0.4,0.3", param, ctx)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Judges' labels (Parquet or CSV: platform, post_id, label or p_CLASS); without, the model learns engagement.",
)
@click.option(
    "--classes", type=Names(), default="rendah,sedang,tinggi", show_default=True, help="The lowest first, with commas."
)
@click.option("--shares", type=Shares(), help="Share of each class where engagement makes them; 0.3,0.4,0.3 for three.")
@click.option("--use-engagement", is_flag=True, help="Let a model of judges' labels see engagement net of audience.")
@click.option("--learner", type=click.Choice(["auto", "logistic", "boosting"]), default="auto", show_default=True)
@click.option(
    "--coverage",
    type=Number(0, 1, min_open=True),
    default=0.8,
    show_default=True,
    help="Share of posts that get a class; on the rest, the least sure, the model abstains.",
)
@click.option(
    "--leave-out", multiple=True, metavar="FEATURE", help="A feature that the model must not see (again: more)."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Also write the model into this folder.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@format_option
def train(
    workspace: Path,
    labels: Path | None,
    classes: tuple[str, ...],
    shares: tuple[float, ...] | None,
    use_engagement: bool,
    learner: str,
    coverage: float,
    leave_out: tuple[str, ...],
    output: Path | None,
    seed: int,
    format_: Format,
) -> None:
    """Train a model into WORKSPACE/quality_model and print how it does on agencies that it has not seen.

    Without labels it learns which posts get much engagement for their audience: an engagement-derived model, which is
    not the judges' opinion.

    \b
    Examples:
      textmine quality train season
      textmine quality train season --labels merged_labels.parquet --use-engagement
      textmine quality train season --labels labels.csv --classes buruk,cukup,baik -o models/quality2025
    """
    from textmine.quality import QualitySettings, load_model, model_folder, training_stage
    from textmine.store import Workspace

    even = tuple(1 / len(classes) for _ in classes)
    settings = QualitySettings(
        classes=classes,
        shares=shares or ((0.3, 0.4, 0.3) if len(classes) == 3 else even),
        use_engagement=use_engagement,
        learner=cast("Literal['auto', 'logistic', 'boosting']", learner),
        coverage=coverage,
        leave_out=leave_out,
        seed=seed,
    )
    opened = Workspace.open(workspace)
    with opened.lock(), counting("Training and testing") as update:
        training_stage(opened, labels=labels, settings=settings, progress=update)
    folder = model_folder(opened, None)
    if output is not None:
        from textmine.quality.persistence import copy_model

        copy_model(folder, output)
    model = load_model(folder)
    _say_kind(model)
    say(f"card: {(output or folder) / 'CARD.md'}")
    say_simulated(opened.simulated)
    emit(_short(_scores(model), format_), format_)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@_model_option
@format_option
def apply(workspace: Path, model: Path | None, format_: Format) -> None:
    """Write WORKSPACE/quality.parquet (class, probabilities, abstained) and print how many posts got each class.

    What is unlike the posts that the model learned from is said, and stands in WORKSPACE/quality_drift.parquet.

    \b
    Examples:
      textmine quality apply season
      textmine quality apply season --model models/quality2025 --format csv
    """
    import json

    import polars as pl

    from textmine.quality import load_model, model_folder, quality_stage
    from textmine.quality.stage import QUALITY, STAGE, SUMMARY
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Giving classes") as update:
        quality_stage(opened, model=model, progress=update)
    _say_kind(load_model(model_folder(opened, model)))
    unlike = json.loads(opened.file(SUMMARY).read_text(encoding="utf-8"))["warning"]
    if unlike:
        say(f"WARNING: {unlike}")
    say_simulated(opened.simulated)
    table = opened.scan(QUALITY, made_by=STAGE).group_by("class").agg(pl.len().alias("posts"), pl.mean("grade"))
    counts = table.sort("class", nulls_last=True).collect(engine="streaming")
    emit(counts.with_columns((pl.col("posts") / pl.sum("posts")).alias("share"), _named("class")), format_)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@_model_option
@click.option(
    "--show",
    type=click.Choice(["scores", "later", "learners", "classes", "confusion", "coverage", "importance"]),
    help="One table; all of them on a terminal, scores in a pipe.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Labels that the model was not trained on: score it on these instead.",
)
@format_option
def evaluate(workspace: Path, model: Path | None, show: str | None, labels: Path | None, format_: Format) -> None:
    """Show how a model did on agencies that it had not seen, beside baselines on the same posts.

    The figures were measured in training: for each fold of agencies the model was chosen, fitted and calibrated on the
    earlier posts of the others.

    \b
    Examples:
      textmine quality evaluate season
      textmine quality evaluate season --show confusion --format csv
      textmine quality evaluate season --labels later_labels.csv
    """
    from textmine.quality import load_model, model_folder
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    loaded = load_model(model_folder(opened, model))
    _say_kind(loaded)
    say_simulated(opened.simulated)
    if labels is not None:
        emit(_short(_fresh(loaded, opened, labels), format_), format_)
        return
    tables = _tables(loaded)
    for name in [show] if show else list(tables) if format_ == "table" else ["scores"]:
        emit(_short(tables[name], format_), format_, title=name)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("post_id", metavar="POST_ID")
@click.option(
    "--platform",
    type=PLATFORM,
    help="Needed where two platforms have a post with this id.",
)
@click.option("--lang", type=LANG, default="id", show_default=True, help="Of the reasons.")
@click.option("--top", type=click.IntRange(min=1), default=8, show_default=True, help="Reasons to print.")
@_model_option
@format_option
def explain(
    workspace: Path, post_id: str, platform: str | None, lang: Language, top: int, model: Path | None, format_: Format
) -> None:
    """Say which class a post gets and why: what each feature adds to the log-odds of a higher class.

    \b
    Examples:
      textmine quality explain season 2611115445282396983
      textmine quality explain season 1217366893451563008 --platform x --lang en --format json
    """
    from textmine.quality import load_model, model_folder, post_features, reasons
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    loaded = load_model(model_folder(opened, model))
    post = post_features(opened, post_id, platform=platform)
    said = loaded.predict(post)
    _say_kind(loaded)
    shares = ", ".join(f"{name} {said[f'p_{name}'][0]:.2f}" for name in loaded.settings.classes)
    say(f"{said.select(_named('class')).item()} ({shares})")
    say_simulated(opened.simulated)
    table = reasons(loaded, post, lang=lang, top=top)
    emit(table.select("text") if format_ == "table" else table, format_)


def _fresh(model: QualityModel, workspace: Workspace, labels: Path) -> pl.DataFrame:
    from textmine.features import features_of
    from textmine.quality import read_labels
    from textmine.quality.fresh import fresh_scores

    found = fresh_scores(model, features_of(workspace), read_labels(labels, model.settings.classes))
    return _named_scores(found.to_dicts())


def _say_kind(model: QualityModel) -> None:
    from textmine.quality.model import KINDS

    say(f"model: {KINDS[model.kind]}; {model.learner}; {model.report['posts']:,} posts of its training")
    if model.doubt:
        say(f"WARNING: {model.doubt}")
    if model.report.get("simulated"):
        say("the model was trained on SIMULATED posts: it says nothing of real ones")


def _named(column: str) -> pl.Expr:
    import polars as pl

    from textmine.quality import UNSURE

    return pl.col(column).cast(pl.String).fill_null(UNSURE)


def _short(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    import polars as pl
    import polars.selectors as cs

    if format_ != "table" or "of" not in table.columns:
        return table
    short = table.drop("posts", "agencies", "covered")
    return short.with_columns(cs.float().round(3).cast(pl.String))


def _scores(model: QualityModel, *, later: bool = False) -> pl.DataFrame:
    report = model.report
    name = "new agencies, later period" if later else "new agencies"
    rows = [{"of": f"model ({name})"} | report["scores"][name]] if name in report["scores"] else []
    rows += [
        {"of": peer} | found for peer, found in report.get("baselines_later" if later else "baselines", {}).items()
    ]
    return _named_scores(rows)


def _named_scores(rows: list[dict[str, Any]]) -> pl.DataFrame:
    import polars as pl

    shown = {"of": "of", "macro_f1": "macro_f1", "rank_correlation": "rank", "accuracy": "accuracy", "ece": "ece"}
    shown |= {"coverage": "coverage", "accuracy_covered": "covered", "n": "posts", "agencies": "agencies"}
    known = {
        name: pl.Int64 if name in ("n", "agencies") else pl.String if name == "of" else pl.Float64 for name in shown
    }
    table = pl.DataFrame([{name: row.get(name) for name in shown} for row in rows], schema=known)
    return table.rename(shown)


def _tables(model: QualityModel) -> dict[str, pl.DataFrame]:
    import polars as pl

    report = model.report
    columns = {
        "learners": ("learners", ["learner", "log_loss", "macro_f1", "rank_correlation"]),
        "classes": ("by_class", ["class", "posts", "said", "abstained", "precision", "recall", "f1"]),
        "confusion": ("confusion", ["label", *model.settings.classes, "abstained"]),
        "coverage": ("coverage_curve", ["coverage", "posts", "accuracy", "macro_f1"]),
        "importance": ("importance", ["feature", "importance", "low", "high"]),
    }
    tables = {"scores": _scores(model), "later": _scores(model, later=True)}
    return tables | {name: pl.DataFrame(report[key]).select(shown) for name, (key, shown) in columns.items()}

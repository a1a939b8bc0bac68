"""Example posts of nominees: the best and a typical one, by a rule that is the same for all.

A post is measured by its public engagement, divided by what is expected of an account with its audience on its
platform: the straight line of log engagement per post on log followers over all agencies, as for ``size_residual``. So
that posts on a small account and a large one, and on different platforms, stand side by side. The best are those with
the highest ratio; the typical one is the median of all that the agency has in the category. Posts that are flagged, and
posts without known engagement, are no examples. In a category for campaigns the posts are those of the campaign.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import polars as pl

from textmine.batches import detached
from textmine.engagement import engagement_of_post
from textmine.integrity import without_flagged
from textmine.platforms import PLATFORMS
from textmine.posts import KEY, POLARS_SCHEMA, local_day
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.ranking.campaigns import marked_posts
from textmine.ranking.contest import Contest
from textmine.ranking.season import counted, posts_of, registered_clusters
from textmine.store import Workspace

N_BEST: Final = 3
"""Best posts of a nominee."""

EXCERPT: Final = 180
"""Most characters of a caption that are shown."""

FIGURES: Final = ("likes", "comments", "shares", "saves", "views")

EXAMPLE_SCHEMA: Final = pl.Schema(
    {
        "category": pl.String(),
        "agency": pl.String(),
        "kind": pl.Enum(["best", "typical"]),
        "place": pl.UInt32(),
        "of": pl.UInt32(),
        "platform": pl.String(),
        "post_id": pl.String(),
        "account": pl.String(),
        "day": pl.Date(),
        "media_type": pl.String(),
        "caption": pl.String(),
        "url": pl.String(),
        "engagement": pl.Float64(),
        "times": pl.Float64(),
        **{name: POLARS_SCHEMA[name] for name in FIGURES},
    }
)
"""A row a post, the best first. It is the ``place``-th of the ``of`` posts of the agency in the category that could be
an example; ``times`` is its engagement as a multiple of what its audience lets expect; ``day`` is in Jakarta.
``caption`` is its beginning, ``post_id``, ``caption`` and ``url`` are as published: escape them."""

_PICKED: Final = ("category", "agency", "kind", "place", "of", "engagement", "times", "row")


def example_posts(
    workspace: Workspace,
    definition: AwardDefinition,
    contests: Mapping[str, Contest],
    agencies: Mapping[str, Collection[str]],
    *,
    flags: pl.DataFrame,
) -> pl.DataFrame:
    """Choose example posts, rows of ``EXAMPLE_SCHEMA`` in the order of categories and agencies that were given.

    Posts are streamed three times: for their engagement, for the ids of those that were chosen, and for their words.

    Parameters
    ----------
    workspace, definition
        Whose posts, and the edition whose period it is.
    contests
        By category.
    agencies
        By category, those whose posts are wanted: the nominees.
    flags
        Flagged posts, as :func:`textmine.integrity.flagged` gives them.
    """
    posts = counted(workspace, definition).with_row_index("row")
    wanted = sorted({name for id in contests for name in agencies.get(id, ())})
    picked = [pl.DataFrame(schema={name: EXAMPLE_SCHEMA.get(name, pl.UInt32()) for name in _PICKED})]
    selections = list(dict.fromkeys(each.award.category.selection for each in contests.values()))
    plain = [each for each in selections if not each.campaign]
    kept = without_flagged(posts.filter("counts"), flags)
    rows = _candidates(kept, wanted, plain) if plain else None
    for selection in selections:
        mine = {id: each for id, each in contests.items() if each.award.category.selection == selection}
        first = next(iter(mine.values()))
        if selection.campaign:
            looked_at = posts.filter(pl.col("counts") & posts_of(selection))
            register = registered_clusters(workspace, definition)
            marked, _ = marked_posts(looked_at, register, selection, list(first.agencies))
            own = _candidates(without_flagged(marked.filter("in_campaign"), flags), wanted, [selection])
        else:
            assert rows is not None  # noqa: S101 - there is a plain selection
            own = rows.filter(f"in_{plain.index(selection)}")
        chosen = _chosen(own, first, selection)
        for id in mine:
            order = {name: place for place, name in enumerate(agencies.get(id, ()))}
            listed = chosen.filter(pl.col("agency").is_in(list(order)))
            sorted_ = listed.sort(pl.col("agency").replace_strict(order, return_dtype=pl.UInt32), "place")
            picked.append(sorted_.select(pl.lit(id).alias("category"), pl.all()).select(_PICKED))
    return _with_words(workspace, pl.concat(picked), order=list(contests))


def _candidates(posts: pl.LazyFrame, agencies: list[str], selections: list[Selection]) -> pl.DataFrame:
    """Posts with known engagement, in memory: their place, agency, platform, and ``in_0``, … for each selection."""
    rows = posts.filter(pl.col("agency").cast(pl.String).is_in(agencies)).select(
        "row",
        pl.col("agency").cast(pl.Enum(agencies)),
        pl.col("platform").cast(pl.Enum(PLATFORMS)),
        engagement_of_post().cast(pl.Float64).alias("engagement"),
        *(posts_of(selection).alias(f"in_{number}") for number, selection in enumerate(selections)),
    )
    return rows.filter(pl.col("engagement").is_not_null()).collect(engine="streaming")


def _chosen(own: pl.DataFrame, contest: Contest, selection: Selection) -> pl.DataFrame:
    """The best and the typical post of each agency."""
    keys = pl.Schema({name: own.schema[name] for name in ("agency", "platform")})
    expected = _expected(contest, selection).filter(
        pl.col("agency").is_in(own["agency"].cast(pl.String).unique().to_list())
    )
    measured = own.join(expected.cast(keys), on=list(keys), how="left", maintain_order="left")
    times = (pl.col("engagement") / pl.col("expected")).alias("times")
    ranked = measured.with_columns(pl.col("agency").cast(pl.String), times).sort(
        "agency", "times", "row", descending=[False, True, False], nulls_last=True
    )
    ranked = ranked.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("agency").alias("place"),
        pl.len().over("agency").cast(pl.UInt32).alias("of"),
    )
    kind = pl.when(pl.col("place") <= N_BEST).then(pl.lit("best")).otherwise(pl.lit("typical"))
    middle = (pl.col("of") + 1) // 2
    kept = ranked.filter((pl.col("place") <= N_BEST) | (pl.col("place") == middle))
    return kept.with_columns(kind.cast(EXAMPLE_SCHEMA["kind"]).alias("kind"))


def _expected(contest: Contest, selection: Selection) -> pl.DataFrame:
    """Engagement of a post that is expected of an account's audience: ``agency``, ``platform``, ``expected``.

    Where audiences say nothing (fewer than three agencies with followers, or all alike) it is the geometric mean of
    the platform; no slope goes below 0 or above 1.
    """
    table, frames = contest.figures[selection].table, []
    for platform in PLATFORMS:
        columns = [f"{name}@{platform}" for name in ("engagement_per_post", "audience")]
        if not set(columns) <= set(table.columns):
            continue
        found = table.select("agency", *columns).filter(pl.col(columns[0]).is_not_null())
        level = np.log(found[columns[0]].cast(pl.Float64).to_numpy() + 0.5)
        size = np.log(np.maximum(found[columns[1]].cast(pl.Float64).fill_null(0.0).to_numpy(), 1.0))
        known = size > 0
        slope, at, mean = 0.0, 0.0, float(level.mean()) if len(level) else 0.0
        if known.sum() >= 3 and np.ptp(size[known]) > 0:
            along = size[known] - size[known].mean()
            slope = float(np.clip((along * level[known]).sum() / (along**2).sum(), 0.0, 1.0))
            at, mean = float(size[known].mean()), float(level[known].mean())
        expected = np.exp(mean + slope * np.where(known, size - at, 0.0))
        frames.append(found.select("agency", pl.lit(platform).alias("platform"), pl.Series("expected", expected)))
    schema = {"agency": pl.String(), "platform": pl.String(), "expected": pl.Float64()}
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _with_words(workspace: Workspace, picked: pl.DataFrame, *, order: list[str]) -> pl.DataFrame:
    """The chosen posts with what was published, categories in order."""
    posts = workspace.scan("posts.parquet", made_by="ingest")
    numbered = posts.select(pl.col("platform").cast(pl.String), "post_id").with_row_index("row")
    keys = numbered.filter(pl.col("row").is_in(picked["row"].unique().implode())).collect(engine="streaming")
    text = pl.col("caption").fill_null("").str.replace_all(r"\s+", " ").str.strip_chars()
    cut = text.str.slice(0, EXCERPT).str.replace(r"\s\S*$", "") + "…"
    words = (
        # By id, so that captions are unpacked only where one is wanted; by row all of them would be.
        detached(posts.filter(pl.col("post_id").is_in(keys["post_id"].implode())))
        .select(
            pl.col("platform").cast(pl.String), "post_id", "account", "url", *FIGURES,
            local_day().alias("day"),
            pl.col("media_type").cast(pl.String),
            pl.when(text.str.len_chars() <= EXCERPT).then(text).otherwise(cut).alias("caption"),
        )
        .collect(engine="streaming")
    )  # fmt: skip
    words = keys.join(words, on=list(KEY), how="left")
    whole = picked.join(words, on="row", how="left", maintain_order="left")
    typed = whole.select(pl.col(name).cast(dtype) for name, dtype in EXAMPLE_SCHEMA.items())
    places = {id: place for place, id in enumerate(order)}
    return typed.sort(pl.col("category").replace_strict(places, return_dtype=pl.UInt32), maintain_order=True)

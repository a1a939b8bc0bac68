"""From a plan to captions: expands the grammar, spells like a hurried person, joins the pieces."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.platforms import PLATFORMS
from textmine.posts import POST_KINDS
from textmine.simulation.context import context_tables
from textmine.simulation.grammar import CONTEXT, Grammar, Ids
from textmine.simulation.phrases import PhraseBook
from textmine.simulation.plan import STYLES, Plan
from textmine.simulation.register import Register
from textmine.simulation.settings import SimulationSettings
from textmine.simulation.spelling import hurried, misspelled
from textmine.simulation.traces import SLIPS, TRACES, drawn_parts, standardised

X_LIMIT: Final = 280
"""Characters of a post on X."""

_FRIENDLY: Final = ("santai", "kuis", "ajak")


class Writer:
    """Writes captions for the posts of a season.

    Parameters
    ----------
    settings, book, register
        The season.
    campaigns
        Hashtags of :attr:`textmine.simulation.plan.Planner.campaigns`.
    seed
        Seed of the season: agencies keep their chief's name.
    """

    def __init__(
        self,
        settings: SimulationSettings,
        book: PhraseBook,
        register: Register,
        campaigns: list[str],
        *,
        seed: int,
    ) -> None:
        self._settings = settings
        grammar = Grammar(book)
        topics = range(len(book.topics))
        starts = [grammar.symbol(f"post_{s}_{f}", topic=t) for t in topics for s in STYLES for f in ("x", "panjang")]
        others = [
            grammar.symbol(n, topic=t) for n in ("video_isi", "video_judul", "balasan", "kalimat") for t in topics
        ]
        banks = [trace.bank for trace in TRACES] if settings.quality_traces else []
        parts = [grammar.symbol(bank, topic=t) for bank in banks for t in topics]
        tables = context_tables(grammar, settings, book, register, campaigns, seed=seed)
        grammar.freeze()
        self._grammar = grammar
        self._starts = grammar.frozen(starts).reshape(len(topics), len(STYLES), 2)
        self._bodies, self._titles, self._answers, self._sentences = grammar.frozen(others).reshape(4, -1)
        self._parts = grammar.frozen(parts).reshape(len(banks), len(book.topics))
        self._tables, self._register, self._seed = tables, register, seed
        extra, self._twins = hurried(grammar.literals, grammar.prose, book.slang)
        self._words = pl.concat([grammar.literals, extra])
        self._prose = np.concatenate([grammar.prose, np.ones(len(extra), dtype=bool)])
        self._handles = pl.Series([each.handle for each in register.institutions])

    def write(self, plan: Plan, generator: np.random.Generator) -> tuple[pl.Series, pl.Series]:
        """Write the posts of a plan.

        Returns
        -------
        texts, titles : polars.Series
            Text of each post, and the title of each YouTube video (null elsewhere); shape (n_posts,).
        """
        context = self._context(plan, generator)
        is_x = plan.platform == PLATFORMS.index("x")
        is_video = plan.platform == PLATFORMS.index("youtube")
        start = self._starts[plan.topic, plan.style, np.where(is_x, 0, 1)]
        plain = is_video & (plan.style != STYLES.index("kuis"))
        start = np.where(plain, self._bodies[plan.topic], start)
        start = np.where(plan.kind == POST_KINDS.index("reply"), self._answers[plan.topic], start)
        friendly = np.isin(plan.style, [STYLES.index(name) for name in _FRIENDLY])
        quality = standardised(plan, self._register, self._settings)
        slips = np.exp(self._settings.quality_traces * SLIPS * quality)
        texts = self._spell(start.astype(np.int32), context, friendly, generator, slips=slips)
        texts = self._traced(texts, plan, context, quality)
        texts = self._framed(texts, plan, is_x)
        videos = np.flatnonzero(is_video)
        filled = {name: symbols[videos] for name, symbols in context.items()}
        formal = np.zeros(len(videos), dtype=bool)
        spoken = self._spell(self._titles[plan.topic[videos]], filled, formal, generator, slips=slips[videos])
        titles = pl.Series("title", [None], dtype=pl.String).new_from_index(0, len(texts))
        return texts, titles.scatter(videos, spoken.str.head(100))

    def _traced(
        self, texts: pl.Series, plan: Plan, context: dict[str, Ids], quality: npt.NDArray[np.float64]
    ) -> pl.Series:
        """Add the parts in which quality shows, from a random stream of their own."""
        if not len(self._parts):
            return texts
        generator = np.random.default_rng([self._seed, 6, int(plan.number[0])])
        drawn = drawn_parts(quality, self._settings.quality_traces, generator)
        drawn &= ((plan.kind == POST_KINDS.index("original")) | (plan.kind == POST_KINDS.index("ad")))[:, None]
        for place, symbols in enumerate(self._parts):
            posts = np.flatnonzero(drawn[:, place])
            filled = {name: each[posts] for name, each in context.items()}
            formal = np.zeros(len(posts), dtype=bool)
            part = self._spell(symbols[plan.topic[posts]], filled, formal, generator, slips=np.ones(len(posts)))
            texts = texts.scatter(posts, texts.gather(posts) + "\n" + part)
        return texts

    def _spell(
        self,
        start: Ids,
        context: dict[str, Ids],
        friendly: npt.NDArray[np.bool_],
        generator: np.random.Generator,
        *,
        slips: npt.NDArray[np.float64],
    ) -> pl.Series:
        """Expand, spell in slang where the post is friendly, slip here and there (``slips`` times as often), join."""
        pieces, owners = self._grammar.expand(start, context, generator)
        in_haste = generator.random(len(start)) < np.where(friendly, self._settings.slang, self._settings.slang / 12)
        swap = np.flatnonzero(in_haste[owners] & (generator.random(len(pieces), dtype=np.float32) < 0.7))
        pieces[swap] = self._twins[generator.integers(0, 2, len(swap)), pieces[swap]]
        chance = (self._settings.typos * slips).astype(np.float32)[owners]
        slipped = np.flatnonzero(generator.random(len(pieces), dtype=np.float32) < chance)
        slipped = slipped[self._prose[pieces[slipped]]]
        words = self._words
        if len(slipped):
            words = pl.concat([words, misspelled(words.gather(pieces[slipped]), generator)])
            pieces[slipped] = np.arange(len(self._words), len(words), dtype=np.int32)
        flat = pl.DataFrame({"post": pl.Series(owners).set_sorted(), "piece": words.gather(pieces)})
        joined = flat.group_by("post", maintain_order=True).agg("piece").select(pl.col("piece").list.join(""))
        return joined.to_series().str.strip_chars_end(" \n")

    def _framed(self, texts: pl.Series, plan: Plan, is_x: npt.NDArray[np.bool_]) -> pl.Series:
        """Put the marks of reposts, quotes and replies around the text and cut X's posts to their length."""
        frame = pl.DataFrame(
            {
                "text": texts,
                "kind": pl.Series(np.array(POST_KINDS)[plan.kind]),
                "x": is_x,
                "other": self._handles.gather(plan.other_agency),
                "number": plan.number,
            }
        )
        text, other, kind = pl.col("text"), pl.col("other"), pl.col("kind")
        shared = (
            pl.when("x").then(pl.format("RT @{}: {}", other, text)).otherwise(pl.format("Repost @{}\n{}", other, text))
        )
        short = pl.when(text.str.len_chars() > X_LIMIT).then(text.str.head(X_LIMIT - 1) + "…").otherwise(text)
        quoted = pl.format("{} https://x.com/{}/status/{}", text, other, 1_180_000_000_000_000_000 + pl.col("number"))
        framed = (
            pl.when(kind == "repost").then(shared)
            .when(kind == "quote").then(quoted)
            .when(kind == "reply").then(pl.format("@warga{}_sim {}", pl.col("number") % 99_991, text))
            .otherwise(text)
        )  # fmt: skip
        return (
            frame.lazy()
            .with_columns(pl.when("x").then(short).otherwise(text).alias("text"))
            .select(framed.alias("caption"))
            .collect()
            .to_series()
        )

    def _context(self, plan: Plan, generator: np.random.Generator) -> dict[str, Ids]:
        """Symbol of each slot that the post itself fills."""
        agency = ("agensi", "sobat", "tag", "akun", "situs", "jabatan", "pimpinan")
        context = {name: self._tables[name][plan.agency] for name in agency}
        own = self._tables["region_of"][plan.agency]
        drawn = generator.integers(0, len(self._tables["wilayah"]), len(plan.agency))
        place = np.where(own >= 0, own, drawn)
        context["wilayah"] = self._tables["wilayah"][place]
        context["wilayah_tag"] = self._tables["wilayah_tag"][place]
        context["tanggal"] = self._tables["tanggal"][generator.integers(0, 3, len(place)), plan.day]
        context["hari"] = self._tables["hari"][plan.day]
        context["kampanye"] = self._tables["kampanye"][plan.campaign]
        context["kalimat2"] = self._sentences[plan.side_topic]
        return {name: context[name].astype(np.int32) for name in CONTEXT}

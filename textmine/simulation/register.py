"""The simulated institutions: names that describe nobody, accounts, audiences, style, and what is hidden about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.platforms import PLATFORMS
from textmine.simulation.phrases import PhraseBook
from textmine.simulation.settings import CLUSTERS, SimulationSettings

MARK: Final = "(simulasi)"
_TITLE: Final = {
    "kementerian": ("Menteri", "Kementerian", "kem"),
    "lembaga": ("Kepala", "", "lem"),
    "pemerintah provinsi": ("Gubernur", "Pemprov", "prov"),
    "bumn": ("Direktur Utama", "", "bumn"),
}
_CAMPAIGN_WORDS: Final = ("Bergerak", "Peduli", "Hebat", "Menyapa", "Tangguh", "Ceria", "Berbagi", "Siaga", "Berkarya")


@dataclass(frozen=True)
class Institution:
    """One simulated institution in words; ``main`` and ``second`` are positions of topics."""

    key: str
    name: str
    short: str
    nickname: str
    hashtag: str
    handle: str
    site: str
    cluster: str
    region: str
    title: str
    main: int
    second: int


@dataclass(frozen=True)
class Register:
    """All institutions, with their hidden figures as arrays.

    Shapes: ``quality``, ``casualness``, ``is_bot``, ``is_giveaway`` and ``jump_day`` (-1 for none) are (n_agencies,);
    ``topics`` is (n_agencies, n_topics), rows sum to 1; ``followers`` (at the end, bought ones left out), ``growth``,
    ``bought``, ``exponent`` and ``rate`` are (n_agencies, 4), platforms in the order of ``PLATFORMS``; ``bot_days`` is
    (n_agencies, n_days); ``campaign_start`` is (n_agencies, 2), the first days of own campaigns.
    """

    institutions: tuple[Institution, ...]
    quality: npt.NDArray[np.float64]
    casualness: npt.NDArray[np.float64]
    topics: npt.NDArray[np.float64]
    followers: npt.NDArray[np.float64]
    growth: npt.NDArray[np.float64]
    bought: npt.NDArray[np.float64]
    exponent: npt.NDArray[np.float64]
    rate: npt.NDArray[np.float64]
    is_bot: npt.NDArray[np.bool_]
    bot_days: npt.NDArray[np.bool_]
    is_giveaway: npt.NDArray[np.bool_]
    jump_day: npt.NDArray[np.int64]
    campaign_start: npt.NDArray[np.int64]
    campaign_tags: tuple[tuple[str, str], ...]


def build_register(settings: SimulationSettings, book: PhraseBook, *, seed: int) -> Register:
    """Draw the institutions of a season.

    Parameters
    ----------
    settings, book
        Sizes and words.
    seed
        Seed of the season.
    """
    generator = np.random.default_rng([seed, 1])
    institutions = tuple(_institutions(settings, book, generator))
    n = len(institutions)
    shape = (n, len(PLATFORMS))
    size = generator.normal(0, settings.audience_sd, (n, 1))
    centre = np.array([settings.audience[platform] for platform in PLATFORMS])
    followers = np.round(10 ** np.clip(centre + size + generator.normal(0, 0.25, shape), 2.3, 7.5))
    share = np.array([settings.platform_share.get(platform, 0.0) for platform in PLATFORMS])
    rate = share * np.exp(generator.normal(0, settings.rate_sd, (n, 1)) + generator.normal(0, 0.3, shape))
    jumpers = _chosen(settings.jump_agencies, n, generator)
    jump_day = np.where(jumpers, generator.integers(settings.n_days // 5, settings.n_days, n), -1)
    bought = np.zeros(shape)
    bought[:, PLATFORMS.index("instagram")] = np.where(jumpers, generator.uniform(0.5, 3.0, n), 0.0)
    is_bot = _chosen(settings.bot_agencies, n, generator)
    exponent = [[settings.exponent(each.cluster, platform) for platform in PLATFORMS] for each in institutions]
    return Register(
        institutions=institutions,
        quality=generator.normal(0, settings.quality_sd, n),
        casualness=generator.beta(1.5, 2.5, n),
        topics=_topic_mixtures(institutions, book, generator),
        followers=followers,
        growth=generator.lognormal(-1.9, 0.7, shape),
        bought=np.round(bought * followers),
        exponent=np.array(exponent),
        rate=rate,
        is_bot=is_bot,
        bot_days=is_bot[:, None] & (generator.random((n, settings.n_days)) < 0.06),
        is_giveaway=_chosen(settings.giveaway_agencies, n, generator),
        jump_day=jump_day,
        campaign_start=generator.integers(0, settings.n_days, (n, 2)),
        campaign_tags=tuple(_own_campaigns(each, generator) for each in institutions),
    )


def apportion(weights: Mapping[str, float], n: int) -> dict[str, int]:
    """Whole numbers in proportion to ``weights`` that add up to ``n``, by largest remainder.

    Examples
    --------
    >>> apportion({"kementerian": 34, "lembaga": 50, "pemerintah provinsi": 34, "bumn": 131}, 36)
    {'kementerian': 5, 'lembaga': 7, 'pemerintah provinsi': 5, 'bumn': 19}
    """
    total = sum(weights.values())
    exact = {name: n * weight / total for name, weight in weights.items()}
    seats = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (seats[name] - exact[name], name))
    for name in by_remainder[: n - sum(seats.values())]:
        seats[name] += 1
    return seats


def _chosen(share: float, n: int, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Mark ``share`` of ``n``, rounded, at least one if the share is above 0."""
    count = min(n, max(1, round(share * n))) if share > 0 else 0
    chosen = np.zeros(n, dtype=bool)
    chosen[generator.permutation(n)[:count]] = True
    return chosen


def _institutions(settings: SimulationSettings, book: PhraseBook, generator: np.random.Generator) -> list[Institution]:
    counts = apportion(settings.clusters, settings.n_agencies)
    found = []
    for cluster in CLUSTERS:
        for number in range(counts.get(cluster, 0)):
            function, main, second = _function(cluster, number, book, generator)
            region = function if cluster == "pemerintah provinsi" else ""
            found.append(_institution(cluster, function, region, (main, second)))
    return found


def _function(cluster: str, number: int, book: PhraseBook, generator: np.random.Generator) -> tuple[str, int, int]:
    """Name of an institution and its two topics; lists that run out begin again with a number behind."""
    parts = book.institutions
    if cluster == "pemerintah provinsi":
        names = parts["provinsi"]
        main, second = generator.permutation(len(book.topics))[:2]
        return _numbered(names[number % len(names)], number // len(names)), int(main), int(second)
    bank = parts[{"kementerian": "kementerian", "lembaga": "bidang", "bumn": "usaha"}[cluster]]
    function, main_name, second_name = bank[number % len(bank)].split("|")
    turn = number // len(bank)
    if cluster == "lembaga":
        forms = parts["bentuk_lembaga"]
        function = f"{forms[(number + turn) % len(forms)]} {function}"
        turn //= len(forms)
    if cluster == "bumn":
        forms = parts["sebutan_usaha"]
        function = f"{function} {forms[(number + turn) % len(forms)]}"
        turn //= len(forms)
    return _numbered(function, turn), book.topic_index(main_name), book.topic_index(second_name)


def _numbered(name: str, turn: int) -> str:
    return f"{name} {turn + 1}" if turn else name


def _institution(cluster: str, function: str, region: str, topics: tuple[int, int]) -> Institution:
    title, prefix, key = _TITLE[cluster]
    slug = re.sub(r"[^a-z0-9]+", "", function.lower())
    camel = "".join(word[0].upper() + word[1:] for word in function.split() if word != "dan")
    short = f"{prefix} {function}".strip()
    full = {"pemerintah provinsi": f"Pemerintah Provinsi {function}", "bumn": f"PT {function}"}.get(cluster, short)
    hashtag = {"kementerian": f"#Kemen{camel}", "pemerintah provinsi": f"#Pemprov{camel}"}.get(cluster, f"#{camel}")
    handle = {"kementerian": f"kemen{slug}", "pemerintah provinsi": f"pemprov{slug}"}.get(cluster, slug)
    call = {"pemerintah provinsi": f"Sobat {function}", "bumn": f"Sahabat {function.split()[0]}"}
    words = function.split()
    return Institution(
        key=f"{key}-{re.sub(r'[^a-z0-9]+', '-', function.lower())}",
        name=f"{full} {MARK}",
        short=short,
        nickname=call.get(cluster, f"Sobat {words[1] if cluster == 'lembaga' and len(words) > 1 else words[0]}"),
        hashtag=hashtag,
        handle=f"{handle}_sim",
        site=f"{slug}.sim.example",
        cluster=cluster,
        region=region,
        title=f"{title} {words[0]}" if cluster in ("kementerian", "lembaga") else f"{title} {function}",
        main=topics[0],
        second=topics[1],
    )


def _topic_mixtures(
    institutions: tuple[Institution, ...], book: PhraseBook, generator: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Topic shares of each agency: its own sector first, greetings and services always, the rest by chance."""
    n_topics = len(book.topics)
    mixture = np.stack([generator.dirichlet(np.full(n_topics, 0.25)) for _ in institutions]) * 0.2
    everyone = {"haribesar": 0.06, "layanan": 0.06, "kesehatan": 0.06}
    for name, share in everyone.items():
        if any(topic.name == name for topic in book.topics):
            mixture[:, book.topic_index(name)] += share
    for row, each in enumerate(institutions):
        is_province = each.cluster == "pemerintah provinsi"
        mixture[row, each.main] += 0.22 if is_province else 0.45
        mixture[row, each.second] += 0.12 if is_province else 0.15
        if is_province:
            mixture[row] += 0.3 / n_topics
    return np.asarray(mixture / mixture.sum(axis=1, keepdims=True), dtype=np.float64)


def _own_campaigns(institution: Institution, generator: np.random.Generator) -> tuple[str, str]:
    stem = institution.hashtag.removeprefix("#Kemen").removeprefix("#Pemprov").removeprefix("#")
    first, second = generator.permutation(len(_CAMPAIGN_WORDS))[:2]
    return f"#{stem}{_CAMPAIGN_WORDS[first]}", f"#{stem}{_CAMPAIGN_WORDS[second]}2020"

"""Everything about the hashtags of some posts in one call."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from textmine.hashtags import bursts, campaigns, network, unrelated
from textmine.hashtags.bootstrap import RESAMPLES
from textmine.hashtags.counts import COUNTS_SCHEMA, hashtag_counts
from textmine.hashtags.engagement import hashtag_engagement
from textmine.hashtags.trends import hashtag_trends
from textmine.hashtags.uses import MIN_POSTS, HashtagUses, hashtag_uses

if TYPE_CHECKING:
    from textmine.matrix import MatrixSource

HASHTAGS_SCHEMA: Final = pl.Schema(
    {
        **COUNTS_SCHEMA,
        "reported": pl.UInt32(),
        "ratio": pl.Float64(),
        "ratio_low": pl.Float64(),
        "ratio_high": pl.Float64(),
        "bursts": pl.UInt32(),
        "community": pl.UInt32(),
        "unrelated": pl.UInt32(),
    }
)


@dataclass(frozen=True)
class HashtagSettings:
    """What is counted and from where on.

    Parameters
    ----------
    min_posts
        Posts that a hashtag needs for engagement, trends, bursts and the network.
    min_together
        Posts that two hashtags must share to be joined.
    min_npmi
        Least NPMI of a pair that is joined.
    resolution
        Of the communities; above 1 gives more and smaller ones.
    burst_scale, burst_gamma, burst_levels
        Of Kleinberg's automaton, see :func:`textmine.hashtags.burst_states`.
    burst_alpha
        Largest p-value of a burst, see :func:`textmine.hashtags.hashtag_bursts`.
    min_campaign_posts
        Posts a campaign needs.
    unrelated_score
        Distance from which a use is flagged as unrelated: 0 is a hashtag's usual text, 1 no nearer than to all posts.
    resamples
        Of the bootstrap.
    seed
        Of the bootstrap and the communities.
    """

    min_posts: int = MIN_POSTS
    min_together: int = network.MIN_TOGETHER
    min_npmi: float = network.MIN_NPMI
    resolution: float = network.RESOLUTION
    burst_scale: float = bursts.SCALE
    burst_gamma: float = bursts.GAMMA
    burst_levels: int = bursts.LEVELS
    burst_alpha: float = bursts.ALPHA
    min_campaign_posts: int = campaigns.MIN_CAMPAIGN_POSTS
    unrelated_score: float = unrelated.MIN_SCORE
    resamples: int = RESAMPLES
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Settings as JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class HashtagAnalysis:
    """Tables about hashtags.

    Parameters
    ----------
    hashtags
        ``HASHTAGS_SCHEMA``: the counts of every hashtag with its ``ratio`` of engagement, number of ``bursts``,
        ``community`` and how many of its uses look ``unrelated`` (null where that was not looked at).
    engagement, trends, bursts
        As the functions of these names give them.
    network
        Nodes, pairs and communities.
    campaigns
        Campaigns and their posts.
    unrelated
        Flagged uses and the subjects of hashtags; None without a matrix.
    credited_posts, posts_with_hashtags
        Posts that count, and those of them that carry a hashtag.
    """

    hashtags: pl.DataFrame
    engagement: pl.DataFrame
    trends: pl.DataFrame
    bursts: pl.DataFrame
    network: network.HashtagNetwork
    campaigns: campaigns.Campaigns
    unrelated: unrelated.UnrelatedUses | None
    credited_posts: int
    posts_with_hashtags: int


def analyse_hashtags(
    posts: pl.DataFrame | pl.LazyFrame,
    *,
    agencies: pl.DataFrame | None = None,
    matrix: MatrixSource | None = None,
    settings: HashtagSettings | None = None,
) -> HashtagAnalysis:
    """Count hashtags and their adopters, and find their trends, bursts, communities, campaigns and unrelated uses.

    Parameters
    ----------
    posts
        Canonical posts; reposts of others and ads are not counted.
    agencies
        The register, for clusters.
    matrix
        Document-term matrix of ``posts``, row by row; without it unrelated uses are not looked for.
    settings
        Defaults of :class:`HashtagSettings` if None.

    Returns
    -------
    HashtagAnalysis
        The same for any order of the posts.

    Raises
    ------
    ValueError
        The matrix has another number of rows than there are posts, or a setting is out of range.

    Examples
    --------
    >>> from textmine.posts import empty_posts
    >>> analyse_hashtags(empty_posts()).hashtags.shape
    (0, 25)
    """
    asked = settings or HashtagSettings()
    if matrix is not None:
        n_posts = posts.lazy().select(pl.len()).collect().item()
        if matrix.n_posts != n_posts:
            raise ValueError(f"the matrix has {matrix.n_posts} rows, but there are {n_posts} posts")
    uses = hashtag_uses(posts, agencies=agencies)
    engagement = hashtag_engagement(uses, min_posts=asked.min_posts, resamples=asked.resamples, seed=asked.seed)
    found = bursts.hashtag_bursts(
        uses,
        min_posts=asked.min_posts,
        scale=asked.burst_scale,
        gamma=asked.burst_gamma,
        levels=asked.burst_levels,
        alpha=asked.burst_alpha,
    )
    joined = network.hashtag_network(
        uses,
        min_posts=asked.min_posts,
        min_together=asked.min_together,
        min_npmi=asked.min_npmi,
        resolution=asked.resolution,
        seed=asked.seed,
    )
    led = campaigns.find_campaigns(
        uses,
        found,
        joined,
        min_campaign_posts=asked.min_campaign_posts,
        resamples=asked.resamples,
        seed=asked.seed,
    )
    odd = None if matrix is None else unrelated.unrelated_uses(uses, matrix, min_score=asked.unrelated_score)
    return HashtagAnalysis(
        _hashtags(uses, engagement, found, joined, odd),
        engagement,
        hashtag_trends(uses, min_posts=asked.min_posts),
        found,
        joined,
        led,
        odd,
        uses.n_posts,
        uses.n_posts_with_hashtags,
    )


def _hashtags(
    uses: HashtagUses,
    engagement: pl.DataFrame,
    found: pl.DataFrame,
    joined: network.HashtagNetwork,
    odd: unrelated.UnrelatedUses | None,
) -> pl.DataFrame:
    """Counts of every hashtag with what the other tables say about it."""
    ratios = engagement.filter(pl.col("platform").is_null())
    n_bursts = found.filter(pl.col("level") == 1).group_by("hashtag").agg(pl.len().alias("bursts"))
    table = (
        hashtag_counts(uses)
        .join(ratios.select("hashtag", "reported", "ratio", "ratio_low", "ratio_high"), on="hashtag", how="left")
        .join(n_bursts, on="hashtag", how="left")
        .join(joined.nodes.select("hashtag", "community"), on="hashtag", how="left")
        .join(_flagged(odd), on="hashtag", how="left")
        .with_columns(pl.when(pl.col("reported").is_not_null()).then(pl.col("bursts").fill_null(0)).alias("bursts"))
    )
    shaped = table.select(pl.col(name).cast(dtype) for name, dtype in HASHTAGS_SCHEMA.items())
    return shaped.sort("posts", "hashtag", descending=[True, False])


def _flagged(odd: unrelated.UnrelatedUses | None) -> pl.DataFrame:
    """Flagged uses of each hashtag that was looked at."""
    if odd is None:
        return pl.DataFrame(schema={"hashtag": pl.String, "unrelated": pl.UInt32})
    counted = odd.uses.group_by("hashtag").agg(pl.len().alias("unrelated"))
    looked_at = odd.subjects.select("hashtag").join(counted, on="hashtag", how="left")
    return looked_at.with_columns(pl.col("unrelated").fill_null(0))

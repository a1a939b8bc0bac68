import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.features.peers import PEERS, TIER, TIERS, audience_tier, percentiles


def posts(values, **columns):
    table = {
        "platform": "x",
        "account": [f"a{n % 5}" for n in range(len(values))],
        "media_type": "image",
        "audience_tier": "1k-10k",
        "month": 1,
        "engagement_figures": "likes",
    } | columns
    given = [pl.Series(name, v) if isinstance(v, list) else pl.lit(v).alias(name) for name, v in table.items()]
    return pl.DataFrame({"figure": values}).with_columns(given).with_columns(pl.col("audience_tier").cast(TIER))


def test_the_percentile_is_the_mid_rank():
    found = percentiles(posts([5.0, 1.0, 3.0, 3.0, 9.0]), "figure", min_posts=5)
    assert found["percentile"].to_list() == [0.7, 0.1, 0.4, 0.4, 0.9]
    assert found["peers"].to_list() == [5] * 5
    assert found["peers_by"].unique().to_list() == ["media, tier, month"]


def test_a_post_without_the_figure_has_no_percentile_and_is_nobodys_peer():
    found = percentiles(posts([5.0, None, 3.0, 1.0]), "figure", min_posts=3)
    assert found["percentile"].round(4).to_list() == [0.8333, None, 0.5, 0.1667]
    assert found["peers"].to_list() == [3, None, 3, 3]


def test_a_big_account_with_the_same_relative_response_gets_the_same_percentile():
    small = [2.0 * n for n in range(1, 41)]
    values = small + [1000 * value for value in small]
    tier = ["1k-10k"] * 40 + ["1m and more"] * 40
    found = percentiles(posts(values, audience_tier=tier), "figure")["percentile"].to_list()
    assert found[:40] == found[40:]
    both = percentiles(posts(values), "figure")["percentile"].to_list()
    assert max(both[:40]) < min(both[40:]), "without tiers the big accounts would win by size"


def test_each_platform_media_type_month_and_set_of_figures_has_its_own_peers():
    values = [float(n) for n in range(40)] * 2
    for name, pair in {
        "platform": ["x", "youtube"],
        "media_type": ["image", "video"],
        "month": [1, 2],
        "engagement_figures": ["likes", "likes+comments"],
    }.items():
        found = percentiles(posts(values, **{name: [value for value in pair for _ in range(40)]}), "figure")
        assert found["peers"].to_list() == [40] * 80, name


def test_small_groups_fall_back_step_by_step():
    months = [1] * 40 + [2] * 5
    found = percentiles(posts([float(n) for n in range(45)], month=months), "figure")
    assert found["peers_by"].to_list() == ["media, tier, month"] * 40 + ["media, tier"] * 5
    assert found["peers"].to_list() == [40] * 40 + [45] * 5
    assert found["percentile"][40] == (41 - 0.5) / 45

    media = ["image"] * 40 + ["video"] * 5
    assert percentiles(posts([1.0] * 45, media_type=media), "figure")["peers_by"][44] == "tier"

    tiers = ["1k-10k"] * 40 + ["1m and more"] * 5
    assert percentiles(posts([1.0] * 45, audience_tier=tiers), "figure")["peers_by"][44] == "media"

    both = percentiles(posts([1.0] * 45, audience_tier=tiers, media_type=media), "figure")
    assert (both["peers_by"][44], both["peers"][44]) == ("platform", 45)
    assert percentiles(posts([1.0] * 29), "figure")["percentile"].null_count() == 29


def test_whoever_would_be_compared_with_itself_alone_falls_back():
    accounts = [f"a{n % 4}" for n in range(40)] + ["giant"] * 40
    tiers = ["1k-10k"] * 40 + ["1m and more"] * 40
    found = percentiles(posts([1.0] * 80, account=accounts, audience_tier=tiers), "figure")
    assert found["peers_by"].to_list() == ["media, tier, month"] * 40 + ["media"] * 40
    alone = percentiles(posts([1.0] * 40, account=["one"] * 40), "figure")
    assert alone["peers_by"].to_list() == ["platform"] * 40


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.randoms())
def test_the_mean_of_a_group_is_a_half_and_the_order_of_the_posts_changes_nothing(values, random):
    table = posts([float(value) for value in values])
    found = percentiles(table, "figure", min_posts=1, min_accounts=1)
    assert np.isclose(found["percentile"].mean(), 0.5)
    order = list(range(len(values)))
    random.shuffle(order)
    assert percentiles(table[order], "figure", min_posts=1, min_accounts=1).equals(found[order])


def test_tiers_are_powers_of_ten():
    edges = [0, 999, 1000, 9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000, None]
    table = pl.DataFrame({"followers": edges}, schema={"followers": pl.UInt64})
    found = table.select(audience_tier(pl.col("followers")).alias("tier"))["tier"]
    assert found.to_list() == [t for t in TIERS[:4] for _ in range(2)] + list(TIERS[4:])
    assert PEERS.categories.to_list()[0] == "media, tier, month"

"""The figures of the table against other computations, and what is counted."""

import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2_contingency, false_discovery_control, hypergeom

from textmine.errors import AgencyError, InputError, MissingColumnError, NotEnoughDataError
from textmine.keyness import KEYNESS_SCHEMA, key_terms, read_labels
from textmine.keyness.statistics import q_values


@pytest.fixture
def three(post_table, matrix_of):
    """Sixty posts of three agencies; words of Zipf's law, each agency with one of its own."""
    rng = np.random.default_rng(5)
    words = [f"kata{i}" for i in range(30)]
    share = 1 / np.arange(1, 31)
    agencies = [("a", "b", "c")[i % 3] for i in range(60)]
    texts = []
    for i, agency in enumerate(agencies):
        text = [*rng.choice(words, size=8, p=share / share.sum()).tolist(), f"nomor{i}"]
        texts.append(text + ([f"milik{agency}"] if i < 45 else []) + (["#tag"] if i % 2 else []))
    return post_table(agencies), matrix_of(texts), agencies, texts


def row_of(table, group, term):
    found = table.filter(pl.col("group") == group, pl.col("term") == term)
    assert len(found) == 1, (group, term)
    return found.row(0, named=True)


def every(frame, matrix, **options):
    return key_terms(frame, matrix=matrix, direction="both", top=None, **options)


def counts_by_hand(agencies, texts, group, term, count):
    """a, n, b, m counted in Python."""
    kind = [t for t in {t for text in texts for t in text} if t.startswith("#") == term.startswith("#")]
    if count == "occurrences":
        of_post, size = [text.count(term) for text in texts], [sum(t in kind for t in text) for text in texts]
    else:
        of_post, size = [int(term in text) for text in texts], [1] * len(texts)
    mine = [agency == group for agency in agencies]
    a, n = (sum(x for x, is_mine in zip(xs, mine, strict=True) if is_mine) for xs in (of_post, size))
    return a, n, sum(of_post) - a, sum(size) - n


@pytest.mark.parametrize("count", ["texts", "posts", "occurrences"])
def test_g2_and_chi_squared_are_scipys(three, count):
    frame, matrix, agencies, texts = three
    table = every(frame, matrix, count=count)
    assert len(table) > 40
    for row in table.iter_rows(named=True):
        a, n, b, m = counts_by_hand(agencies, texts, row["group"], row["term"], count)
        assert (row["count"], row["other_count"]) == (a, b)
        assert (row["rate"], row["other_rate"]) == (pytest.approx(a / n), pytest.approx(b / m))
        cells = [[a, b], [n - a, m - b]]
        if a + b < n + m:
            g2 = chi2_contingency(cells, correction=False, lambda_="log-likelihood").statistic
            assert row["g2"] == pytest.approx(g2, abs=1e-9)
            assert row["chi2"] == pytest.approx(chi2_contingency(cells, correction=False).statistic, abs=1e-9)


@pytest.mark.parametrize("count", ["texts", "occurrences"])
@pytest.mark.parametrize("scale", [0.1, 1.0])
def test_log_odds_are_those_of_monroe_colaresi_and_quinn(three, count, scale):
    frame, matrix, agencies, texts = three
    for row in every(frame, matrix, count=count, prior=scale).iter_rows(named=True):
        a, n, b, m = counts_by_hand(agencies, texts, row["group"], row["term"], count)
        if a + b == n + m:
            continue  # the only hashtag that there is
        alpha, alpha_0 = scale * (a + b), scale * (n + m)
        omega = math.log((a + alpha) / (n + alpha_0 - (a + alpha)))
        other = math.log((b + alpha) / (m + alpha_0 - (b + alpha)))
        variance = 1 / (a + alpha) + 1 / (n + alpha_0 - a - alpha) + 1 / (b + alpha) + 1 / (m + alpha_0 - b - alpha)
        assert row["log_odds"] == pytest.approx((omega - other) / math.sqrt(variance))


def test_effect_sizes_are_log_ratio_and_percent_difference(three):
    frame, matrix, agencies, texts = three
    table = every(frame, matrix)
    shared = row_of(table, "a", "kata0")
    a, n, b, m = counts_by_hand(agencies, texts, "a", "kata0", "texts")
    assert shared["log_ratio"] == pytest.approx(math.log2((a / n) / (b / m)))
    assert shared["percent_difference"] == pytest.approx(100 * (a / n - b / m) / (b / m))
    own = row_of(table, "a", "milika")
    assert own["log_ratio"] == pytest.approx(math.log2((15 / 20) / (0.5 / 40)))
    assert own["percent_difference"] is None


def test_the_table_has_its_columns_and_each_direction_is_ranked_by_the_statistic(three):
    frame, matrix, _, _ = three
    for statistic in ("log_odds", "g2", "chi2", "class_tfidf"):
        table = every(frame, matrix, statistic=statistic)
        assert table.schema == KEYNESS_SCHEMA
        for (direction, *_), part in table.group_by("direction", "group", "kind"):
            assert part["rank"].to_list() == list(range(1, len(part) + 1))
            assert ((part["log_ratio"] > 0) == (direction == "over")).all()
            if statistic != "class_tfidf" or direction == "over":
                assert part[statistic].abs().is_sorted(descending=True)
        first = table.filter(pl.col("direction") == "over", pl.col("rank") == 1, pl.col("kind") == "word")
        if statistic != "class_tfidf":  # which likes frequent words
            assert first["term"].to_list() == ["milika", "milikb", "milikc"]


def test_class_tfidf_ranks_as_the_keyword_table_does(three):
    from textmine.keyness import keywords

    frame, matrix, _, _ = three
    plain = keywords(frame, matrix=matrix, top=500)
    table = every(frame, matrix, statistic="class_tfidf", min_texts=1)
    both = table.join(plain, on=["group", "term"], suffix="_plain")
    assert len(both) > 40
    assert both["class_tfidf"].to_list() == pytest.approx(both["class_tfidf_plain"].to_list())


def test_one_text_posted_three_hundred_times_makes_no_keyword(post_table, matrix_of):
    campaign = ["ayo", "vaksin", "sekarang", "juga", "sebelum", "terlambat"]
    texts = [["umum", f"isi{i}"] for i in range(600)] + [campaign] * 300
    agencies = ["a", "b"] * 300 + ["a"] * 300
    days = [i / 2 for i in range(600)] + [i / 2 for i in range(300)]
    frame, matrix = post_table(agencies, days=days), matrix_of(texts)
    assert "vaksin" not in key_terms(frame, matrix=matrix, top=None)["term"].to_list()
    shown = row_of(key_terms(frame, matrix=matrix, top=None, min_texts=1, count="posts"), "a", "vaksin")
    assert (shown["count"], shown["texts"], shown["posts"], shown["votes"]) == (300, 1, 300, 1)
    assert shown["g2"] > 100
    assert not shown["significant"]


def design_effect(series, lags):
    """1 + 2 sum of the positive autocorrelations of votes around each agency's own mean, in plain Python."""
    means = [sum(votes) / len(votes) for votes in series]
    variance = sum((v - m) ** 2 for votes, m in zip(series, means, strict=True) for v in votes)
    effect = 1.0
    for lag in range(1, lags + 1):
        covariance = sum(
            (votes[i] - m) * (votes[i + lag] - m)
            for votes, m in zip(series, means, strict=True)
            for i in range(len(votes) - lag)
        )
        effect += 2 * max(0.0, covariance / variance)
    return effect


def test_votes_are_a_hypergeometric_test_whose_exponent_the_design_effect_shrinks(post_table, matrix_of):
    # Each agency posts one text in each of twelve weeks; a votes nine times running, b twice.
    votes = [[1] * 9 + [0] * 3, [1, 1] + [0] * 10]
    texts = [["umum", f"isi{i}", *(["kabut"] if votes[i // 12][i % 12] else [])] for i in range(24)]
    frame = post_table(["a"] * 12 + ["b"] * 12, days=[7 * (i % 12) for i in range(24)])
    row = row_of(key_terms(frame, matrix=matrix_of(texts), evidence="week"), "a", "kabut")
    assert (row["votes"], row["other_votes"], row["blocks"], row["other_blocks"]) == (9, 2, 12, 12)
    assert design_effect(votes, 6) > 2
    assert row["p_value"] == pytest.approx(2 * hypergeom.sf(8, 24, 12, 11) ** (1 / design_effect(votes, 6)))


def test_votes_that_come_apart_are_worth_one_each(post_table, matrix_of):
    held = (0, 20, 40, 60, 63)  # a in weeks 0, 20 and 40, b in weeks 6 and 9 of 54
    texts = [["umum", f"isi{i}", *(["kabut"] if i in held else [])] for i in range(108)]
    frame = post_table(["a"] * 54 + ["b"] * 54, days=[7 * (i % 54) for i in range(108)])
    row = row_of(key_terms(frame, matrix=matrix_of(texts), evidence="week", top=None), "a", "kabut")
    series = [[int(54 * a + w in held) for w in range(54)] for a in (0, 1)]
    assert design_effect(series, 6) < 1.6
    assert row["p_value"] == pytest.approx(min(1, 2 * hypergeom.sf(2, 108, 54, 5) ** (1 / design_effect(series, 6))))


def test_a_group_with_larger_blocks_is_not_rewarded_for_them(post_table, matrix_of):
    # a posts ten texts a month, b one; a rare word stands in about every tenth text of both.
    texts, accounts, days = [], [], []
    for month in range(40):
        for account, n in (("a", 10), ("b", 1)):
            for i in range(n):
                holds = i == 0 and (account == "a" or month in (0, 13, 26))
                texts.append(["umum", f"isi{len(texts)}", *(["kabut"] if holds else [])])
                accounts.append(account)
                days.append(28 * month)
    table = every(post_table(accounts, days=days), matrix_of(texts), evidence="month", min_texts=1)
    kabut = row_of(table, "a", "kabut")
    assert (kabut["votes"] + kabut["other_votes"], kabut["blocks"]) == (43, 40)
    assert hypergeom.sf(39, 80, 40, 43) < 1e-9 < 0.1 < kabut["p_value"]


def test_dispersion_is_gries_dp(post_table, matrix_of):
    texts = [["umum", f"isi{i}", *(["kabut"] if i in (0, 1, 5) else [])] for i in range(12)]
    frame = post_table(["a"] * 8 + ["b"] * 4, days=[0, 0, 0, 0, 28, 28, 56, 56, 0, 28, 56, 84])
    row = row_of(key_terms(frame, matrix=matrix_of(texts), evidence="month", top=None), "a", "kabut")
    parts, held = [4 / 8, 2 / 8, 2 / 8], [2 / 3, 1 / 3, 0]
    dp = sum(abs(p - h) for p, h in zip(parts, held, strict=True)) / 2
    assert row["dispersion"] == pytest.approx(dp / (1 - min(parts)))


def test_q_values_are_scipys_and_tests_that_were_left_out_count():
    p = np.random.default_rng(1).uniform(size=200) ** 3
    for method in ("bh", "by"):
        assert q_values(p, n_tests=200, method=method) == pytest.approx(false_discovery_control(p, method=method))
    kept = np.sort(p)[:120]
    assert q_values(kept, n_tests=200)[:50] == pytest.approx(np.sort(false_discovery_control(p))[:50])


def test_two_groups_mirror_each_other(three):
    frame, matrix, _, _ = three
    table = every(frame, matrix, versus=("a", "b"))
    assert set(table["group"]) == {"a", "b"}
    assert row_of(table, "a", "kata0")["versus"] == "b"
    for term in table.filter(pl.col("group") == "a")["term"]:
        mine, theirs = (table.filter(pl.col("group") == g, pl.col("term") == term) for g in "ab")
        if len(theirs):
            assert mine["log_odds"][0] == pytest.approx(-theirs["log_odds"][0])
            assert mine["p_value"][0] == pytest.approx(theirs["p_value"][0])
            assert mine["q_value"][0] == pytest.approx(theirs["q_value"][0])


def test_one_group_against_the_rest_has_the_figures_that_it_has_among_all(three):
    frame, matrix, _, _ = three
    alone = every(frame, matrix, versus=("a",)).filter(pl.col("group") == "a")
    among = every(frame, matrix).filter(pl.col("group") == "a")
    shared = ["term", "count", "other_count", "log_odds", "g2", "log_ratio"]
    assert alone["versus"].unique().to_list() == ["(rest)"]
    both = alone.select(shared).join(among.select(shared), on="term", suffix="_among")
    assert len(both) == len(alone) > 10
    for name in shared[1:]:
        assert both[name].to_list() == pytest.approx(both[f"{name}_among"].to_list())


def test_the_order_of_the_rows_never_matters(three):
    frame, matrix, _, texts = three
    order = np.random.default_rng(2).permutation(len(texts))
    from textmine.matrix import DocumentTermMatrix

    moved = every(frame[order], DocumentTermMatrix(matrix.counts[order], matrix.vocabulary))
    named = [name for name in KEYNESS_SCHEMA if not name.startswith("example")]
    assert moved.select(named).equals(every(frame, matrix).select(named))


def test_a_users_column_groups_posts(three, tmp_path):
    frame, matrix, _, _ = three
    tone = pl.Series("nada", ["baik" if i % 2 else "buruk" for i in range(50)] + [None] * 10)
    labels = frame.select("platform", "post_id").with_columns(tone)
    path = tmp_path / "sentimen.csv"
    labels.write_csv(path)
    table = every(frame, matrix, by=read_labels(f"{path}:nada"))
    assert set(table["group"]) == {"baik", "buruk"} and set(table["by"]) == {"nada"}
    tag = row_of(table, "baik", "#tag")
    assert (tag["count"], tag["other_count"]) == (25, 0)
    labels.write_parquet(tmp_path / "sentimen.parquet")
    assert every(frame, matrix, by=read_labels(f"{tmp_path / 'sentimen.parquet'}:nada")).equals(table)


def test_a_users_file_that_cannot_serve_is_refused(three, tmp_path):
    frame, matrix, _, _ = three
    path = tmp_path / "g.csv"
    pl.DataFrame({"platform": ["x"], "post_id": ["1"], "nada": ["baik"]}).write_csv(path)
    with pytest.raises(InputError, match="must name a file and a column"):
        read_labels("sentimen.csv")
    with pytest.raises(MissingColumnError, match="must hold platform, post_id and suasana"):
        read_labels(f"{path}:suasana")
    with pytest.raises(NotEnoughDataError, match="by nada"):
        key_terms(frame, matrix=matrix, by=read_labels(f"{path}:nada"))
    twice = pl.DataFrame({"platform": ["x", "x"], "post_id": ["1", "1"], "nada": ["baik", "buruk"]})
    with pytest.raises(InputError, match="x 1 stands in it with two groups"):
        key_terms(frame, matrix=matrix, by=twice)
    with pytest.raises(InputError, match="cannot be read"):
        read_labels(f"{tmp_path / 'nowhere.csv'}:nada")


def test_platforms_of_a_users_file_are_read_as_elsewhere_and_unknown_ones_refused(three):
    frame, matrix, _, _ = three
    tone = pl.Series("nada", ["baik" if i % 2 else "buruk" for i in range(60)])
    labels = frame.select(pl.lit("Twitter").alias("platform"), "post_id").with_columns(tone)
    assert set(every(frame, matrix, by=labels)["group"]) == {"baik", "buruk"}
    with pytest.raises(InputError, match="'tiktok' is no platform"):
        key_terms(frame, matrix=matrix, by=labels.with_columns(pl.lit("tiktok").alias("platform")))


def test_an_unknown_group_is_named_with_its_likes(three):
    frame, matrix, _, _ = three
    with pytest.raises(AgencyError, match="'d' is no group"):
        key_terms(frame, matrix=matrix, versus=("a", "d"))


def test_platforms_need_two_accounts(post_table, matrix_of):
    texts = [["umum", f"isi{i}", *(["kabut"] if i % 4 == 0 else [])] for i in range(48)]
    accounts = [f"akun{i % 4}" for i in range(48)]
    frame = post_table(accounts, platform=["x" if i % 4 < 2 else "facebook" for i in range(48)])
    shown = key_terms(frame, matrix=matrix_of(texts), by="platform", top=None)
    assert "kabut" not in shown["term"].to_list()  # akun0 alone uses it
    assert row_of(key_terms(frame, matrix=matrix_of(texts), by="platform", top=None, min_agencies=1), "x", "kabut")
    assert row_of(key_terms(frame, matrix=matrix_of(texts), by="account", top=None), "akun0", "kabut")


def test_reposts_and_ads_take_no_part(post_table, matrix_of):
    texts = [["umum", f"isi{i}", "kabut"] for i in range(12)]
    kinds = ["original"] * 8 + ["repost"] * 2 + ["ad"] * 2
    table = key_terms(post_table(["a", "b", "b"] * 4, kinds=kinds), matrix=matrix_of(texts), direction="both", top=None)
    assert table.is_empty()  # the same rate everywhere is no keyness in any direction
    other = [[*text, *(["pagi"] if i % 3 == 0 else [])] for i, text in enumerate(texts)]
    row = row_of(key_terms(post_table(["a", "b", "b"] * 4, kinds=kinds), matrix=matrix_of(other)), "a", "pagi")
    assert (row["count"], row["posts"]) == (3, 3)


@pytest.mark.parametrize(("n_small", "evidence"), [(3, "week"), (10, "agency")])
def test_agencies_are_the_evidence_only_where_both_groups_have_many(post_table, matrix_of, n_small, evidence):
    agencies = [f"a{i}" for i in range(n_small)] + [f"b{i}" for i in range(15)]
    frame = post_table([agency for agency in agencies for _ in range(10)], days=[*range(0, 100, 10)] * len(agencies))
    groups = frame.select("platform", "post_id", side=pl.col("agency").str.slice(0, 1))
    texts = [["umum", f"isi{i}", *(["kabut"] if i < 10 * n_small else [])] for i in range(len(frame))]
    row = row_of(key_terms(frame, matrix=matrix_of(texts), by=groups), "a", "kabut")
    assert (row["evidence"], row["agencies"]) == (evidence, n_small)

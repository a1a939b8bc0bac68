"""Platforms together, crowned agencies, agreement, own weights, and a page that says what the code does."""

import math
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from scipy.stats import kendalltau

from textmine.errors import AgencyError, ConfigError, NotEnoughDataError
from textmine.ingest import read_posts
from textmine.posts import is_credited
from textmine.ranking import measures
from textmine.rates import (
    choose_definitions,
    definitions_markdown,
    ledger,
    own_definitions,
    shipped_definitions,
    standardised,
    together,
)

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "engagement.md").read_text(encoding="utf-8")


def register(**clusters):
    rows = [{"agency": name, "name": name, "cluster": cluster} for name, cluster in clusters.items()]
    return pl.DataFrame(rows, schema={"agency": pl.String, "name": pl.String, "cluster": pl.String})


def agency(name, *, likes, followers=100, comments=0, times=4, **more):
    row = {"agency": name, "account": name, "likes": likes, "comments": comments, "followers": followers, **more}
    return [row] * times


@pytest.fixture
def found(posts):
    """B has the higher rate everywhere, A posts five times as often; C alone is on X."""
    rows = [
        *agency("a", likes=10, times=20),
        *agency("b", likes=20),
        *agency("c", likes=5),
        *agency("c", likes=5, platform="x", shares=1),
        *agency("elsewhere", likes=99),
        *agency("d", likes=7),
    ]
    clusters = register(a="kementerian", b="kementerian", c="kementerian", d="lembaga")
    return ledger(posts(*rows).lazy(), register=clusters)


def crowned(found, cluster="kementerian"):
    return dict(found.crowns.filter(pl.col("cluster") == cluster).select("definition", "agency").iter_rows())


def test_definitions_crown_different_agencies(found):
    first = crowned(found)
    assert first["rivaliq"] == first["crowdtangle_account"] == first["bonson_ratkai"] == "b"
    assert first["sotrender"] == first["hootsuite_daily"] == "a"
    assert "hootsuite_reach" not in first
    assert crowned(found, "lembaga")["rivaliq"] == "d"
    assert set(found.rows["agency"]) == {"a", "b", "c", "d"}


def test_a_crown_says_margin_second_and_coverage(posts):
    rows = [
        *agency("a", likes=10),
        *agency("b", likes=20),
        {**agency("b", likes=1)[0], "likes": None, "comments": None},
    ]
    crown = ledger(posts(*rows), definitions=choose_definitions(["rivaliq"])).crowns.row(0, named=True)
    assert (crown["agency"], crown["second"], crown["agencies"], crown["tied"]) == ("b", "a", 2, 1)
    assert crown["together"] == pytest.approx(1) and crown["margin"] == pytest.approx(2)
    assert (crown["used"], crown["posts"], crown["coverage"]) == (4, 5, 0.8)


def test_platforms_are_standardised_by_logarithms_then_averaged():
    table = pl.DataFrame(
        {
            "agency": ["a", "b", "c", "a", "b", "a"],
            "platform": ["x", "x", "x", "instagram", "instagram", "youtube"],
            "definition": ["rivaliq"] * 6,
            "value": [1.0, 10.0, 100.0, 8.0, 2.0, 5.0],
            **dict.fromkeys(("posts", "known", "used"), [3] * 6),
        }
    )
    standing = standardised(table)
    unit = math.sqrt(3 / 2)
    assert standing["standardised"].to_list()[:5] == pytest.approx([-unit, 0, unit, 1, -1])
    assert standing["standardised"][5] is None  # one agency alone on a platform is compared with nobody
    combined = dict(together(standing).select("agency", "together").iter_rows())
    assert combined == pytest.approx({"a": (1 - unit) / 2, "b": -0.5, "c": unit})
    ranks = standardised(table, combining="rank")["standardised"].to_list()
    assert ranks[:5] == pytest.approx([1 / 6, 0.5, 5 / 6, 0.75, 0.25])


def test_nought_is_below_the_smallest_rate_and_equal_rates_are_equal():
    def told(values):
        rows = {"agency": list("abcd")[: len(values)], "platform": "x", "definition": "rivaliq", "value": values}
        return standardised(pl.DataFrame(rows, schema_overrides={"value": pl.Float64}))["standardised"].to_list()

    nought, low, high = told([0.0, 1.0, 4.0])
    assert nought < low < high
    assert told([0.3, 0.3, 0.3]) == [0, 0, 0] and told([0.0, 0.0]) == [0, 0]
    assert told([None, 1.0, 2.0])[0] is None


def test_agreement_is_kendall_s_tau_of_the_reference_library(found):
    wide = found.rows.filter((pl.col("platform") == "together") & (pl.col("cluster") == "kementerian")).pivot(
        "definition", index="agency", values="standardised"
    )
    pair = found.agreement.filter(
        (pl.col("cluster") == "kementerian") & (pl.col("definition") == "rivaliq") & (pl.col("other") == "sotrender")
    ).row(0, named=True)
    assert pair["agencies"] == 3
    assert pair["tau"] == pytest.approx(kendalltau(wide["rivaliq"], wide["sotrender"]).statistic)
    n = len(shipped_definitions())
    assert found.agreement.filter(pl.col("cluster") == "kementerian").height == n * (n - 1) // 2
    assert found.agreement.filter(pl.col("other") == "hootsuite_reach")["tau"].null_count() > 0


def test_a_cluster_that_is_shown_alone_has_the_same_figures(posts):
    rows = [*agency("a", likes=10), *agency("b", likes=20), *agency("d", likes=7)]
    clusters = register(a="Kementerian", b="Kementerian", d="lembaga")
    whole = ledger(posts(*rows), register=clusters)
    part = ledger(posts(*rows), register=clusters, clusters=["KEMENTERIAN"])
    assert part.rows.equals(whole.rows.filter(pl.col("cluster") == "Kementerian"))
    with pytest.raises(AgencyError, match="no cluster"):
        ledger(posts(*rows), register=clusters, clusters=["bumn"])


def test_a_statistic_for_all_and_a_period(posts):
    rows = [*agency("a", likes=1, times=9), *agency("a", likes=900, times=1), *agency("b", likes=20)]
    names = choose_definitions(["crowdtangle_post"])
    assert crowned(ledger(posts(*rows), definitions=names), "(unregistered)")["crowdtangle_post"] == "a"
    for statistic in ("median", "trimmed"):
        of_all = ledger(posts(*rows), definitions=names, statistic=statistic)
        assert crowned(of_all, "(unregistered)")["crowdtangle_post"] == "b"
    late = posts(*rows, *agency("b", likes=9000, published_at="2024-04-01"))
    bounded = ledger(late, definitions=names, first=date(2024, 3, 1), last=date(2024, 3, 31))
    assert bounded.crowns["agency"].to_list() == ["a"] and (bounded.last - bounded.first).days == 30
    with pytest.raises(NotEnoughDataError):
        ledger(late, first=date(2030, 1, 1))


def test_answering_people_lowers_a_mean_unless_replies_are_left_out(posts):
    rows = [*agency("a", likes=30), *agency("a", likes=0, times=8, post_kind="reply"), *agency("b", likes=20)]
    names = choose_definitions(["crowdtangle_post"])
    assert ledger(posts(*rows), definitions=names).crowns["agency"].to_list() == ["b"]
    without = ledger(posts(*rows), definitions=names, replies=False)
    assert without.crowns.select("agency", "posts").rows() == [("a", 4)]


def written(tmp_path, text):
    path = tmp_path / "weights.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_weights_stand_beside_the_published_ones(tmp_path, posts):
    path = written(tmp_path, "[ours]\nweights = { likes = 1, comments = 10 }\n\n[talk]\nweights = { comments = 1 }\n")
    own = own_definitions(path)
    chosen = choose_definitions((), own)
    assert [each.name for each in chosen][-2:] == ["ours", "talk"]
    rows = [*agency("a", likes=50), *agency("b", likes=10, comments=9)]
    found = ledger(posts(*rows), definitions=choose_definitions(["rivaliq", "ours", "talk"], own))
    assert crowned(found, "(unregistered)") == {"rivaliq": "a", "ours": "b", "talk": "b"}
    (value,) = found.rows.filter(
        (pl.col("definition") == "ours") & (pl.col("agency") == "b") & (pl.col("platform") == "instagram")
    )["value"]
    assert value == pytest.approx(100)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[ours]\nweights = { likes = 1, coments = 2 }\n", 2, "is none of likes, comments, shares"),
        ("[ours]\nweights = { saves = 1 }\n", 2, "is none of"),
        ("[ours]\nfigures = 'all'\nweights = { likes = -1 }\n", 3, "no number from 0"),
        ("[ours]\nweights = { likes = true }\n", 2, "no number from 0"),
        ("[ours]\nweights = { likes = nan }\n", 2, "no number from 0"),
        ("[ours]\nweights = { likes = 0 }\n", 2, "are all 0"),
        ("[ours]\nscale = 1\n", 1, "write { likes = 1"),
        ("[ours]\nweigths = { likes = 1 }\n", 2, "did you mean weights"),
        ("[ours]\nweights = { likes = 1 }\naveraging = 'sum'\n", 3, "is none of sum over sum"),
        ("[ours]\nweights = { likes = 1 }\nscale = 0\n", 3, "no positive number"),
        ("[ours]\nweights = { likes = 1 }\ntitle = 3\n", 3, "is no text"),
        ("[Ours]\nweights = { likes = 1 }\n", 1, "lower-case"),
        ("# mine\n[rivaliq]\nweights = { likes = 1 }\n", 2, "is a published definition"),
        ("ours = 1\n", 1, "is no table"),
        ("", None, "names no definition"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_line(tmp_path, text, line, said):
    with pytest.raises(ConfigError, match=said) as caught:
        own_definitions(written(tmp_path, text))
    assert caught.value.line == line


def test_names_may_have_hyphens_and_unknown_ones_are_refused():
    assert [each.name for each in choose_definitions(["CrowdTangle-Account", "x_native"])] == [
        "crowdtangle_account",
        "buffer_impressions",
    ]
    with pytest.raises(ValueError, match="did you mean rivaliq"):
        choose_definitions(["rivalq"])


def test_registry_measures_and_page_agree():
    known = measures()
    published = [name for name, each in known.items() if each.group == "published rates" and each.base is None]
    assert published == list(shipped_definitions())
    for name, each in shipped_definitions().items():
        assert (known[name].unit, known[name].meaning, known[name].source) == (each.unit, each.meaning, each.source)
        assert f"### {name}" not in PAGE
    table = PAGE.partition("<!-- definitions -->\n")[2].partition("<!-- end of definitions -->")[0]
    assert table.strip() == definitions_markdown().strip()
    for each in shipped_definitions().values():
        assert each.not_public in " ".join(PAGE.split()), each.name


def test_the_file_that_the_page_shows_can_be_followed(tmp_path):
    (shown,) = [part.partition("```")[0] for part in PAGE.split("```toml\n")[1:]]
    assert own_definitions(written(tmp_path, shown))


FIXTURES = ROOT / "tests" / "ingest" / "fixtures"
REAL = (
    "crowdtangle/facebook_2021_pages.csv",
    "crowdtangle/facebook_2020_followers.csv",
    "crowdtangle/instagram.csv",
    "meta_content_library/facebook.csv",
    "instaloader/hidden.json",
)


def test_every_post_of_real_exports_is_accounted_for():
    """Of each agency, platform and definition: posts are known, hidden or absent, and a rate has used posts."""
    exports = pl.concat([read_posts(FIXTURES / name) for name in REAL]).unique(["platform", "post_id"], keep="first")
    found = ledger(exports)
    single = found.rows.filter(pl.col("platform") != "together")
    assert (single["posts"] == single["known"] + single["hidden"] + single["absent"]).all()
    assert (single["used"] <= single["known"]).all()
    assert (single["value"].is_null() == (single["used"] == 0)).all()
    by_followers = single.filter(pl.col("audience").is_not_null())
    kinds = pl.sum_horizontal(pl.col("^followers_.*$"))
    assert by_followers.select((kinds == pl.col("used")).all()).item()
    assert by_followers.filter(pl.col("definition") == "rivaliq")["hidden"].sum() > 0
    platform = pl.col("platform").cast(pl.String)
    credited_posts = exports.filter(is_credited()).group_by(platform).len()
    counted = single.filter(pl.col("definition") == "rivaliq").group_by("platform").agg(pl.col("posts").sum())
    assert dict(counted.iter_rows()) == dict(
        credited_posts.with_columns(pl.col("platform").cast(pl.String)).iter_rows()
    )


def test_a_real_post_has_the_rate_that_its_export_says():
    """CrowdTangle's Facebook export: interactions and followers at posting of each row, divided by hand."""
    exports = read_posts(FIXTURES / "crowdtangle/facebook_2021_pages.csv")
    rows = exports.filter(is_credited() & pl.col("followers").is_not_null())
    expected = 100 * (rows["likes"] + rows["comments"] + rows["shares"]).sum() / rows["followers"].sum()
    (account,) = rows["account"].unique()
    found = ledger(exports, definitions=choose_definitions(["rivaliq"])).rows
    value = found.filter((pl.col("agency") == account) & (pl.col("platform") == "facebook"))["value"].item()
    assert value == pytest.approx(expected)

import polars as pl

from tests.integrity.seasons import frame
from textmine.ingest.comments import COMMENT_SCHEMA
from textmine.integrity import copied_comments

PAID = "Kinerja pelayanan instansi ini luar biasa sekali {}"
WORDS = "jalan rusak air mati banjir macet terang bagus lama cepat murah mahal dekat jauh ramai sepi".split()


def comments(rows):
    columns = ("post_id", "author", "text", "by_owner")
    table = pl.DataFrame(rows, schema=dict.fromkeys(columns[:3], pl.String) | {"by_owner": pl.Boolean}, orient="row")
    return table.with_columns(pl.lit("instagram").alias("platform")).select(
        (pl.col(name) if name in (*columns, "platform") else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in COMMENT_SCHEMA.items()
    )


def honest(post, number):
    own = " ".join(WORDS[(number * (step + 3) + step * step) % 16] + str(number * 7 + step) for step in range(7))
    return (post, f"warga{number}", own, False)


SEASON = frame(post_id=["1", "2", "3"], account=["a", "a", "b"])


def rows(table):
    return copied_comments(table.lazy(), SEASON.lazy()).select("row", "copied", "long_comments").rows()


def test_a_post_with_copied_comments_is_flagged():
    paid = [("2", f"bot{n}", PAID.format("👍" * n), False) for n in range(8)]
    assert rows(comments([*(honest("1", n) for n in range(9)), *paid, honest("2", 20)])) == [(1, 8, 9)]


def test_short_comments_are_alike_everywhere():
    assert rows(comments([("1", f"w{n}", "mantap jiwa", False) for n in range(30)])) == []


def test_an_agencys_own_answers_are_not_counted():
    answers = [("1", "a", PAID.format(""), False) for _ in range(9)]
    marked = [("3", "x", PAID.format(""), True) for _ in range(9)]
    assert rows(comments(answers + marked)) == []


def test_comments_of_unknown_posts_are_left_out():
    assert rows(comments([("99", f"w{n}", PAID.format(""), False) for n in range(9)])) == []

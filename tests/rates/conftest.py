"""Posts with only what a test is about."""

from datetime import UTC, datetime

import polars as pl
import pytest

from textmine.posts import COLUMNS, POLARS_SCHEMA

BARE = dict.fromkeys(COLUMNS) | {
    "platform": "instagram",
    "account": "dinas",
    "agency": "dinas",
    "published_at": "2024-03-04",
    "caption": "",
    "hashtags": [],
    "media_type": "image",
    "post_kind": "original",
    "coauthors": [],
    "hidden": [],
    "rounded": [],
    "followers_kind": "at_posting",
    "source": "a.csv",
}
LISTS = {name: pl.List(pl.String) for name in ("hashtags", "coauthors", "hidden", "rounded")}


def made(*rows):
    full = [BARE | {"post_id": str(n), "source_row": n} | row for n, row in enumerate(rows)]
    for row in full:
        # Noon in Jakarta.
        row["published_at"] = datetime.fromisoformat(row["published_at"]).replace(hour=5, tzinfo=UTC)
    table = pl.DataFrame(full, schema_overrides=LISTS, infer_schema_length=None)
    return table.select(pl.col(name).cast(POLARS_SCHEMA[name]) for name in COLUMNS)


@pytest.fixture
def posts():
    return made

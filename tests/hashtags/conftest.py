"""Canonical posts with hashtags, made of rows in sight."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from textmine.posts import POLARS_SCHEMA

START = datetime(2020, 1, 6, 5, tzinfo=UTC)  # a Monday at noon in Jakarta

SUBJECTS = {
    "sehat": "vaksin dokter puskesmas imunisasi pasien rumah sakit dosis suntik perawat bidan obat".split(),
    "tani": "panen padi petani pupuk sawah irigasi benih gabah traktor jagung kebun ladang".split(),
    "pajak": "pajak lapor npwp denda kantor wajib spt tahunan bayar setoran faktur bukti".split(),
    "jalan": "tol jembatan aspal proyek jalur kendaraan macet rambu terminal angkutan bus kereta".split(),
}
COMMON = "warga kota hari kami bersama untuk semua daerah pemerintah program".split()


def make_posts(rows):
    """Posts from dictionaries; columns not given have plain values, ``day`` counts from START."""
    plain = {
        "platform": "x",
        "account": "akun",
        "agency": None,
        "caption": "halo warga",
        "hashtags": [],
        "media_type": "text",
        "post_kind": "original",
        "coauthors": [],
        "hidden": [],
        "rounded": [],
        "followers_kind": "unknown",
        "source": "posts.csv",
        "source_row": 1,
    }
    full = []
    for number, row in enumerate(rows):
        given = dict(row)
        when = START + timedelta(days=given.pop("day", 0), seconds=number % 3600)
        full.append(plain | {"post_id": str(number), "published_at": when} | given)
    return pl.DataFrame(full, schema=dict(POLARS_SCHEMA), strict=False)


def season_rows(*, n_days=200, per_day=30, n_agencies=12, seed=1):
    """Rows of a quiet season: each agency writes about its subjects and signs with hashtags of the subject."""
    draw = np.random.default_rng(seed)
    names = list(SUBJECTS)
    rows = []
    for day in range(n_days):
        for _ in range(per_day):
            agency = int(draw.integers(n_agencies))
            subject = names[(agency + int(draw.integers(2))) % len(names)]
            words = [*draw.choice(SUBJECTS[subject], 6, replace=False), *draw.choice(COMMON, 3, replace=False)]
            tags = [f"Info{subject.title()}"] if draw.random() < 0.5 else []
            tags += [f"Ayo{subject.title()}"] if tags and draw.random() < 0.6 else []
            tags += [f"Lembaga{agency}"] if draw.random() < 0.3 else []
            rows.append(
                {
                    "day": day,
                    "account": f"akun{agency}",
                    "agency": f"lembaga{agency}",
                    "caption": " ".join(map(str, words)),
                    "hashtags": tags,
                    "likes": int(draw.negative_binomial(2, 2 / (2 + 50 * (1 + agency)))),
                    "followers": 1000 * (1 + agency),
                }
            )
    return rows


@pytest.fixture
def posts_of():
    return make_posts


@pytest.fixture(scope="session")
def season():
    """6,000 posts of 12 agencies over 200 days without any burst."""
    return season_rows()

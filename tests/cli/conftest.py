"""An office's folder in the middle of a season: whatever the examples of ``--help`` name lies in it."""

import base64
import hashlib
import json
import re
import shutil

import polars as pl
import pytest
from click.testing import CliRunner

from textmine import zstd
from textmine.cli.main import root

# Agencies of the examples, in place of some whose names are made up; the simulation has no real ones.
NAMED = {
    "kem-kesehatan-keluarga": "kemenkes",
    "kem-kesejahteraan-rakyat": "kemenkeu",
    "lem-lembaga-arsip-rakyat": "kominfo",
    "bumn-pupuk-sejahtera": "bumn-pupuk",
}
ON_INSTAGRAM, ON_X = "2611115445282396983", "1217366893451563008"
POSTS = "id,username,created_at,text,likes,url\n" + "".join(
    f"{n},kemenkes_ri,2020-03-{1 + n % 28:02d} 08:00,Vaksin gratis untuk warga desa nomor {n} #Vaksin,{n},"
    f"https://x.com/k/status/{n}\n"
    for n in range(1, 60)
)
SCORES = "category,judge,nominee,criterion,value\n" + "".join(
    f"Video,{judge},{nominee},ide,{value}\n"
    for judge, values in (("Ani", (9, 7, 6)), ("Budi", (8, 7.5, 7)), ("Citra", (7, 8, 6.5)))
    for nominee, value in zip(("BNPB", "BMKG", "Basarnas"), values, strict=True)
)
TEXTS = {
    "captions.txt": "Kementerian Kesehatan membuka vaksinasi gratis di Surabaya #Vaksin\nPanen raya di desa\n",
    "comments.txt": "bagus sekali pelayanannya\nkotor dan lambat\n",
    "words.txt": "pelayanan\nmelayani\nbekasi\n",
    "hashtags.txt": "#BanggaBuatanIndonesia\n#vaksinuntukkita\n",
    "programmes.txt": "bantuan sosial\npasar murah\n",
    "topics.toml": '"Bantuan" = ["bantuan", "sosial"]\n"Kesehatan" = ["vaksin", "sehat"]\n',
    "new-posts.csv": POSTS,
    "scores.csv": SCORES,
    "jury.toml": 'award = "Penghargaan 2026"\npanel = "Dewan Juri"\nplace = "Jakarta"\ndate = 2026-11-30\n',
    "nominees.csv": "category,agency,rank,score\nbest_account,kemenkes,1,0.9\nbest_account,kominfo,2,0.8\n",
    "award.key": hashlib.sha256(b"a key of a test").hexdigest(),
    "winners.csv": "agency,relevance\nkemenkes,3\nkominfo,2\n",
    "office.toml": '[map]\ncaption = "Isi Konten"\npublished_at = "Waktu Tayang"\nlikes = "Jml Suka"\n'
    'platform = "Kanal"\n',
    "season.toml": 'workspace = "season2"\n[ingest]\nsources = ["exports/*.csv"]\nagencies = "agencies.csv"\n'
    '[topics]\nn_topics = 20\n[report]\ndirectory = "reports"\n',
}


def textmine_(*arguments, **options):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine", **options)


def done(*arguments):
    result = textmine_(*arguments)
    assert result.exit_code == 0, result.output
    return result


def shortcode(number):
    """What Instagram writes in addresses in place of the id."""
    return base64.urlsafe_b64encode(number.to_bytes(9, "big")).decode().lstrip("A")


def later_season(folder):
    """A workspace of the period of gsm2022, ranked; the others are of 2019 and 2020."""
    settings = folder / "later.toml"
    settings.write_text("n_agencies = 24\nn_posts = 1800\nstart = 2021-10-01\nend = 2022-08-01\n")
    done("simulate", "-o", folder / "later", "--settings", settings)
    files = [folder / "later" / f"{platform}.csv" for platform in ("facebook", "x", "instagram", "youtube")]
    done("ingest", *files, "--agencies", folder / "later" / "agencies.csv", "-o", folder / "season2022")
    done("rank", folder / "season2022", "--awards", "gsm2022", "--draws", "200")
    shutil.rmtree(folder / "later")


def exports(folder):
    """A simulated season with the names of the examples and two posts with their ids."""
    done("simulate", "-o", folder / "made", "--posts", "700", "--seed", "5")
    (folder / "exports" / "comments").mkdir(parents=True)
    for platform in ("facebook", "x", "instagram", "youtube"):
        text = (folder / "made" / f"{platform}.csv").read_text(encoding="utf-8")
        old = {"instagram": (r"\b2\d{18}\b", ON_INSTAGRAM), "x": (r"\b1\d{18}\b", ON_X)}.get(platform)
        if old:
            made = re.search(old[0], text)[0]
            text = text.replace(made, old[1]).replace(shortcode(int(made)), shortcode(int(old[1])))
        (folder / "exports" / f"{platform}.csv").write_text(text, encoding="utf-8")
    register = (folder / "made" / "agencies.csv").read_text(encoding="utf-8")
    for made, named in NAMED.items():
        assert f"{made}," in register
        register = register.replace(f"{made},", f"{named},")
    (folder / "agencies.csv").write_text(register, encoding="utf-8")
    shutil.rmtree(folder / "made")
    (folder / "exports" / "comments" / "comments.json").write_text(json.dumps(comment_threads()))


def comment_threads():
    """As YouTube's API answers; `textmine ingest` leaves such a file out."""
    said = ["Pelayanannya ramah sekali", "Antrenya lama", "Semangat min", "Kapan jadwalnya?"] * 5
    comments = [
        {"id": f"c{number}", "snippet": {"videoId": "J5WUbDvlTY2", "textOriginal": text, "textDisplay": text,
                                         "authorDisplayName": "warga", "publishedAt": "2020-03-01T08:00:00Z"}}
        for number, text in enumerate(said)
    ]  # fmt: skip
    items = [
        {"kind": "youtube#commentThread", "id": each["id"], "snippet": {"videoId": "J5WUbDvlTY2",
         "topLevelComment": {"kind": "youtube#comment", **each}}}
        for each in comments
    ]  # fmt: skip
    return {"kind": "youtube#commentThreadListResponse", "items": items}


def spreadsheets(folder):
    posts = pl.read_csv(POSTS.encode())
    posts.select("id", "created_at", caption="text", likes="likes").write_excel(folder / "posts.xlsx")
    own = posts.select(
        pl.col("text").alias("Isi Konten"),
        pl.col("created_at").alias("Waktu Tayang"),
        pl.col("likes").alias("Jml Suka"),
        pl.lit("instagram").alias("Kanal"),
        pl.lit("kemenkes_ri").alias("akun"),
        pl.col("url"),
    )
    own.write_excel(folder / "march.xlsx")
    rows = [
        {"id": str(n), "platform": "x", "account": "kemenkes_ri", "created_at": "2020-03-01", "full_text": f"Halo {n}",
         "favorite_count": n}
        for n in range(30)
    ]  # fmt: skip
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "dump.ndjson").write_text(lines)
    plain = lines.replace("full_text", "text").replace("favorite_count", "likes")
    (folder / "season.jsonl.zst").write_bytes(zstd.compress(plain.encode()))
    pl.read_csv(SCORES.encode()).write_excel(folder / "scores.xlsx")
    (folder / "2025-06").mkdir()
    (folder / "2025-06" / "x.csv").write_text(POSTS.replace("2020-03", "2025-06"))


def labels(folder):
    """Labels of three judges' opinion, by how long a caption is: something that a model can learn."""
    posts = pl.scan_parquet(folder / "season" / "posts.parquet", glob=True).select("platform", "post_id", "caption")
    length = pl.col("caption").str.len_chars().rank("ordinal") / pl.len()
    which = (length * 3).ceil().clip(1, 3).cast(pl.Int64) - 1
    for name, classes in (
        ("merged_labels.parquet", ("rendah", "sedang", "tinggi")),
        ("labels.csv", ("buruk", "cukup", "baik")),
        ("later_labels.csv", ("rendah", "sedang", "tinggi")),
    ):
        table = posts.select("platform", "post_id", which.replace_strict(dict(enumerate(classes))).alias("label"))
        # few labels: a model of each kind is trained, and the time goes with their number
        table = table.head(150)
        table = table.with_columns(pl.col("platform").cast(pl.String)).collect()
        if name.endswith(".csv"):
            table.write_csv(folder / name)
        else:
            table.write_parquet(folder / name)


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """The folder; copy it before you change it."""
    folder = tmp_path_factory.mktemp("office")
    exports(folder)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    spreadsheets(folder)
    season = folder / "season"
    files = sorted((folder / "exports").glob("*.csv"))
    done("ingest", *files, "--agencies", folder / "agencies.csv", "-o", season)
    done("topics", season, "-k", "12")
    for command in ("keywords", "hashtags", "sentiment", "features", "integrity"):
        done(command, season)
    later_season(folder)
    labels(folder)
    done("quality", "train", season, "--labels", folder / "merged_labels.parquet", "-o", folder / "models/quality2025")
    done("quality", "apply", season)
    kept = season / "quality.parquet"
    (shutil.copytree if kept.is_dir() else shutil.copy)(kept, folder / "quality.parquet")
    return folder

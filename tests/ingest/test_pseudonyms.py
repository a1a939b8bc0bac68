"""Pseudonyms: what names a person is nowhere in the workspace, what names an agency stays."""

import csv
import io
import json
import re
import secrets
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import textmine
from textmine.cli.main import root
from textmine.errors import InputError, WorkspaceError
from textmine.ingest import ingest, read_posts_with_rejects
from textmine.ingest.keyfile import read_key
from textmine.ingest.masking import mask_captions
from textmine.ingest.outlines import plain_or_outline
from textmine.ingest.pseudonyms import PATTERN, Pseudonyms
from textmine.ingest.register import read_agencies
from textmine.store import Workspace

PERSONAL = ("budi_santoso", "siti.aminah", "rahmat1990", "tante_ani", "1000123456789", "dewi_lestari", "joko_w")
SECRETS = (*PERSONAL, "budi.s@gmail.com", "812-3456-7890", "5201590", "3173051708900001", "Budi Santoso", "Jl. Mawar")
HEADER = "platform,id,username,name,created_at,text,likes,url,coauthors".split(",")
ROWS = [
    ["x", "1", "kemenkes_ri", "Kemenkes", "2020-05-01", "Terima kasih @Budi_Santoso dan @kemenkes_ri! #budi_santoso",
     "5", "https://x.com/kemenkes_ri/status/1", ""],
    ["x", "2", "Budi_Santoso", "Budi Santoso", "2020-05-02", "RT @tante_ani: WA 0812-3456-7890, budi.s@gmail.com",
     "3", "https://x.com/Budi_Santoso/status/2", ""],
    ["instagram", "3", "kemenkes_ri", "Kemenkes", "2020-05-03", "Oleh siti.aminah, lihat https://www.instagram.com/"
     "budi_santoso/?igsh=x1 dan https://instagram.com/kemenkes_ri/", "9", "https://www.instagram.com/p/CQ8i6nHl9s3/",
     "siti.aminah,kemenkes_ri,kemkominfo"],
    ["facebook", "1000123456789_44", "rahmat1990", "Rahmat", "2020-05-04", "Salam @[1000123456789:274:Budi Santoso] "
     "(021) 5201590 NIK 3173051708900001", "1", "https://www.facebook.com/rahmat1990/posts/44", ""],
    ["instagram", "", "dewi_lestari", "Dewi", "2020-05-05", "tanpa id", "1", "", ""],
    ["x", "6", "joko_w", "Budi Santoso", "entah, Jl. Mawar", "@tante_ani hai", "1",
     "https://x.com/joko_w/status/6", ""],
    ["x", "7", "2020-05-05", "joko_w", "siti.aminah", "hai", "rahmat1990", "", ""],
]  # fmt: skip
REGISTER = (
    "agency,platform,account\nkemenkes,x,kemenkes_ri\nkemenkes,instagram,kemenkes_ri\nkominfo,instagram,kemkominfo\n"
)


def csv_of(*rows):
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "budi_santoso.csv").write_text(csv_of(*ROWS) + "x,8,joko_w,Budi Santoso\n", encoding="utf-8")
    (tmp_path / "agencies.csv").write_text(REGISTER)
    (tmp_path / "key").write_text(secrets.token_hex(32))
    return tmp_path


def run(folder, name="ws", *, key="key", source="budi_santoso.csv", register="agencies.csv", **options):
    workspace = Workspace.create(folder / name)
    options |= {"agencies": folder / register} if register else {}
    options |= {"pseudonymise": folder / key} if key else {}
    return workspace, ingest([folder / source], workspace, **options)


def stored(workspace):
    return workspace.scan("posts.parquet", made_by="ingest").collect().sort("platform", "post_id")


def content(workspace, *names):
    """Each file of some outputs and its bytes."""
    return {
        str(file.relative_to(workspace.path)): file.read_bytes()
        for name in names or ("posts.parquet",)
        for file in sorted([workspace.file(name), *workspace.file(name).rglob("*")])
        if file.is_file()
    }


def everything(path):
    """Each byte of a folder and the text of each Parquet file in it."""
    for file in sorted(path.rglob("*")):
        yield str(file.relative_to(path)), str(file.relative_to(path)).encode()
        if file.is_file():
            yield str(file), file.read_bytes()
            if file.suffix == ".parquet":
                yield str(file), pl.read_parquet(file).write_json().encode()


@pytest.mark.parametrize("ids", [False, True])
def test_no_byte_of_the_workspace_names_a_person(folder, ids):
    workspace, result = run(folder, pseudonymise_ids=ids)
    assert (result.read, result.posts, result.rejected) == (8, 5, 3)
    found = [
        (place, secret)
        for place, content in everything(workspace.path)
        for secret in SECRETS
        if secret.lower() in content.decode("utf-8", "replace").lower()
    ]
    assert found == []


def test_the_account_that_is_given_for_files_without_one_is_nowhere_either(folder):
    (folder / "posts.csv").write_text("id,created_at,text,likes\n1,2020-01-01,halo,3\n")
    workspace, _ = run(folder, source="posts.csv", account="budi_santoso", platform="x")
    assert stored(workspace)["account"].to_list() == [Pseudonyms(read_key(folder / "key")).of("x", "budi_santoso")]
    assert not any(b"budi_santoso" in content for _, content in everything(workspace.path))


def test_canonical_posts_of_another_workspace_are_pseudonymised_like_an_export(folder):
    raw, _ = run(folder, "raw", key=None)
    raw.file("posts.parquet").rename(folder / "posts.parquet")
    again, _ = run(folder, "again", source="posts.parquet")
    direct, _ = run(folder, "direct")
    columns = ["platform", "post_id", "account", "caption", "hashtags", "coauthors", "url", "agency"]
    assert stored(again).select(columns).equals(stored(direct).select(columns))


def test_the_same_scan_finds_them_all_without_pseudonyms(folder):
    workspace, _ = run(folder, key=None)
    text = b"".join(content for _, content in everything(workspace.path)).decode("utf-8", "replace").lower()
    assert [secret for secret in SECRETS if secret.lower() not in text] == []


def test_agencies_stay_and_one_person_has_one_pseudonym_a_platform(folder):
    workspace, _ = run(folder)
    posts = stored(workspace)
    by_id = {row["post_id"]: row for row in posts.iter_rows(named=True)}
    names = Pseudonyms(read_key(folder / "key"))
    budi_on_x = names.of("x", "budi_santoso")
    assert by_id["1"]["account"] == "kemenkes_ri" and by_id["1"]["agency"] == "kemenkes"
    assert by_id["1"]["caption"] == f"Terima kasih @{budi_on_x} dan @kemenkes_ri! #{budi_on_x}"
    assert by_id["1"]["hashtags"] == [budi_on_x]
    assert by_id["1"]["url"] == "https://x.com/kemenkes_ri/status/1"
    assert by_id["2"]["account"] == budi_on_x and by_id["2"]["url"] == f"https://x.com/{budi_on_x}/status/2"
    assert by_id["2"]["caption"] == f"RT @{names.of('x', 'tante_ani')}: WA [phone], [email]"
    siti, budi_on_instagram = names.of("instagram", "siti.aminah"), names.of("instagram", "budi_santoso")
    joint = posts.filter(platform="instagram", account="kemenkes_ri").row(0, named=True)
    assert joint["coauthors"] == [siti, "kemkominfo"]
    assert joint["caption"] == (
        f"Oleh {siti}, lihat https://www.instagram.com/{budi_on_instagram} dan https://instagram.com/kemenkes_ri/"
    )
    facebook = posts.filter(platform="facebook").row(0, named=True)
    assert facebook["post_id"] == "44"  # without the number of its page
    assert facebook["caption"] == f"Salam @{names.of('facebook', '1000123456789')} [phone] NIK [nik]"
    assert budi_on_x != budi_on_instagram


def test_an_id_made_from_a_persons_name_is_made_anew_with_the_key(folder):
    raw, _ = run(folder, "raw", key=None)
    workspace, _ = run(folder)
    before = stored(raw).filter(account="dewi_lestari")["post_id"].item()
    names = Pseudonyms(read_key(folder / "key"))
    after = stored(workspace).filter(account=names.of("instagram", "dewi_lestari"))["post_id"].item()
    assert before.startswith("h") and after.startswith("h") and before != after


def test_hashed_ids_leave_no_way_to_a_persons_post(folder):
    workspace, _ = run(folder, pseudonymise_ids=True)
    posts = stored(workspace)
    personal = posts.filter(pl.col("account").str.contains(PATTERN))
    assert personal["post_id"].str.contains(r"^i_[0-9a-f]{24}$").all() and personal["url"].null_count() == 3
    assert posts.filter(account="kemenkes_ri", platform="x")["post_id"].to_list() == ["1"]


def test_refused_rows_keep_their_shape_their_place_and_the_pseudonym(folder):
    workspace, _ = run(folder)
    rejects = pl.read_parquet(workspace.file("rejects.parquet")).sort("source_row")
    assert rejects["source_row"].to_list() == [6, 7, 8]
    first, slipped = (json.loads(raw) for raw in rejects["raw"][:2])
    assert first["username"] == Pseudonyms(read_key(folder / "key")).of("x", "joko_w")
    assert (first["created_at"], first["likes"]) == ("aaaaa, Aa. Aaaaa", "1")
    assert (slipped["created_at"], slipped["likes"]) == ("aaaa.aaaaaa", "aaaaaa9999")


@pytest.mark.parametrize("ids", [False, True])
def test_the_same_file_twice_changes_no_byte_of_the_posts(folder, ids):
    workspace, _ = run(folder, pseudonymise_ids=ids)
    before = content(workspace, "posts.parquet", "rejects.parquet")
    _, again = run(folder, pseudonymise_ids=ids)
    assert (again.posts, again.duplicates) == (0, 5)
    assert len(before) == 4
    assert content(workspace, "posts.parquet", "rejects.parquet") == before


def test_the_result_names_the_files_as_they_were_given(folder):
    _, result = run(folder)
    assert [file.path for file in result.files] == [str(folder / "budi_santoso.csv")]


def test_a_handle_that_is_met_later_goes_from_earlier_posts_too(folder):
    (folder / "a.csv").write_text(csv_of(["x", "1", "kemenkes_ri", "", "2020-05-01", "oleh budi_s", "1", "", ""]))
    (folder / "b.csv").write_text(csv_of(["x", "2", "budi_s", "", "2020-05-01", "saya", "1", "", ""]))
    workspace, _ = run(folder, source="a.csv")
    assert stored(workspace)["caption"].to_list() == ["oleh budi_s"]
    run(folder, source="b.csv")
    budi = Pseudonyms(read_key(folder / "key")).of("x", "budi_s")
    assert stored(workspace)["caption"].to_list() == [f"oleh {budi}", "saya"]
    before = content(workspace)
    run(folder, source="a.csv")
    assert content(workspace) == before


def test_without_a_register_every_account_is_a_persons(folder):
    workspace, _ = run(folder, register=None)
    assert stored(workspace)["account"].str.contains(f"^{PATTERN}$").all()


def test_the_workspaces_register_counts_when_none_is_given(folder):
    workspace, _ = run(folder)
    before = stored(workspace)["account"]
    run(folder, register=None)
    assert stored(workspace)["account"].equals(before)


def test_an_account_that_becomes_an_agencys_gets_its_name_back(folder):
    workspace, _ = run(folder)
    (folder / "more.csv").write_text(REGISTER + "tante,x,tante_ani\nbudi,x,budi_santoso\n")
    run(folder, register="more.csv")
    posts = stored(workspace).filter(platform="x")
    assert posts["agency"].to_list() == ["kemenkes", "budi"]
    assert posts["caption"][1] == "RT @tante_ani: WA [phone], [email]"
    assert posts["url"][1] == "https://x.com/budi_santoso/status/2"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({}, {"key": "other"}, "made with another key .*give that key, or start anew with --replace"),
        ({}, {"key": None}, "holds pseudonyms; give their key"),
        ({"key": None}, {}, "holds readable names; pseudonymise into a new workspace"),
        ({}, {"pseudonymise_ids": True}, "leave --pseudonymise-ids out"),
        ({"pseudonymise_ids": True}, {}, "give --pseudonymise-ids"),
        ({}, {"register": "less.csv"}, "no longer holds kemenkes_ri on instagram"),
        ({"pseudonymise_ids": True}, {"pseudonymise_ids": True, "register": "more.csv"}, "posts have hashed ids"),
    ],
)
def test_a_workspace_keeps_to_one_key_and_one_way(folder, first, second, message):
    (folder / "other").write_text(secrets.token_hex(32))
    (folder / "less.csv").write_text("agency,platform,account\nkemenkes,x,kemenkes_ri\n")
    (folder / "more.csv").write_text(REGISTER + "budi,x,budi_santoso\n")
    workspace, _ = run(folder, **first)
    before = content(workspace)
    with pytest.raises(WorkspaceError, match=message) as caught:
        run(folder, **second)
    assert "\n" not in str(caught.value)
    assert content(workspace) == before


def test_starting_anew_may_change_key_and_way_but_not_beside_tables_of_readable_names(folder):
    (folder / "other").write_text(secrets.token_hex(32))
    workspace, _ = run(folder)
    run(folder, key="other", replace=True)
    run(folder, key=None, replace=True)
    assert "budi_santoso" in stored(workspace)["account"].to_list()
    run(folder, replace=True)
    assert "budi_santoso" not in stored(workspace)["account"].to_list()
    run(folder, key=None, replace=True)
    (workspace.path / "manifests" / "topics.json").write_text("{}")
    with pytest.raises(WorkspaceError, match="tables made from readable names"):
        run(folder, replace=True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such key file"),
        (b"", "at least 16 random bytes"),
        (b"0123456789abcdef", "at least 16 random bytes"),
        (b"correct horse", "at least 16 random bytes"),
        (b"a" * 64, "not random"),
        (bytes(15), "at least 16 random bytes"),
    ],
)
def test_a_key_that_is_none_is_said(tmp_path, content, message):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_key(tmp_path / "key")


def test_a_key_is_the_same_with_an_editors_line_break_and_in_windows_encoding(tmp_path):
    text = secrets.token_hex(32)
    for name, content in (("a", text.encode()), ("b", f"{text}\r\n".encode()), ("c", f"{text}\n".encode("utf-16"))):
        (tmp_path / name).write_bytes(content)
    assert {read_key(tmp_path / name) for name in "abc"} == {bytes.fromhex(text)}
    (tmp_path / "raw").write_bytes(binary := bytes(range(200, 232)))
    assert read_key(tmp_path / "raw") == binary


def test_the_key_may_not_lie_in_the_workspace(folder):
    workspace = Workspace.create(folder / "ws")
    (workspace.path / "key").write_text(secrets.token_hex(32))
    with pytest.raises(InputError, match="who gets the workspace must not get the key"):
        ingest([folder / "budi_santoso.csv"], workspace, pseudonymise=workspace.path / "key")


def test_the_key_and_its_path_are_nowhere_in_the_workspace(folder):
    (folder / "sesame").write_text(key := secrets.token_hex(32))
    workspace, _ = run(folder, key="sesame")
    text = b"".join(content for _, content in everything(workspace.path))
    assert key.encode() not in text and bytes.fromhex(key) not in text and b"sesame" not in text


def test_the_command_says_that_without_a_register_all_are_persons_and_that_ids_need_a_key(folder):
    call = ["ingest", str(folder / "budi_santoso.csv"), "-o", str(folder / "ws")]
    wrong = CliRunner().invoke(root, [*call, "--pseudonymise-ids"])
    assert wrong.exit_code == 2 and "needs --pseudonymise KEYFILE" in wrong.stderr
    result = CliRunner().invoke(root, [*call, "--pseudonymise", str(folder / "key")])
    assert result.exit_code == 0, result.output
    assert "every account is taken as a person's" in result.stderr and "budi_santoso.csv: CSV" in result.stdout


def test_posts_in_memory_are_the_workspaces(folder):
    workspace, _ = run(folder)
    posts, rejects = read_posts_with_rejects(
        folder / "budi_santoso.csv", agencies=folder / "agencies.csv", pseudonymise=folder / "key"
    )
    assert posts.sort("platform", "post_id").equals(stored(workspace))
    assert rejects.height == 3
    with pytest.raises(InputError, match="pseudonymise"):
        textmine.read_posts(folder / "budi_santoso.csv", pseudonymise_ids=True)


def masked(caption, platform="instagram", registered=("kemenkes_ri",)):
    return mask_captions(
        pl.Series([caption]),
        pl.Series([platform]),
        person=lambda _: lambda handle: None if handle in registered else f"<{handle}>",
        address=lambda address: "ADDRESS",
    ).item()


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("@budi @budiman @budi.", "@<budi> @<budiman> @<budi>."),
        ("@kemenkes_ri @kemenkes_ri2 @kemenkes", "@kemenkes_ri @<kemenkes_ri2> @<kemenkes>"),
        ("(@Budi_S)/@ani", "(@<budi_s>)/@<ani>"),
        ("WA 081234567890 / +62 812-3456-789 / 62812 3456 7890", "WA [phone] / [phone] / [phone]"),
        ("(021) 520 1590 ext 3, 0274-512345", "[phone] ext 3, [phone]"),
        ("pukul 08.00-10.00, 08-12-2020, Rp800.000.000, 119, 1500-567", None),
        ("17 Agustus 2020, 2020-2021, UU 27/2022, 0812 2020", None),
        ("https://kemkes.go.id/a/081234567890 PO Box 12345", None),
        ("surat ke budi.s@kemkes.go.id ya", "surat ke [email] ya"),
        ("netflix.com/a dan x.com/budi.", "netflix.com/a dan ADDRESS"),
    ],
)
def test_what_names_a_person_in_a_caption_and_what_does_not(caption, expected):
    assert masked(caption) == (caption if expected is None else expected)


def test_a_dot_ends_a_handle_on_x_and_not_on_instagram():
    assert masked("@budi.santoso", "x") == "@<budi>.santoso"
    assert masked("@budi.santoso") == "@<budi.santoso>"


@given(st.text(alphabet="ab_@. 1-/:x", max_size=40), st.sampled_from(["x", "instagram", "facebook", "youtube"]))
def test_no_mention_survives_in_any_text(text, platform):
    caption = mask_captions(
        pl.Series([text]),
        pl.Series([platform]),
        person=lambda _: lambda handle: "\N{BULLET}",
        address=lambda address: "ADDRESS",
    ).item()
    left = pl.Series([caption.replace("@\N{BULLET}", "")]).str.contains(r"@[a-z0-9_]").item()
    assert not left


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("31/02/2020 10:00 WIB", "31/02/2020 10:00 WIB"),
        ("Senin, 17 Agustus 2020 pukul 10.00", "Senin, 17 Agustus 2020 pukul 10.00"),
        ("1,2 rb", "1,2 rb"),
        ("1589000000", "1589000000"),
        ("0812-3456-7890", "9999-9999-9999"),
        ("3173051708900001", "9" * 16),
        ("Budi Mei", "Aaaa Aaa"),
    ],
)
def test_a_refused_cell_is_shown_only_where_it_can_be_no_name(cell, shown):
    assert plain_or_outline(cell) == shown


def test_the_pseudonym_is_the_documented_hash():
    import hashlib
    import hmac

    key = bytes(range(32))
    expected = hmac.new(key, b"account\ninstagram\nbudi_santoso", hashlib.sha256).hexdigest()[:16]
    assert Pseudonyms(key).of("instagram", "budi_santoso") == f"p_{expected}"


def test_registered_is_registered_on_its_platform_alone(folder):
    names = Pseudonyms(read_key(folder / "key"), read_agencies(folder / "agencies.csv"))
    assert names.is_registered("x", "kemenkes_ri") and not names.is_registered("facebook", "kemenkes_ri")


REAL = Path(__file__).resolve().parents[2].parent / "shared/data/posts"
REAL_FILES = [
    "x_tweet_harvest_kipk/kipk_first_1000.csv",
    "instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv",
    "x_api_v2_twarc/noflat.jsonl",
    "x_api_v1_1/search_tweets.json",
]


@pytest.mark.parametrize("name", REAL_FILES)
def test_no_handle_of_a_real_export_is_left_in_the_workspace(tmp_path, name):
    if not (REAL / name).is_file():
        pytest.skip(f"../shared/data/posts/{name} is not there: real exports are not shipped")
    (tmp_path / "key").write_text(secrets.token_hex(32))
    raw = textmine.read_posts(REAL / name, on_reject="ignore")
    workspace = Workspace.create(tmp_path / "ws")
    result = ingest([REAL / name], workspace, pseudonymise=tmp_path / "key")
    assert result.posts == raw.height
    mentioned = raw["caption"].str.extract_all(r"@\w+").explode().drop_nulls().str.strip_chars_start("@")
    handles = {*raw["account"], *mentioned.str.to_lowercase()}
    # a handle that is a plain word cannot be told from the word
    marked = {handle for handle in handles if re.search(r"[a-z]", handle) and re.search(r"[_.\d]", handle[1:-1])}
    text = b"\n".join(content for _, content in everything(workspace.path)).decode("utf-8", "replace").lower()
    words = set(re.findall(r"[\w.]*\w", text))
    assert marked and not marked & words
    assert not any(f"@{handle}" in text for handle in handles)


def test_the_configuration_of_a_run_takes_a_key(folder):
    (folder / "season.toml").write_text(
        'workspace = "ws"\n[ingest]\nsources = ["budi_santoso.csv"]\nagencies = "agencies.csv"\n'
        'pseudonymise = "key"\npseudonymise_ids = true\n'
    )
    from textmine.workflow.config import read_config

    config = read_config(folder / "season.toml")
    assert (config.ingest.pseudonymise, config.ingest.pseudonymise_ids) == (str(folder / "key"), True)


def test_the_number_of_a_person_in_the_id_of_a_canonical_post_is_replaced(folder):
    raw, _ = run(folder, "raw", key=None)
    posts = stored(raw).with_columns(
        pl.when(pl.col("platform") == "facebook").then(pl.lit("1000123456789_44")).otherwise("post_id").alias("post_id")
    )
    posts.write_parquet(folder / "posts.parquet")
    again, _ = run(folder, "again", source="posts.parquet")
    names = Pseudonyms(read_key(folder / "key"))
    assert stored(again).filter(platform="facebook")["post_id"].to_list() == [
        f"{names.of('facebook', '1000123456789')}_44"
    ]

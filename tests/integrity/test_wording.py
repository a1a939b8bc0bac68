import polars as pl
import pytest

from textmine.integrity import GiveawayReader
from textmine.integrity.wording import STRETCH

TAGS = {"hashtags": pl.List(pl.String)}
GIVEAWAYS = [
    "Halo Sobat! Ada GIVEAWAYYY nih, caranya gampang: follow dulu, like & tag 3 temen kamu. Hadiahnya voucher!",
    "Kuis berhadiah! Jawab di kolom komentar, 5 orang beruntung dapat pulsa. Syarat: akun tidak diprivate",
    "Bagi-bagi hadiah lagi, retweet dan follow ya",
    "Undian akhir tahun, menangkan hadiah menarik dengan mengikuti akun kami",
]
BAIT = ["Tag tiga teman yang harus tahu ini", "Like terbanyak menang ya gaes", "Wajib follow akun ini ya"]
PLAIN = [
    "Menteri menyerahkan hadiah kepada pemenang kuis cerdas cermat tingkat SMA",
    "Waspada penipuan giveaway yang mengatasnamakan BPJS, jangan bagikan data pribadi",
    "Kuota peserta vaksinasi 100 orang, syarat: membawa KTP. Tanya di kolom komentar",
    "Hadiah terindah bagi bangsa adalah persatuan",
    "Jangan lupa like, comment, subscribe",
    "Ujian dan kuis mata kuliah statistika dilaksanakan daring",
    "Rapat koordinasi penanganan banjir",
    "",
]


def scores(captions, hashtags=None):
    table = pl.DataFrame({"caption": captions, "hashtags": hashtags or [[] for _ in captions]}, schema_overrides=TAGS)
    found = GiveawayReader().read(table)
    every = pl.DataFrame({"row": range(len(captions))}, schema={"row": pl.UInt32})
    return every.join(found, on="row", how="left", maintain_order="left")


@pytest.mark.parametrize("caption", GIVEAWAYS)
def test_giveaways_are_flagged(caption):
    row = scores([caption]).row(0, named=True)
    assert row["reason"] == "giveaway"
    assert row["score"] >= 0.5


@pytest.mark.parametrize("caption", BAIT)
def test_bait_without_a_prize_has_its_own_reason(caption):
    row = scores([caption]).row(0, named=True)
    assert row["reason"] == "engagement_bait"
    assert row["score"] >= 0.5


@pytest.mark.parametrize("caption", PLAIN)
def test_news_warnings_and_boilerplate_are_not(caption):
    assert (scores([caption])["score"].fill_null(0.0) < 0.5).all()


def test_a_hashtag_tells_too():
    assert scores(["Yuk ikutan"], [["KuisKemenkes"]])["terms"].item() == "ikutan, #kuis"


def test_words_far_apart_are_not_read_together():
    near, far = scores(["kuis " + "kata " * n + "hadiah" for n in (5, 3 * STRETCH)])["score"]
    assert near > far


def test_the_batch_changes_nothing():
    captions = ["halo dunia " * 30, *GIVEAWAYS, *BAIT, *PLAIN]
    whole = scores(captions)["score"].to_list()
    assert whole == [scores([caption])["score"].item() for caption in captions]


def test_no_text_with_a_term_is_passed_over():
    quick, thorough = GiveawayReader(), GiveawayReader()
    thorough._asking = list("abcdefghijklmnopqrstuvwxyz")  # takes every caption apart
    terms = [term.replace("#", "3") for term in quick._terms["term"]]
    spelled = [word for word, plain in quick._slang.items() if plain in {w for term in terms for w in term.split()}]
    captions = [*(term.upper() for term in terms), *(f"lomba {word}, tag 3 {word} ya" for word in spelled)]
    captions += [*GIVEAWAYS, *BAIT, *PLAIN]
    table = pl.DataFrame({"caption": captions, "hashtags": [[] for _ in captions]}, schema_overrides=TAGS)
    assert quick.read(table).equals(thorough.read(table))


@pytest.mark.parametrize(
    "caption",
    ["GIVEAWAYYYY", "g\u200biveaway", "ｇｉｖｅａｗａｙ", "&#103;iveaway", "FOLLLLOW akun ini, like dulu"],
)
def test_what_is_written_otherwise_is_not_passed_over_either(caption):
    assert scores([caption])["score"].item() >= 0.5


def test_slang_of_a_term_is_not_passed_over():
    plain, slang = scores(["tag 3 teman", "tag 3 tmn"])["score"]
    assert plain == slang

import itertools
import json
import math

import numpy as np
import polars as pl
import pytest
from gensim.models.phrases import Phrases as GensimPhrases
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.counting import document_term_matrix
from textmine.errors import InputError
from textmine.language.clean import clean
from textmine.language.phrases import CONNECTORS, Phrases
from textmine.language.settings import LanguageSettings
from textmine.language.tokens import word_tokens
from textmine.phrases import find_phrases, find_phrases_in_tokens, read_phrases
from textmine.phrases.match import Matcher, Pattern, inside_of, strongest_pairs
from textmine.phrases.scores import log_likelihood, npmi
from textmine.phrases.stream import prose_tokens
from textmine.phrases.tally import PairTally, SeenHashes
from textmine.topics import TopicModel

EVERYTHING = LanguageSettings(stopwords="none", stem=False, min_length=1)
WORDS = st.sampled_from(["a", "b", "c", "d", "e"])
TOKEN_LISTS = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=20)


def posts(*captions, **columns):
    frame = pl.DataFrame(
        {"caption": list(captions), "hashtags": [[] for _ in captions]},
        schema={"caption": pl.String, "hashtags": pl.List(pl.String)},
    )
    return frame.with_columns(pl.Series(name, values) for name, values in columns.items())


def terms_of(matrix):
    """Term counts of each post, as plain dicts."""
    terms = matrix.vocabulary["term"].to_list()
    return [{terms[j]: int(row[j]) for j in np.flatnonzero(row)} for row in matrix.counts.toarray()]


def filler(n):
    """Words that no rule touches, different in every post, so that chance has something to mix."""
    return [f"kata{chr(97 + i % 26)}{chr(97 + i // 26)}x" for i in range(n)]


# ---- equality with gensim ----


def gensim_phrases(lists, *, threshold, min_count, connectors=frozenset(), scoring="npmi"):
    return GensimPhrases(
        lists,
        min_count=min_count,
        threshold=threshold,
        scoring=scoring,
        delimiter=" ",
        connector_words=frozenset(connectors),
    )


@settings(deadline=None, max_examples=150)
@given(TOKEN_LISTS, st.integers(1, 3), st.floats(-0.5, 0.9), st.sampled_from([(), ("a",), ("a", "e")]))
def test_pairs_and_npmi_equal_gensim(lists, min_count, threshold, connectors):
    # gensim chains connectors that follow each other; here such words are no neighbours
    lists = [[w for i, w in enumerate(t) if not (w in connectors and i and t[i - 1] in connectors)] for t in lists]
    model = gensim_phrases(lists, threshold=threshold, min_count=min_count, connectors=connectors)
    expected = {} if model.corpus_word_count < 2 else model.export_phrases()
    found = find_phrases_in_tokens(
        pl.Series(lists, dtype=pl.List(pl.String)), threshold=threshold, min_count=min_count, connectors=connectors
    )
    scores = dict(found.select("phrase", "npmi").iter_rows())
    assert scores.keys() == expected.keys()
    assert all(math.isclose(scores[phrase], expected[phrase], abs_tol=1e-9) for phrase in expected)


@settings(deadline=None, max_examples=100)
@given(TOKEN_LISTS)
def test_counts_give_the_original_score_of_gensim(lists):
    model = gensim_phrases(lists, threshold=1e-9, min_count=1, scoring="default")
    found = find_phrases_in_tokens(pl.Series(lists, dtype=pl.List(pl.String)), threshold=-2.0, min_count=1)
    pairs = {(a, b) for tokens in lists for a, b in itertools.pairwise(tokens)}
    assert set(found["phrase"]) == {f"{a} {b}" for a, b in pairs}
    words = [w for tokens in lists for w in tokens]
    n_types = len(set(words)) + len(pairs)
    together = [(a, b) for tokens in lists for a, b in itertools.pairwise(tokens)]
    for phrase, score in model.export_phrases().items():
        a, b = phrase.split(" ")
        n = len(words)
        row = found.filter(pl.col("phrase") == phrase).row(0, named=True)
        # the pair's count, back from the score that was asked of it
        p_ab = together.count((a, b)) / n
        assert row["npmi"] == pytest.approx(
            math.log(p_ab / (words.count(a) * words.count(b) / n**2)) / -math.log(p_ab), abs=1e-9
        )
        assert score == pytest.approx((p_ab * n - 1) * n_types / (words.count(a) * words.count(b)), abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(TOKEN_LISTS, st.floats(-0.5, 0.9), st.sampled_from([(), ("a",)]))
def test_sentences_are_merged_as_by_gensim(lists, threshold, connectors):
    lists = [[w for i, w in enumerate(t) if not (w in connectors and i and t[i - 1] in connectors)] for t in lists]
    model = gensim_phrases(lists, threshold=threshold, min_count=1, connectors=connectors)
    expected = [[w for w in model[t] if w not in connectors] for t in lists] if model.corpus_word_count > 1 else lists
    words = "xyzuv"
    name = dict(zip("abcde", words, strict=True))
    language = EVERYTHING
    if connectors:
        language = LanguageSettings(stopwords="topics", stem=False, min_length=1)
        name = {"a": "dan", "b": "vaksin", "c": "banjir", "d": "gempa", "e": "panen"}
    phrases = Phrases([" ".join(name[w] for w in phrase.split(" ")) for phrase in model.export_phrases()])
    captions = [" ".join(name[w] for w in t) for t in lists]
    counted = terms_of(document_term_matrix(posts(*captions), language=language, phrases=phrases))
    for tokens, terms in zip(expected, counted, strict=True):
        named = [" ".join(name[w] for w in token.split(" ")) for token in tokens]
        if connectors:
            named = [token for token in named if token != "dan"]
        assert {token: named.count(token) for token in named} == terms


# ---- scores ----


def test_npmi_is_one_for_words_that_never_part_and_zero_by_chance():
    scores = npmi(np.array([7, 1]), np.array([7, 10]), np.array([7, 10]), 100)
    assert scores.tolist() == pytest.approx([1.0, 0.0], abs=1e-12)


def test_log_likelihood_is_the_g_test_of_the_two_by_two_table():
    from scipy.stats import chi2_contingency

    table = np.array([[20, 30], [10, 940]])
    expected = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    assert log_likelihood(np.array([20]), np.array([50]), np.array([30]), 1000)[0] == pytest.approx(expected)


def test_words_that_shun_each_other_have_a_negative_log_likelihood():
    assert log_likelihood(np.array([1]), np.array([500]), np.array([400]), 1000)[0] < 0


# ---- what is a phrase ----


def test_signs_lines_hashtags_links_and_digits_keep_words_apart():
    apart = ["Tanggap, darurat", "Tanggap\ndarurat", "Tanggap #siaga darurat", "Tanggap https://s.id/x darurat"]
    apart += ["Tanggap 24 darurat", "Tanggap 🚨 darurat", "Tanggap @bnpb darurat", "Tanggap (darurat)"]
    apart += ["Tanggap bnpb.go.id darurat", "Tanggap info@bnpb.go.id darurat", "Tanggap 0812-3456-7890 darurat"]
    apart += [
        "Tanggap. Darurat",
        "Tanggap! Darurat",
        "Tanggap &amp; darurat",
        "Tanggap: darurat",
        "Tanggap\u200b#x darurat",
    ]
    captions = [f"{caption} {word}" for caption, word in zip(apart, filler(len(apart)), strict=True)]
    assert find_phrases(posts(*captions), min_count=2, min_posts=2, threshold=0.0).is_empty()
    together = [f"Tanggap  darurat {word}" for word in filler(8)]
    assert find_phrases(posts(*together), min_count=2, min_posts=2, threshold=0.0)["phrase"].to_list() == [
        "tanggap darurat"
    ]


NOT_PROSE = [
    "fst.unja.ac.id",
    "www.x.id/a",
    "https://s.id/x",
    "a.b@c.go.id",
    "@fst.unja",
    "#hut_ri",
    "0812 3456 7890",
    "&amp;",
]
PROSE_LIKE = st.lists(
    st.sampled_from([*NOT_PROSE, "anak2", "jum'at", "sub-unit", " ", "\n", ".", "@", "#", "08"]), max_size=12
)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=80) | PROSE_LIKE.map("".join))
def test_the_words_between_signs_are_the_words_of_the_tokeniser(caption):
    frame = pl.DataFrame({"caption": [caption]})
    plain = frame.select(word_tokens(clean(pl.col("caption")))).item().to_list()
    with_signs = frame.select(
        prose_tokens(pl.col("caption")).list.eval(pl.element().filter(pl.element().str.contains(r"^\p{L}")))
    )
    assert with_signs.item().to_list() == plain


def test_slang_and_formal_spellings_make_one_phrase():
    captions = [
        f"{words} {other}" for words, other in zip(["tanggung jawab", "tanggung jwb"] * 3, filler(6), strict=True)
    ]
    (row,) = find_phrases(posts(*captions), threshold=0.3).iter_rows(named=True)
    assert (row["phrase"], row["count"]) == ("tanggung jawab", 6)


def test_a_stopword_is_in_no_phrase_and_keeps_words_apart():
    captions = [f"posko yang darurat {word}" for word in filler(8)]
    assert find_phrases(posts(*captions), threshold=-1.0, min_count=2).is_empty()


def test_a_connector_joins_two_words_and_is_part_of_the_phrase():
    assert "dan" in CONNECTORS
    captions = [f"obat dan makanan {word}" for word in filler(8)]
    (row,) = find_phrases(posts(*captions)).iter_rows(named=True)
    assert (row["phrase"], row["words"], row["length"]) == ("obat dan makanan", ["obat", "dan", "makanan"], 3)
    assert find_phrases(posts(*captions), connectors=()).is_empty()


def test_three_words_are_found_in_the_second_pass_and_their_parts_are_not_listed():
    captions = [f"palang merah indonesia {word}" for word in filler(20)]
    table = find_phrases(posts(*captions))
    assert table["phrase"].to_list() == ["palang merah indonesia"]
    assert find_phrases(posts(*captions), max_length=2)["length"].to_list() == [2]


def test_where_two_pairs_share_a_word_the_stronger_one_grows():
    captions = [f"kampus salah sasaran {word}" for word in filler(6)]
    captions += [f"{word} salah sasaran" for word in filler(40)[6:]] + [f"kampus {word}" for word in filler(80)[40:]]
    table = find_phrases(posts(*captions), threshold=0.2)
    assert "salah sasaran" in table["phrase"].to_list()
    assert not any(phrase == "kampus salah" for phrase in table["phrase"])


def test_of_too_many_phrases_those_in_the_most_posts_are_kept():
    captions = [f"tanggap darurat {word}" for word in filler(9)] + [f"air bersih {word}" for word in filler(20)[9:]]
    assert set(find_phrases(posts(*captions))["phrase"]) == {"tanggap darurat", "air bersih"}
    assert find_phrases(posts(*captions), max_phrases=1)["phrase"].to_list() == ["air bersih"]


# ---- a user's own phrases ----


def test_own_phrases_are_counted_whatever_their_figures_beside_those_found():
    captions = [f"tanggap darurat {word}" for word in filler(8)] + ["Bantuan sosial tunai", "bantuan SOSIAL"]
    table = find_phrases(posts(*captions), phrases=["Bantuan  Sosial", "kartu prakerja", "tanggap darurat"])
    assert table.select("phrase", "count", "own").rows() == [
        ("tanggap darurat", 8, True),
        ("bantuan sosial", 2, True),
        ("kartu prakerja", 0, True),
    ]
    assert table["npmi"].is_null().to_list() == [False, True, True]
    alone = find_phrases(posts(*captions), phrases=["bantuan sosial"], only=True)
    assert alone.select("phrase", "count").rows() == [("bantuan sosial", 2)]


@pytest.mark.parametrize("phrase", ["orang tua", "mahasiswa baru", "hari ini", "vitamin c", "usaha untuk semua orang"])
def test_an_own_phrase_may_begin_and_end_with_words_that_are_dropped_elsewhere(phrase):
    first, *_, last = phrase.split()
    captions = [f"{phrase} banjir", f"banjir {phrase}", f"{last} banjir {first}", f"{first} gempa {last}"]
    table = find_phrases(posts(*captions), phrases=[phrase], only=True)
    assert table.select("phrase", "count").rows() == [(phrase, 2)]
    language = LanguageSettings(stem=False)
    matrix = document_term_matrix(posts(*captions), language=language, phrases=Phrases(table["phrase"]))
    plain = document_term_matrix(posts(*captions), language=language)
    assert terms_of(matrix)[:2] == [{"banjir": 1, phrase: 1}] * 2
    assert terms_of(matrix)[2:] == terms_of(plain)[2:]


def test_own_phrases_teach_the_search_no_new_connectors_and_no_stopwords():
    captions = [f"posko di {word} darurat, sekolah di desa, orang tua, tua hadir" for word in filler(12)]
    own = ["posko di desa", "orang tua"]
    found = find_phrases(posts(*captions), phrases=own, threshold=-1.0).filter(~pl.col("own"))["phrase"].to_list()
    assert found == find_phrases(posts(*captions), threshold=-1.0)["phrase"].to_list()
    assert not any("di" in phrase.split() or "orang" in phrase.split() for phrase in found)


def test_own_phrases_are_never_crowded_out():
    captions = [f"air bersih {word}" for word in filler(9)] + ["tanggap darurat", "siaga banjir"]
    table = find_phrases(posts(*captions), phrases=["tanggap darurat", "siaga banjir"], max_phrases=1)
    assert table["phrase"].to_list() == ["siaga banjir", "tanggap darurat"]


def test_a_list_of_phrases_is_read_as_captions_are(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("\ufeff# programmes\n\nKartu  Indonesia Pintar\ntanggung jwb\nkartu indonesia pintar\n", "utf-8")
    assert read_phrases(path) == ["kartu indonesia pintar", "tanggung jawab"]
    assert read_phrases(path, language=LanguageSettings(slang=False))[1] == "tanggung jwb"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("posko", "is one word"),
        ("HUT RI 75", "holds '7'"),
        ("tanggap, darurat", "holds ','"),
        ("kunjungi bnpb.go.id sekarang", "link, hashtag or mention"),
        ("ayo #vaksin warga", "link, hashtag or mention"),
    ],
)
def test_a_line_that_can_never_be_found_is_named(tmp_path, line, problem):
    path = tmp_path / "own.txt"
    path.write_text(f"# own\nair bersih\n{line}\n", "utf-8")
    with pytest.raises(InputError, match=problem) as caught:
        read_phrases(path)
    assert (caught.value.path, caught.value.row, caught.value.value) == (path, 3, line)


def test_a_list_that_is_not_there_or_not_text_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_phrases(tmp_path / "no.txt")
    (tmp_path / "latin.txt").write_bytes("kafé ramai".encode("cp1252"))
    with pytest.raises(InputError, match="is not UTF-8"):
        read_phrases(tmp_path / "latin.txt")


# ---- copies ----


def test_a_text_that_was_posted_three_hundred_times_proves_no_phrase():
    copies = [f"Ayo Tanggap darurat! #posko{i} https://s.id/{i}" for i in range(300)]
    other = [f"banjir {word}" for word in filler(30)]
    assert find_phrases(posts(*copies, *other)).is_empty()
    assert find_phrases(posts(*copies, *other), distinct=False)["count"].to_list() == [300]


def test_figures_count_distinct_posts_and_agencies():
    captions = [f"tanggap darurat {word} tanggap darurat" for word in filler(6)] * 2
    agencies = ["bnpb", "bnpb", "bpbd", None, None, None] * 2
    accounts = ["a", "b", "c", "d", "d", "e"] * 2
    (row,) = find_phrases(posts(*captions, agency=agencies, account=accounts)).iter_rows(named=True)
    assert (row["count"], row["document_frequency"], row["n_agencies"]) == (12, 6, 4)
    assert find_phrases(posts(*captions, agency=agencies, account=accounts), min_agencies=5).is_empty()
    assert find_phrases(posts(*captions))["n_agencies"].to_list() == [None]


def test_reposts_and_ads_are_left_out():
    captions = [f"tanggap darurat {word}" for word in filler(8)]
    kinds = ["original"] * 4 + ["repost"] * 2 + ["ad"] * 2
    assert find_phrases(posts(*captions, post_kind=kinds), min_count=5, min_posts=5).is_empty()
    assert len(find_phrases(posts(*captions, post_kind=kinds), min_count=4, min_posts=4)) == 1


# ---- batches and bounds ----


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from(["vaksin", "banjir", "gempa", "dan", "panen", ","]), max_size=8), max_size=30),
    st.integers(1, 9),
    st.sampled_from(["npmi", "log_likelihood"]),
)
def test_no_batch_changes_the_phrases(rows, batch_rows, score):
    frame = posts(*(" ".join(words) for words in rows))
    whole = find_phrases(frame, min_count=2, min_posts=1, threshold=-1.0, score=score)
    parts = find_phrases(frame.lazy(), min_count=2, min_posts=1, threshold=-1.0, score=score, batch_rows=batch_rows)
    assert parts.equals(whole)


def test_a_tally_over_its_limit_says_how_far_it_may_be_off():
    draw = np.random.default_rng(1)
    keys = np.minimum(draw.zipf(1.3, 60_000), 50_000).astype(np.uint64)
    exact = dict(zip(*np.unique(keys, return_counts=True), strict=True))
    tally = PairTally(limit=200)
    for part in np.array_split(keys, 30):
        tally.add(part, np.arange(len(part)))
        tally.table()
    held = dict(tally.table().select("key", "count").iter_rows())
    assert tally.error > 0
    assert len(held) <= 200
    assert all(exact[key] - tally.error <= count <= exact[key] for key, count in held.items())
    assert {key for key, count in exact.items() if count > tally.error} <= held.keys()


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=20), max_size=8))
def test_a_hash_is_new_once(batches):
    seen, known = SeenHashes(), set()
    for batch in batches:
        is_new = seen.first_seen(np.array(batch, np.uint64)).tolist()
        for value, new in zip(batch, is_new, strict=True):
            assert new == (value not in known)
            known.add(value)


# ---- matching ----

PATTERNS = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=4), min_size=1, max_size=6)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.integers(0, 4), max_size=30), PATTERNS)
def test_the_longest_phrase_is_taken_from_left_to_right(stream, patterns):
    distinct = sorted(set(map(tuple, patterns)))
    matcher = Matcher([Pattern(p, (0,) * (len(p) - 1)) for p in distinct])
    found = matcher.find(np.array(stream, np.uint32), np.zeros(len(stream), np.uint8))
    expected, i = [], 0
    while i < len(stream):
        fits = [p for p in distinct if tuple(stream[i : i + len(p)]) == p]
        best = max(fits, key=len, default=None)
        if best is not None:
            expected.append((i, distinct.index(best)))
        i += len(best) if best else 1
    assert list(zip(found.start.tolist(), found.pattern.tolist(), strict=True)) == expected
    inside = {i + k for i, number in expected for k in range(1, len(distinct[number]))}
    assert set(np.flatnonzero(inside_of(found, len(stream))).tolist()) == inside


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30), st.permutations(range(4)))
def test_of_two_pairs_that_share_a_word_the_stronger_is_taken(pairs, rank):
    place, starts, kinds = 0, [], []
    for kind, apart in pairs:
        place += 2 if apart else 1
        starts.append(place)
        kinds.append(kind)
    taken = strongest_pairs(np.array(starts, np.int64), np.array(kinds, np.int64), np.array(rank, np.int64)).tolist()
    chosen = [starts[i] for i in taken]
    assert all(b - a > 1 for a, b in itertools.pairwise(chosen))
    for i in set(range(len(starts))) - set(taken):
        near = [j for j in taken if abs(starts[j] - starts[i]) == 1]
        assert any(rank[kinds[j]] >= rank[kinds[i]] for j in near)


def test_a_row_of_one_word_is_read_in_linear_time():
    matcher = Matcher([Pattern((1, 1), (0,))])
    stream = np.ones(200_001, np.uint32)
    assert len(matcher.find(stream, np.zeros(len(stream), np.uint8)).start) == 100_000
    starts = np.arange(200_000)
    assert len(strongest_pairs(starts, np.zeros(200_000, np.int64), np.zeros(1, np.int64))) == 100_000


# ---- as terms ----


def test_a_phrase_is_one_term_and_its_words_are_not_counted_there():
    matrix = document_term_matrix(
        posts("Bantuan sosial untuk warga", "bantuan warga"), phrases=Phrases(["bantuan sosial"])
    )
    assert terms_of(matrix) == [{"bantu sosial": 1, "warga": 1}, {"bantu": 1, "warga": 1}]
    row = matrix.vocabulary.filter(pl.col("term") == "bantu sosial").row(0, named=True)
    assert (row["kind"], row["surface"], row["count"], row["document_frequency"]) == ("word", "bantuan sosial", 1, 1)


def test_the_words_of_a_phrase_are_kept_when_asked_for():
    phrases = Phrases(["bantuan sosial"], keep_words=True)
    matrix = document_term_matrix(posts("Bantuan sosial"), phrases=phrases)
    assert terms_of(matrix) == [{"bantu": 1, "bantu sosial": 1, "sosial": 1}]


def test_two_spellings_of_a_phrase_are_one_term_with_the_commoner_surface():
    phrases = Phrases(["layanan publik", "pelayanan publik"])
    matrix = document_term_matrix(posts("pelayanan publik layanan publik pelayanan publik"), phrases=phrases)
    (row,) = matrix.vocabulary.iter_rows(named=True)
    assert (row["term"], row["surface"], row["count"]) == ("layan publik", "pelayanan publik", 3)


def test_a_word_that_stands_only_in_phrases_is_no_term():
    matrix = document_term_matrix(posts("tanggap darurat", "darurat"), phrases=Phrases(["tanggap darurat"]))
    assert sorted(matrix.vocabulary["term"]) == ["darurat", "tanggap darurat"]
    assert matrix.counts.shape == (2, 2)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(st.sampled_from("abgu dn.\n#2'-é"), max_size=30), min_size=1, max_size=10))
def test_phrases_that_never_occur_change_nothing(captions):
    frame = posts(*captions)
    plain = document_term_matrix(frame)
    with_phrases = document_term_matrix(frame, phrases=Phrases(["zaitun zamrud"]))
    assert with_phrases.vocabulary.equals(plain.vocabulary)
    assert (with_phrases.counts.toarray() == plain.counts.toarray()).all()


def test_the_counts_of_the_table_are_those_of_the_matrix():
    draw = np.random.default_rng(3)
    pool = ["tanggap darurat", "palang merah indonesia", "banjir", "gempa", "posko", "dan", "yang", ",", "warga"]
    captions = [" ".join(draw.choice(pool, 8)) + f" {word}" for word in filler(200)]
    table = find_phrases(posts(*captions), threshold=0.2)
    matrix = document_term_matrix(
        posts(*captions), language=LanguageSettings(stem=False), phrases=Phrases(table["phrase"])
    )
    counted = matrix.vocabulary.select(pl.col("term").alias("phrase"), "count", "document_frequency")
    assert len(table) >= 2
    assert table.select("phrase", "count", "document_frequency").join(counted, on=counted.columns).height == len(table)


# ---- settings ----


def test_phrases_are_sorted_distinct_and_go_through_json():
    phrases = Phrases(["b  c", "a b", "b c"], keep_words=True)
    assert list(phrases) == ["a b", "b c"]
    settings_ = LanguageSettings(phrases=phrases)
    again = LanguageSettings(**json.loads(json.dumps(settings_.as_dict())))
    assert again == settings_
    assert LanguageSettings(**json.loads(json.dumps(LanguageSettings().as_dict()))) == LanguageSettings()


def test_one_word_is_no_phrase():
    with pytest.raises(ValueError, match="'posko' is one word"):
        Phrases(["posko"])
    with pytest.raises(ValueError, match="list of strings"):
        Phrases("tanggap darurat")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"score": "pmi"}, "score is 'pmi'"),
        ({"min_count": 0}, "at least 1"),
        ({"max_length": 1}, "max_length is 1"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        find_phrases(posts("a b"), **options)


def test_more_connectors_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="300 connectors are too many"):
        find_phrases_in_tokens(pl.Series([["a", "b"]]), connectors=[f"w{i}" for i in range(300)])


def test_no_posts_have_no_phrases():
    assert find_phrases(posts()).is_empty()
    assert find_phrases(posts("", "🎉")).is_empty()


def test_a_saved_topic_model_reads_new_posts_with_its_own_phrases(tmp_path):
    flood = [f"tanggap darurat banjir {word}" for word in ("sungai", "hujan", "pompa", "sungai", "hujan")]
    vaccine = [f"vaksin dosis {word}" for word in ("dokter", "suntik", "dokter", "suntik", "dokter")]
    language = LanguageSettings(phrases=Phrases(["tanggap darurat"]))
    model = TopicModel(2, language=language).fit(posts(*flood, *vaccine))
    assert "tanggap darurat" in model.vocabulary_["term"].to_list()
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.language == language
    new = posts("tanggap darurat", "darurat")
    shares = loaded.transform(new)
    assert shares[0].sum() == pytest.approx(1.0)
    # *darurat* stood in the phrase alone, so the model knows nothing of it by itself.
    assert shares[1].sum() == 0.0

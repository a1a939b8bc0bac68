import multiprocessing
import os
import pickle
import subprocess
import sys
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import spacy
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span, Token

from tests.timing import soon
from textmine.cli.text_filters import stem
from textmine.errors import ConfigError, InputError, ModelError
from textmine.language.columns import hashtag_tokens
from textmine.language.normaliser import Normaliser, NormaliserSettings
from textmine.language.readability import Readability
from textmine.language.segmentation import HashtagSegmenter

ROOT = Path(__file__).resolve().parents[2]
POSTS = ROOT.parent / "shared" / "data" / "posts"
COMPONENTS = (
    "textmine_hashtags",
    "textmine_normaliser",
    "sastrawi_stemmer",
    "textmine_entities",
    "textmine_readability",
)
TEXT = (
    "Mksh yg udh dtg di hp nya, warga Kota Bekasi! #BanggaBuatanIndonesia#vaksinuntukkita\n"
    "Anggaran Rp 1,5 M tgl 17/8/2020 oleh Kemenkes&amp;BPOM. Pelayanan makin baguuus dirumah 😀"
)


def pipeline(*components: str, language: str = "id", **config) -> spacy.language.Language:
    nlp = spacy.blank(language)
    for name in components:
        nlp.add_pipe(name, config=config.get(name, {}))
    return nlp


@cache
def shared_pipeline(*components: str, language: str = "id") -> spacy.language.Language:
    return pipeline(*components, language=language)


def outcome(doc: Doc) -> dict[str, object]:
    return {
        "tokens": [
            (t.text, t._.normal, t._.stem, t._.is_hashtag, t._.hashtag_identity, t._.hashtag_words) for t in doc
        ],
        "doc": (doc._.normal, doc._.readability, [tag.text for tag in doc._.hashtags]),
        "entities": [(entity.text, entity.label_, entity.id_) for entity in doc.ents],
        "sentences": [sentence.text for sentence in doc.sents],
    }


def in_fresh_process(program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd=ROOT.parent
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def whole():
    return pipeline(*COMPONENTS)


@pytest.fixture(scope="module")
def real_posts():
    if not POSTS.is_dir():
        pytest.skip("real posts are not in ../shared/data/posts")
    instagram = pl.read_csv(POSTS / "instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv", infer_schema=False)
    x = pl.read_csv(POSTS / "x_tweet_harvest_kipk/kipk_first_1000.csv", infer_schema=False)
    return pl.concat([instagram["caption"], x["full_text"].rename("caption")]).drop_nulls().unique().sort().to_list()


# Registration


def test_a_fresh_process_stems_without_importing_textmine():
    program = (
        "import spacy; nlp = spacy.blank('id'); nlp.add_pipe('sastrawi_stemmer');"
        "print([token._.stem for token in nlp('Pelayanan warga Bekasi')])"
    )
    assert in_fresh_process(program) == "['layan', 'warga', 'bekasi']\n"


def test_the_entry_points_name_factories_that_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    entries = project["entry-points"]["spacy_factories"]
    assert set(entries) == set(COMPONENTS)
    import textmine.language.spacy_components as components

    for name, place in entries.items():
        assert place == f"{components.__name__}:{name}"
        assert callable(getattr(components, name))


def test_what_spacy_loads_for_every_pipeline_is_light():
    program = (
        "import sys, spacy; before = set(sys.modules); import textmine.language.spacy_components;"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('textmine')))"
    )
    assert in_fresh_process(program) == "[]\n"


def test_spacy_knows_what_each_component_sets(whole):
    analysis = whole.analyze_pipes()
    assert not any(analysis["problems"].values())
    assert analysis["summary"]["textmine_hashtags"]["retokenizes"]
    assert analysis["attrs"]["token._.stem"]["assigns"] == ["sastrawi_stemmer"]
    assert analysis["attrs"]["doc._.readability"]["assigns"] == ["textmine_readability"]
    assert analysis["attrs"]["doc.ents"]["assigns"] == ["textmine_entities"]


@pytest.mark.parametrize("language", ["id", "en", "xx", "ms"])
def test_components_work_in_pipelines_of_other_languages(language):
    doc = pipeline(*COMPONENTS, language=language)("Layanan #BanggaBuatanIndonesia yg baguuus dari Kemenkes. Yuk!")
    assert [token._.hashtag_words for token in doc._.hashtags] == [["bangga", "buatan", "indonesia"]]
    assert doc._.normal == "Layanan #BanggaBuatanIndonesia yang bagus dari Kemenkes. Yuk!"
    assert (doc[0]._.stem, doc.ents[-1].text, doc._.readability.n_sentences) == ("layan", "Kemenkes", 2)


def test_an_attribute_that_another_package_computes_is_not_taken_over():
    program = (
        "import spacy; from spacy.tokens import Token; Token.set_extension('stem', getter=lambda token: 'x')\n"
        "from textmine.errors import ConfigError\n"
        "try: spacy.blank('id').add_pipe('sastrawi_stemmer')\n"
        "except ConfigError as error: print(error)"
    )
    assert in_fresh_process(program).startswith("key 'Token._.stem': is an attribute of another package already")


# Stems


def test_stems_are_those_of_the_command(whole):
    words = "pelayanan mempertanggungjawabkan bekasi bali menyukai café anak2 covid19 siapkan kemenkes dirumah".split()
    for arguments, config in ((), {}), (("--protect", "none"), {"protect": "none"}):
        told = CliRunner().invoke(stem, list(arguments), input="\n".join(words)).output.split()
        doc = Doc(spacy.blank("id").vocab, words=words)
        stemmed = pipeline("sastrawi_stemmer", sastrawi_stemmer=config).get_pipe("sastrawi_stemmer")(doc)
        assert [token._.stem for token in stemmed] == told


def test_own_roots_and_own_protected_words():
    config = {"roots": ["Vlog"], "protected": ["Melati"]}
    doc = pipeline("sastrawi_stemmer", sastrawi_stemmer=config)("ngevlog vlogkan melati")
    plain = pipeline("sastrawi_stemmer")("ngevlog vlogkan melati")
    assert [token._.stem for token in doc] == ["ngevlog", "vlog", "melati"]
    assert [token._.stem for token in plain] == ["ngevlog", "vlogkan", "melati"]


def test_what_is_no_word_keeps_its_letters():
    doc = pipeline("sastrawi_stemmer")("https://Kemkes.go.id/Beritaan @Kemenkes_RI 1.500.000 ! 😀")
    assert [token._.stem for token in doc] == ["https://kemkes.go.id/beritaan", "@kemenkes_ri", "1.500.000", "!", "😀"]


def test_the_stemmer_reads_the_formal_words_only_when_the_normaliser_stands_before_it():
    text = "mksh dirumah ngeliat"
    after = pipeline("textmine_normaliser", "sastrawi_stemmer")(text)
    ahead = pipeline("sastrawi_stemmer", "textmine_normaliser")(text)
    assert [token._.stem for token in after] == ["terima kasih", "di rumah", "lihat"]
    assert [token._.stem for token in ahead] == ["mksh", "rumah", "ngeliat"]
    assert [token._.normal for token in ahead] == ["terima kasih", "di rumah", "melihat"]


def test_names_stay_protected_within_formal_words():
    doc = pipeline("textmine_normaliser", "sastrawi_stemmer", textmine_normaliser={"slang": {"bks": "di bekasi"}})(
        "bks"
    )
    assert doc[0]._.stem == "di bekasi"


# Normal forms


def test_a_replacement_belongs_to_the_token_in_which_it_begins():
    doc = pipeline("textmine_normaliser")("Biaya Rp 1,5 M (17/8/2020), di hp nya. Sy di bantu!")
    words = {token.text: token._.normal for token in doc}
    assert doc._.normal == "Biaya 1,5 miliar rupiah (17 Agustus 2020), di hpnya. Saya dibantu!"
    assert (words["Rp"], words["1,5"], words["M"]) == ("1,5 miliar rupiah", "", "")
    assert (words["hp"], words["nya"], words["Sy"], words["bantu"]) == ("hpnya", "", "Saya", "")
    assert (words["("], words[")"], words["17"], words["2020"]) == ("(", ")", "17 Agustus 2020", "")


def test_steps_can_be_switched_off_and_words_added():
    config = {"off": ["elongation", "numbers"], "slang": {"gasken": "ayo"}}
    doc = pipeline("textmine_normaliser", textmine_normaliser=config)("gasken yg baguuus Rp10rb")
    assert doc._.normal == "ayo yang baguuus Rp10rb"
    with pytest.raises(ConfigError, match="no such step; the steps are unicode, dates"):
        pipeline("textmine_normaliser", textmine_normaliser={"off": ["slng"]})


def test_entities_and_invisible_characters_leave_the_signs_where_they_are():
    doc = pipeline("textmine_normaliser")("Kemenkes&amp;BPOM. vak\u200bsin")
    assert doc._.normal == "Kemenkes&BPOM. vaksin"
    assert [token._.normal for token in doc][-2:] == [".", "vaksin"]


def test_a_text_whose_spaces_change_has_its_tokens_normalised_one_by_one():
    doc = pipeline("textmine_normaliser")("yg&nbsp;bagus bgt&nbsp;lho \u200b yg")
    assert doc._.normal == Normaliser().normalise(doc.text)
    assert doc[-1]._.normal == "yang"


@pytest.fixture(scope="module")
def normalising():
    return pipeline("textmine_normaliser"), Normaliser()


WORDS = "yg dgn gak baguuus anak2 di rumah hp nya dirumah Rp 1,5 M 17/8/2020 50% #Tag @a_b 😀 mksh , . ( ! KPK\n".split(
    " "
)


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from([" ", "  ", "\n", " ("]))
@settings(deadline=None)
def test_the_parts_of_the_tokens_are_the_normalised_text(normalising, words, between):
    nlp, normaliser = normalising
    doc = nlp(between.join(words))
    assert doc._.normal == normaliser.normalise(doc.text)
    assert "".join("".join(token._.normal.split()) for token in doc) == "".join(doc._.normal.split())


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_has_a_normal_form_and_stems(normalising, text):
    nlp, normaliser = normalising
    doc = nlp(text)
    assert doc._.normal == normaliser.normalise(doc.text)
    assert all(token._.normal is not None for token in doc)


def test_real_posts_are_written_as_the_normaliser_writes_them(normalising, real_posts):
    nlp, normaliser = normalising
    joined = 0
    for doc, normal in zip(nlp.pipe(real_posts), normaliser.normalise_texts(real_posts), strict=True):
        assert doc._.normal == normal
        joined += "".join("".join(token._.normal.split()) for token in doc) == "".join(normal.split())
    assert joined >= 0.99 * len(real_posts)


# Hashtags


@pytest.mark.parametrize("language", ["id", "en", "xx"])
@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Ayo #BanggaBuatanIndonesia!", ["#BanggaBuatanIndonesia"]),
        ("#satu#dua,#tiga", ["#satu", "#dua", "#tiga"]),
        ('(#a_b) "#c" ＃d ##e # f C# g#h #1 #2k', ["#a_b", "#c", "＃d", "#2k"]),
        ("https://a.id/#x &#39; #Vaksin❤️ #मराठी", ["#Vaksin", "#मराठी"]),
        ("tidak ada", []),
    ],
)
def test_each_hashtag_is_one_token(language, text, tags):
    doc = shared_pipeline("textmine_hashtags", language=language)(text)
    assert [token.text for token in doc._.hashtags] == tags
    assert doc.text == text
    assert [token.text for token in doc if token._.is_hashtag] == tags


@given(st.text("#＃aB1_ /&@.,é\n", max_size=40))
@settings(deadline=None)
def test_hashtags_are_those_of_the_post_table(text):
    from textmine.language.spacy_components.hashtags import hashtag_spans

    frame = pl.DataFrame({"text": [text.replace("＃", "#")]}, schema={"text": pl.String})
    expected = frame.select(hashtag_tokens(pl.col("text"))).item().to_list()
    assert [text[start + 1 : end] for start, end in hashtag_spans(text)] == [
        tag for tag in expected if _has_letter(tag)
    ]


def _has_letter(tag: str) -> bool:
    return any(map(str.isalpha, tag))


def test_words_and_identity_of_a_hashtag(whole):
    doc = whole("#HUTRI75 #dirumahAja #BanggaBuatanIndonesia")
    assert [token._.hashtag_words for token in doc] == HashtagSegmenter().segment_types(token.text for token in doc)
    assert [token._.hashtag_identity for token in doc] == ["#hutri75", "#dirumahaja", "#banggabuatanindonesia"]
    assert (whole("warga")[0]._.hashtag_identity, whole("warga")[0]._.hashtag_words) == (None, [])


def test_languages_and_own_words_of_hashtags():
    config = {"languages": ["id"], "extra_words": ["zyxkota"]}
    doc = pipeline("textmine_hashtags", textmine_hashtags=config)("#ayozyxkota")
    assert doc[0]._.hashtag_words == ["ayo", "zyxkota"]
    with pytest.raises(ValueError, match="languages is empty"):
        pipeline("textmine_hashtags", textmine_hashtags={"languages": []})


# Entities


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("Vaksinasi di Kota Bekasi dan Kab. Malang", [("Kota Bekasi", "CITY"), ("Kab. Malang", "REGENCY")]),
        (
            "warga jawa timur, JAWA BARAT, Sulsel",
            [("jawa timur", "PROVINCE"), ("JAWA BARAT", "PROVINCE"), ("Sulsel", "PROVINCE")],
        ),
        ("Kementerian Kesehatan dan BPK memeriksa", [("Kementerian Kesehatan", "AGENCY"), ("BPK", "AGENCY")]),
        ("Daftar Kartu Prakerja dan PKH", [("Kartu Prakerja", "PROGRAMME"), ("PKH", "PROGRAMME")]),
        ("malang nian nasib bpk Budi di padang rumput", []),
        ("Malang nian. Batu besar di Puncak Gunung", []),
        ("Malang, 5 Mei. Kami tiba di Malang", [("Malang", "CITY"), ("Malang", "CITY")]),
        ("Bupati Puncak dan Wali Kota Batu", [("Puncak", "REGENCY"), ("Kota Batu", "CITY")]),
        ("PELATIHAN PADANG RUMPUT DI BEKASI", [("BEKASI", "CITY")]),
        ("Kantor di Jl. Surabaya, Universitas Negeri Medan, Bank Jatim", []),
        ("umkm dan imunisasi", []),
        ("lima puluh kota ikut, juga Lima Puluh Kota", [("Lima Puluh Kota", "REGENCY")]),
    ],
)
def test_names_of_the_state(text, entities):
    doc = shared_pipeline("textmine_entities")(text)
    assert [(entity.text, entity.label_) for entity in doc.ents] == entities


def test_a_hashtag_that_spells_a_name_is_an_entity():
    text = "#BanggaBuatanIndonesia #kotaku #Bekasi"
    doc = pipeline("textmine_hashtags", "textmine_entities")(text)
    assert [(entity.text, entity.label_, entity.id_) for entity in doc.ents] == [
        ("#BanggaBuatanIndonesia", "PROGRAMME", "bangga buatan indonesia"),
        ("#Bekasi", "CITY", "bekasi"),
    ]


def test_kinds_patterns_and_entities_that_are_there_already():
    config = {"kinds": ["company"], "patterns": [{"label": "EVENT", "pattern": "Pekan Raya Jakarta", "id": "prj"}]}
    nlp = pipeline("textmine_entities", textmine_entities=config)
    doc = nlp("PLN di pekan raya jakarta dan Bekasi")
    assert [(entity.text, entity.label_, entity.id_) for entity in doc.ents] == [
        ("PLN", "COMPANY", "pln"),
        ("pekan raya jakarta", "EVENT", "prj"),
    ]
    for overwrite, label in ((False, "OTHER"), (True, "COMPANY")):
        component = pipeline("textmine_entities", textmine_entities={**config, "overwrite_ents": overwrite})
        doc = component.make_doc("PLN padam")
        doc.ents = [Span(doc, 0, 1, label="OTHER")]
        assert [entity.label_ for entity in component.get_pipe("textmine_entities")(doc).ents] == [label]
    for wrong in ({"kinds": ["planet"]}, {"patterns": [{"label": "X"}]}, {"patterns": [{"label": "X", "pattern": ""}]}):
        with pytest.raises(ConfigError):
            pipeline("textmine_entities", textmine_entities=wrong)


def test_a_register_gives_names_acronyms_accounts_and_keys(tmp_path):
    register = tmp_path / "agencies.csv"
    register.write_text(
        "agency,name,platform,account\nbaswara,Badan Swara Rakyat (BSR),x,baswara_id\n17,Dinas Uji,x,dinas_uji\n",
        encoding="utf-8",
    )
    nlp = pipeline("textmine_entities", textmine_entities={"agencies": str(register)})
    text = "Badan Swara Rakyat (BSR) alias Baswara, @baswara_id, dan dinas uji 17"
    found = [(entity.text, entity.label_, entity.id_) for entity in nlp(text).ents]
    assert found == [
        ("Badan Swara Rakyat (BSR)", "AGENCY", "baswara"),
        ("Baswara", "AGENCY", "baswara"),
        ("@baswara_id", "AGENCY", "baswara"),
        ("dinas uji", "AGENCY", "17"),
    ]
    nlp.to_disk(tmp_path / "saved")
    register.unlink()
    assert [(e.text, e.label_, e.id_) for e in spacy.load(tmp_path / "saved")(text).ents] == found
    with pytest.raises(InputError, match="no such file"):
        pipeline("textmine_entities", textmine_entities={"agencies": str(register)})(text)


# Sentences and readability


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Ayo pakai masker! Jaga jarak.", ["Ayo pakai masker!", "Jaga jarak."]),
        (
            "Kantor di Jl. Melati No. 5 Kab. Malang. Buka 08.00.",
            ["Kantor di Jl. Melati No. 5 Kab. Malang.", "Buka 08.00."],
        ),
        (
            "Prof. Dr. Siti, S.Pd., M.Si. hadir. H. M. Ali juga.",
            ["Prof. Dr. Siti, S.Pd., M.Si. hadir.", "H. M. Ali juga."],
        ),
        ("Biaya Rp 1.500.000. Gratis!", ["Biaya Rp 1.500.000.", "Gratis!"]),
        ("Syarat:\n1. Bawa KTP\n2. Bawa foto", ["Syarat:\n", "1. Bawa KTP\n", "2. Bawa foto"]),
        ("Selamat pagi 😊 Jaga jarak 🙏🏽🙏🏽 ya", ["Selamat pagi 😊", "Jaga jarak 🙏🏽🙏🏽 ya"]),
        ("Hore! 🎉🎉 Kami menang.", ["Hore! 🎉🎉", "Kami menang."]),
        ("🎓 Mahasiswa\n🔗 Dosen", ["🎓 Mahasiswa\n", "🔗 Dosen"]),
        ("Ia berkata, “Ayo!” Lalu pergi. (Tamat.)", ["Ia berkata, “Ayo!”", "Lalu pergi.", "(Tamat.)"]),
        ("jadi... gitu. Jadi... Begitu", ["jadi... gitu.", "Jadi...", "Begitu"]),
        ("Beli beras, gula, dll. Datang ya", ["Beli beras, gula, dll.", "Datang ya"]),
        ("Beras,\ngula\n\nAyo\n#satu #dua", ["Beras,\ngula\n\n", "Ayo\n", "#satu #dua"]),
    ],
)
def test_sentences_of_posts(text, sentences):
    doc = shared_pipeline("textmine_hashtags", "textmine_readability")(text)
    assert [sentence.text for sentence in doc.sents] == sentences


def test_readability_counts_sentences_with_words_only(whole):
    doc = whole("Ayo pakai masker! Layanan gratis untuk warga.\n#Sehat #Kuat\n😀")
    assert doc._.readability == Readability(n_sentences=2, n_words=7, n_syllables=15, n_letters=37, n_long_words=1)
    assert [whole(text)._.readability for text in ("", " ", "#satu", "😀 123")] == [None] * 4


def test_sentence_bounds_of_another_component_stay_unless_overwritten():
    text = "Satu dua\ntiga empat"
    for config, n_sentences in ({}, 1), ({"overwrite_sents": True}, 2):
        doc = pipeline("sentencizer", "textmine_readability", textmine_readability=config)(text)
        assert doc._.readability.n_sentences == n_sentences


# Saving, processes


def test_a_saved_pipeline_does_the_same_in_a_fresh_process(tmp_path, whole):
    config = {"textmine_normaliser": {"off": ["dates"]}, "sastrawi_stemmer": {"roots": ["vlog"], "protect": "none"}}
    nlp = pipeline(*COMPONENTS, **config)
    nlp.to_disk(tmp_path)
    program = (
        f"import spacy; from tests.language.test_spacy import outcome, TEXT; nlp = spacy.load({str(tmp_path)!r});"
        "print(outcome(nlp(TEXT)))"
    )
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"
    assert in_fresh_process(program) == f"{outcome(nlp(TEXT))}\n"
    loaded = spacy.load(tmp_path)
    assert loaded.config["components"] == nlp.config["components"]
    assert loaded.config["components"]["sastrawi_stemmer"]["roots"] == ["vlog"]
    assert outcome(nlp(TEXT)) != outcome(whole(TEXT))


def test_bytes_bring_the_settings_along():
    config = {"sastrawi_stemmer": {"protect": "none"}, "textmine_readability": {"overwrite_sents": True}}
    nlp = pipeline(*COMPONENTS, **config)
    other = pipeline(*COMPONENTS).from_bytes(nlp.to_bytes())
    assert outcome(other(TEXT + " bekasi")) == outcome(nlp(TEXT + " bekasi"))
    assert other.get_pipe("sastrawi_stemmer").settings.protect == "none"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"textmine": "1", "settings": {"x": 1}}', b"\xff"])
def test_settings_of_something_else_are_refused(data, tmp_path):
    stemmer = pipeline("sastrawi_stemmer").get_pipe("sastrawi_stemmer")
    with pytest.raises(ModelError, match="no settings of a StemmerComponent"):
        stemmer.from_bytes(data)
    with pytest.raises(ModelError, match="save the pipeline again"):
        stemmer.from_disk(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_several_processes_give_what_one_gives(whole, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    before = multiprocessing.get_start_method()
    multiprocessing.set_start_method(method, force=True)
    try:
        texts = [TEXT, "", "Warga Kab. Malang", TEXT] * 5
        docs = list(whole.pipe(texts, n_process=2, batch_size=4))
    finally:
        multiprocessing.set_start_method(before, force=True)
    assert [outcome(doc) for doc in docs] == [outcome(whole(text)) for text in texts]


def test_docs_keep_what_was_found_when_they_are_stored_cut_and_joined(whole):
    doc = whole(TEXT)
    stored = DocBin(docs=[doc], store_user_data=True).to_bytes()
    assert outcome(next(iter(DocBin().from_bytes(stored).get_docs(whole.vocab)))) == outcome(doc)
    cut = doc[3:12].as_doc(copy_user_data=True)
    assert [token._.stem for token in cut] == [token._.stem for token in doc[3:12]]
    with pytest.warns(UserWarning, match="W101"):  # what is said of a whole doc is not said of two
        joined = Doc.from_docs([whole("Layanan"), whole("Pelayanan #Sehat")])
    assert [token._.stem for token in joined] == ["layan", "layan", "#sehat"]
    assert joined[-1]._.is_hashtag


def test_components_can_be_pickled(whole):
    for name in COMPONENTS:
        component = whole.get_pipe(name)
        again = pickle.loads(pickle.dumps(component))
        assert again.settings == component.settings
        assert len(pickle.dumps(component)) < 2_000_000


def test_a_wrong_type_in_the_configuration_is_refused_at_once():
    for name, config in ("sastrawi_stemmer", {"protect": "some"}), ("textmine_hashtags", {"languages": 3}):
        with pytest.raises(ValueError, match=next(iter(config))):
            pipeline(name, **{name: config})


def test_the_stream_equals_single_calls_whatever_the_batch(whole):
    texts = [TEXT, "", "Yuk ke Bekasi #Sehat", "yg baguuus"] * 3
    single = [outcome(whole(text)) for text in texts]
    for batch_size in (1, 5, 100):
        assert [outcome(doc) for doc in whole.pipe(texts, batch_size=batch_size)] == single


def test_time_is_linear_in_the_length(whole):
    # No run of emoji: over one, spaCy's own tokenizer takes quadratic time.
    texts = ("a" * 20_000, "#a" * 5_000, "yg " * 5_000, "Kota " * 5_000, "a\u200b b " * 5_000, "www.a #b " * 5_000)
    assert soon(lambda: [whole(text) for text in texts], 60) < 60


def test_steps_that_are_off_are_those_of_the_normaliser():
    text = "Sy udh ke2 kali &amp; 17/8/2020 Rp10rb 4ku baguuus anak2 resiko kirimin ternuata"
    for step in ("context", "slang", "numbers"):
        doc = pipeline("textmine_normaliser", textmine_normaliser={"off": [step]})(text)
        assert doc._.normal == Normaliser(replace(NormaliserSettings(), **{step: False})).normalise(text)


def test_extensions_stay_quiet_on_other_docs():
    pipeline(*COMPONENTS)
    doc = spacy.blank("id")("warga #Sehat")
    assert (doc._.normal, doc._.readability, doc._.hashtags) == (None, None, [])
    assert (doc[0]._.stem, doc[0]._.normal, doc[0]._.is_hashtag) == (None, None, False)
    assert Token.has_extension("stem")

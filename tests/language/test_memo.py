import subprocess
import sys

from textmine.language.memo import StemMemo
from textmine.language.sastrawi import SastrawiStemmer

WORDS = ["pelayanan", "melayani", "bekasi", "buku-bukunya", "café", "xyz"]


def test_stems_with_a_memo_are_the_stemmers(tmp_path):
    expected = SastrawiStemmer().stem_types(WORDS)
    memo = StemMemo(tmp_path)
    assert memo.stem_types(WORDS) == expected
    memo.save()
    assert StemMemo(tmp_path).stem_types(WORDS) == expected


def test_nothing_is_written_before_save(tmp_path):
    folder = tmp_path / "memo"
    memo = StemMemo(folder)
    memo.stem("pelayanan")
    assert not folder.exists()
    assert memo.save().parent == folder


def test_a_second_run_reads_what_the_first_one_saved(tmp_path):
    first = StemMemo(tmp_path)
    first.stem_types(WORDS)
    first.save()
    assert len(StemMemo(tmp_path)) == len(WORDS)


def test_other_roots_or_other_protected_words_have_a_memo_of_their_own(tmp_path):
    plain = StemMemo(tmp_path)
    plain.stem("bekasi")
    plain.save()
    assert StemMemo(tmp_path, protected=["bekasi"]).stem("bekasi") == "bekasi"
    assert len(StemMemo(tmp_path, extra_roots=["vlog"])) == 0
    assert len(StemMemo(tmp_path, tried_first=["bekas"])) == 0
    assert StemMemo(tmp_path, tried_first=["gerak"]).stem("gerakan") == "gerak"
    others = (StemMemo(tmp_path, protected=["bekas"]), StemMemo(tmp_path, tried_first=["bekas"]))
    assert len({memo.path for memo in (plain, *others)}) == 3


def test_two_processes_that_save_keep_the_stems_of_both(tmp_path):
    one, two = StemMemo(tmp_path), StemMemo(tmp_path)
    one.stem("pelayanan")
    two.stem("melayani")
    one.save()
    two.save()
    assert len(StemMemo(tmp_path)) == 2


def test_processes_at_the_same_time_leave_a_whole_file_and_no_draft(tmp_path):
    program = (
        "import sys; from textmine.language.memo import StemMemo\n"
        "for n in range(10):\n"
        "    memo = StemMemo(sys.argv[1]); memo.stem(sys.argv[2] + str(n)); memo.save()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in ("a", "b")]
    assert [process.wait() for process in running] == [0, 0]
    memo = StemMemo(tmp_path)
    assert len(memo) >= 10
    assert [path.name for path in tmp_path.iterdir()] == [memo.path.name]


def test_a_broken_memo_is_made_anew(tmp_path):
    memo = StemMemo(tmp_path)
    memo.path.write_bytes(b"no parquet")
    again = StemMemo(tmp_path)
    assert len(again) == 0
    assert again.stem("pelayanan") == "layan"
    again.save()
    assert len(StemMemo(tmp_path)) == 1

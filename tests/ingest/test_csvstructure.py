import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from textmine.ingest.csvstructure import recover, scan, split_record

cells = st.text(st.sampled_from('ab ,"\n;é🎉'), max_size=8)
tables = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=12)


def written(rows):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


@given(tables)
def test_both_ways_read_what_the_csv_module_wrote(rows):
    text = written(rows)
    structure = scan(text.encode(), ",")
    assert structure is not None
    assert structure.fields.tolist() == [3] * len(rows)

    records = list(recover(text.removesuffix("\n").split("\n"), ",", 3, final=True))
    assert [record.fields for record in records] == rows


def test_scan_refuses_a_quote_inside_a_bare_field():
    assert scan(b'a,5" pipe,c\n', ",") is None


def test_split_record_answers_none_for_quotes_that_do_not_close():
    assert split_record('a,"b', ",") is None
    assert split_record('a,"b"c', ",") is None


def test_split_record_reads_backslash_quotes_when_asked():
    assert split_record(r'a,"b \"c\" d"', ",", backslash=True) == ["a", 'b "c" d']


def problems(text, width=3):
    return [(r.problem, r.lines) for r in recover(text.split("\n"), ",", width, final=True) if r.text]


def test_a_stray_quote_costs_its_own_row_only():
    text = 'a,b,c\n"d,e,f\ng,h,i\nj,"k",l'
    assert [bool(problem) for problem, _ in problems(text)] == [False, True, False, False]


def test_a_record_that_may_go_on_is_left_for_the_next_stretch():
    assert [r.fields for r in recover(["a,b,c", 'd,"e'], ",", 3, final=False)] == [["a", "b", "c"]]


def test_empty_fields_beyond_the_header_are_dropped_and_filled_ones_refused():
    assert problems("a,b,c,,") == [("", 1)]
    assert problems("a,b,c,d") == [("has 4 fields instead of 3", 1)]


def test_a_quote_inside_a_bare_field_is_a_letter_like_any_other():
    assert [r.fields for r in recover(['a,5" pipa,c', "d,e,f"], ",", 3, final=True)] == [
        ["a", '5" pipa', "c"],
        ["d", "e", "f"],
    ]


def test_a_stray_quote_in_a_caption_of_several_lines_costs_that_post_only():
    text = 'a,"satu\n\n#x",c\nd,"du"a\n\n#y",f\ng,"tiga\n\n#z",i\nj,"k",l'
    whole = [r.fields for r in recover(text.split("\n"), ",", 3, final=True) if r.fields]
    assert whole == [["a", "satu\n\n#x", "c"], ["g", "tiga\n\n#z", "i"], ["j", "k", "l"]]


def test_an_opening_quote_too_many_costs_that_post_only():
    text = 'a,b,c\nd,"e,f\ng,"tiga\n\n#z",i\nj,"k",l'
    whole = [r.fields for r in recover(text.split("\n"), ",", 3, final=True) if r.fields]
    assert whole == [["a", "b", "c"], ["g", "tiga\n\n#z", "i"], ["j", "k", "l"]]

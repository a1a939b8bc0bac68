"""Places of keys and values: the same paths as tomllib, the same values, and the right lines in awkward files."""

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.tomlplaces import find_places, shown_path

AWKWARD = '''\
# [not.a.table]
title = """
[categories]
measure = "not here"
\\"""quoted\\""" and \\\\"""
'single' = 'a # no comment \\'
"dotted.name" = 1   # one key, not two
site . "host name" . port = 8_080
dates = [ 1979-05-27 07:32:00, 07:32:00,
  # a comment, with ] and "quotes
  1979-05-27T00:32:00-07:00 ,
]
mixed = [[1, 2], [], [{ a = "]", b.c = '}' }, { a = "," }],]
raw = \'\'\'
x = 1
it''s\'\'\'\'

[clusters]
kementerian.id = "Kementerian"
kementerian.en = "Ministries"

[[categories]]
id = "first"
[categories.eligibility]
min_posts = 3

  [[categories]]   # indented
  id = "second"
  [[categories.steps]]
  by = "a"
  [[categories.steps]]
  by = "b"
  [categories.steps.deep]
  value = inf

[a.b.c]
d = 0x0
[a]
e = true
'''


def walk(content, path=()):
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in items:
        yield (*path, key), value
        yield from walk(value, (*path, key))


def assert_like_tomllib(text):
    """Each path of tomllib and no other, and the text of each written value reads as the value."""
    places = find_places(text)
    content = dict(walk(tomllib.loads(text)))
    assert set(places.keys) == set(content)
    for path, (start, end) in places.values.items():
        assert tomllib.loads("value = " + places.text[start:end])["value"] == content[path], path
    scalars = {path for path, value in content.items() if not isinstance(value, dict | list)}
    assert scalars <= set(places.values)
    return places


def test_an_awkward_file_has_the_paths_and_values_of_tomllib():
    places = assert_like_tomllib(AWKWARD)
    lines = AWKWARD.split("\n")
    for path, inside in {
        ("title",): 'title = """',
        ("dotted.name",): '"dotted.name" = 1',
        ("site", "host name", "port"): "site . ",
        ("dates", 2): "1979-05-27T00",
        ("clusters", "kementerian", "en"): "kementerian.en",
        ("categories", 1): "[[categories]]   # indented",
        ("categories", 1, "id"): 'id = "second"',
        ("categories", 0, "eligibility", "min_posts"): "min_posts",
        ("categories", 1, "steps", 1, "by"): 'by = "b"',
        ("categories", 1, "steps", 1, "deep", "value"): "value = inf",
        ("a", "b"): "[a.b.c]",
        ("a", "e"): "e = true",
    }.items():
        assert inside in lines[places.line_of(path) - 1], path


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_are_counted_alike_with_either_line_end(ending):
    text = 'a = 1\nb = """\nx\n"""\n[[c]]\nd = [\n 1,\n 2]\n'.replace("\n", ending)
    places = assert_like_tomllib(text)
    assert [places.line_of(path) for path in [("a",), ("b",), ("c", 0), ("c", 0, "d", 1)]] == [1, 2, 5, 8]
    assert places.source_line(8) == " 2]"


def test_what_is_not_written_has_the_place_of_what_encloses_it():
    places = find_places("[[c]]\nid = 1\n\n[[c]]\nid = 2\n")
    assert places.line_of(("c", 1, "measure")) == 4
    assert places.line_of(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("written", "index", "found"),
    [
        ("'abc'", 1, "b"),
        ('"a\\u0041c"', 2, "c"),
        ('"a\\tc"', 1, "\\t"),
        ('"""\nab\ncd"""', 3, "c"),
        ('"""ab \\\n   cd"""', 3, "c"),
        ("'''\nab\ncd'''", 4, "d"),
        ('"abc"', 99, '"'),
    ],
)
def test_a_character_of_a_text_is_found_behind_quotes_and_escapes(written, index, found):
    text = f"x = 0\nkey = {written}\n"
    places = find_places(text)
    offset = places.offset_in_text(("key",), index)
    assert places.text[offset:].startswith(found)


names = st.one_of(st.sampled_from(["a", "b", "id", "x-1", "9"]), st.text(max_size=4))
scalars = st.one_of(
    st.integers(-(2**60), 2**60), st.booleans(), st.floats(allow_nan=False), st.text(max_size=9), st.dates(), st.times()
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12
)


def quoted(draw, text):
    long = draw(st.booleans())
    plain = json.dumps(text, ensure_ascii=True).replace("\x7f", "\\u007f")[1:-1]
    if "\\ud" in plain:  # TOML has no surrogates
        plain = "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in text)
    if not long:
        return f'"{plain}"'
    return f'"""{draw(st.sampled_from(["", chr(10)]))}{plain.replace(chr(92) + "n", chr(10))}"""'


def key(draw, name):
    if name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name) and draw(st.booleans()):
        return name
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08X}" for c in name) + '"'


def value(draw, item):
    if isinstance(item, dict):
        return "{" + ", ".join(f"{key(draw, name)} = {value(draw, part)}" for name, part in item.items()) + "}"
    if isinstance(item, list):
        gap = draw(st.sampled_from(["", " ", "\n", " # ], [\n"]))
        return "[" + gap + ",".join(value(draw, part) + gap for part in item) + "]"
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, str):
        return quoted(draw, item)
    return str(item) if isinstance(item, int | float) else item.isoformat()


def document(draw, tree, prefix=()):
    """Pairs first, then tables and arrays of tables: the order that TOML asks for."""
    lines, later = [], []
    for name, item in tree.items():
        tables = isinstance(item, list) and item and all(isinstance(part, dict) for part in item)
        if (isinstance(item, dict) or tables) and draw(st.booleans()):
            later.append((name, item))
        elif isinstance(item, dict) and item and draw(st.booleans()):
            lines += [f"{key(draw, name)} . {key(draw, k)} = {value(draw, part)}" for k, part in item.items()]
        else:
            lines.append(f"{key(draw, name)}={value(draw, item)} # ' \"")
    for name, item in later:
        path = (*prefix, key(draw, name))
        for part in item if isinstance(item, list) else [item]:
            lines.append(("[[ {} ]]" if isinstance(item, list) else "[{}]").format(" . ".join(path)))
            lines += document(draw, part, path)
    return lines


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_document_has_the_paths_and_values_of_tomllib(data):
    tree = data.draw(st.dictionaries(names, trees, max_size=4))
    assert_like_tomllib("\n".join(document(data.draw, tree)) + "\n")


def test_paths_are_shown_as_people_write_them():
    assert shown_path(("categories", 2, "measure")) == "categories[3].measure"

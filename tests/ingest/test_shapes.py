"""Shapes survive whatever a file holds: a broken part of one object never ends the reading."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.errors import InputError
from textmine.ingest import read_posts
from textmine.ingest.jsonfile import flatten
from textmine.ingest.shapes import SHAPES, unfold
from textmine.ingest.shapes.shape import NotAPost

FIXTURES = Path(__file__).parent / "fixtures"
ODD = (None, 3, "x", [], [[1]], [{"a": 1}], {"a": [1]})
JSON_FILES = sorted(path for path in FIXTURES.rglob("*.*json*") if "channels" not in path.name)


def objects_of(path):
    text = path.read_text(encoding="utf-8")
    return list(map(json.loads, text.splitlines())) if path.suffix in (".jsonl", ".ndjson") else [json.loads(text)]


def places(value, path=()):
    """Yield the path of every value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(value, path, odd):
    broken = copy.deepcopy(value)
    inner = broken
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return broken


def unfolded(item):
    found = list(unfold(item) or [])
    for each in found:
        assert isinstance(each, dict | NotAPost)
        assert isinstance(each, NotAPost) or all(isinstance(name, str) for name, _ in flatten(each))
    return found


@pytest.mark.parametrize("path", JSON_FILES, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_any_part_of_an_object_may_be_odd(path):
    for item in objects_of(path):
        for place in places(item):
            for odd in ODD:
                unfolded(replaced(item, place, odd))


KEYS = (
    "data includes users media meta result_count errors __twarc id text author_id author username public_metrics"
    " referenced_tweets attachments media_keys kind items snippet statistics id_str user screen_name full_text"
    " _type rawContent renderedContent conversationId legacy rest_id source_platform entries extractor_key webpage_url"
).split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([*KEYS, "playlist", "twitter.com", "youtube#video"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8))
def test_no_object_makes_a_shape_raise(item):
    unfolded(item)


def test_shapes_have_names_of_their_own():
    names = [shape.name for shape in SHAPES]
    assert len(set(names)) == len(names)


def test_a_refused_object_may_hold_half_a_surrogate_pair_and_a_platform_of_many_lines(tmp_path):
    path = tmp_path / "posts.ndjson"
    path.write_text(json.dumps({"source_platform": "a\nb\ud800", "data": {"text": "\udfff"}}) + "\n")
    with pytest.raises(InputError, match=r"not of a b\?$"):
        read_posts(path)

import polars as pl

from textmine.codes import TypeTable


def slots_of(batches):
    learned = []
    table = TypeTable(lambda types: [learned.append(each) or 1 for each in types])
    slots = [table.encode(pl.Series([batch], dtype=table.dtype))[0].tolist() for batch in batches]
    return learned, [slot for batch in slots for slot in batch]


def test_types_are_learned_as_they_come_whatever_codes_they_have():
    words = [f"kata{number * 7919 % 1000}" for number in range(3000)]
    learned, slots = slots_of([words])
    assert learned == list(dict.fromkeys(words))
    assert [learned[slot] for slot in slots] == words


def test_the_batch_changes_no_slot():
    words = [f"kata{number * 7919 % 1000}" for number in range(3000)]
    assert slots_of([words]) == slots_of([words[:10], words[10:1500], words[1500:]])


def test_a_code_that_was_there_before_is_learned_as_it_comes_too():
    learned = []
    table = TypeTable(lambda types: [learned.append(each) or 1 for each in types])
    pl.Series([["c", "a", "b"]], dtype=table.dtype)  # codes in another order than the tokens'
    table.encode(pl.Series([["a", "b", "c"]], dtype=table.dtype))
    assert learned == ["a", "b", "c"]

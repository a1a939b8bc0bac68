import pytest

from textmine.errors import NotEnoughDataError
from textmine.topics import TopicModel
from textmine.topics.number_of_topics import default_n_topics


def test_number_of_topics_falls_with_few_posts(matrix_of, themed_tokens):
    assert [default_n_topics(n) for n in (0, 40, 999, 10_000)] == [2, 2, 10, 20]
    assert len(TopicModel(None).fit(matrix_of(themed_tokens)).topics_) == 3


def test_more_topics_than_posts_or_terms_says_both_numbers(matrix_of):
    few_posts = matrix_of([["a", "b", "c", "d", "e", "f"], ["a", "c", "e", "b", "g", "h"]] * 3)
    with pytest.raises(NotEnoughDataError, match=r"5 topics are more than the 2 different posts.*needed 5, got 2"):
        TopicModel(5, max_document_share=1.0).fit(few_posts)

    few_terms = matrix_of([["a"] * (i % 9 + 1) + ["b"] for i in range(20)])
    with pytest.raises(NotEnoughDataError, match=r"3 topics are more than the 2 terms"):
        TopicModel(3, max_document_share=1.0).fit(few_terms)

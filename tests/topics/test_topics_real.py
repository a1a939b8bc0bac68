"""Topics of real documents with labels: what the planted themes of the other tests cannot show."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import normalized_mutual_info_score

from textmine.topics import TopicModel

BBC = Path(__file__).resolve().parents[3] / "shared" / "data" / "topics" / "bbc_news" / "corpus.tsv"


@pytest.mark.skipif(not BBC.exists(), reason=f"the BBC News corpus is not at {BBC}")
def test_five_topics_of_bbc_news_follow_its_five_sections(matrix_of):
    corpus = pl.read_csv(BBC, separator="\t", has_header=False, quote_char=None, new_columns=["text", "part", "label"])
    sections = corpus["label"].to_list()
    matrix = matrix_of(corpus["text"].str.split(" ").to_list())

    model = TopicModel(5).fit(matrix)

    largest = model.transform(matrix).argmax(axis=1)
    codes = np.unique(sections, return_inverse=True)[1]
    table = np.zeros((5, 5))
    np.add.at(table, (largest, codes), 1)
    assert table.max(axis=1).sum() / len(codes) >= 0.9  # purity; LDA of scikit-learn: 0.81
    assert normalized_mutual_info_score(sections, largest) >= 0.77  # LDA of scikit-learn: 0.69
    assert model.coherence_ >= 0.3
    assert model.diversity_ >= 0.9

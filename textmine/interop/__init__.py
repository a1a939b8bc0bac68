"""Matrices and topics for other toolkits, and theirs for textmine: gensim, scikit-learn, pyLDAvis.

Each format has the same doors: ``to_...`` and ``from_...`` for objects, ``write_...`` and ``read_...`` for folders.
"""

from textmine.interop.gensim import from_gensim, lda_from_gensim, lda_to_gensim, read_gensim, to_gensim
from textmine.interop.pyldavis import read_pyldavis, to_pyldavis
from textmine.interop.scikit import from_sklearn, read_sklearn, to_sklearn, topics_from_sklearn
from textmine.interop.workspace import export_workspace

__all__ = [
    "export_workspace",
    "from_gensim",
    "from_sklearn",
    "lda_from_gensim",
    "lda_to_gensim",
    "read_gensim",
    "read_pyldavis",
    "read_sklearn",
    "to_gensim",
    "to_pyldavis",
    "to_sklearn",
    "topics_from_sklearn",
]

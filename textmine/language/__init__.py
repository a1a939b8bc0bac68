"""Indonesian social-media text: cleaned, split, normalised, stemmed; a vocabulary type at a time.

Captions are worked on as columns (:mod:`~textmine.language.clean`, :mod:`~textmine.language.tokens`), words as types
(:mod:`~textmine.language.normalise`, :mod:`~textmine.language.sastrawi`); :mod:`~textmine.language.analysis` puts the
steps together.
"""

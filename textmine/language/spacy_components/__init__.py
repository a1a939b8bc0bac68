"""spaCy components, registered by entry points: ``nlp.add_pipe("sastrawi_stemmer")`` works without importing textmine.

spaCy imports this module whenever a pipeline is made anywhere on the machine, so it must stay light: each component is
imported when it is added, and its lexicons are loaded at the first text.
"""

# No postponed annotations here: spaCy 3.8.2 checks arguments by pydantic's version 1, which cannot look strings up.
from typing import Any, Literal

from spacy.language import Language

__all__ = [
    "sastrawi_stemmer",
    "textmine_entities",
    "textmine_hashtags",
    "textmine_normaliser",
    "textmine_readability",
]


@Language.factory(
    "sastrawi_stemmer",
    assigns=["token._.stem"],
    default_config={"protect": "names", "roots": [], "protected": []},
)
def sastrawi_stemmer(
    nlp: Language, name: str, protect: Literal["none", "names"], roots: list[str], protected: list[str]
) -> Any:  # noqa: ANN401 - the class is imported when it is needed
    """Make a :class:`~textmine.language.spacy_components.stemmer.StemmerComponent`."""
    from textmine.language.spacy_components.stemmer import StemmerComponent, StemmerSettings

    return StemmerComponent(StemmerSettings(protect=protect, roots=tuple(roots), protected=tuple(protected)))


@Language.factory(
    "textmine_normaliser",
    assigns=["token._.normal", "doc._.normal"],
    default_config={"off": [], "slang": {}},
)
def textmine_normaliser(nlp: Language, name: str, off: list[str], slang: dict[str, str]) -> Any:  # noqa: ANN401
    """Make a :class:`~textmine.language.spacy_components.normaliser.NormaliserComponent`."""
    from textmine.language.spacy_components.normaliser import NormaliserComponent, NormalisingSettings

    return NormaliserComponent(NormalisingSettings(off=tuple(off), slang=slang))


@Language.factory(
    "textmine_hashtags",
    assigns=["token._.is_hashtag", "token._.hashtag_identity", "token._.hashtag_words", "doc._.hashtags"],
    retokenizes=True,
    default_config={"languages": ["id", "en"], "extra_words": []},
)
def textmine_hashtags(nlp: Language, name: str, languages: list[str], extra_words: list[str]) -> Any:  # noqa: ANN401
    """Make a :class:`~textmine.language.spacy_components.hashtags.HashtagComponent`."""
    from textmine.language.spacy_components.hashtags import HashtagComponent, HashtagSettings

    return HashtagComponent(HashtagSettings(languages=tuple(languages), extra_words=tuple(extra_words)))


@Language.factory(
    "textmine_entities",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
    default_config={
        "kinds": ["province", "regency", "city", "agency", "programme"],
        "agencies": None,
        "patterns": [],
        "overwrite_ents": False,
    },
)
def textmine_entities(
    nlp: Language,
    name: str,
    kinds: list[str],
    agencies: str | None,
    patterns: list[dict[str, str]],
    overwrite_ents: bool,
) -> Any:  # noqa: ANN401
    """Make an :class:`~textmine.language.spacy_components.entities.EntityComponent`."""
    from textmine.language.spacy_components.entities import EntityComponent, EntitySettings

    settings = EntitySettings(
        kinds=tuple(kinds), agencies=agencies, patterns=tuple(patterns), overwrite_ents=overwrite_ents
    )
    return EntityComponent(nlp.tokenizer, settings)


@Language.factory(
    "textmine_readability",
    assigns=["token.is_sent_start", "doc.sents", "doc._.readability"],
    default_config={"overwrite_sents": False},
)
def textmine_readability(nlp: Language, name: str, overwrite_sents: bool) -> Any:  # noqa: ANN401
    """Make a :class:`~textmine.language.spacy_components.readability.ReadabilityComponent`."""
    from textmine.language.spacy_components.readability import ReadabilityComponent, ReadabilitySettings

    return ReadabilityComponent(ReadabilitySettings(overwrite_sents=overwrite_sents))

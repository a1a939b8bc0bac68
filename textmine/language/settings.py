"""What the language layer is asked to do; written into manifests and models as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from textmine.language.identify import LANGUAGES
from textmine.language.phrases import Phrases
from textmine.language.wordforms import WordSteps
from textmine.plugins import language_step_named

StopwordList = Literal["topics", "sentiment", "none"]
"""``topics`` drops negations and calls such as *sobat* too, ``sentiment`` keeps both, ``none`` drops nothing."""


@dataclass(frozen=True)
class LanguageSettings:
    """Steps of the language layer, each of which can be switched off.

    Parameters
    ----------
    letters, elongation, reduplication, spelling, slang, affixes, typos, english
        Rules that bring a word to its formal spelling, see :class:`~textmine.language.wordforms.WordSteps`. ``typos``
        is off here: words are in lower case when they are counted, so the rule cannot tell a name from a slip of the
        fingers and would make *pasal* of Paskal.
    stopwords
        Which stopwords are dropped.
    stem
        Sastrawi stems in place of words.
    protect_names
        Names of places, agencies and programmes are never stemmed (``bekasi`` would become ``bekas``).
    min_length
        Shorter words are dropped, in characters.
    emoji
        Emoji become terms of their own.
    protected
        A user's own words, which are neither rewritten nor stemmed; lower case.
    roots
        A user's own roots, which the stemmer finds under affixes; lower case.
    own_slang
        A user's own informal words and their formal ones; they win over the shipped ones. A mapping is taken too.
    languages
        Posts in other languages (:data:`~textmine.language.identify.LANGUAGES`) have no terms, their rows are empty;
        posts without a word to judge by count. Empty: all posts count, and no language is identified.
    steps
        Names of steps that other packages add (docs/plugins.md), in the order in which a formal word goes through them.
        ``as_dict`` writes package and version beside each; pairs are taken too.
    phrases
        Several words that become one term, or None. What ``as_dict`` made of them is read back.

    Examples
    --------
    >>> settings = LanguageSettings(own_slang={"dishub": "dinas perhubungan"}, roots=["vlog"])
    >>> LanguageSettings(**settings.as_dict()) == settings
    True
    """

    letters: bool = True
    elongation: bool = True
    reduplication: bool = True
    spelling: bool = True
    slang: bool = True
    affixes: bool = True
    typos: bool = False
    english: bool = True
    stopwords: StopwordList = "topics"
    stem: bool = True
    protect_names: bool = True
    min_length: int = 2
    emoji: bool = True
    protected: Iterable[str] = ()
    roots: Iterable[str] = ()
    own_slang: Mapping[str, str] | Iterable[tuple[str, str]] = ()
    languages: Iterable[str] = ()
    steps: Iterable[str | Sequence[str]] = ()
    phrases: Phrases | None = None

    def __post_init__(self) -> None:
        # Sorted, so that the order in a file does not count as another setting.
        for name in ("protected", "roots", "languages"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        object.__setattr__(self, "own_slang", tuple(sorted(dict(self.own_slang).items())))
        object.__setattr__(self, "steps", tuple(each if isinstance(each, str) else each[0] for each in self.steps))
        unknown = set(self.languages) - set(LANGUAGES)
        if unknown:
            raise ValueError(f"languages holds {', '.join(sorted(unknown))}; there are {', '.join(LANGUAGES)}")
        if isinstance(self.phrases, Mapping):
            object.__setattr__(self, "phrases", Phrases(**self.phrases))

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values.

        Raises
        ------
        PluginError
            A step is not installed.
        """
        found = asdict(self)
        steps = found.pop("steps")
        # Said only where there are steps: what was made without them is what it was.
        return found | ({"steps": [[name, language_step_named(name).label] for name in steps]} if steps else {})

    def word_steps(self) -> WordSteps:
        """Return the part that concerns the spelling of single words."""
        return WordSteps(**{name: getattr(self, name) for name in WordSteps.__dataclass_fields__})

"""Traits of posts, best posts and advice in words: sentences that say what was counted, never why."""

from __future__ import annotations

from typing import Protocol

from textmine.contrasts import HASHTAGS, HOURS, LENGTHS, Trait
from textmine.locales import Language
from textmine.numbers import Formats
from textmine.platforms import platform_name
from textmine.posts import MEDIA_TYPES
from textmine.report.content import Common, Comparison, Extreme
from textmine.report.intervals import figure
from textmine.report.messages import translations


class _HasTrait(Protocol):
    @property
    def trait(self) -> Trait: ...
    @property
    def level(self) -> int: ...
    @property
    def label(self) -> str: ...


class TraitWords:
    """Words of one language.

    Parameters
    ----------
    language
        Of the report.
    """

    def __init__(self, language: Language) -> None:
        messages = translations(language)
        self._, self.ngettext = messages.gettext, messages.ngettext
        self._formats = Formats.of(language)

    def posts(self, told: _HasTrait) -> str:
        """Posts with a trait, as the subject of a sentence: ``posts on Mondays``."""
        match told.trait:
            case "medium":
                return self.media(MEDIA_TYPES[told.level])
            case "hour":
                first, last = HOURS[told.level], HOURS[told.level + 1]
                return self._("posts between {first}:00 and {last}:00").format(first=f"{first:02d}", last=f"{last:02d}")
            case "weekday":
                return self._weekday(told.level)
            case "length":
                return self._length(told.level)
            case "hashtags":
                return self._hashtags(told.level)
            case "question":
                return self._("posts that ask a question")
            case "topic":
                return self._("posts mainly about “{topic}”").format(topic=told.label)

    def media(self, name: str) -> str:
        """Posts of a medium."""
        _ = self._
        return {
            "text": _("posts of text alone"),
            "image": _("posts with an image"),
            "video": _("videos"),
            "carousel": _("carousels"),
            "link": _("posts with a link"),
            "reel": _("reels (short videos)"),
            "story": _("stories"),
            "live": _("live videos"),
            "unknown": _("posts"),
        }[name]

    def trait(self, trait: Trait) -> str:
        """Name of a trait."""
        _ = self._
        return {
            "medium": _("Medium"),
            "hour": _("Hour"),
            "weekday": _("Day of the week"),
            "length": _("Length"),
            "hashtags": _("Number of hashtags"),
            "question": _("Question"),
            "topic": _("Topic"),
        }[trait]

    def advice(self, told: Comparison) -> str:
        """What a comparison says, in a sentence with its interval and its posts."""
        sentence = (
            self.ngettext(
                "{what}: {times} times the interactions of your other posts (interval {low}–{high}, from {n} post)",
                "{what}: {times} times the interactions of your other posts (interval {low}–{high}, from {n} posts)",
                told.posts,
            )
            if told.trait == "medium"
            else self.ngettext(
                "{what}: {times} times the interactions of your other posts of the same medium (interval {low}–{high}, "
                "from {n} post)",
                "{what}: {times} times the interactions of your other posts of the same medium (interval {low}–{high}, "
                "from {n} posts)",
                told.posts,
            )
        )
        return _capital(
            sentence.format(
                what=self.posts(told),
                times=figure(told.times, self._formats),
                low=figure(told.low, self._formats),
                high=figure(told.high, self._formats),
                n=self._formats.integer(told.posts),
            )
        )

    def usual(self, told: Extreme) -> str:
        """What a post is held against; the number of times stands before it."""
        platform = platform_name(told.quote.platform)
        what = self.media(told.quote.media_type) if told.same_medium else self._("posts")
        sentence = self._("what is usual for {what} on {platform} in that week ({n} posts compared)")
        return sentence.format(what=what, platform=platform, n=self._formats.integer(told.alike))

    def common(self, told: Common) -> str:
        """How many of the best or weakest posts have a trait, beside all posts."""
        sentence = self._("{posts} of {of} are {what} ({share}); of all posts {share_of_all}")
        return sentence.format(
            posts=self._formats.integer(told.posts),
            of=self._formats.integer(told.of),
            what=self.posts(told),
            share=self._formats.percent(told.posts / told.of, 0),
            share_of_all=self._formats.percent(told.share_of_all, 0),
        )

    def _weekday(self, level: int) -> str:
        _ = self._
        days = (
            _("posts on Mondays"),
            _("posts on Tuesdays"),
            _("posts on Wednesdays"),
            _("posts on Thursdays"),
            _("posts on Fridays"),
            _("posts on Saturdays"),
            _("posts on Sundays"),
        )
        return days[level]

    def _length(self, level: int) -> str:
        if level == 0:
            return self._("posts under {n} characters").format(n=LENGTHS[1])
        if level == len(LENGTHS) - 1:
            return self._("posts of {n} characters or more").format(n=LENGTHS[-1])
        return self._("posts of {first} to {last} characters").format(first=LENGTHS[level], last=LENGTHS[level + 1] - 1)

    def _hashtags(self, level: int) -> str:
        if level == 0:
            return self._("posts without hashtags")
        if level == len(HASHTAGS) - 1:
            return self._("posts with {n} hashtags or more").format(n=HASHTAGS[-1])
        return self._("posts with {first} to {last} hashtags").format(
            first=HASHTAGS[level], last=HASHTAGS[level + 1] - 1
        )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]

"""The data dictionary of ``features.parquet``: every column with its type, unit, meaning, formula and null rule.

It is the one source: the stage writes it beside the table, docs/features.md holds it, and the table is cast to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.features.peers import MIN_ACCOUNTS, MIN_POSTS, PEERS, TIER
from textmine.language.identify import LANGUAGE
from textmine.platforms import PLATFORMS
from textmine.posts import FOLLOWERS_KINDS, MEDIA_TYPES, POST_KINDS
from textmine.sentiment.labels import CLASSES

NEVER: Final = "never"
_U32, _F64, _BOOL, _TEXT = pl.UInt32(), pl.Float64(), pl.Boolean(), pl.String()
SENTIMENT: Final = pl.Enum(CLASSES)


@dataclass(frozen=True)
class Feature:
    """One column.

    Parameters
    ----------
    name
        Column.
    dtype
        Polars type.
    unit
        What a value counts, or its range.
    meaning
        What it says of the post.
    source
        Where it comes from: a formula, a method, a stage.
    null
        When it is null.
    needs
        Stage without which the whole column is null, or empty.
    """

    name: str
    dtype: pl.DataType
    unit: str
    meaning: str
    source: str
    null: str = NEVER
    needs: str = ""


_NO_WORDS: Final = "the caption holds no word"
_NOT_TOLD: Final = "no word and no sign to judge by"
_NOT_DONE: Final = "the stage was not run"


def _percentile(figure: str, of: str) -> list[Feature]:
    peers = (
        "credited posts of the same platform and the same engagement_figures; first of the same media_type, "
        f"audience_tier and month; where these are fewer than {MIN_POSTS} posts or {MIN_ACCOUNTS} accounts, of "
        "media_type and audience_tier, then of audience_tier, then of media_type, then of the platform alone"
    )
    null = f"{figure} is null, or the platform has fewer than {MIN_POSTS} posts to compare with"
    return [
        Feature(f"{figure}_percentile", _F64, "0 to 1", f"where the post stands by {of} among its peers",
                f"(mean rank - 0.5) / peers; peers are {peers}", null),
        Feature(f"{figure}_peers", _U32, "posts", "size of the group of peers, the post itself among them",
                "count", null),
        Feature(f"{figure}_peers_by", PEERS, "step", "what the peers have in common besides platform and figures",
                "first step that is large enough", null),
    ]  # fmt: skip


FEATURES: Final[tuple[Feature, ...]] = (
    Feature("platform", pl.Enum(PLATFORMS), "name", "platform; with post_id the key", "posts.parquet"),
    Feature("post_id", _TEXT, "id", "the platform's own id", "posts.parquet"),
    Feature("account", _TEXT, "handle", "account that posted", "posts.parquet"),
    Feature("agency", _TEXT, "key", "agency in the register", "posts.parquet", "no agency claims the account"),
    Feature("cluster", _TEXT, "name", "cluster of the agency", "the register", "no agency, or the register tells none"),
    Feature("published_at", pl.Datetime("us", "UTC"), "time, UTC", "when it was published", "posts.parquet"),
    Feature("post_kind", pl.Enum(POST_KINDS), "name", "original, repost, quote, reply or ad", "posts.parquet"),
    Feature("credited", _BOOL, "yes or no", "whether it counts for its agency", "not a repost of others, not an ad"),
    Feature("media_type", pl.Enum(MEDIA_TYPES), "name", "text, image, video and so on", "posts.parquet"),
    Feature("time_zone", _TEXT, "IANA name", "time zone of the agency",
            "Asia/Makassar or Asia/Jayapura where its registered name names a place there, else Asia/Jakarta"),
    Feature("hour", pl.UInt8(), "hour, 0 to 23", "hour of publication where the agency is",
            "published_at in time_zone"),
    Feature("weekday", pl.UInt8(), "1 Monday to 7 Sunday", "day of the week where the agency is",
            "published_at in time_zone"),
    Feature("month", _TEXT, "year-month", "month where the agency is", "published_at in time_zone"),
    Feature("characters", _U32, "characters", "length of the caption", "Unicode code points, everything included"),
    Feature("words", _U32, "words", "length of the running text",
            "words begin with a letter; links, mentions, hashtags, numbers and emoji are none"),
    Feature("sentences", _U32, "sentences", "sentences with a word", "bounds at signs, line ends and emoji"),
    Feature("words_per_sentence", _F64, "words", "mean length of a sentence", "words / sentences", _NO_WORDS),
    Feature("letters_per_word", _F64, "letters", "mean length of a word", "letters and digits / words", _NO_WORDS),
    Feature("syllables_per_word", _F64, "syllables", "mean length of a word", "by the spelling rules / words",
            _NO_WORDS),
    Feature("long_words_share", _F64, "0 to 1", "words of seven letters or more", "/ words", _NO_WORDS),
    Feature("lix", _F64, "points, higher is harder", "readability, Björnsson 1968",
            "words_per_sentence + 100 x long_words_share", _NO_WORDS),
    Feature("flesch_reading_ease", _F64, "points, lower is harder", "readability, Flesch 1948, as for English",
            "206.835 - 1.015 x words_per_sentence - 84.6 x syllables_per_word", _NO_WORDS),
    Feature("calls_to_action", _U32, "calls", "how often the reader is asked to do something",
            "words and pairs of data/calls.tsv, not behind a pronoun; calls in a row are one"),
    Feature("questions", _U32, "questions", "how often something is asked", "runs of ? and ! that hold a ?"),
    Feature("exclamations", _U32, "exclamations", "how often something is exclaimed", "runs of !"),
    Feature("capitals_share", _F64, "0 to 1", "letters that are capitals", "capitals / letters of the running text",
            "the running text holds no letter"),
    Feature("emoji", _U32, "emoji", "emoji of the caption", "joined sequences and flags are one each"),
    Feature("emoji_distinct", _U32, "emoji", "different emoji", "count"),
    Feature("mentions", _U32, "mentions", "accounts that are mentioned", "@ and a handle; e-mail addresses are none"),
    Feature("links", _U32, "links", "links and bare web addresses", "count"),
    Feature("has_telephone", _BOOL, "yes or no", "a telephone number is given",
            "mobile, landline, 1500-xxx, 0800, short numbers behind a word such as hotline"),
    Feature("has_email", _BOOL, "yes or no", "an e-mail address is given", "pattern"),
    Feature("has_date", _BOOL, "yes or no", "a day with its month is given", "pattern, in words or figures"),
    Feature("has_time", _BOOL, "yes or no", "a time of the day is given", "pattern"),
    Feature("has_address", _BOOL, "yes or no", "a street, RT/RW, floor or postal code is given", "pattern"),
    Feature("service_information", pl.UInt8(), "kinds, 0 to 4", "kinds of service information",
            "telephone + (link or e-mail) + (date and time) + address"),
    Feature("hashtags", _U32, "hashtags", "different hashtags", "spellings of one hashtag count once"),
    Feature("hashtags_own_share", _F64, "0 to 1", "hashtags that are the agency's own",
            "of those with 5 posts or more, 90 % of them the agency's / hashtags", "the post has no hashtag"),
    Feature("campaigns", _U32, "campaigns", "hashtag campaigns that the post belongs to", "textmine hashtags",
            _NOT_DONE, "hashtags"),
    Feature("campaign", _U32, "number", "the first of them in campaigns.parquet", "textmine hashtags",
            "it belongs to none", "hashtags"),
    Feature("language", LANGUAGE, "name", "language that most of the caption speaks for",
            "textmine languages, or its identifier", "no word to judge by"),
    Feature("language_probability", _F64, "0 to 1", "how sure that is; low where languages are mixed",
            "textmine languages, or its identifier", "no word to judge by"),
    Feature("english_share", _F64, "0 to 1", "words that are English rather than Indonesian",
            "by frequency in both languages / words", _NO_WORDS),
    Feature("informal_share", _F64, "0 to 1", "informal words", "words of the slang lexicon / words", _NO_WORDS),
    Feature("sentiment", SENTIMENT, "name", "how the caption leans", "textmine sentiment, or its classifier",
            _NOT_TOLD),
    *(Feature(f"sentiment_{name}", _F64, "0 to 1", f"probability that it is {name}, six decimals",
              "textmine sentiment, or its classifier", _NOT_TOLD) for name in CLASSES),
    Feature("topic", _U32, "number", "topic with the largest weight", "textmine topics",
            "no word of any topic", "topics"),
    Feature("topic_weight", _F64, "0 to 1", "weight of that topic", "textmine topics",
            "no word of any topic", "topics"),
    Feature("topic_entropy", _F64, "bits", "how many topics it is about; 0 is one alone",
            "-sum w log2 w over the weights", "no word of any topic", "topics"),
    Feature("topic_novelty", _F64, "0 to 1", "how unlike the agency's past its topics are",
            "Jensen-Shannon divergence, in bits, to the mean of the agency's credited posts of earlier days",
            "no topic, or no such posts", "topics"),
    Feature("novelty", _F64, "0 to 1", "how unlike the agency's past its words are",
            "1 - cosine of TF-IDF vectors to the sum of the agency's credited posts of earlier days",
            "no term, or no such posts", "matrix"),
    Feature("past_posts", _U32, "posts", "posts that novelty compares with",
            "credited posts of the agency, earlier days",
            _NOT_DONE, "matrix"),
    Feature("duplicate_posts", _U32, "posts", "posts with nearly the same text, itself among them",
            "textmine duplicates",
            "a repost, or the stage was not run", "duplicates"),
    Feature("duplicate_accounts", _U32, "accounts", "accounts that posted it", "textmine duplicates",
            "a repost, or the stage was not run", "duplicates"),
    Feature("duplicate_similarity", _F64, "0 to 1", "likeness to the text in the middle", "textmine duplicates",
            "no near duplicate", "duplicates"),
    Feature("copies_before_own", _U32, "posts", "near duplicates that the agency had posted before", "by published_at",
            "a repost, or the stage was not run", "duplicates"),
    Feature("copies_before_others", _U32, "posts", "near duplicates that others had posted before", "by published_at",
            "a repost, or the stage was not run", "duplicates"),
    Feature("followers", pl.UInt64(), "accounts", "audience of the account", "posts.parquet", "not reported"),
    Feature("followers_kind", pl.Enum(FOLLOWERS_KINDS), "name", "when the audience was read", "posts.parquet"),
    Feature("audience_tier", TIER, "name", "size of the audience by powers of ten", "followers"),
    Feature("followers_growth", _F64, "share in 28 days", "growth of the audience before the post",
            "newest reading of the last 7 days / one 28 to 56 days older - 1, scaled to 28 days",
            "no two such readings"),
    Feature("figures_age", _F64, "days", "age of the post when its figures were read", "collected_at - published_at",
            "not known when they were read"),
    Feature("views", pl.UInt64(), "views", "views", "posts.parquet", "not reported"),
    Feature("engagement", _F64, "interactions", "what the audience did",
            "Facebook and X: likes + comments + shares; Instagram and YouTube: likes + comments; "
            "of those, what is reported",
            "not credited, none is reported, or one is hidden"),
    Feature("engagement_figures", _TEXT, "names", "figures that were added", "what is reported", "engagement is null"),
    Feature("engagement_hidden", _BOOL, "yes or no", "the platform hides one of the figures", "posts.parquet"),
    Feature("engagement_rounded", _BOOL, "yes or no", "one of the figures is rounded", "posts.parquet"),
    *_percentile("engagement", "engagement"),
    Feature("engagement_per_follower", _F64, "interactions", "engagement for each follower", "engagement / followers",
            "engagement is null, or followers are null or 0"),
    *_percentile("engagement_per_follower", "engagement for each follower"),
    Feature("engagement_per_view", _F64, "interactions", "engagement for each view", "engagement / views",
            "engagement is null, or views are null or 0"),
    *_percentile("engagement_per_view", "engagement for each view"),
    Feature("comment_share", _F64, "0 to 1", "response: how much of the engagement is talk", "comments / engagement",
            "comments are not reported, or engagement is null or 0"),
)  # fmt: skip
"""Columns in order, without those of single topics."""

TOPIC_PLACEHOLDER: Final = "topic_<n>"


def topic_features(topics: Iterable[tuple[int, str]]) -> tuple[Feature, ...]:
    """Columns of single topics.

    Parameters
    ----------
    topics
        Number and label of each.
    """
    return tuple(_topic(f"topic_{number}", f"weight of topic {number}: {label}") for number, label in topics)


def _topic(name: str, meaning: str) -> Feature:
    return Feature(name, pl.Float32(), "0 to 1", meaning,
                   "textmine topics; weights under 0.05 are 0 and the others add up to 1",
                   "no word of any topic", "topics")  # fmt: skip


def dictionary_table(features: Sequence[Feature] | None = None) -> pl.DataFrame:
    """The dictionary as a table.

    Parameters
    ----------
    features
        Those of a workspace; all that there can be if None, with one line for the topics.

    Returns
    -------
    polars.DataFrame
        ``column, type, unit, meaning, source, null, needs``, all strings, a row a column.
    """
    if features is None:
        features = (*FEATURES, _topic(TOPIC_PLACEHOLDER, "weight of topic n, a column for each topic"))
    rows = [(f.name, type_name(f.dtype), f.unit, f.meaning, f.source, f.null, f.needs) for f in features]
    columns = ("column", "type", "unit", "meaning", "source", "null", "needs")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String()), orient="row")


def type_name(dtype: pl.DataType) -> str:
    """Short name of a type: ``UInt32``, ``Enum``, ``Datetime``."""
    return str(dtype.base_type())


def dictionary_markdown() -> str:
    """The dictionary as the table of docs/features.md."""
    table = dictionary_table()
    lines = ["| column | type | unit | meaning | formula or source | null when |", "|---|---|---|---|---|---|"]
    lines += [
        f"| `{name}` | {kind} | {unit} | {meaning} | {source} | {null} |"
        for name, kind, unit, meaning, source, null, _ in table.iter_rows()
    ]
    return "\n".join(lines) + "\n"

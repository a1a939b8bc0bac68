"""Reads CONFIG.toml for ``textmine run`` and says where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, field_validator

from textmine.errors import ConfigError, InputError
from textmine.features.peers import MIN_ACCOUNTS, MIN_POSTS
from textmine.groups import Grouping
from textmine.hashtags import HashtagSettings
from textmine.ingest.mapfile import SavedMap, read_mapping
from textmine.ingest.times import time_zone
from textmine.language.identify import Language
from textmine.language.lexicons import load_user_slang
from textmine.language.protection import load_own_words, load_user_roots
from textmine.language.settings import LanguageSettings
from textmine.locales import DEFAULT_LANGUAGE
from textmine.locales import Language as LanguageOfReports
from textmine.platforms import Platform
from textmine.sentiment.models import absolute_spec
from textmine.tomlfile import read_toml
from textmine.topics.seed_words import load_seed_words
from textmine.workflow.phrases import USE_PHRASES

_STRICT = ConfigDict(extra="forbid", frozen=True)


class IngestConfig(BaseModel):
    """``[ingest]``: which files are read, and how."""

    model_config = _STRICT

    sources: list[str] = Field(min_length=1)
    agencies: str | None = None
    platform: Platform | None = None
    account: str | None = None
    map: dict[str, str] = {}
    map_file: str | None = None
    pseudonymise: str | None = None
    pseudonymise_ids: bool = False

    @property
    def said(self) -> SavedMap:
        """What ``map_file`` and the other keys say together; the other keys win.

        Raises
        ------
        ConfigError
            The file cannot be followed.
        """
        saved = read_mapping(self.map_file) if self.map_file else SavedMap()
        return SavedMap(saved.mapping | self.map, self.platform or saved.platform, self.account or saved.account)


class KeywordsConfig(BaseModel):
    """``[keywords]``: groupings and how many terms of each are kept."""

    model_config = _STRICT

    by: list[Grouping] = ["agency"]
    top: int = Field(default=50, ge=1)


class TopicsConfig(BaseModel):
    """``[topics]``: the topic model."""

    model_config = _STRICT

    n_topics: int | None = Field(default=None, ge=2)
    method: Literal["auto", "nmf", "pairs", "lda", "tomotopy"] = "auto"
    by: list[Grouping] = ["agency"]
    seed: int = Field(default=0, ge=0)
    pool: Literal["hashtag", "agency-day"] | None = None
    seed_words_file: str | None = None
    outliers: float | None = Field(default=None, gt=0, lt=1)
    choose_from: Literal["auto"] | list[int] | None = None
    stability: int = Field(default=0, ge=0)

    def stage_options(self) -> dict[str, Any]:
        """Keyword arguments of :func:`textmine.topics.topics_stage`.

        Raises
        ------
        ConfigError
            The file of seed words cannot be read; file, line and key are named.
        """
        options = self.model_dump(exclude={"seed_words_file"})
        return options | {"seed_words": load_seed_words(self.seed_words_file) if self.seed_words_file else None}


class HashtagsConfig(BaseModel):
    """``[hashtags]``: whether hashtags are analysed, and from how many posts on."""

    model_config = _STRICT

    analyse: bool = False
    min_posts: int = Field(default=HashtagSettings().min_posts, ge=2)
    seed: int = Field(default=0, ge=0)


class SentimentConfig(BaseModel):
    """``[sentiment]``: whether sentiment is read, with which model, and of which comments."""

    model_config = _STRICT

    analyse: bool = False
    model: str | None = None
    labels: dict[str, Literal["negative", "neutral", "positive"]] = {}
    comments: list[str] = []
    comments_platform: Platform | None = None


class FeaturesConfig(BaseModel):
    """``[features]``: whether a table of features is written, and what peers are."""

    model_config = _STRICT

    write: bool = False
    min_peers: int = Field(default=MIN_POSTS, ge=2)
    min_accounts: int = Field(default=MIN_ACCOUNTS, ge=1)
    time_zones: dict[str, str] = {}

    @field_validator("time_zones")
    @classmethod
    def _are_zones(cls, zones: dict[str, str]) -> dict[str, str]:
        try:
            return {agency: time_zone(zone) for agency, zone in zones.items()}
        except InputError as error:
            raise ValueError(str(error)) from error


class AwardsConfig(BaseModel):
    """``[awards]``: the awards, presets or TOML files, for which agencies are ranked and nominated."""

    model_config = _STRICT

    rank: list[str] = []
    draws: int = Field(default=2000, ge=100)
    seed: int = Field(default=0, ge=0)
    without_flagged: bool = False


class ReportConfig(BaseModel):
    """``[report]``: where the reports go, in which language and formats."""

    model_config = _STRICT

    directory: str = "reports"
    lang: LanguageOfReports = DEFAULT_LANGUAGE
    formats: list[Literal["html", "xlsx", "csv", "md"]] = ["html", "xlsx", "csv"]


_OWN_WORDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "protected_file": ("protected", load_own_words),
    "roots_file": ("roots", load_user_roots),
    "slang_file": ("own_slang", load_user_slang),
}
"""Key that names a file, the setting whose words the file holds, and its reader."""

_IN_FILES = {setting for setting, _ in _OWN_WORDS.values()}
_LANGUAGE_FIELDS: dict[str, Any] = {
    name: (hint, getattr(LanguageSettings, name))
    for name, hint in get_type_hints(LanguageSettings).items()
    if name not in _IN_FILES
} | {key: (str | None, None) for key in _OWN_WORDS}
# Phrases are found in the posts, not written in a configuration.
_LANGUAGE_FIELDS |= {"languages": (list[Language], []), "steps": (list[str], []), "phrases": (bool, USE_PHRASES)}
_LanguageConfig = create_model("_LanguageConfig", __config__=_STRICT, **_LANGUAGE_FIELDS)


class RunConfig(BaseModel):
    """A whole configuration; every section but ``[ingest]`` may be left out.

    Relative paths are relative to the configuration file.
    """

    model_config = _STRICT

    workspace: str
    ingest: IngestConfig
    language: _LanguageConfig = Field(default_factory=_LanguageConfig)  # type: ignore[valid-type]
    keywords: KeywordsConfig = Field(default_factory=KeywordsConfig)
    topics: TopicsConfig = Field(default_factory=TopicsConfig)
    hashtags: HashtagsConfig = Field(default_factory=HashtagsConfig)
    sentiment: SentimentConfig = Field(default_factory=SentimentConfig)
    features: FeaturesConfig = Field(default_factory=FeaturesConfig)
    awards: AwardsConfig = Field(default_factory=AwardsConfig)
    report: ReportConfig = Field(default_factory=ReportConfig)

    @property
    def language_settings(self) -> LanguageSettings:
        """Settings of the language layer.

        Raises
        ------
        InputError
            A file of own words cannot be read; file and row are named.
        """
        settings = self.language.model_dump(exclude={"phrases"})  # type: ignore[attr-defined]
        files = {key: settings.pop(key) for key in _OWN_WORDS}
        words = {setting: read(files[key]) for key, (setting, read) in _OWN_WORDS.items() if files[key]}
        return LanguageSettings(**settings, **words)

    @property
    def find_phrases(self) -> bool:
        """Whether phrases are found and counted as terms."""
        return bool(self.language.phrases)  # type: ignore[attr-defined]


def read_config(path: str | Path) -> RunConfig:
    """Read and check a configuration file.

    Parameters
    ----------
    path
        A TOML file; see docs/run.md for its keys.

    Returns
    -------
    RunConfig
        With absolute paths.

    Raises
    ------
    ConfigError
        The file is missing or not TOML, a key is unknown or a value of the wrong kind; file, line and key are named.
    """
    path = Path(path)
    content, text = read_toml(path)
    try:
        config = RunConfig.model_validate(content)
    except ValidationError as error:
        raise _explain(error, path, text) from error
    return _absolute(config, path.resolve().parent)


def _absolute(config: RunConfig, base: Path) -> RunConfig:
    """Resolve every path against the folder of the configuration file."""
    ingest = config.ingest.model_copy(
        update={
            "sources": [str(base / source) for source in config.ingest.sources],
            "agencies": str(base / config.ingest.agencies) if config.ingest.agencies else None,
            "map_file": str(base / config.ingest.map_file) if config.ingest.map_file else None,
            "pseudonymise": str(base / config.ingest.pseudonymise) if config.ingest.pseudonymise else None,
        }
    )
    named = config.topics.seed_words_file
    topics = config.topics.model_copy(update={"seed_words_file": str(base / named) if named else None})
    files = {key: getattr(config.language, key) for key in _OWN_WORDS}
    language = config.language.model_copy(  # type: ignore[attr-defined]
        update={key: str(base / file) for key, file in files.items() if file}
    )
    sentiment = config.sentiment.model_copy(
        update={
            "model": absolute_spec(config.sentiment.model, base),
            "comments": [str(base / source) for source in config.sentiment.comments],
        }
    )
    named_awards = [str(base / name) if name.endswith(".toml") else name for name in config.awards.rank]
    awards = config.awards.model_copy(update={"rank": named_awards})
    report = config.report.model_copy(update={"directory": str(base / config.report.directory)})
    return config.model_copy(
        update={
            "workspace": str(base / config.workspace),
            "ingest": ingest,
            "topics": topics,
            "language": language,
            "sentiment": sentiment,
            "awards": awards,
            "report": report,
        }
    )


def _explain(error: ValidationError, path: Path, text: str) -> ConfigError:
    """Turn the first complaint into one line with file, line and key."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    keys = [part for part in place if not part.isdigit()]
    if first["type"] == "extra_forbidden":
        problem = f"unknown key; known here: {', '.join(_known_keys(keys[:-1]))}"
    elif first["type"] == "missing":
        problem = "is missing"
    else:
        problem = f"{first['msg'][0].lower()}{first['msg'][1:]} (it is {first['input']!r})"
    return ConfigError(problem, path=path, line=_line_of(text, keys), key=".".join(place), value=first["input"])


def _known_keys(section: list[str]) -> list[str]:
    model: type[BaseModel] = RunConfig
    for key in section:
        annotation = model.model_fields[key].annotation
        model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else model
    return sorted(model.model_fields)


def _line_of(text: str, keys: list[str]) -> int | None:
    """Line on which the last key stands, inside its section; None when it does not stand there."""
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*([\w.-]+)\s*\]", line)
        if header:
            section = header[1]
        if header and section == ".".join(keys):
            return number
        if section == ".".join(keys[:-1]) and re.match(rf"\s*[\"']?{re.escape(keys[-1])}[\"']?\s*=", line):
            return number
    return None

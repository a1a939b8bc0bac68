"""What the components share: settings that are saved with the pipeline, lexicons that are not, and attributes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from spacy.attrs import ORTH, SPACY
from spacy.tokens import Doc, Token

import textmine
from textmine.errors import ConfigError, ModelError

_MOST_REMEMBERED: Final = 1 << 18
_FILE: Final = "settings.json"

Settings = TypeVar("Settings")
Key = TypeVar("Key", str, int)
Value = TypeVar("Value")


class TypeMemo(dict[Key, Value]):
    """Remembers what a function gave for each type, or for its hash; forgets all of it when 262,144 are held.

    Examples
    --------
    >>> lengths = TypeMemo(len)
    >>> lengths["yang"], list(lengths)
    (4, ['yang'])
    """

    def __init__(self, function: Callable[[Key], Value]) -> None:
        super().__init__()
        self._function: Callable[[Key], Value] = function

    def __missing__(self, word: Key) -> Value:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        value: Value = self._function(word)
        self[word] = value
        return value


class Component(Generic[Settings]):
    """A component whose behaviour follows from its settings.

    Subclasses name their settings (a frozen dataclass of JSON values), declare their attributes, and load what they
    need in ``_prepare``, which is called at the first text and after the settings were read anew.

    Parameters
    ----------
    settings
        What the pipeline's configuration says.

    Raises
    ------
    ConfigError
        An attribute's name is taken by a getter of another package.
    """

    settings_class: ClassVar[type[Any]]

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._ready = False
        self._declare()

    def __call__(self, doc: Doc) -> Doc:
        """Work on one text."""
        if not self._ready:
            self._prepare()
            self._ready = True
        return self._annotate(doc)

    def _declare(self) -> None:
        raise NotImplementedError

    def _prepare(self) -> None:
        raise NotImplementedError

    def _annotate(self, doc: Doc) -> Doc:
        raise NotImplementedError

    def _extra(self) -> dict[str, Any]:
        """What is saved beside the settings."""
        return {}

    def _restore_extra(self, extra: Mapping[str, Any]) -> None:
        """Take back what :meth:`_extra` gave."""

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Give the settings as JSON; nothing can be excluded."""
        state = {"textmine": textmine.__version__, "settings": asdict(self.settings), **self._extra()}  # type: ignore[call-overload]
        return json.dumps(state, ensure_ascii=False, indent=1).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Self:
        """Take the settings from :meth:`to_bytes`; they replace those of the configuration.

        Raises
        ------
        ModelError
            These are no settings of this component.
        """
        return self._read(data, None)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the settings into a folder, which is made."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Self:
        """Read the settings from a folder; they replace those of the configuration.

        Raises
        ------
        ModelError
            The file is missing, or holds no settings of this component.
        """
        file = Path(path) / _FILE
        try:
            data = file.read_bytes()
        except OSError as error:
            raise ModelError("cannot be read; save the pipeline again", path=file) from error
        return self._read(data, file)

    def _read(self, data: bytes, path: Path | None) -> Self:
        try:
            state = json.loads(data)
            saved_with, settings = state.pop("textmine"), state.pop("settings")
            known = {field.name for field in fields(self.settings_class)}
            if set(settings) != known:
                raise ValueError(f"settings {sorted(settings)} instead of {sorted(known)}")
            self.settings = self.settings_class(**settings)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(f"no settings of a {type(self).__name__} ({error})", path=path) from error
        if not isinstance(saved_with, str):
            raise ModelError("does not say with which version it was saved", path=path)
        self._restore_extra(state)
        self._ready = False
        return self

    def __getstate__(self) -> dict[str, Any]:
        # Lexicons are loaded anew where they are needed: what other processes are sent stays small.
        return {"settings": self.settings, "extra": self._extra()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Component.__init__(self, state["settings"])
        self._restore_extra(state["extra"])


def declare(kind: type[Doc] | type[Token], name: str, getter: Callable[[Any], Any] | None = None) -> None:
    """Make ``._.name`` known to spaCy, once.

    Raises
    ------
    ConfigError
        Another package computes an attribute of that name.
    """
    if not kind.has_extension(name):
        if getter is None:
            kind.set_extension(name, default=None)
        else:
            kind.set_extension(name, getter=getter)
        return
    _, method, present, _ = kind.get_extension(name)
    if method is not None or _origin(present) != _origin(getter):
        raise ConfigError(
            "is an attribute of another package already; load the two in different processes",
            key=f"{kind.__name__}._.{name}",
        )


def text_of(doc: Doc) -> str:
    """Text of a doc, as ``doc.text`` gives it in three times the time."""
    strings = doc.vocab.strings
    return "".join(
        [strings[key] + " " if space else strings[key] for key, space in doc.to_array([ORTH, SPACY]).tolist()]
    )


def stored(name: str, start: int | None = None) -> Any:  # noqa: ANN401 - spaCy types the keys as strings
    """Key of an attribute in ``doc.user_data``, as spaCy has it: faster than through ``._.``, and saved with the doc.

    Parameters
    ----------
    name
        Of the attribute.
    start
        Character at which the token starts; None for the whole doc.
    """
    return ("._.", name, start, None)


def _origin(function: Callable[..., Any] | None) -> tuple[str, str] | None:
    return None if function is None else (function.__module__, function.__qualname__)

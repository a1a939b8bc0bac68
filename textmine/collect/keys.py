"""Keys of the platforms: from the environment or a file that nobody else can read, and from nowhere else.

A key is held as pydantic's ``SecretStr``, which shows itself as stars, and is taken out of it in one place, where a
request gets its header.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, PositiveInt, SecretStr, ValidationError

from textmine.errors import ConfigError
from textmine.platforms import Platform
from textmine.tomlfile import read_toml

KEYS_FILE: Final = "TEXTMINE_KEYS"
"""Variable that names the file with the keys where none is given."""
DEFAULT_FILE: Final = Path("~/.config/textmine/keys.toml")
VARIABLES: Final = {
    "TEXTMINE_YOUTUBE_API_KEY": ("youtube", "api_key"),
    "TEXTMINE_X_BEARER_TOKEN": ("x", "bearer_token"),
    "TEXTMINE_FACEBOOK_ACCESS_TOKEN": ("facebook", "access_token"),
    "TEXTMINE_INSTAGRAM_ACCESS_TOKEN": ("instagram", "access_token"),
    "TEXTMINE_INSTAGRAM_USER_ID": ("instagram", "user_id"),
}
"""Variables of the environment, and what they stand for in the file; the environment wins."""
_SHORTEST: Final = 8
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def _long_enough(key: SecretStr) -> SecretStr:
    """Refuse what is too short: it would be taken out of posts, too, wherever it stands in them."""
    if len(key.get_secret_value()) < _SHORTEST:
        raise ValueError(f"is too short to be a key, which has {_SHORTEST} characters or more")
    return key


Key = Annotated[SecretStr, AfterValidator(_long_enough)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class YouTubeKeys(_Section):
    """Key and daily quota of a Google project."""

    api_key: Key | None = None
    daily_quota: PositiveInt = 10_000


class XKeys(_Section):
    """Token of an X app, and how many posts a month its plan lets it read."""

    bearer_token: Key | None = None
    monthly_posts: PositiveInt | None = None


class FacebookKeys(_Section):
    """Token for public pages, and tokens of single pages by their handle."""

    access_token: Key | None = None
    pages: dict[str, Key] = {}


class InstagramKeys(_Section):
    """Token of a user, and the id of the Instagram business account that asks about the others."""

    access_token: Key | None = None
    user_id: str | None = None


class Keys(_Section):
    """What is needed to ask the platforms; a platform without a key is left out of a run."""

    youtube: YouTubeKeys = YouTubeKeys()
    x: XKeys = XKeys()
    facebook: FacebookKeys = FacebookKeys()
    instagram: InstagramKeys = InstagramKeys()

    def of(self, platform: Platform, account: str | None = None) -> SecretStr | None:
        """Key for a request about an account, or None."""
        if platform == "youtube":
            return self.youtube.api_key
        if platform == "x":
            return self.x.bearer_token
        if platform == "facebook":
            own = {page.lower().removeprefix("@"): token for page, token in self.facebook.pages.items()}
            return own.get(account or "", self.facebook.access_token)
        return self.instagram.access_token

    def missing(self, platform: Platform) -> str | None:
        """Say what a platform lacks, or answer None where it can be asked."""
        if platform == "facebook" and self.facebook.pages:
            return None
        if self.of(platform) is None:
            return next(name for name, (section, _) in VARIABLES.items() if section == platform)
        if platform == "instagram" and not self.instagram.user_id:
            return "TEXTMINE_INSTAGRAM_USER_ID"
        return None

    def secrets(self) -> list[str]:
        """Every key in the clear, for the scrubber alone."""
        held = [self.youtube.api_key, self.x.bearer_token, self.facebook.access_token, self.instagram.access_token]
        return [key.get_secret_value() for key in [*held, *self.facebook.pages.values()] if key is not None]


def keys_file(path: str | Path | None = None, environment: Mapping[str, str] | None = None) -> Path | None:
    """Find the file with the keys: the one given, else ``$TEXTMINE_KEYS``, else ``~/.config/textmine/keys.toml``.

    None where none is named and the last one is not there.
    """
    named = path or (os.environ if environment is None else environment).get(KEYS_FILE)
    if named:
        return Path(named).expanduser()
    usual = DEFAULT_FILE.expanduser()
    return usual if usual.exists() else None


def read_keys(path: str | Path | None = None, *, environment: Mapping[str, str] | None = None) -> Keys:
    """Read the keys from the environment and from a TOML file; the environment wins.

    Parameters
    ----------
    path
        The file; see :func:`keys_file` for where it is looked for otherwise.
    environment
        Variables; those of the process by default.

    Raises
    ------
    ConfigError
        The file is missing, others can read it, or it holds something else than keys. The message has no value.
    """
    variables = os.environ if environment is None else environment
    file = keys_file(path, variables)
    content: dict[str, Any] = {}
    if file is not None:
        refuse_readable_by_others(file)
        try:
            content, _ = read_toml(file)
        except ConfigError as error:
            # what a TOML parser says may quote the line, and the line may hold a key
            raise ConfigError("is not a TOML file that can be read; check it", path=file, line=error.line) from None
    for variable, (section, name) in VARIABLES.items():
        if value := variables.get(variable, "").strip():
            held = content.setdefault(section, {})
            if isinstance(held, dict):
                held[name] = value
    try:
        return Keys.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(first["msg"].removeprefix("Value error, "), path=file, key=key) from None


def refuse_readable_by_others(file: Path) -> None:
    """Refuse a file with keys that anybody but its owner can read or write.

    Raises
    ------
    ConfigError
        It is not there, or its mode is wider than 600; the message has the command that mends it.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path=file) from None
    if os.name == "posix" and mode & _OTHERS:
        raise ConfigError(f"others can read the keys in it (mode {mode:o}); run: chmod 600 {file}", path=file)

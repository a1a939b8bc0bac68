"""The platforms of posts."""

from __future__ import annotations

from typing import Final, Literal, get_args

Platform = Literal["facebook", "x", "instagram", "youtube"]
PLATFORMS: Final[tuple[Platform, ...]] = get_args(Platform)
PLATFORM_NAMES: Final[dict[str, str]] = {
    "facebook": "Facebook",
    "x": "X",
    "instagram": "Instagram",
    "youtube": "YouTube",
}
"""As people write them."""


def platform_name(platform: str) -> str:
    """Name of a platform as people write it; that of an unknown one as it is."""
    return PLATFORM_NAMES.get(platform, platform)

"""How a quality model is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from textmine.errors import ConfigError

CLASSES: Final = ("rendah", "sedang", "tinggi")
"""Default classes, the lowest first."""

Learner = Literal["logistic", "boosting"]

UNSURE: Final = "ragu"
"""What is printed where a model abstains; files hold null."""


@dataclass(frozen=True)
class QualitySettings:
    """Settings of a training.

    Parameters
    ----------
    classes
        Names of the classes, the lowest first; at least two.
    shares
        Share of each class where classes are cut from the percentile of engagement; as many as classes, summing to 1.
        Labels bring their own shares.
    use_engagement
        Whether a model of judges' labels may see engagement. An engagement-derived model never may.
    learner
        ``"auto"`` takes the better of both in cross-validation.
    coverage
        Share of posts that get a class; on the others, the least sure, the model abstains.
    folds
        Folds of agencies, inside and outside.
    later
        Share of the period, at its end, that is kept for the test.
    max_posts
        Posts that are learned from at most; drawn by a hash of their key.
    leave_out
        Features that the model must not see.
    seed
        Of folds and trees.
    """

    classes: tuple[str, ...] = CLASSES
    shares: tuple[float, ...] = (0.3, 0.4, 0.3)
    use_engagement: bool = False
    learner: Literal["auto", "logistic", "boosting"] = "auto"
    coverage: float = 0.8
    folds: int = 5
    later: float = 0.25
    max_posts: int = 30_000
    leave_out: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            raise ConfigError("name at least two different classes, the lowest first", key="classes")
        if len(self.shares) != len(self.classes) or abs(sum(self.shares) - 1) > 1e-6 or min(self.shares) <= 0:
            raise ConfigError("give one share above 0 for each class, summing to 1", key="shares", value=self.shares)
        for key, low, high in (("coverage", 0.0, 1.0), ("later", 0.0, 0.9)):
            if not low <= getattr(self, key) <= high:
                raise ConfigError(f"must lie between {low} and {high}", key=key, value=getattr(self, key))
        if self.folds < 2:
            raise ConfigError("must be at least 2", key="folds", value=self.folds)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON takes them."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> QualitySettings:
        """Return the settings that :meth:`as_dict` wrote."""
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
        return cls(**values)

"""What an organiser decides about a panel."""

from __future__ import annotations

from dataclasses import dataclass

from textmine.judging.schema import Panel


@dataclass(frozen=True)
class Scale:
    """What a score may be: from ``low`` to ``high`` in steps."""

    low: float = 1.0
    high: float = 10.0
    step: float = 1.0

    def holds(self, value: float) -> bool:
        """Whether a value is on the scale.

        Examples
        --------
        >>> Scale(1, 5, 0.5).holds(3.5), Scale(1, 5, 1).holds(3.5)
        (True, False)
        """
        steps = (value - self.low) / self.step
        return self.low <= value <= self.high and abs(steps - round(steps)) < 1e-9


@dataclass(frozen=True)
class PanelSettings:
    """What an organiser decides about a panel.

    Parameters
    ----------
    title
        As shown.
    award
        Name of the award.
    language
        Of the minutes and of what is drawn for judges: ``id`` or ``en``.
    blind
        Whether a judge sees the figures of a nominee only after having scored it.
    scale
        Of the scores.
    seed
        Of the posts that are drawn and of the order in which judges meet nominees.
    n_posts
        Posts that are drawn for each nominee.
    simulated
        Whether the nominees come from simulated posts; every page and file then says so.
    award_title
        Title of the award in ``language``, for pages and minutes; its name where there is none.
    """

    title: str
    award: str
    language: str = "id"
    blind: bool = True
    scale: Scale = Scale()
    seed: int = 0
    n_posts: int = 6
    simulated: bool = False
    award_title: str = ""

    @property
    def shown_award(self) -> str:
        """What people read of the award."""
        return self.award_title or self.award


def settings_of(panel: Panel) -> PanelSettings:
    """What was decided about a panel."""
    scale = Scale(panel.scale_low, panel.scale_high, panel.scale_step)
    return PanelSettings(
        panel.title,
        panel.award,
        panel.language,
        panel.blind,
        scale,
        panel.seed,
        panel.n_posts,
        panel.simulated,
        panel.award_title,
    )

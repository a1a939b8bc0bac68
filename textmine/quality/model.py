"""A quality model: a learner, its calibration, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.quality.calibration import Calibration, grades
from textmine.quality.columns import KEYS, FeatureColumns
from textmine.quality.pipeline import Pipeline
from textmine.quality.settings import QualitySettings

Kind = Literal["judges", "engagement-derived"]
KINDS: Final[dict[Kind, str]] = {
    "judges": "trained on judges' labels",
    "engagement-derived": "engagement-derived: who gets much engagement for the audience; not what judges think",
}


@dataclass(frozen=True)
class QualityModel:
    """A trained model.

    Attributes
    ----------
    kind
        What its classes mean: the opinion of judges, or engagement.
    settings, columns
        As trained.
    pipeline, calibration
        What predicts.
    report
        Scores, data and choices, JSON values only: what the card tells.
    """

    kind: Kind
    settings: QualitySettings
    columns: FeatureColumns
    pipeline: Pipeline
    calibration: Calibration
    report: dict[str, Any]

    @property
    def doubt(self) -> str | None:
        """What to say where the model is no better than chance on agencies that it has not seen, or None."""
        told = self.report["scores"]["new agencies"]
        rank = told["rank_correlation"]
        # the standard error of a rank correlation without any relation, for twice as many posts as are independent
        if rank is not None and rank > 2 * (2 / max(told["n"], 3)) ** 0.5:
            return None
        shown = "none" if rank is None else f"{rank:.2f}"
        return f"on agencies that it has not seen the model is no better than chance (rank correlation {shown})"

    @property
    def learner(self) -> Literal["logistic", "boosting"]:
        """Learner that was chosen."""
        return "boosting" if self.pipeline.trees is not None else "logistic"

    def probabilities(self, table: pl.DataFrame) -> npt.NDArray[np.float64]:
        """Calibrated probability of each class, shape (n_posts, n_classes)."""
        return self.calibration.probabilities(self.pipeline.log_probabilities(table))

    def predict(self, table: pl.DataFrame) -> pl.DataFrame:
        """Classes of posts.

        Parameters
        ----------
        table
            Features, with platform and post_id.

        Returns
        -------
        polars.DataFrame
            Columns of :func:`quality_schema`, in the order of the posts.
        """
        probabilities = self.probabilities(table)
        codes = self.calibration.classes(probabilities)
        abstained = self.calibration.abstains(probabilities, codes)
        names = pl.Series(self.settings.classes, dtype=pl.Enum(self.settings.classes))
        said = names.gather(codes).set(pl.Series(abstained), None)
        grade = grades(probabilities)
        shares = [pl.Series(f"p_{name}", probabilities[:, n]) for n, name in enumerate(self.settings.classes)]
        made = [said.alias("class"), pl.Series("abstained", abstained), pl.Series("grade", grade), *shares]
        schema = quality_schema(self.settings.classes, table.schema)
        return table.select(KEYS).with_columns(made).select(pl.col(n).cast(t) for n, t in schema.items())


def quality_schema(classes: tuple[str, ...], keys: pl.Schema) -> pl.Schema:
    """Columns of ``quality.parquet``.

    ``class`` is null where the model abstains; ``grade`` is the expected rank of the class, 0 for surely the lowest and
    1 for surely the highest; ``p_`` and the name of a class its calibrated probability.
    """
    return pl.Schema(
        {name: keys[name] for name in KEYS}
        | {"class": pl.Enum(classes), "abstained": pl.Boolean(), "grade": pl.Float32()}
        | {f"p_{name}": pl.Float32() for name in classes}
    )

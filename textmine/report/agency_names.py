"""What reports call agencies."""

from __future__ import annotations

import polars as pl

from textmine.report.escape import neutralised


def agency_names(register: pl.DataFrame | None) -> dict[str, str]:
    """Names of agencies by key, without control characters; agencies of one name have their key behind it.

    Parameters
    ----------
    register
        Of :meth:`textmine.store.Workspace.register`; agencies without a name are left out.

    Examples
    --------
    >>> names = ["Dinas", "Dinas ", "Kemenkes", None]
    >>> agency_names(pl.DataFrame({"agency": ["bogor", "depok", "kemenkes", "bnn"], "name": names}))
    {'bogor': 'Dinas (bogor)', 'depok': 'Dinas (depok)', 'kemenkes': 'Kemenkes'}
    """
    if register is None or "name" not in register.columns:
        return {}
    told = register.select(
        "agency",
        neutralised(pl.col("name").cast(pl.String)).str.strip_chars().alias("name"),
        neutralised(pl.col("agency").cast(pl.String)).alias("key"),
    )
    named = told.drop_nulls("name").unique("agency", keep="first", maintain_order=True)
    alike = pl.col("name").str.to_lowercase().is_duplicated()
    shown = pl.when(alike).then(pl.format("{} ({})", "name", "key")).otherwise("name")
    return dict(named.select("agency", shown).iter_rows())

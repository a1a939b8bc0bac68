"""Numbers, money, measures and dates of running text in one written form.

What stands for the same figure gets the same words: ``Rp 1,5 M``, ``Rp1,5 milyar`` and ``IDR 1.5 miliar`` all become
``1,5 miliar rupiah``, ``10rb`` becomes ``10 ribu``, ``17/8/2020`` becomes ``17 Agustus 2020``. Figures are never
computed anew: ``Rp 1.500.000`` stays 1.500.000, and what is in doubt stays as it is: ``5k`` alone, a fraction, a
clock time, a version number, a dimension (``3x4``). Symbols of the metric system are formal already and only get
their space (``5kg`` becomes ``5 kg``).

Every repetition in the patterns is bounded and every pattern starts where a number starts, so the time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

Rule: TypeAlias = tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]
"""A pattern and the function that writes its match anew, or gives None to let it stand."""


_SCALES: Final = {
    **dict.fromkeys(("rb", "rbu", "ribu", "rebu", "k"), "ribu"),
    **dict.fromkeys(("jt", "jta", "juta"), "juta"),
    **dict.fromkeys(("m", "mlyr", "mliar", "milyar", "milyard", "milliar", "miliar"), "miliar"),
    **dict.fromkeys(("t", "trilyun", "triliyun", "trilliun", "triliun"), "triliun"),
}
_LONG_SCALES: Final = "|".join(scale for scale in sorted(_SCALES, key=len, reverse=True) if len(scale) > 1)
_MEASURES: Final = {
    **{unit: unit for unit in ("km", "kg", "cm", "mm", "ml", "mg", "ha", "gb", "mb", "kb", "tb", "mbps", "kwh", "ton")},
    **dict.fromkeys(("gr", "grm"), "gram"),
    "ltr": "liter",
    "mtr": "meter",
    **dict.fromkeys(("thn", "tahun"), "tahun"),
    **dict.fromkeys(("bln", "bulan"), "bulan"),
    **dict.fromkeys(("mgg", "minggu"), "minggu"),
    **dict.fromkeys(("hr", "hri", "hari"), "hari"),
    "jam": "jam",
    **dict.fromkeys(("mnt", "mnit", "menit"), "menit"),
    **dict.fromkeys(("dtk", "dtik", "detik"), "detik"),
    **dict.fromkeys(("org", "orng", "orang"), "orang"),
    **dict.fromkeys(("lbr", "lembar"), "lembar"),
    **dict.fromkeys(("bh", "buah"), "buah"),
    **dict.fromkeys(("x", "kali"), "kali"),
}
_MEASURE: Final = "|".join(sorted(_MEASURES, key=len, reverse=True))

_START: Final = r"(?<![\w.,:/+-])"
_NUMBER: Final = r"(?P<number>\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,3})?|\d{1,15}(?:[.,]\d{1,3})?)"
_MONEY: Final = re.compile(
    rf"(?<!\w)(?:rp|idr)\.?\s{{0,2}}{_NUMBER}(?:,-{{1,3}}|\.-{{1,3}})?"
    rf"(?:\s?(?P<scale>{_LONG_SCALES}|[kmt])(?![\w²³]))?(?!\w|[.,]\d)(?:\s{{1,2}}rupiah(?!\w))?",
    re.IGNORECASE,
)
_SCALED: Final = re.compile(rf"{_START}{_NUMBER}\s?(?P<scale>{_LONG_SCALES})(?!\w)", re.IGNORECASE)
_FOLLOWING: Final = r"followers?|pengikut|subscribers?|subs|viewers?|views?|likes?|penonton|tayangan|penayangan"
_AUDIENCE: Final = re.compile(rf"{_START}{_NUMBER}\s?(?P<scale>[km])(?=\s{{1,2}}(?:{_FOLLOWING})(?!\w))", re.IGNORECASE)
_PERCENT: Final = re.compile(rf"{_START}{_NUMBER}\s?(?P<scale>%)")
_MEASURED: Final = re.compile(rf"{_START}{_NUMBER}(?P<scale>{_MEASURE})(?!\w)", re.IGNORECASE)
_ORDINAL: Final = re.compile(r"(?<!\w)(?P<prefix>ke)(?P<number>\d{1,4})(?!\w)", re.IGNORECASE)

_MONTHS: Final = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
_MONTH_NAMES: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb peb februari pebruari february",
            "mar mrt maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agt ags agu aug agst agust agustus august",
            "sep sept september",
            "okt oct oktober october",
            "nov nop november nopember",
            "des dec desember december",
        )
    )
    for name in names.split()
}
_NAMED_MONTH: Final = "|".join(sorted(_MONTH_NAMES, key=len, reverse=True))
_NUMERIC_DATE: Final = re.compile(
    rf"{_START}(?P<day>\d{{1,2}})(?P<mark>[/.-])(?P<month>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d\d)(?![\w/-]|[.,:]\d)"
)
_ISO_DATE: Final = re.compile(rf"{_START}(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\w/-]|[.,:]\d)")
_NAMED_DATE: Final = re.compile(
    rf"{_START}(?P<day>\d{{1,2}})(?P<mark>\s{{1,2}}|-)(?P<name>{_NAMED_MONTH})\.?"
    r"(?:(?P=mark)(?P<year>(?:19|20)\d\d))?(?!\w|-)",
    re.IGNORECASE,
)


def rewrite_dates(text: str) -> str:
    """Write dates with the day, the name of the month and a year of four digits.

    Days come before months, as Indonesians write them; years of two digits mean 1950 to 2049; what is no date of the
    calendar (``31/13/2020``) stays; the day loses its leading zero.

    Examples
    --------
    >>> rewrite_dates("17/8/2020, 17-08-20, 2020-08-17 dan 17 Agt 2020")
    '17 Agustus 2020, 17 Agustus 2020, 17 Agustus 2020 dan 17 Agustus 2020'
    >>> rewrite_dates("31/13/2020 jam 7.30")
    '31/13/2020 jam 7.30'
    """
    return _rewritten(text, DATE_RULES)


def rewrite_numbers(text: str) -> str:
    """Write money, scaled numbers, percentages, measures glued to their number, and ordinals in their formal way.

    Examples
    --------
    >>> rewrite_numbers("Rp 1,5 M, Rp10rb, Rp 25.000,- dan 2jt orang")
    '1,5 miliar rupiah, 10 ribu rupiah, 25.000 rupiah dan 2 juta orang'
    >>> rewrite_numbers("naik 50% ke 5k followers, 3x sehari, 10km, ke2, 4G, 5k")
    'naik 50 persen ke 5 ribu followers, 3 kali sehari, 10 km, ke-2, 4G, 5k'
    """
    return _rewritten(text, NUMBER_RULES)


def _rewritten(text: str, rules: tuple[Rule, ...]) -> str:
    for pattern, write in rules:
        text = pattern.sub(lambda match, write=write: _or_as_it_was(match, write), text)  # type: ignore[misc]
    return text


def _or_as_it_was(match: re.Match[str], write: Callable[[re.Match[str]], str | None]) -> str:
    written = write(match)
    return match[0] if written is None else written


def _money(match: re.Match[str]) -> str:
    number, scale = match["number"], match["scale"]
    if scale is not None:
        return f"{_decimal(number)} {_SCALES[scale.lower()]} rupiah"
    return f"{number.removesuffix(',00').removesuffix(',0')} rupiah"


def _audience(match: re.Match[str]) -> str:
    # 1.2M followers is the English million, not the Indonesian miliar.
    return f"{_decimal(match['number'])} {'ribu' if match['scale'].lower() == 'k' else 'juta'}"


def _scaled(match: re.Match[str]) -> str:
    return f"{_decimal(match['number'])} {_SCALES[match['scale'].lower()]}"


def _percent(match: re.Match[str]) -> str:
    return f"{match['number']} persen"


def _measured(match: re.Match[str]) -> str:
    unit = match["scale"]
    formal = _MEASURES[unit.lower()]
    return f"{match['number']} {unit if formal == unit.lower() else formal}"


def _ordinal(match: re.Match[str]) -> str:
    return f"{match['prefix']}-{match['number']}"


def _decimal(number: str) -> str:
    """Write ``1.5`` with a comma; a point before three digits groups thousands and stays."""
    return re.sub(r"\.(?=\d{1,2}$)", ",", number)


def _numeric(match: re.Match[str]) -> str | None:
    return _date(int(match["day"]), int(match["month"]) - 1, match["year"])


def _named(match: re.Match[str]) -> str | None:
    return _date(int(match["day"]), _MONTH_NAMES[match["name"].lower()], match["year"], like=match["name"])


def _date(day: int, month: int, year: str | None, *, like: str = "Mei") -> str | None:
    """Date in words; None if the calendar does not have it. ``like`` shows the case of the month."""
    if not (1 <= day <= 31 and 0 <= month <= 11):
        return None
    name = _MONTHS[month]
    if like.islower():
        name = name.lower()
    elif like.isupper() and len(like) > 1:
        name = name.upper()
    if year is None:
        return f"{day} {name}"
    if len(year) == 2:
        year = f"20{year}" if int(year) < 50 else f"19{year}"
    return f"{day} {name} {year}"


DATE_RULES: Final[tuple[Rule, ...]] = ((_ISO_DATE, _numeric), (_NUMERIC_DATE, _numeric), (_NAMED_DATE, _named))
NUMBER_RULES: Final[tuple[Rule, ...]] = (
    (_MONEY, _money),
    (_AUDIENCE, _audience),
    (_SCALED, _scaled),
    (_PERCENT, _percent),
    (_MEASURED, _measured),
    (_ORDINAL, _ordinal),
)

"""What the minutes tell of one category: how it was judged, places, judges, agreement, how sure, and ties."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from textmine.judging.document import Block, Bullets, Heading, Paragraph, Table
from textmine.judging.minutes_words import Words
from textmine.judging.proceedings import CategoryProceedings
from textmine.judging.tally import METHODS, Tally, Tie
from textmine.judging.tally.decision import lot_number
from textmine.judging.tally.tally import TOTAL


def category_blocks(category: CategoryProceedings, number: int, words: Words) -> Iterator[Block]:
    """Blocks of one category."""
    _, tally = words.gettext, category.tally
    titles = {key: category.criterion_titles.get(key, key) for key in tally.ballots.criteria}
    yield Heading(_("Category %(number)s: %(title)s") % {"number": number, "title": category.title})
    yield Paragraph(_result(tally, words), strong=True)
    yield Heading(_("Criteria and rules"), 2)
    yield from _criteria(tally, titles, words)
    yield Heading(_("Places"), 2)
    yield from _places(tally, words)
    yield Heading(_("Judges"), 2)
    yield from _judges(tally, words)
    yield Heading(_("Agreement"), 2)
    yield from _agreement(tally, titles, words)
    yield Heading(_("How sure the result is"), 2)
    yield Bullets(tuple(_sureness(tally, titles, words)))
    if tally.decision.ties:
        yield Heading(_("Ties"), 2)
        for tie in tally.decision.ties:
            yield from _tie(tie, tally, titles, words)


def _result(tally: Tally, words: Words) -> str:
    _ = words.gettext
    if not tally.winners:
        return _("No winner: no nominee has a full score.")
    if len(tally.winners) > 1:
        return _("Winners, sharing the first place: %(names)s") % {"names": words.listed(tally.winners)}
    return _("Winner: %(names)s") % {"names": tally.winners[0]}


def _criteria(tally: Tally, titles: dict[str, str], words: Words) -> Iterator[Block]:
    _, ballots, rules = words.gettext, tally.ballots, tally.rules
    weights = zip(ballots.criteria, ballots.weights.tolist(), strict=True)
    rows = tuple((titles[key], words.formats.percent(weight)) for key, weight in weights)
    yield Table((_("Criterion"), _("Weight")), rows, (False, True))
    said = [_("The method that decides: %(method)s.") % {"method": words.method(rules.method)}]
    if rules.decimals is not None:
        said.append(_("Scores equal to %(n)s decimals are equal.") % {"n": rules.decimals})
    ties = [words.rule(rule, titles) for rule in rules.ties]
    ties.append(
        _("the place is shared") if rules.last == "shared" else _("lot with the seed %(n)s") % {"n": rules.seed}
    )
    said.append(_("Ties are decided by, in this order: %(rules)s.") % {"rules": "; ".join(ties)})
    share = words.formats.percent(rules.trim, 0)
    said.append(_("The trimmed mean leaves out %(share)s of scores at either end, rounded down.") % {"share": share})
    yield Bullets(tuple(said))


def _places(tally: Tally, words: Words) -> Iterator[Block]:
    _ = words.gettext
    heads = (_("Place"), _("Nominee"), _("Judges"), *(_capital(words.method(method)) for method in METHODS))
    rows = []
    for row in tally.nominees.iter_rows(named=True):
        cells = [_with_rank(row[method], row[f"rank_{method}"], method, words) for method in METHODS]
        rows.append((str(row["place"] or "–"), row["nominee"], str(row["n_judges"]), *cells))
    yield Table(heads, tuple(rows), (True, False, True, *(True for _method in METHODS)))
    text = _(
        "Behind each score its rank by that method alone. Borda: share of other nominees left behind. Condorcet: pairs "
        "won. Schulze: nominees left behind. The severity-adjusted mean takes out how harsh each judge was."
    )
    yield Paragraph(text)
    yield Paragraph(_condorcet(tally, words))


def _with_rank(value: float | None, rank: int | None, method: str, words: Words) -> str:
    if value is None:
        return "–"
    shown = words.formats.decimal(value, 1) if method in ("condorcet", "schulze") else words.points(value)
    return f"{shown} ({rank})"


def _condorcet(tally: Tally, words: Words) -> str:
    _ = words.gettext
    if tally.condorcet_winner is not None:
        return _("Two by two, %(name)s beats every other nominee.") % {"name": tally.condorcet_winner}
    if tally.cycle:
        cycle = {"cycle": " > ".join(tally.cycle), "names": words.listed(tally.smith_set)}
        return _("Two by two there is a cycle: %(cycle)s. None of these beats all others: %(names)s.") % cycle
    if tally.smith_set:
        return _("Two by two these are level at the top: %(names)s.") % {"names": words.listed(tally.smith_set)}
    return _("Two by two nothing can be compared.")


def _judges(tally: Tally, words: Words) -> Iterator[Block]:
    _ = words.gettext
    heads = (_("Judge"), _("Nominees scored"), _("Mean"), _("Severity"), _("95% interval"), _("Harsh or lenient"))
    rows = []
    for row in tally.judges.iter_rows(named=True):
        known = row["low"] is not None
        interval = f"{words.points(row['low'])} … {words.points(row['high'])}" if known else "–"
        manner = words.manner(row["manner"]) if known else "–"
        cells = (words.points(row["mean"]), words.points(row["severity"]), interval, manner)
        rows.append((row["judge"], str(row["n_nominees"]), *cells))
    yield Table(heads, tuple(rows), (False, True, True, True, True, False))
    yield Paragraph(_("Severity: points less than the other judges give to the same nominees; below 0 is lenient."))
    incomplete = tally.judges.filter(pl.col("n_incomplete") > 0)["judge"].to_list()
    if incomplete:
        text = _("Left out a criterion for some nominee, so that this nominee's score did not count: %(names)s.")
        yield Paragraph(text % {"names": words.listed(incomplete)})
    if tally.severity.groups > 1:
        yield Paragraph(
            _("Judges and nominees fall apart into groups without a shared score; severity cannot be adjusted.")
        )


def _agreement(tally: Tally, titles: dict[str, str], words: Words) -> Iterator[Block]:
    _ = words.gettext
    heads = (
        _("Criterion"),
        _("Judges"),
        _("Nominees"),
        _("Kendall's W"),
        _("p"),
        _("how p was found"),
        _("Alpha, interval"),
        _("Alpha, ordinal"),
    )
    methods = {"exact": _("counted exactly"), "drawn": _("drawn at random"), None: "–"}
    rows = []
    for row in tally.agreement.iter_rows(named=True):
        name = _("All, weighted") if row["criterion"] == TOTAL else titles[row["criterion"]]
        p = "–" if row["p"] is None else words.probability(row["p"])
        if row["p_error"] is not None:
            p += f" ± {words.probability(row['p_error'])}"
        numbers = [words.points(row[key]) for key in ("w", "alpha_interval", "alpha_ordinal")]
        size = (str(row["n_judges"]), str(row["n_nominees"]))
        rows.append((name, *size, numbers[0], p, methods[row["p_method"]], numbers[1], numbers[2]))
    yield Table(heads, tuple(rows), (False, True, True, True, True, False, True, True))
    text = _(
        "W is 1 where all judges put nominees in the same order; p is the probability of a W as high where judges rank "
        "at random. Alpha is 1 where all scores are the same and 0 where they are as if drawn from a hat. With few "
        "judges and nominees neither says much."
    )
    yield Paragraph(text)


def _sureness(tally: Tally, titles: dict[str, str], words: Words) -> Iterator[str]:
    _, found = words.gettext, tally.robustness
    counts = {"same": found.n_same, "n": found.n_judges}
    yield _("Leaving out any one judge keeps the result in %(same)s of %(n)s cases.") % counts
    changed = found.left_out.filter((pl.col("method") == "decision") & ~pl.col("same"))
    for judge, winners in changed.select("left_out", "winners").iter_rows():
        said = {"judge": judge, "names": words.listed(winners) or _("no winner")}
        yield _("Without %(judge)s: %(names)s.") % said
    n_methods = len(found.methods_agree) + len(found.methods_differ)
    if n_methods:
        agree = {"same": len(found.methods_agree), "n": n_methods}
        yield _("Methods that put the same in the first place: %(same)s of %(n)s.") % agree
    others: dict[str, list[str]] = {}
    for method in found.methods_differ:
        first = tally.nominees.filter(pl.col(f"rank_{method}") == 1)["nominee"].sort().to_list()
        others.setdefault(words.listed(first), []).append(words.method(method))
    for names, methods in others.items():
        yield _("First by %(methods)s: %(names)s.") % {"methods": words.listed(methods), "names": names}
    if found.margin is not None:
        text = _("Margin to the next by the method that decides: %(points)s points.")
        yield text % {"points": words.formats.decimal(found.margin, 4)}
    if found.flip is not None:
        yield words.change(found.flip, titles)
    elif found.flip_searched and found.scale is not None:
        ends = {"low": words.formats.decimal(found.scale.low, 2), "high": words.formats.decimal(found.scale.high, 2)}
        yield _("No change of a single score between %(low)s and %(high)s changes the result.") % ends


def _tie(tie: Tie, tally: Tally, titles: dict[str, str], words: Words) -> Iterator[Block]:
    _ = words.gettext
    said = {"place": tie.place, "names": words.listed(tie.nominees)}
    yield Paragraph(_("Equal for place %(place)s: %(names)s.") % said)
    heads = [_("Nominee")]
    columns: list[list[str]] = [list(tie.nominees)]
    for rule, values in tie.steps:
        heads.append(_capital(words.rule(rule, titles)))
        if rule == "lot":
            columns.append([lot[:16] for lot in _lots(tie, tally)])
        else:
            columns.append([words.points(value) for value in values])
    heads.append(_("Place"))
    columns.append([str(place) for place in tie.places])
    numeric = (False, *(True for _column in columns[1:]))
    yield Table(tuple(heads), tuple(zip(*columns, strict=True)), numeric)
    if len(set(tie.places)) < len(tie.places):
        yield Paragraph(_("Who is equal by all rules shares the place."))
    if tie.steps and tie.steps[-1][0] == "lot":
        text = _("The lot: the lowest SHA-256 of %(seed)s:NAME is first; its first 16 digits are shown.")
        yield Paragraph(text % {"seed": tally.rules.seed})


def _lots(tie: Tie, tally: Tally) -> list[str]:
    return [lot_number(tally.rules.seed, name) for name in tie.nominees]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

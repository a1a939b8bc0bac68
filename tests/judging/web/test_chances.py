"""What the pages say is no stronger than the figures."""

import dataclasses

import pytest

from textmine.judging.dossier import Dossier
from textmine.judging.nominees import NomineeView
from textmine.judging.web.pages import dossier_part

DOSSIER = Dossier("aturan", "rule", (), (), (), (), (), figures_visible=True, simulated=False, sha256="0" * 64)
NOMINEE = NomineeView(
    id="1", category_id="2", agency="pln", name="PLN", figures_visible=True, conflict=None,
    rank=1, score=0.9, low=0.8, high=1.0, p_top5=1.0, reasons=(),
)  # fmt: skip


@pytest.mark.parametrize(("p", "shown"), [(0.9965, "&gt;99%"), (0.0035, "&lt;1%"), (1.0, "100%"), (0.5, "50%")])
def test_a_chance_that_is_not_quite_all_or_nothing_is_not_said_to_be(p, shown):
    for language, told in (("id", "masuk lima besar dengan peluang"), ("en", "among the first five with probability")):
        assert f"{told} {shown}" in dossier_part(language, dataclasses.replace(NOMINEE, p_top5=p), DOSSIER)


def test_a_rank_without_draws_has_no_chance():
    page = dossier_part("id", dataclasses.replace(NOMINEE, p_top5=None), DOSSIER)
    assert "Peringkat menurut angka: 1." in page and "peluang" not in page


def test_three_judges_are_not_said_to_make_a_result_that_can_be_trusted(make, database, serve, settings, make_site):
    season = make(database, opened=False)
    with serve(database, settings) as (base, app):
        site = make_site(base, app, season)
        page = site.organiser().get(f"/panels/{season.panel.id}").text
        site.close()
    assert "Juri terdaftar: 3. Dengan kurang dari tiga juri, hasilnya bergantung pada satu orang." in page

"""What a judge sends is stored as it was meant: once, in order, and told."""

import re

from textmine.judging import conflicts, scoring, states


def history(site, judge, nominee):
    found = site.season.do(scoring.my_history, nominee.id, actor=site.season.judges[judge])
    return [(saved.value, saved.note) for saved in found if saved.criterion_id is not None]


def first(site, agency="pln"):
    nominee = site.season.nominee(agency)
    return nominee, site.season.criteria(nominee.category_id)[0].id


def test_a_part_is_saved_and_told(site):
    ani = site.judge("Ani")
    nominee, criterion = first(site)
    form = {f"value_{criterion}": "8", f"note_{criterion}": "Jelas", "key": "k" * 16, "hidden": "5"}
    answer = ani.send_form(f"/nominees/{nominee.id}/scores/{criterion}", form, headers={"hx-request": "true"})
    assert "Tersimpan: 8" in answer.text
    assert "<html" not in answer.text and "unhidden" not in answer.text
    assert history(site, "Ani", nominee) == [(8.0, "Jelas")]


def test_sent_again_under_the_same_key_it_is_stored_once(site):
    ani = site.judge("Ani")
    nominee, criterion = first(site)
    path, form = f"/nominees/{nominee.id}/scores/{criterion}", {f"value_{criterion}": "8", "key": "k" * 16}
    told = {ani.send_form(path, form, headers={"hx-request": "true"}).text for _ in range(3)}
    assert len(told) == 1 and history(site, "Ani", nominee) == [(8.0, "")]
    other = ani.send_form(path, {**form, f"value_{criterion}": "9"}, headers={"hx-request": "true"})
    assert other.status_code == 409 and "Tidak tersimpan." in other.text and "<html" not in other.text


def test_off_the_scale_it_is_refused_in_words(site):
    ani = site.judge("Ani")
    nominee, criterion = first(site)
    for value in ("11", "0", "7,5", "-1", "1e1", "NaN", "１", "8 8", "x" * 100):
        form = {f"value_{criterion}": value, "key": "k" * 16}
        answer = ani.send_form(f"/nominees/{nominee.id}/scores/{criterion}", form, headers={"hx-request": "true"})
        assert answer.status_code == 422 and "Skor: " in answer.text, value
    assert history(site, "Ani", nominee) == []


def test_the_whole_form_saves_what_is_new_and_nothing_twice(site):
    ani = site.judge("Ani")
    nominee, _ = first(site)
    ids = [each.id for each in site.season.criteria(nominee.category_id)]
    form = {f"value_{id}": "7" for id in ids} | {"key": "a" * 32, "note": "Catatan\r\nkedua"}
    for _ in range(2):
        assert "Semua tersimpan." in ani.send_form(f"/nominees/{nominee.id}/scores", form).text
    assert history(site, "Ani", nominee) == [(7.0, "")] * 5
    form[f"value_{ids[0]}"] = "9"  # back in the browser, and sent once more
    ani.send_form(f"/nominees/{nominee.id}/scores", form)
    form[f"value_{ids[0]}"] = "7"
    ani.send_form(f"/nominees/{nominee.id}/scores", form)
    assert [value for value, _ in history(site, "Ani", nominee)] == [7.0] * 5 + [9.0, 7.0]


def test_figures_are_seen_after_scoring_and_not_before(site):
    ani = site.judge("Ani")
    nominee, criterion = first(site)
    ids = [each.id for each in site.season.criteria(nominee.category_id)]
    for place, id in enumerate(ids):
        assert not site.season.nominees(site.season.judges["Ani"])[0].figures_visible
        form = {f"value_{id}": "7", "key": f"key-{place:08d}", "hidden": "5", "last": "1"}
        answer = ani.send_form(f"/nominees/{nominee.id}/scores/{id}", form, headers={"hx-request": "true"})
        assert ("angka kini dapat dilihat" in answer.text) is (place == 4)
    assert criterion in ids


def test_when_the_panel_is_closed_nothing_is_saved_and_the_result_is_there(site):
    ani = site.judge("Ani")
    nominee, criterion = first(site)
    site.season.save_all("Ani")
    site.season.do(states.close_panel, site.panel.id, allow_missing=True)
    form = {f"value_{criterion}": "1", "key": "k" * 16}
    answer = ani.send_form(f"/nominees/{nominee.id}/scores/{criterion}", form, headers={"hx-request": "true"})
    assert answer.status_code == 409 and "tidak menerima skor" in answer.text
    page = ani.get(f"/nominees/{nominee.id}").text
    assert "disabled" in page and "tidak dapat diubah lagi" in page
    assert "Hasil" in ani.get(f"/panels/{site.panel.id}/tally").text


def test_a_fine_scale_is_a_field_for_a_number():
    from textmine.judging.panels import Scale
    from textmine.judging.web.judge import scale_values

    assert scale_values(Scale(1, 5, 0.5)) == [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert scale_values(Scale(0, 100, 1)) is None


def test_each_language_is_one_click_away_and_stays(site):
    ani = site.judge("Ani")
    assert "Skor saya" in ani.get(f"/panels/{site.panel.id}/mine").text
    other = re.search(r'href="([^"]+)" hreflang="en"', ani.get(f"/panels/{site.panel.id}/mine").text)[1]
    page = ani.get(other).text
    assert 'lang="en"' in page and "My scores" in page
    assert "My scores" in ani.get(f"/panels/{site.panel.id}/mine").text


def test_the_result_tells_what_a_note_is_on_and_none_of_a_judge_with_a_conflict(site):
    for name in ("Ani", "Budi"):
        judge, (nominee, criterion) = site.judge(name), first(site)
        form = {f"value_{criterion}": "7", f"note_{criterion}": f"Satu {name}", "note": f"Semua {name}"}
        assert judge.send_form(f"/nominees/{nominee.id}/scores", form | {"key": name * 8}).status_code == 200
    site.season.do(conflicts.declare_conflict, nominee.id, "kerabat", actor=site.season.judges["Ani"])
    site.season.do(states.close_panel, site.panel.id, allow_missing=True)
    title = site.season.criteria(nominee.category_id)[0].title_id
    page = site.judge("Budi").get(f"/panels/{site.panel.id}/tally").text
    assert "Ani</strong>" not in page
    assert f"<li><strong>Budi</strong> · pln · {title}: Satu Budi</li>" in page
    assert "<li><strong>Budi</strong> · pln: Semua Budi</li>" in page

from datetime import date

from textmine.numbers import Formats


def test_numbers_and_periods_are_written_as_in_the_language():
    indonesian, english = Formats.of("id"), Formats.of("en")
    assert (indonesian.decimal(1234.5), english.decimal(1234.5)) == ("1.234,5", "1,234.5")
    assert (indonesian.percent(0.1234), english.percent(0.1234, 0)) == ("12,3%", "12%")
    assert (indonesian.decimal(1234.5, 0), english.decimal(1235.5, 0)) == ("1.234", "1,236")
    assert indonesian.period(date(2025, 3, 3), date(2025, 3, 9)) == "3–9 Maret 2025"
    assert indonesian.period(date(2025, 3, 3), date(2025, 8, 17)) == "3 Maret – 17 Agustus 2025"
    assert english.period(date(2024, 12, 30), date(2025, 1, 2)) == "30 December 2024 – 2 January 2025"
    assert english.period(date(2025, 1, 2), date(2025, 1, 2)) == "2 January 2025"

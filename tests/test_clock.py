"""The day in China, and holding it still."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from toujiao import clock

MOON = date(2026, 9, 25)


def test_today_is_the_day_in_china_whatever_the_machine_says() -> None:
    before = (datetime.now(UTC) + timedelta(hours=8)).date()
    today = clock.today()
    assert today in (before, (datetime.now(UTC) + timedelta(hours=8)).date())
    assert type(today) is date


def test_in_the_evening_of_greenwich_china_is_a_day_ahead() -> None:
    evening = datetime(2026, 7, 5, 16, 30, tzinfo=UTC)
    assert evening.astimezone(clock.SHANGHAI).date() == date(2026, 7, 6)


def test_a_day_is_held_inside_the_block_only() -> None:
    with clock.fixed(MOON) as held:
        assert clock.today() == held == MOON
        with clock.fixed(date(2020, 1, 1)):
            assert clock.today() == date(2020, 1, 1)
        assert clock.today() == MOON
    assert clock.today() != MOON


def test_a_failure_inside_the_block_lets_the_day_go() -> None:
    with suppress(ZeroDivisionError), clock.fixed(MOON):
        raise ZeroDivisionError
    assert clock.today() != MOON

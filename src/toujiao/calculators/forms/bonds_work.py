"""What a bond is worth: with coupons once or more a year, or with none."""

from __future__ import annotations

from datetime import date

from toujiao.calculators.forms.form import Calculation, Values, finish
from toujiao.calculators.forms.show import fen, money
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.units import Length
from toujiao.calculators.valuation import bond_price
from toujiao.errors import ToujiaoError

FACE_VALUE = 100.0


def bond_of(values: Values, day: date) -> Calculation:
    face, length = values.get("face", FACE_VALUE), values["years"]
    often = values["often"]
    count = round(length.years * often, 6) if isinstance(length, Length) else 0.5
    if count != int(count):
        raise ToujiaoError(line("bond_whole_years"))
    if often > 1 and "coupon_yuan" in values:
        raise ToujiaoError(line("bond_which_coupon"))
    coupon = values["coupon"] if "coupon" in values else values["coupon_yuan"] / face
    market, years = values["market"], length.years
    price = fen(bond_price(face, coupon / often, market / often, int(count)))
    each = fen(face * coupon / often)
    steps = [] if "face" in values else [line("face_assumed", face=plain(face))]
    shown = {
        "face": plain(face),
        "rate": percent(market),
        "years": plain(years),
        "coupon": percent(coupon),
    }
    if often == 1:
        steps += [
            line("bond_coupon", each=money(each), **shown),
            line("bond_price", each=money(each), price=money(price), **shown),
        ]
    else:
        more = {"often": often, "count": int(count), "half": percent(market / often)}
        steps += [
            line("bond_coupon_often", each=money(each), **shown, **more),
            line("bond_price_often", price=money(price), **shown, **more),
        ]
    return _bond_result(price, face, coupon, market, years, steps)


def zero_of(values: Values, day: date) -> Calculation:
    """A bond without coupons: its face, discounted."""
    face, length, market = values.get("face", FACE_VALUE), values["years"], values["market"]
    years = length.years
    if years != int(years):
        raise ToujiaoError(line("bond_whole_years"))
    price = fen(bond_price(face, 0.0, market, int(years)))
    steps = [] if "face" in values else [line("face_assumed", face=plain(face))]
    shown = {"face": plain(face), "rate": percent(market), "years": plain(years)}
    steps.append(line("bond_zero", price=money(price), **shown))
    return _bond_result(price, face, 0.0, market, years, steps)


def _bond_result(
    price: float, face: float, coupon: float, market: float, years: float, steps: list[str]
) -> Calculation:
    name = "par" if price == face else "above" if price > face else "below"
    steps.append(line(f"result_bond_{name}", price=money(price), face=plain(face)))
    inputs = {"face_yuan": face, "coupon_rate": coupon, "market_rate": market, "years": years}
    return finish("bond_price", inputs, {"price_yuan": price}, steps)

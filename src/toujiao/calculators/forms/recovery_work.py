"""The sums of losses and of several moves in a row."""

from __future__ import annotations

from datetime import date

from toujiao.calculators.forms.form import Calculation, Values, finish
from toujiao.calculators.forms.moves import moves, product, together
from toujiao.calculators.forms.show import fen, money, outcome, said, share
from toujiao.calculators.forms.wording import line
from toujiao.calculators.returns import gain_to_recover
from toujiao.calculators.texts import approx_percent, plain
from toujiao.errors import ToujiaoError

_NOTHING = 1e-12  # less is the noise of binary fractions

_SHARE_PRICES = 5000  # yuan: what is less may be the price of a share, and not an amount


def recover(values: Values, day: date) -> Calculation:
    found = moves(values)
    factor = together(found)
    steps = []
    if len(found) > 1:
        steps.append(
            line(
                "moves_together",
                product=product(found),
                left=share(factor),
                change=share(factor - 1),
            )
        )
    return _recovered(1 - factor, steps, values.get("invested"))


def recover_left(values: Values, day: date) -> Calculation:
    loss = 1 - values["left"]
    step = line("loss_of_left", left=share(values["left"]), loss=share(loss))
    return _recovered(loss, [step], values.get("invested"))


def recover_from_to(values: Values, day: date) -> Calculation:
    before, after = values.get("target", values["before_loss"]), values["after_loss"]
    if after >= before:
        raise ToujiaoError(line("no_loss", before=plain(before), after=plain(after)))
    loss = 1 - after / before
    exact = approx_percent(loss)
    step = line("loss_from", before=plain(before), after=plain(after), loss=exact)
    amount = before if before >= _SHARE_PRICES and not values.get("points") else None
    return _recovered(loss, [step], amount, after / before)


def recover_lost(values: Values, day: date) -> Calculation:
    whole, lost = values["whole"], values["lost"]
    if lost >= whole:
        raise ToujiaoError(line("lost_more", lost=plain(lost), whole=plain(whole)))
    target = values.get("target")
    if target is not None and target != whole:
        raise ToujiaoError(line("other_target", target=plain(target), whole=plain(whole)))
    loss = lost / whole
    step = line("loss_of_amount", lost=plain(lost), whole=plain(whole), loss=approx_percent(loss))
    return _recovered(loss, [step], whole, 1 - loss)


def _recovered(
    loss: float, steps: list[str], invested: float | None = None, left: float | None = None
) -> Calculation:
    if loss < _NOTHING:
        raise ToujiaoError(line("no_loss_left", change=share(-loss)))
    gain = gain_to_recover(loss)
    remains = 1 - loss if left is None else left
    results = {"gain_needed": gain}
    shown = {"loss": share(loss), "gain": _with_times(gain), "remains": share(remains)}
    steps = [*steps, line("recover_working", approx=approx_percent(gain), **shown)]
    if invested is None:
        return finish("recover", {"loss": loss}, results, [*steps, line("result_recover", **shown)])
    now = fen(invested * remains)
    missing = fen(invested - now)
    results |= {"value_yuan": now, "missing_yuan": missing}
    last = line("result_recover_amount", now=money(now), missing=money(missing), **shown)
    return finish("recover", {"loss": loss, "invested_yuan": invested}, results, [*steps, last])


def _with_times(gain: float) -> str:
    """100% or more is said as times, too."""
    return (
        share(gain) if gain < 1 else line("gain_and_times", gain=share(gain), times=said(1 + gain))
    )


def sequence(values: Values, day: date) -> Calculation:
    found = moves(values)
    if len(found) < 2:
        raise ToujiaoError(line("one_move"))
    factor = round(together(found), 12)
    change = factor - 1
    return finish(
        "moves_in_a_row",
        {"moves": found},
        {"change": change, "left": factor},
        [
            line("moves_not_added"),
            line(
                "moves_together", product=product(found), left=share(factor), change=share(change)
            ),
            line(f"result_moves_{outcome(change)}", change=share(abs(change)), left=share(factor)),
        ],
    )

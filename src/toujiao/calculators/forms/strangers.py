"""Numbers that belong to something else: a fee, a salary, an inflation rate beside the sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from toujiao.calculators.forms.form import Form, Slot
from toujiao.calculators.forms.moves import NO_NUMBER
from toujiao.calculators.units import Unit

_OF_MONEY: tuple[str, ...] = (
    *(
        "手续费",
        "费用",
        "佣金",
        "印花税",
        "工资",
        "月薪",
        "收入",
        "分红",
        "股息",
        "目标",
        "上次",
        "奖金",
    ),
    *("房租", "生活费", "保费", "学费", "老婆", "朋友", "老王"),
)
_OF_SHARES: tuple[str, ...] = (
    *(
        "仓位(?![跌亏涨赚套])",
        "通胀",
        "通货膨胀",
        "管理费",
        "服务费",
        "托管费",
        "申购费",
        "赎回费",
        "手续费",
        "佣金",
    ),
    *("税率", "税", "胜率", "占比", "概率", "费率", "首付", "老婆", "朋友", "老王"),
)
_MONEY_UNITS = {Unit.YUAN, Unit.NONE}


def without_strangers(forms: Iterable[Form]) -> tuple[Form, ...]:
    """The forms with slots that take no number beside the words of something else.

    A word that names the slot itself is no stranger to it.
    """
    return tuple(replace(form, slots=tuple(map(_guarded, form.slots))) for form in forms)


def _guarded(slot: Slot) -> Slot:
    units = set(slot.units)
    if units <= _MONEY_UNITS:
        words = _OF_MONEY
    elif units <= {Unit.RATIO, Unit.NONE}:
        words = _OF_SHARES
    else:
        return slot
    own = f"{slot.before}{slot.after}"
    strange = "|".join(word for word in words if word not in own)
    never = rf"(?:{strange}){NO_NUMBER}"
    return replace(
        slot, never_before=f"{slot.never_before}|{never}" if slot.never_before else never
    )

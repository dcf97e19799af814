"""Forms of the size of a position: how many shares keep a stopped trade within a loss."""

from __future__ import annotations

from datetime import date

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.odds import MONEY, RATIO
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError


def _position(values: Values, day: date) -> Calculation:
    """How many shares keep a stopped trade within the loss that was set."""
    entry = values["entry"]
    stop = values["stop"] if "stop" in values else entry * (1 - values["stop_rate"])
    most = values["most"] if "most" in values else values["capital"] * values["share"]
    if not 0 <= stop < entry:
        raise ToujiaoError(line("stop_above"))
    each, notes = round(entry - stop, 6), []
    if "most" not in values:
        shown = {"capital": plain(values["capital"]), "share": percent(values["share"])}
        notes.append(line("most_loss", **shown, most=plain(most)))
    if "stop" not in values:
        notes.append(
            line(
                "stop_price",
                entry=plain(entry),
                rate=percent(values["stop_rate"]),
                stop=plain(stop),
            )
        )
    exact = round(most / each, 6)
    count = int(exact // 100 * 100)
    shown = {"most": plain(most), "each": plain(each), "exact": plain(exact, 2)}
    notes += [
        line("loss_each", entry=plain(entry), stop=plain(stop), each=plain(each)),
        line("position", **shown),
        line("position_caution"),
    ]
    inputs = {"entry_yuan": entry, "stop_yuan": stop, "most_loss_yuan": most}
    results = {"shares": float(count), "amount_yuan": round(count * entry, 2)}
    last = line("position_is", count=count, lots=count // 100, amount=plain(count * entry, 2))
    return finish("position", inputs, results, [*notes, last])


_LOSS_WORDS = (
    r"(?:最多|顶多|只能|只肯|愿意|能够?|可以|允许|单笔|每笔|单次|每次)[^，。\d]{0,6}(?:亏|赔|"
    r"损失|认赔|承受|风险)[损失掉了]*|最大亏损|风险(?:控制)?(?:在|是|为)?|亏损(?:上限|控制|额)"
)
_ENTRY = Slot(
    "entry",
    "买入价",
    MONEY,
    ask="买入价是多少？",
    least=0.01,
    never_before=_LOSS_WORDS,
    most=5000,
    before=r"买入?价?|成本价?|进场价?|入场价?|现价|建仓价?|股价|每股|单价",
    after=r"的?(?:时候)?(?:买(?!多少|几)|进场|入场|建仓|入手|一股|的股票)",
)
_STOP = Slot(
    "stop",
    "止损价",
    MONEY,
    ask="止损价是多少？",
    least=0.01,
    most=5000,
    before=r"止损价?位?线?|跌到|认错价?|离场",
    after=r"的?(?:止损|就?走|认错|割)",
)
_STOP_RATE = Slot(
    "stop_rate",
    "跌多少止损",
    RATIO,
    ask="跌百分之多少止损？",
    least=0.0001,
    most=0.9,
    before=r"止损线?幅?度?|下?跌了?",
    after=r"的?(?:就?止损|认错)",
)
_MOST_LOSS = Slot(
    "most", "最多亏多少", MONEY, ask="最多愿意亏多少钱？", anchor=False, least=1, before=_LOSS_WORDS
)
_CAPITAL = Slot(
    "capital",
    "总资金",
    (Unit.YUAN,),
    ask="总资金是多少？",
    least=100,
    before=r"本金|资金|账户|总共|一共|总资产|手里|有",
    after=r"的?(?:本金|资金|账户|总资产|仓位|本钱)",
)
_SHARE = Slot(
    "share",
    "最多亏百分之几",
    RATIO,
    ask="最多亏总资金的百分之几？",
    anchor=False,
    least=0.0001,
    most=1,
    before=_LOSS_WORDS + r"|总?资金的|本金的|账户的|总资产的",
)
FORMS = (
    *(
        Form(
            f"position{tail}",
            cue=r"^(?=[\s\S]*(?:止损|认错|认赔|亏|风险))(?=[\s\S]*(?:(?:多少|几)[股手]|仓位|头寸))",
            slots=(_ENTRY, *stop, *most),
            work=_position,
            priority=4,
            unless=r"手续费|印花税|佣金|涨停|跌停|中签|新股|凯利",
        )
        for tail, stop, most in (
            ("", (_STOP,), (_MOST_LOSS,)),
            ("_of_capital", (_STOP,), (_CAPITAL, _SHARE)),
            ("_by_rate", (_STOP_RATE,), (_MOST_LOSS,)),
            ("_by_rate_of_capital", (_STOP_RATE,), (_CAPITAL, _SHARE)),
        )
    ),
)

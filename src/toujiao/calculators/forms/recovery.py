"""Forms about losses: the gain that makes up for one, and several moves in a row."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Choice, Form, Slot
from toujiao.calculators.forms.moves import (
    CLOSE,
    EACH,
    FALL,
    HOW,
    IN_A_ROW,
    KINDS,
    MOVED,
    NO_NUMBER,
    RISE,
    TIME,
    move_slots,
    with_required,
)
from toujiao.calculators.forms.recovery_work import (
    recover,
    recover_from_to,
    recover_left,
    recover_lost,
    sequence,
)
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.units import Unit

_BACK = (
    r"回本|解套|涨回|扳回|赚回|回到(?:原|成本|起点|本金|最初|买入|之前|原点)|拉平|打平|填[平坑]|捞回|"
    r"补回|翻本|保本|回血|回来|涨上来"
)

_GAIN_ASKED = (
    r"(?:涨|赚|盈利|反弹|上涨|收益)[^，。；]{0,9}(?:多少|几|多大)|"
    rf"(?:多少|多大|几)[^，。；]{{0,10}}(?:涨幅|{_BACK})|(?:{_BACK})[^。]{{0,12}}(?:多少|几|多大)"
)

_NEEDS = r"[跌亏套赔斩].{0,60}(?:需要?|要|得|该)[^，。；]{0,3}[涨赚][^，。；]{0,4}(?:多少|几)"

_RECOVER = rf"(?:\A(?=(?s:.*)(?:{_BACK}))\A(?=(?s:.*)(?:{_GAIN_ASKED}))|\A(?=(?s:.*){_NEEDS}))"

_OTHER_SUM = (
    r"手续费|佣金|费用|股息|分红|配资|难度|差多少|补仓|加仓|摊|几[年天]|多久|多长时间|年化|几个月|几次|"
    r"几个[涨跌]停|涨停|跌停|定投|卖"
)

_HELD = Slot("held", "时间", (*TIME,), alone=True, required=False, anchor=False)

_SHARES = Slot("shares", "股数", (Unit.SHARES,), alone=True, required=False, anchor=False)

_INVESTED = Slot(
    "invested",
    "原来的金额",
    (Unit.YUAN,),
    alone=True,
    required=False,
    anchor=False,
    least=0.01,
    before=r"本金|投入?|买",
    never_before=rf"(?:{FALL}|{RISE}|剩){NO_NUMBER}",
)

_BEFORE = Slot(
    "before_loss",
    "原来的金额或价格",
    MONEY,
    ask="原来是多少钱？",
    least=0.01,
    alone=True,
    before=r"从|由|成本价?|买[入的]?价?|投入?|本金|原来|最初|高点|最高|花了?|进价|买了",
    after=r"的?成本|买的?|进的|入的|投的|入手|跌|亏|赔|掉|缩水|变",
    never_before=rf"(?:到|至|剩|现在|现价|回){NO_NUMBER}",
)

_AFTER = Slot(
    "after_loss",
    "现在的金额或价格",
    MONEY,
    ask="现在是多少钱？",
    least=0.01,
    before=r"到|至|剩下?|现在|现价|成了?|变成?|目前|如今|只有|还有|当前|最新|得只?剩",
    after=r"了?现在",
    never_before=rf"(?:[涨弹升]?回到?){NO_NUMBER}|{MOVED}",
)

# 才能回到25: usually the price of the start again.
_TARGET = Slot(
    "target",
    "要回到的价格",
    MONEY,
    required=False,
    anchor=False,
    least=0.01,
    before=r"回到|[涨弹升]回|回升到",
)

_LOST = Slot(
    "lost",
    "亏掉的钱",
    MONEY,
    ask="亏了多少钱？",
    least=0.01,
    before=rf"(?:{FALL}){CLOSE}",
    after=r"的?(?:亏损|浮亏|损失)",
)

_LEFT = Slot(
    "left",
    "还剩的比例",
    (Unit.RATIO, Unit.DISCOUNT),
    ask="还剩百分之多少？",
    least=0.0001,
    most=0.9999,
    before=r"剩下?|只有|(?:跌|亏|掉|缩水|降)到(?:了|原来的|原价的|成本的|只有)*|到了?",
)

# 打了六五折: 65 % is left. 跌了六五折 may be meant otherwise.
_DISCOUNT = replace(
    _LEFT,
    units=(Unit.DISCOUNT,),
    alone=True,
    never_before=r"(?:[跌亏赔降]|缩水)(?:了|去|掉)?",
)

_WHOLE = Slot(
    "whole",
    "原来的金额",
    MONEY,
    ask="原来一共投了多少钱？",
    least=0.01,
    alone=True,
    before=r"本金|投入?|买|花",
    never_before=rf"(?:{FALL}|{RISE}|剩){NO_NUMBER}",
)

_MOVES_UNLESS = rf"{_OTHER_SUM}|(?:每[年月天次周]|一年)[^，。]{{0,3}}(?:涨|赚|收益)"

_SHARE = r"(?:[%％成]|百分之|个点|百分点|腰斩|一半)"

_SEQUENCE = (
    rf"\A(?=(?s:.*)(?:{HOW}))\A(?=(?s:.*)[跌亏赔套斩])"
    rf"\A(?=(?s:.*){_SHARE}.{{0,30}}(?:[跌亏赔套涨赚升反掉].{{0,12}}{_SHARE}|腰斩))"
)

_REPEATED = (
    rf"\A(?=(?s:.*)(?:{HOW}))\A(?=(?s:.*)(?:每|各|都|天天|年年))"
    rf"\A(?=(?s:.*)(?:连|次|共|累计|后|还剩))\A(?=(?s:.*){_SHARE})"
)

_NO_SEQUENCE = (
    r"差|区别|哪个|更|涨停|跌停|手续费|佣金|年化|定投|概率|胜率|止损|止盈|仓位|"
    r"(?:要|得)涨[^，。]{0,4}(?:多少|几)|卖|几[年个]|多久|多长时间"
)

FORMS = without_strangers(
    (
        *(
            Form(
                f"recover_{kind}",
                cue=f"{word}{_RECOVER}",
                slots=(*move_slots(kind), _INVESTED, _SHARES),
                choices=(EACH, IN_A_ROW),
                work=recover,
                unless=_MOVES_UNLESS,
                priority=6,
            )
            for kind, word in KINDS.items()
            if kind != "rise"
        ),
        Form(
            "recover_left",
            cue=_RECOVER,
            slots=(_LEFT, _INVESTED, _SHARES, _HELD),
            work=recover_left,
            unless=_OTHER_SUM,
            priority=7,
        ),
        Form(
            "recover_discount",
            cue=_RECOVER,
            slots=(_DISCOUNT, _INVESTED, _SHARES, _HELD),
            work=recover_left,
            unless=rf"{_OTHER_SUM}|打折|费|折[^，。]{0, 2}(?:买|入手)",
            priority=7,
        ),
        Form(
            "recover_from_to",
            cue=_RECOVER,
            slots=(_BEFORE, _AFTER, _TARGET, _SHARES, _HELD),
            work=recover_from_to,
            unless=_OTHER_SUM,
            priority=9,
        ),
        Form(
            "recover_points",
            cue=_RECOVER,
            work=recover_from_to,
            unless=_OTHER_SUM,
            priority=9,
            slots=(replace(_BEFORE, units=(Unit.POINTS,)), replace(_AFTER, units=(Unit.POINTS,))),
            choices=(Choice("points", "点数", {True: ""}, default=True),),
        ),
        Form(
            "recover_lost",
            cue=_RECOVER,
            work=recover_lost,
            unless=_OTHER_SUM,
            priority=6,
            slots=(_WHOLE, _LOST, _TARGET, _HELD),
        ),
        *(
            Form(
                f"moves_in_a_row_{kind}_{second}",
                cue=f"{KINDS[kind]}{_SEQUENCE}",
                choices=(EACH, IN_A_ROW),
                slots=with_required(move_slots(kind), second),
                work=sequence,
                priority=2,
                unless=_NO_SEQUENCE,
            )
            for kind, second in (
                ("fall", "fall1"),
                ("fall", "rise0"),
                ("halved", "halved1"),
                ("halved", "fall0"),
                ("halved", "rise0"),
            )
        ),
        *(
            Form(
                f"moves_in_a_row_{kind}",
                cue=f"{KINDS[kind]}{_REPEATED}",
                choices=(replace(EACH, required=True), IN_A_ROW),
                slots=with_required(move_slots(kind), "times"),
                work=sequence,
                priority=2,
                unless=_NO_SEQUENCE,
            )
            for kind in ("fall", "rise")
        ),
    )
)

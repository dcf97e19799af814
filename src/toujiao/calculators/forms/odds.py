"""What the forms of odds share: win rate, payoff, counts and amounts."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Choice, Slot, Values
from toujiao.calculators.forms.lists import in_turn
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

MONEY = (Unit.YUAN, Unit.NONE)
RATIO = (Unit.RATIO,)
TOLERANCE = 1e-6


def win_rate_of(values: Values) -> tuple[float, list[str]]:
    """The win rate that was given, or that of the counts."""
    if "win_rate" in values:
        win = values["win_rate"]
        if abs(win + values.get("lose_rate", 1 - win) - 1) > TOLERANCE:
            raise ToujiaoError(line("rates_differ"))
        return win, []
    if "lose_rate" in values:
        return 1 - values["lose_rate"], [
            line("win_of_lose", win=rate_shown(1 - values["lose_rate"]))
        ]
    wins, total = counts_of(values)
    return wins / total, [
        line("win_rate", wins=wins, total=total, rate=approx_percent(wins / total))
    ]


def counts_of(values: Values) -> tuple[int, int]:
    """Wins and all trades from two or three counts that have to agree."""
    total, wins, losses = (values.get(name) for name in ("total", "wins", "losses"))
    if wins is None:
        if total is None or losses is None:
            raise ToujiaoError(line("counts_missing"))
        wins = total - losses
    if total is None:
        if losses is None:
            raise ToujiaoError(line("counts_missing"))
        total = wins + losses
    if not 0 <= wins <= total or total == 0 or (losses is not None and wins + losses > total):
        raise ToujiaoError(line("counts_differ", wins=wins, total=total))
    return int(wins), int(total)


def payoff_of(values: Values) -> tuple[float, list[str]]:
    """Average win over average loss: given, as a relation, or from two amounts."""
    if "payoff" not in values:
        gained, lost = values["win"], abs(values["loss"])
        if not lost:
            raise ToujiaoError(line("no_loss"))
        shown = {"win": plain(gained), "loss": plain(lost)}
        if values.get("rates"):
            shown = {name: percent(value) for name, value in (("win", gained), ("loss", lost))}
        return gained / lost, [line("payoff_sum", **shown, payoff=approx(gained / lost))]
    first, second = values["payoff"], values.get("against")
    if second is None:
        return first, []
    if values.get("pays"):  # 1赔2
        return second / first, []
    if first < second:
        raise ToujiaoError(line("payoff_order", first=plain(first), second=plain(second)))
    return first / second, []


def rate_shown(value: float) -> str:
    return percent(round(value, 6))


WIN_WORDS = (
    r"胜率|赢面|胜算|成功率|正确率|(?:赢|获胜|赚钱?|盈利|上?涨|胜)的?(?:概率|几率|可能性?|"
    r"机会)|赢率|(?:赚|赢|盈利?|涨)[\d.]+[元块%]*的(?:概率|几率|可能性?)|(?<![a-z])p(?![a-z])"
)
LOSE_WORDS = (
    r"败率|输率|失败率|(?:亏|输|赔|跌)[\d.]+[元块%]*的(?:概率|几率|可能性?)|(?:输|亏钱?|亏损|"
    r"赔|下?跌|失败)的?(?:概率|几率|可能性?|机会)"
)
CHANCE = r"的?(?:概率|几率|可能性?|机会|把握)"
WIN_RATE = Slot(
    "win_rate",
    "胜率",
    (Unit.RATIO, Unit.NONE),
    ask="胜率是多少？",
    least=0,
    most=1,
    before=WIN_WORDS,
    after=rf"的?(?:胜率|赢面|胜算|成功率)|{CHANCE}[^，。]{{0,3}}(?:涨|赚|赢|盈|胜|成功)|的?把握",
    never_before=r"(?:输|亏|败|跌)的?(?:概率|几率|可能性?|率)",
)
LOSE_RATE = Slot(
    "lose_rate",
    "败率",
    (Unit.RATIO, Unit.NONE),
    ask="输的概率是多少？",
    required=False,
    anchor=False,
    least=0,
    most=1,
    before=LOSE_WORDS,
    after=rf"{CHANCE}[^，。]{{0,3}}(?:跌|亏|输|赔|失败)",
)
PAYOFF_WORDS = r"盈亏比例?|赔率|赚亏比|(?<![a-z])b(?![a-z])|收益风险比"
PAYOFF = Slot(
    "payoff",
    "盈亏比",
    (Unit.NONE, Unit.TIMES),
    ask="盈亏比是多少？",
    least=0.0001,
    most=1000,
    before=PAYOFF_WORDS,
    after=r"的?(?:盈亏比|赔率)",
)
AGAINST = Slot(
    "against",
    "盈亏比的后一个数",
    (Unit.NONE,),
    required=False,
    anchor=False,
    least=0.0001,
    most=1000,
    before=rf"(?:{PAYOFF_WORDS})[^，。]{{1,5}}?(?:比|[:：]|赔|/)\s*|\d\s*(?:比|[:：]|赔)\s*",
)
PAYS = Choice(
    "pays",
    "几赔几",
    {True: r"[\d一二两三四五六七八九十]\s*赔\s*[\d一二两三四五六七八九十]"},
    default=False,
)
GAINED = (
    r"(?:平均|每[次笔]|一[次笔]|单[次笔])*(?:盈利|获利|收益|赚|赢|盈(?!亏)|涨)(?:了|的话|的时候|时|"
    r"一[次笔]|钱|到|的|能|就)*(?:平均|每[次笔])*(?:赚|盈利|拿|得)?"
)
LOST = (
    r"(?:平均|每[次笔]|一[次笔]|单[次笔])*(?:(?<!盈)亏损?|输|赔(?!率)|损失|跌)(?:了|的话|的时候|时|"
    r"一[次笔]|钱|掉|的|就|要)*(?:平均|每[次笔])*(?:亏|亏损|赔|输|掉)?"
)


def amount_slots(units: tuple[Unit, ...], more: str = "") -> tuple[Slot, Slot]:
    """Average win and average loss, both in the same unit."""
    won, lost = (rf"{GAINED}|止盈|目标", rf"{LOST}|止损") if more else (GAINED, LOST)
    chance = r"(?:概率|几率|可能性?|机会|胜率|赢面|败率)(?![涨赚赢盈跌亏输赔])"
    return (
        Slot(
            "win",
            "平均赚多少",
            units,
            ask="赚的时候平均赚多少？",
            before=in_turn(f"(?:{won})", lost),
            never_before=chance,
            least=0,
        ),
        Slot(
            "loss",
            "平均亏多少",
            units,
            ask="亏的时候平均亏多少？",
            before=in_turn(f"(?:{lost})", won),
            never_before=chance,
        ),
    )


TOTAL = Slot(
    "total",
    "一共几次",
    (Unit.COUNT,),
    ask="一共做了几次？",
    least=1,
    anchor=False,
    alone=True,
    before=r"一共|总共|共|做了?|交易了?|买卖了?|操作了?|炒了",
    after=r"(?:交易|操作|买卖)?(?:里面?|中|当中|内)",
    never_before=r"[赢赚盈胜亏输赔对错][了利损对错]*",
)
WINS = Slot(
    "wins",
    "赢的次数",
    (Unit.COUNT,),
    ask="赢了几次？",
    least=0,
    never_after=r"平均|能|可以",
    before=r"赢|赚钱?|盈(?!亏)利?|胜(?!率)|做?对|成功(?!率)|正确",
    after=(
        r"^(?:交易)?(?:都|是|的)*(?:赚|赢|盈(?!亏)|对|成功|胜(?!率))"
        r"(?:(?!了?\s*[\d一二两三四五六七八九十])|"
        r"(?=\s*[\d一二两三四五六七八九十]+\s*[次笔]\s*(?:亏|输|赔|错)))"
    ),
)
LOSSES = Slot(
    "losses",
    "亏的次数",
    (Unit.COUNT,),
    ask="亏了几次？",
    least=0,
    before=r"(?<!盈)亏损?|输|赔(?!率)|做?错|失败|败|止损",
    after=r"^(?:交易)?(?:都|是|的)*(?:亏|输|赔(?!率)|错|失败)(?!了?\s*[\d一二两三四五六七八九十])",
)


def optional(slot: Slot) -> Slot:
    """The same slot where it may stay empty."""
    return replace(slot, required=False, anchor=False)


SUM = r"(?:一共|总共|总计|合计|累计|共|总)"
TOTAL_WIN = Slot(
    "total_win",
    "一共赚多少",
    MONEY,
    ask="一共赚了多少？",
    least=0,
    before=rf"{SUM}(?:盈利|赚|赢|盈)(?:了)?|(?:盈利|赚|赢)了?{SUM}|赚了?",
)
TOTAL_LOSS = Slot(
    "total_loss",
    "一共亏多少",
    MONEY,
    ask="一共亏了多少？",
    before=rf"{SUM}(?:亏损|亏|输|赔)(?:了)?|(?:亏损|亏|输)了?{SUM}|亏了?",
)
RATES = Choice("rates", "百分数", {True: r"%|百分之|个点|成"}, default=False)
EXPECT = (
    r"期望|平均(?:下来)?每[次笔]|每[次笔](?:交易)?平均(?:能|可以|会|下来)?(?:赚|亏)?(?:多少|"
    r"几)|长期(?:做)?下来|平均(?:能|可以|会)?(?:赚|亏)(?:多少|几)"
)
SUMMED = rf"{SUM}(?:盈利|赚|赢|盈|亏)|(?:盈利|赚|赢|亏损?)了?{SUM}"
KELLY = r"凯利|kelly"
WIN_BY_COUNT = (TOTAL, WINS, optional(LOSSES))
WIN_BY_LOSSES = (WINS, LOSSES)
BY_AMOUNT = (("", MONEY), ("_rates", RATIO))

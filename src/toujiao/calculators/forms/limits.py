"""What a price limit of the day rests on: the board, the ST mark, the day's rule, the close."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from toujiao.calculators import limit_down, limit_up, price_limit_ratio
from toujiao.calculators.boards import BOARDS, board_of_code
from toujiao.calculators.forms.form import Choice, Slot, Values
from toujiao.calculators.forms.limit_words import NOT_CLOSE, YESTERDAY
from toujiao.calculators.forms.plans import DEAREST, plan_of, reference
from toujiao.calculators.forms.terms import CODE, MONEY, ST, board_of
from toujiao.calculators.forms.wording import line, price, word
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.units import Unit
from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError

_FULL_CODE = 6
_CLOSE = (
    rf"{YESTERDAY}|收盘价?|收在|收于|收的?|股价|现价|价格|现在|目前|报价|市价|"
    r"当前|起步|从|原价|原来|股票|个股|基准价?|[^，。]票"
)
CLOSE = Slot(
    "close",
    "前一天的收盘价",
    MONEY,
    ask="前一天收盘是多少钱？",
    before=_CLOSE,
    after=(
        r"收盘(?![\d价在于是为])|收的|的?(?:股票?|票|个股)|钱?一股|起步|开始|"
        r"就?(?:连|涨停|跌停|吃)"
    ),
    never_before=NOT_CLOSE,
    alone=True,
    least=0.01,
    most=DEAREST,
)
# A price that the limits do not rest on.
OTHER_PRICE = Slot(
    "other_price",
    "另一个价",
    MONEY,
    before=r"开盘价?|今开|高开|低开|开在|开于|成本价?|买入?价|买的?|最[高低]价?",
    after=r"开盘|开的|买的|成本",
    least=0.01,
    most=DEAREST,
    required=False,
    anchor=False,
)
STATED = Slot(
    "stated",
    "一天最多涨跌",
    (Unit.RATIO,),
    before=(r"涨停板?|跌停板?|涨跌停|涨跌幅|幅度|限制|最多能?[涨跌]?|上限|每[天日]|" r"一天|按"),
    after=r"的?(?:涨停|跌停|涨跌|板|限|股|票|那种|幅)",
    never_before=r"(?<!多)(?<!能)[涨跌亏赚](?!停|跌|幅)",
    least=0.04,
    most=0.31,
    required=False,
    anchor=False,
)
BOARD = Choice(
    "board",
    "板块",
    {
        "star": r"科创板?(?!50)",
        "chinext": r"创业板?(?!指|50)",
        "bse": r"北交所?|北证(?!50)|北京证?券?交易所",
        "main": r"主板|中小板|中小企业板",
    },
)
# Without such words the price is only taken for the close.
BASIS = Choice(
    "basis",
    "哪天的价",
    {"close": r"收|昨|前一|头天|除权|除息|派|送"},
    default="assumed",
    said={"assumed": "close_assumed"},
)
ONCE = Slot(
    "once",
    "几个",
    (Unit.COUNT, Unit.DAYS),
    after=r"[涨跌]停|板",
    before=r"[涨跌]停",
    least=1,
    most=1,
    required=False,
    anchor=False,
)
TERMS = (CODE, STATED)
CHOICES = (BOARD, ST, BASIS)


@dataclass(frozen=True)
class Basis:
    """The close that the limits count from, the board and its limit, and how they were known."""

    close: float
    board: str
    st: bool
    ratio: float
    day: date
    steps: tuple[str, ...]
    results: dict[str, float] = field(default_factory=dict)

    def limit(self, side: str) -> float:
        """The limit price of the day, `side` "up" or "down"."""
        function = limit_up if side == "up" else limit_down
        return function(self.close, self.board, self.st, self.day)

    def inputs(self) -> dict[str, object]:
        """What went in, for the page and the service."""
        return {
            "previous_close_yuan": self.close,
            "board": self.board,
            "st": self.st,
            "day": self.day.isoformat(),
        }

    def card_id(self) -> str | None:
        """ST shares have a card of their own."""
        return "price-limit-risk-warning" if self.st else None

    def step(self, side: str) -> str:
        """How the limit of one side is worked out."""
        exact, ratio = decimal(self.close), decimal(self.ratio)
        raw = exact * (1 + ratio if side == "up" else 1 - ratio)
        limit = price(self.limit(side))
        shown = line(
            f"limit_{side}",
            close=plain(exact),
            ratio=percent(ratio),
            raw=plain(raw),
            limit=price(float(round_fen(raw))),
        )
        if limit == price(float(round_fen(raw))):
            return shown
        return f"{shown}；{line('limit_at_least', limit=limit)}"


def basis(values: Values, day: date) -> Basis:
    """The basis of the limits; `ToujiaoError` where the question contradicts itself."""
    close, steps, results = values["close"], [], {}
    if plan_of(values):
        found = reference(values, close)
        steps = [*found.steps, line("ex_day_base", price=price(found.price), close=plain(close))]
        close, results = found.price, {"reference_price_yuan": found.price}
    st = bool(values.get("st"))
    board, known = _board(values, st, day)
    ratio = price_limit_ratio(board, st, day)
    name = word("main_st" if st and board == "main" else board)
    steps += [*known, line("limit_ratio", board=name, day=chinese_date(day), ratio=percent(ratio))]
    return Basis(close, board, st, ratio, day, tuple(steps), {"limit_ratio": ratio, **results})


def _board(values: Values, st: bool, day: date) -> tuple[str, tuple[str, ...]]:
    """The board and the sentence that says how it was known; the main board by default."""
    code = values.get("code")
    if code and board_of_code(code) is None:
        name = "unknown_full_code" if len(code) == _FULL_CODE else "unknown_prefix"
        raise ToujiaoError(line(name, code=code))
    board, steps = board_of(values)
    if code and board and len(code) == _FULL_CODE:
        steps = (line("board_by_full_code", code=code, board=BOARDS[board].title),)
    stated = values.get("stated")
    if stated is None:
        return (board, steps) if board else ("main", (line("board_default"),))
    fitting = [name for name in BOARDS if price_limit_ratio(name, st, day) == stated]
    if board in fitting:
        return str(board), steps
    if board is None and fitting:
        return fitting[0], (line("board_by_ratio", ratio=percent(stated)),)
    rule = price_limit_ratio(board or "main", st, day)
    shown = {"said": percent(stated), "rule": percent(rule), "day": chinese_date(day)}
    raise ToujiaoError(line("stated_ratio_differs", board=word(board or "main"), **shown))

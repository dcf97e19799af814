"""Sums about prices and dividends: daily limits, ex-rights price, tax on dividends."""

from __future__ import annotations

import re

from toujiao.assistant.broker_terms import board_of
from toujiao.assistant.calculation import (
    Calculation,
    Sum,
    chinese_date,
    finish,
    line,
    percent,
    plain,
    price,
    wording,
)
from toujiao.assistant.parse_numbers import find, take_base
from toujiao.calculators import (
    dividend_tax,
    ex_rights_price,
    limit_down,
    limit_up,
    price_limit_ratio,
)

_LIMIT = re.compile(
    r"涨停|跌停|(?:最高|最多|最低|顶多|最大)[^，。]{0,6}(?:涨|跌)|(?:今|当|明|次|一)[天日][^，。]{0,6}(?:最高|最低|上限|下限)"
)
_UP = re.compile(r"涨停|最高|上限|(?:最多|顶多)[^，。]{0,4}涨")
_DOWN = re.compile(r"跌停|最低|下限|(?:最多|顶多)[^，。]{0,4}跌")
_NO_LIMIT_HERE = re.compile(
    r"新股|首日|上市第|刚上市|转债|ETF|基金|港股|美股|期货|期权|B股|退市整理|逆回购|连续|连板|\d+个?(?:连|涨停板?|跌停板?)|"
    r"手续费|佣金|印花税|赚|亏|市盈率|除权|借|点位|指数",
    re.I,
)
_CLOSE = (
    r"(?:昨日?收|昨天[^\d，。]{0,6}收|前收|前一?天?[^\d，。]{0,4}收|收盘价?|收在|收于|收)[^\d，。%]{0,8}{n}(?![\d.%日天])",
    r"{n}元[^\d，。]{0,4}(?:收盘|收的)",
    r"(?:股价|现价|价格|昨天|昨日)[^\d，。%]{0,6}{n}(?![\d.%日天])",
)
_DEAREST = 5000
_CODES = {"chinext": r"30[01]\d{3}", "star": r"68[89]\d{3}", "bse": r"(?:[48]\d|92)\d{4}"}

_PAID = r"(?:派发?现?金?(?:红利|股息)?|派息|分红|分|派)"
_CASH = rf"(?:{_PAID})[^\d，。送转配税]{{0,4}}{{n}}(?!\d|股|%|天|个|年)元?"
_BONUS = r"(?:送红?股?|转增?股?)[^\d，。]{0,2}{n}"
_RIGHTS = r"配[^\d，。价]{0,2}{n}"
_RIGHTS_PRICE = r"配股?(?:价格?|缴款价)[^\d，。]{0,4}{n}"


def price_limit(question: Sum) -> Calculation | None:
    """The limit-up and limit-down price from the previous close."""
    text = question.text
    if not _LIMIT.search(text) or _NO_LIMIT_HERE.search(text):
        return None
    bare, board = _board(text)
    close = find(bare, *_CLOSE) or _only_price(bare)
    if close is None:
        return None
    st = re.search(r"(?<![a-z])\*?ST(?![a-z])", bare, re.I) is not None
    up, down = bool(_UP.search(text)), bool(_DOWN.search(text))
    if up == down or "涨跌停" in text:
        up = down = True
    return _limits(question, close, board, st, up, down)


def _limits(
    question: Sum, close: float, board: str | None, st: bool, up: bool, down: bool
) -> Calculation:
    where, day = board or "main", question.day
    ratio = price_limit_ratio(where, st, day)
    name = wording()["words"]["main_st" if st and where == "main" else where]
    steps = [] if board or st else [line("board_default")]
    steps.append(line("limit_ratio", board=name, day=chinese_date(day), ratio=percent(ratio)))
    results: dict[str, float] = {"limit_ratio": ratio}
    shown: dict[str, str] = {}
    for key, wanted, function, sign in (
        ("up", up, limit_up, 1),
        ("down", down, limit_down, -1),
    ):
        if wanted:
            limit = function(close, where, st, day)
            results[f"limit_{key}_yuan"] = limit
            shown[key] = price(limit)
            steps.append(
                line(
                    f"limit_{key}",
                    close=plain(close),
                    ratio=percent(ratio),
                    raw=plain(round(close * (1 + sign * ratio), 8)),
                    limit=price(limit),
                )
            )
    result = "result_both" if up and down else f"result_{'up' if up else 'down'}"
    return finish(
        "price_limit",
        {"previous_close_yuan": close, "board": where, "st": st, "day": day.isoformat()},
        results,
        [*steps, line(result, **shown)],
        card_id="price-limit-risk-warning" if st else None,
    )


def _board(text: str) -> tuple[str, str | None]:
    """The text without a stock code, and the board it names by word or code."""
    for board, code in _CODES.items():
        if re.search(rf"(?<![\d.]){code}(?![\d.元])", text):
            return re.sub(rf"(?<![\d.]){code}(?![\d.元])", " ", text), board
    text = re.sub(r"(?<![\d.])(?:60|00)\d{4}(?![\d.元])", " 主板 ", text)
    named = board_of(text)
    return text, named or ("main" if "主板" in text else None)


def _only_price(text: str) -> float | None:
    prices = re.findall(r"(\d+(?:\.\d+)?)元", text)
    # A bigger number is an amount, not the price of one share.
    return float(prices[0]) if len(prices) == 1 and float(prices[0]) < _DEAREST else None


def ex_rights(question: Sum) -> Calculation | None:
    """The reference price after a dividend, bonus shares or a rights issue."""
    text = question.text
    if not re.search(r"除权|除息|参考价|XD|XR|DR", text):
        return None
    base, plan = take_base(text)
    rights_price = find(plan, _RIGHTS_PRICE) or 0.0
    plan = re.sub(_RIGHTS_PRICE.replace("{n}", r"\d+(?:\.\d+)?"), " ", plan)
    bonus = sum(float(n) for n in re.findall(_BONUS.replace("{n}", r"(\d+(?:\.\d+)?)"), plan))
    cash, rights = find(plan, _CASH) or 0.0, find(plan, _RIGHTS) or 0.0
    close = find(
        plan,
        r"(?:收盘价?|登记日[^\d，。]{0,6}|前收|昨收|收|股价|现价|价格)[^\d，。派送转配]{0,6}{n}(?![\d.%])",
        r"{n}元的?(?:股票|股)",
    ) or find(plan, r"{n}元")
    if close is None or not (cash or bonus or rights) or bool(rights) != bool(rights_price):
        return None
    base = base or 1.0
    return _ex_rights(close, cash / base, bonus / base, rights / base, rights_price)


def _ex_rights(
    close: float, cash: float, bonus: float, rights: float, rights_price: float
) -> Calculation:
    value = ex_rights_price(close, cash, bonus, rights, rights_price)
    parts = [
        line(name, value=plain(part), price=plain(rights_price))
        for name, part in (("cash", cash), ("bonus", bonus), ("rights", rights))
        if part
    ]
    above = plain(close) + (f" − {plain(cash)}" if cash else "")
    above += f" + {plain(rights_price)} × {plain(rights)}" if rights else ""
    below = "1" + "".join(f" + {plain(part)}" for part in (bonus, rights) if part)
    raw = (close - cash + rights_price * rights) / (1 + bonus + rights)
    return finish(
        "ex_rights",
        {
            "previous_close_yuan": close,
            "cash_per_share_yuan": cash,
            "bonus_per_share": bonus,
            "rights_per_share": rights,
            "rights_price_yuan": rights_price,
        },
        {"reference_price_yuan": value},
        [
            line("per_share", parts="，".join(parts)),
            line("ex_rights", above=_bracketed(above), below=_bracketed(below), raw=plain(raw)),
            line("result_ex_rights", price=price(value)),
        ],
    )


def _bracketed(sum_text: str) -> str:
    return f"({sum_text})" if " " in sum_text else sum_text


def dividend(question: Sum) -> Calculation | None:
    """The tax on a cash dividend from its amount and the holding time."""
    text = question.text
    if not re.search(r"税|扣", text) or not re.search(r"分红|红利|股息|派|分", text):
        return None
    if re.search(r"港股|H股|基金|ETF|除权|股息率", text, re.I):
        return None
    days = holding_days(text)
    total, notes = _dividend_total(text)
    if days is None or total is None:
        return None
    tax = dividend_tax(total, days, question.day)
    if question.day_stated:
        notes = [line("rules_of", day=chinese_date(question.day)), *notes]
    if re.search(r"月|年", text):
        notes = [*notes, line("days_counted", days=days)]
    result = "result_dividend_tax" if tax.rate else "result_no_dividend_tax"
    return finish(
        "dividend_tax",
        {"dividend_yuan": total, "holding_days": days, "day": question.day.isoformat()},
        {"tax_rate": tax.rate, "tax_yuan": tax.tax, "net_yuan": tax.net},
        [*notes, *tax.steps, line(result, tax=plain(tax.tax), net=plain(tax.net))],
    )


def _dividend_total(text: str) -> tuple[float | None, list[str]]:
    base, text = take_base(text)
    if base is None:
        each = find(text, r"每股[^\d，。]{0,6}{n}")
    else:
        cash = find(text, _CASH)
        each = None if cash is None else cash / base
    if each is None:
        return find(
            text,
            r"(?:分红|红利|股息|分|派|到账|收到)[^\d，。税]{0,6}{n}元",
            r"{n}元[^\d，。]{0,4}(?:分红|红利|股息)",
        ), []
    shares = find(text, r"(?<!每){n}股")
    if shares is None:
        return None, []
    total = round(each * shares, 2)
    return total, [line("dividend", each=plain(each), shares=plain(shares), total=plain(total))]


def holding_days(text: str) -> int | None:
    """How long shares were held, in days; “不到” and “超过” move a limit by one day."""
    match = re.search(
        r"(不到|不满|未满|不足|超过|大于|满)?(?:了|有)?\s*(?:(\d+)年)?(?:零|又)?(?:(\d+)个月)?(?:零|又)?(?:(\d+)天)?(多|以上|出头|以内)?",
        _time_part(text),
    )
    if not match or not any(match.group(i) for i in (2, 3, 4)):
        return None
    years, months, days = (int(match.group(i) or 0) for i in (2, 3, 4))
    total = years * 365 + months * 30 + days
    if match.group(1) in ("不到", "不满", "未满", "不足"):
        return max(total - 1, 1)
    longer = match.group(1) in ("超过", "大于") or match.group(5) in ("多", "以上", "出头")
    return total + 1 if longer else total


def _time_part(text: str) -> str:
    """The text from the first length of time on, with the word before it."""
    match = re.search(
        r"(?:不到|不满|未满|不足|超过|大于|满)?(?:了|有)?\s*\d+(?:年(?!化|报)|个月|天)(?!期)", text
    )
    return text[match.start() :] if match else ""

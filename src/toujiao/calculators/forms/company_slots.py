"""Words and slots of the forms of a company's books."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Slot
from toujiao.calculators.forms.moves import HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.valuation_slots import CAPITAL, DEFICIT, EQUITY, NOT_ASKED, PROFIT
from toujiao.calculators.units import Unit

_EARNINGS_RATIO = r"市盈|市净|(?<![a-z])P[EB]"

ROE = r"ROE|净资产收益率|股东权益回报率?|净资产回报率?|权益净利率"

_DEBT_RATIO = r"资产负债率|负债率|负债比"

LIABILITIES = Slot(
    "liabilities",
    "总负债",
    MONEY,
    ask="总负债是多少？",
    least=0,
    before=r"总?负债(?:合计|总额)?|欠(?:了|债)?|借了?|债务",
    after=rf"的?(?:负债|债务|欠债){NOT_ASKED}",
    never_before=rf"(?:负债率|净资产|总资产){NO_NUMBER}",
)

ASSETS = Slot(
    "assets",
    "总资产",
    MONEY,
    ask="总资产是多少？",
    least=1,
    before=r"(?<!净)总?资产(?:合计|总额|总计)?(?!负债)",
    after=rf"的?(?:总资产|资产){NOT_ASKED}",
    never_before=rf"(?:净资产|负债){NO_NUMBER}",
)

REVENUE = Slot(
    "revenue",
    "营业收入",
    MONEY,
    ask="营业收入是多少？",
    least=1,
    before=r"营业?收入|营收|收入|销售额|卖了?|销售收入|售价|营业额",
    after=rf"的?(?:营收|收入|销售额){NOT_ASKED}",
    never_before=rf"(?:成本|毛利润?|净利润?){NO_NUMBER}",
)

COST = Slot(
    "cost",
    "营业成本",
    MONEY,
    ask="营业成本是多少？",
    least=0,
    before=r"(?:营业|销售|生产|直接)?成本|进价",
    after=rf"的?成本{NOT_ASKED}",
    never_before=rf"(?:收入|营收|售价){NO_NUMBER}",
)

GROSS = Slot(
    "gross",
    "毛利",
    MONEY,
    ask="毛利是多少？",
    before=r"毛利(?!率)润?|毛利润",
    after=rf"的?毛利(?!率){NOT_ASKED}",
)

MARGIN = Slot(
    "margin",
    "净利率",
    (Unit.RATIO,),
    ask="净利率是百分之多少？",
    before=r"净利润?率|销售净利率|利润率",
    after=rf"的?(?:净利率|利润率){NOT_ASKED}",
    least=-10,
    most=1,
)

TURNOVER = Slot(
    "turnover",
    "总资产周转率",
    (Unit.TIMES, Unit.NONE, Unit.COUNT, Unit.RATIO),
    ask="总资产周转率是多少次？",
    least=0,
    most=100,
    before=r"周转率?(?:次数)?|周转",
    after=rf"的?周转率?{NOT_ASKED}",
)

MULTIPLIER = Slot(
    "multiplier",
    "权益乘数",
    (Unit.TIMES, Unit.NONE),
    ask="权益乘数是多少？",
    before=r"权益乘数|杠杆(?:倍数|率)?|乘数",
    after=rf"的?(?:权益乘数|杠杆){NOT_ASKED}",
    least=0,
    most=1000,
)

DEBT = Slot(
    "debt",
    "资产负债率",
    (Unit.RATIO,),
    ask="资产负债率是百分之多少？",
    before=rf"{_DEBT_RATIO}",
    after=rf"的?(?:{_DEBT_RATIO}){NOT_ASKED}",
    least=0,
    most=0.9999,
)

EQUITY_OPENING = replace(
    EQUITY,
    name="equity_opening",
    label="年初净资产",
    ask="年初的净资产是多少？",
    before=r"(?:年初|期初|去年[末底]|上年[末底]|年头)[^，。；\d]{0,8}",
    after=r"^[^，。；\d]{0,4}(?:年初|期初)",
)

EQUITY_CLOSING = replace(
    EQUITY,
    name="equity_closing",
    label="年末净资产",
    ask="年末的净资产是多少？",
    before=r"(?<![去上])(?:年[末底终尾]|期末)[^，。；\d]{0,8}",
    after=r"^[^，。；\d]{0,4}(?:年末|期末|年底)",
    never_before=rf"(?:净?利润|赚了?|盈利|负债|总资产){NO_NUMBER}",
)

ASKED = rf"\A(?=(?s:.*)(?:{HOW_MUCH}))"

OPINION = r"高吗|低吗|好吗|合理吗|正常吗|危险吗|算高|算低|怎么样|多少(?:才|算)(?!出)|多少合适"

EPS_ASKED = rf"{ASKED}\A(?=(?s:.*)(?:每股(?:收益|盈利|利润|净利润?|赚)|EPS))"

_WITH_LOSS = r"\A(?=(?s:.*)亏)"

ROE_ASKED = rf"{ASKED}\A(?=(?s:.*)(?:{ROE}))"

NOT_EPS = rf"{_EARNINGS_RATIO}|{OPINION}|股价|股息"

DEBT_ASKED = rf"{ASKED}\A(?=(?s:.*)(?:{_DEBT_RATIO}))"

FREE_CAPITAL = replace(CAPITAL, alone=True)

FORMS_OF_LOSS = (("", PROFIT, ""), ("_loss", DEFICIT, _WITH_LOSS))

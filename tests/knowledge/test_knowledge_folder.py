"""A maker's own folder: ten cards and two rules on another subject (own/) work alone.

Nothing of the shipped cards, their guard, limits or words may leak into what is said or written,
except the label that AI wrote it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.assistant.backends.cards import CardsBackend
from toujiao.assistant.guard import guard_of
from toujiao.assistant.pipeline import Assistant
from toujiao.calculators.rates import rule_value
from toujiao.cli import app
from toujiao.clock import fixed
from toujiao.errors import ToujiaoError
from toujiao.knowledge.folders import open_knowledge, ours
from toujiao.knowledge.knowledge import SHIPPED
from toujiao.records import Kind
from toujiao.rules.in_use import in_use, shipped, using
from toujiao.settings import settings

OWN = Path(__file__).parent / "own"
DAY = dt.date(2026, 11, 23)
# Words of the shipped subject; none of them stands in own/.
STOCK = re.compile(r"股|基金|证券|券商|12386|96110|投资|交易所|市盈|均线|涨|跌|行情|投教")
LABEL = "本回答由人工智能生成（AI生成内容）。"


@pytest.fixture(scope="module")
def bot() -> Assistant:
    return Assistant(CardsBackend(), open_knowledge(OWN))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of own/ to break."""
    return Path(shutil.copytree(OWN, tmp_path / "own"))


def run(*words: str, stdin: str = "") -> str:
    result = CliRunner().invoke(app, list(words), input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def add(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_words_to_look_for_stand_in_none_of_the_own_files() -> None:
    for path in OWN.rglob("*.*"):
        assert not STOCK.search(path.read_text(encoding="utf-8")), path


# --- asked ---


def test_every_question_on_a_card_is_answered_by_that_card(bot: Assistant) -> None:
    """Though 公积金, the alias of one card, stands in most of them."""
    asked = [(card.id, q) for card in bot.knowledge.cards for q in card.header.questions]
    answers = [(card_id, bot.ask(question)) for card_id, question in asked]
    wrong = [a.question for i, a in answers if a.kind != Kind.ANSWER or a.cards[0].id != i]
    assert wrong == []
    assert [a.question for _, a in answers if STOCK.search(a.answer)] == []
    assert all(LABEL in a.answer for _, a in answers)


@pytest.mark.parametrize(
    ("question", "card_id"),
    [
        ("公积金租房怎么弄", "rent"),
        ("公积金里的钱怎么拿出来", "withdrawal"),
        ("外地的公积金能合到一起吗", "transfer"),
        ("公积金比例一般是多少", "share"),
        ("公积金", "provident-fund"),
    ],
)
def test_a_name_that_all_cards_speak_of_does_not_win_every_question(
    bot: Assistant, question: str, card_id: str
) -> None:
    assert bot.ask(question).cards[0].id == card_id


OTHERS = {
    "茅台现在能买吗": Kind.UNKNOWN,
    "有人拉我进炒股群，说稳赚不赔": Kind.UNKNOWN,
    "10块买1000股，11块卖掉，手续费多少": Kind.UNKNOWN,
    "什么是市盈率": Kind.UNKNOWN,
    "明天会下雨吗": Kind.UNKNOWN,
    "你好": Kind.OFF_TOPIC,
    "谢谢": Kind.OFF_TOPIC,
    "你是谁": Kind.OFF_TOPIC,
    "asdfasdf": Kind.OFF_TOPIC,
    "不想活了": Kind.OFF_TOPIC,
}


@pytest.mark.parametrize(("question", "kind"), OTHERS.items())
def test_what_the_cards_do_not_hold_is_said_in_neutral_words(
    bot: Assistant, question: str, kind: Kind
) -> None:
    answer = bot.ask(question)
    assert answer.kind == kind
    assert not STOCK.search(answer.answer)
    assert answer.answer.endswith(f"{LABEL}仅供学习参考。")
    if kind == Kind.UNKNOWN:
        assert "可以问：住房公积金热线 12329。" in answer.answer
    assert ("12356" in answer.answer) == (question == "不想活了")


def test_rules_of_the_folder_hold_on_their_days(bot: Assistant) -> None:
    earlier = bot.ask("2024年12月1日公积金贷款利率是多少")
    assert "五年以上 2.85%" in earlier.answer
    later = bot.ask("2030年1月1日公积金贷款利率是多少")
    assert later.answer.startswith("那一天还没到")
    assert "以当地中心最新公布的为准。" in later.answer
    assert not STOCK.search(earlier.answer + later.answer)


def test_ask_and_chat_take_the_folder_from_option_or_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    option = ("--backend", "cards", "--knowledge", str(OWN))
    told = run("ask", "公积金怎么取出来", "--json", *option)
    assert json.loads(told)["cards"][0]["id"] == "withdrawal"
    monkeypatch.setenv("TOUJIAO_KNOWLEDGE", str(OWN))
    settings.cache_clear()
    assert run("ask", "公积金怎么取出来", "--backend", "cards") in run(
        "ask", "公积金怎么取出来", *option
    )
    talk = run("chat", "--backend", "cards", stdin="社保断了怎么办\n/sources\n/quit\n")
    assert talk.startswith("你好，我是安居小助手。")
    assert "卡片：断缴（toujiao knowledge show gap）" in talk
    assert not STOCK.search(told + talk)


def test_load_takes_a_folder() -> None:
    bot = Assistant.load("cards", knowledge=OWN)
    answer, _ = bot.chat("租房能用公积金吗")
    assert answer.startswith("租房提取")


# --- looked at ---


def test_the_knowledge_commands_show_the_folder() -> None:
    option = ("--knowledge", str(OWN))
    assert run("knowledge", "check", *option) == "10 张卡片，2 条规则，0 个问题。\n"
    listed = run("knowledge", "list", *option)
    assert "公积金（fund，7 张）" in listed
    assert "社保（insurance，3 张）" in listed
    shown = run("knowledge", "show", "loan-rate", "--as-of", "2025-01-01", *option)
    assert "2025年1月1日的规定：首套住房公积金贷款利率（五年以上），五年以上 2.85%。" in shown
    rule = run("knowledge", "show", "contribution-share", *option)
    found = run("knowledge", "search", "租房怎么取", *option)
    assert found.split()[1] == "rent"
    assert not STOCK.search(listed + shown + rule + found)


def test_the_page_is_the_folders_own(bot: Assistant, tmp_path: Path) -> None:
    pytest.importorskip("gradio")
    from toujiao.feedback.store import FeedbackStore
    from toujiao.web.app import create_app
    from toujiao.web.chat_events import ChatEvents
    from toujiao.web.conversation import Conversation
    from toujiao.web.middleware import in_chinese

    store = FeedbackStore(home=tmp_path / "home")
    page = create_app(bot, store)
    config = json.dumps(page.get_config_file(), ensure_ascii=False, default=str)
    for expected in ("安居小助手", "住房公积金热线 12329", "公积金是什么", "一共 10 张卡片"):
        assert expected in config
    assert not STOCK.search(config)
    assert not STOCK.search(in_chinese('<head><meta content="Gradio">', bot.knowledge))

    with page:
        from toujiao.web.card_view import CardView

        events = ChatEvents(bot, store, CardView.build(bot.knowledge))
        talk = Conversation()
        events.begin("公积金贷款利率是多少", talk)
        drawn = list(events.answer(talk))
        assert "2.6%" in drawn[-1][-1]["content"]
        assert not STOCK.search(drawn[-1][-1]["content"])
        *_, words = events.finish(talk)
        assert words.value.startswith("### 贷款利率")
        opened = events.open_card("loan", talk)
        assert opened[-1].value.startswith("### 公积金贷款")
        events.vote(talk, 1, True)
    (vote,) = store.list_votes()
    assert vote.card_ids[0] == "loan-rate"
    store.close()


# --- trained and evaluated ---


def test_training_rows_are_made_of_the_folder_alone(tmp_path: Path) -> None:
    run("dataset", "build", "--knowledge", str(OWN), "--out", str(tmp_path), "--as-of", str(DAY))
    text = "".join(
        (tmp_path / name).read_text(encoding="utf-8") for name in ("train.jsonl", "held_out.jsonl")
    )
    assert not STOCK.search(text)
    rows = [json.loads(line) for line in text.splitlines()]
    assert {row["messages"][0]["content"] for row in rows} == {open_knowledge(OWN).system_prompt}
    kinds = Counter(row["meta"]["kind"] for row in rows)
    assert kinds["answer"] == 60
    assert set(kinds) == {"answer", "unknown"}
    assert kinds["unknown"] <= 20
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["source"], manifest["cards"], manifest["rules"]) == ("own", 10, 2)


def test_what_a_vote_keeps_is_the_prompt_of_the_folder() -> None:
    own = open_knowledge(OWN)
    system, asked, _ = Assistant(CardsBackend(), own).ask("公积金怎么取出来").messages
    assert system["content"] == own.system_prompt
    assert "【提取】" in asked["content"]


def test_the_assistant_is_evaluated_with_the_questions_of_the_folder() -> None:
    shown = run("evaluate", "assistant", "--knowledge", str(OWN), "--backend", "cards")
    assert json.loads(shown.split("\n", 1)[1])["card"]["card_right"] == 60


# --- opened ---


@pytest.mark.parametrize("name", ["nowhere", "empty", "no_cards"])
def test_a_folder_without_cards_is_an_error_and_never_our_cards(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no_cards" / "cards").mkdir(parents=True)
    with pytest.raises(ToujiaoError, match="cards"):
        open_knowledge(tmp_path / name)
    with pytest.raises(ToujiaoError, match="cards"):
        run("dataset", "build", "--knowledge", str(tmp_path / name))


def test_cards_alone_are_enough(folder: Path) -> None:
    (folder / "knowledge.yaml").unlink()
    shutil.rmtree(folder / "rules")
    for name in ("share", "loan-rate"):
        (folder / "cards/fund" / f"{name}.md").unlink()
    known = open_knowledge(folder)
    assert len(known.rules) == 0
    assert dict(known.categories) == {"fund": "fund", "insurance": "insurance"}
    answer = Assistant(CardsBackend(), known).ask("明天会下雨吗")
    assert answer.answer.endswith(f"{LABEL}仅供学习参考。")
    assert not STOCK.search(answer.answer)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("colour: red", "字段 colour 不对"),
        ("words: {unknwon: 不知道}", "是不是想写 unknown"),
        ("words: {unknown: '问 {number}'}", "有填不上的 {number}"),
        ("words: {unknown: '问 {'}", "花括号不成对"),
        ("contacts: [{rule: hotline-12386}]", "规则 hotline-12386 不在 rules/ 里"),
        ("categories: {fund: 公积金}", "insurance 不是类别，可用：fund"),
        ("- 安居", "一组“字段: 值”"),
    ],
)
def test_a_mistake_in_the_profile_is_one_clear_line(folder: Path, profile: str, said: str) -> None:
    path = add(folder, "knowledge.yaml", profile)
    with pytest.raises(ToujiaoError, match=re.escape(said)) as error:
        open_knowledge(folder)
    assert str(path) in str(error.value)


def test_a_chart_has_to_be_allowed(folder: Path) -> None:
    card = folder / "cards/fund/loan.md"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("level: 2", "level: 2\nchart: compounding"), encoding="utf-8")
    with pytest.raises(ToujiaoError, match="没有图表 compounding"):
        open_knowledge(folder)
    add(folder, "knowledge.yaml", "charts: [compounding]")
    assert open_knowledge(folder).cards.get("loan").header.chart == "compounding"


def test_a_contact_may_be_a_rule_whose_fields_the_words_name(folder: Path) -> None:
    add(
        folder,
        "knowledge.yaml",
        "contacts: [{rule: contribution-share}]\nwords: {unknown_elsewhere: '{low} 到 {high}'}",
    )
    assert open_knowledge(folder).elsewhere == "0.05 到 0.12"


# --- on top of ours ---


def test_on_top_of_ours_both_answer_and_ours_leads() -> None:
    bot = Assistant(CardsBackend(), open_knowledge(f"ours,{OWN}"))
    assert bot.ask("什么是市盈率").cards[0].id == "pe-ratio"
    assert bot.ask("租房能用公积金吗").cards[0].id == "rent"
    assert bot.ask("茅台现在能买吗").kind == Kind.REFUSAL
    assert bot.ask("10块买1000股，11块卖掉，手续费多少").kind == Kind.CALCULATION
    unknown = bot.ask("量子力学怎么学").answer
    assert "12386" in unknown
    assert bot.knowledge.name == ours().name
    assert bot.knowledge.categories["fund"] == "公积金"
    assert not bot.knowledge.is_ours


def test_a_sum_of_another_trade_is_left_to_the_card_that_covers_it() -> None:
    question = "公积金贷款利率现在是多少，贷50万20年一年要多少利息"
    assert Assistant(CardsBackend(), ours()).ask(question).kind == Kind.OFF_TOPIC
    both = Assistant(CardsBackend(), open_knowledge(f"ours,{OWN}")).ask(question)
    assert both.kind == Kind.ANSWER
    assert {card.id for card in both.cards} & {"loan", "loan-rate"}


@pytest.mark.parametrize("what", ["卡片", "规则"])
def test_the_same_id_twice_is_an_error_that_names_both_files(folder: Path, what: str) -> None:
    name, shipped_file, own_file = {
        "卡片": ("bond-price", "cards/funds/bond-price.md", "cards/fund/bond-price.md"),
        "规则": ("lpr", "rules/**/lpr.yaml", "rules/fund/lpr.yaml"),
    }[what]
    (source,) = SHIPPED.glob(shipped_file)
    old = folder / ("cards/fund/loan.md" if what == "卡片" else "rules/fund/loan-rate.yaml")
    text = old.read_text(encoding="utf-8").replace(f"id: {old.stem}", f"id: {name}")
    path = add(folder, own_file, text)
    with pytest.raises(ToujiaoError) as error:
        open_knowledge(f"ours,{folder}")
    assert str(source) in str(error.value)
    assert str(path) in str(error.value)
    add(folder, "knowledge.yaml", f"replaces: [{name}]")
    known = open_knowledge(f"ours,{folder}")
    title = known.cards.get(name).title if what == "卡片" else known.rules.get(name).title
    assert title in ("公积金贷款", "首套住房公积金贷款利率（五年以上）")


# --- own guard, own words ---

GUARD = """\
fragments:
  agent: 代办|中介|黄牛
rules:
  - reply: agent
    when: ['{agent}.*(?:取|提)', '(?:取|提).*{agent}']
replies:
  agent:
    kind: scam_warning
    cards: [withdrawal]
    lead: 收钱帮人取的，多半靠不住，请先停一停。
    signs: [要你交出密码或者身份证, 先收手续费再说]
  hello:
    kind: off_topic
    text: ["你好，我是{name}，{stop}"]
paragraphs:
  stop: 有事慢慢说。
"""


def test_an_own_guard_stands_on_the_basics(folder: Path, tmp_path: Path) -> None:
    add(folder, "guard.yaml", GUARD)
    add(
        folder,
        "seeds.yaml",
        "advice: ['找{}取公积金行不行']\nsubjects: [中介]\nunknown: [护照怎么办]\n",
    )
    bot = Assistant(CardsBackend(), open_knowledge(folder))
    warned = bot.ask("找中介取公积金靠谱吗")
    assert warned.kind == Kind.SCAM_WARNING
    assert "1. 要你交出密码或者身份证。" in warned.answer
    assert warned.cards[0].id == "withdrawal"
    assert not STOCK.search(warned.answer)
    assert bot.ask("你好").answer.startswith("你好，我是安居小助手，有事慢慢说。")
    assert "12356" in bot.ask("不想活了，找中介取公积金").answer
    run("dataset", "build", "--knowledge", str(folder), "--out", str(tmp_path / "data"))
    text = (tmp_path / "data/held_out.jsonl").read_text(encoding="utf-8")
    assert '"kind": "scam_warning"' in text
    assert "护照怎么办" in text
    assert not STOCK.search(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("'{agent}.*(?:取|提)'", "'{agemt}'", "fragments 里没有 agemt"),
        ("'{agent}.*(?:取|提)'", "'(取'", "不对的正则表达式"),
        ("  - reply: agent", "  - reply: agemt", "replies 里却没有它"),
        ("kind: off_topic", "kind: chat", "字段 replies.hello.kind 不对"),
        ("{stop}", "{stpo}", "replies 的 hello 里有填不上的"),
    ],
)
def test_a_mistake_in_the_guard_is_one_clear_line(
    folder: Path, old: str, new: str, said: str
) -> None:
    assert old in GUARD
    path = add(folder, "guard.yaml", GUARD.replace(old, new, 1))
    with pytest.raises(ToujiaoError, match=re.escape(said)) as error:
        guard_of(open_knowledge(folder))
    assert str(path) in str(error.value)


def test_own_forbidden_words_and_jargon(folder: Path) -> None:
    findings = CliRunner().invoke(app, ["knowledge", "check", "--knowledge", str(folder)])
    assert findings.exit_code == 0
    add(folder, "wording.yaml", "promises: [全部取走]\njargon: [封存]\n")
    found = CliRunner().invoke(app, ["knowledge", "check", "--knowledge", str(folder)]).output
    assert "出现承诺用语“全部取走”" in found
    assert "术语“封存”第一次出现时没有解释" in found
    add(folder, "wording.yaml", "advice: ['(']\n")
    with pytest.raises(ToujiaoError, match="不对的正则表达式"):
        run("knowledge", "check", "--knowledge", str(folder))


def test_the_length_of_a_card_may_be_set(folder: Path) -> None:
    add(folder, "knowledge.yaml", "characters: [10, 100]")
    found = CliRunner().invoke(app, ["knowledge", "check", "--knowledge", str(folder)]).output
    assert found.count("应在 10 到 100 之间") == 10


# --- a new folder ---


def test_a_new_folder_works_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    shown = run("knowledge", "new", str(folder))
    assert f"toujiao ask 书能借多少天 --knowledge {folder}" in shown
    option = ("--knowledge", str(folder))
    assert run("knowledge", "check", *option) == "2 张卡片，1 条规则，0 个问题。\n"
    answer = run("ask", "书能借多少天", "--backend", "cards", *option)
    assert "每本 30 天" in answer
    assert not STOCK.search(answer)
    known = open_knowledge(folder)
    assert "5 本" in known.render("loan-period", dt.date(2024, 5, 1)).preface
    with pytest.raises(ToujiaoError, match="已经有东西了"):
        run("knowledge", "new", str(folder))


def test_the_example_is_due_for_a_review_in_a_year_and_no_sooner(tmp_path: Path) -> None:
    with fixed(DAY):
        run("knowledge", "new", str(tmp_path / "books"))
    (rule,) = open_knowledge(tmp_path / "books").rules
    assert str(rule.versions[-1].checked_on) == str(DAY)
    assert rule.versions[-1].review_by == DAY + dt.timedelta(days=365)


# --- the rules in use ---


@pytest.fixture
def own_rules() -> Iterator[Any]:
    with using(open_knowledge(OWN).rules) as book:
        yield book


def test_calculators_ask_the_rules_in_use(own_rules: Any) -> None:
    assert in_use() is own_rules
    assert rule_value("contribution-share", "low", DAY) == 0.05
    with pytest.raises(ToujiaoError, match="没有 stamp-duty 这条规则"):
        rule_value("stamp-duty", "rate_sell", DAY)


def test_outside_the_block_they_are_the_shipped_ones() -> None:
    with using(open_knowledge(OWN).rules):
        pass
    assert in_use() is shipped()
    assert rule_value("stamp-duty", "rate_sell", DAY) == 0.0005


def test_an_empty_rule_book_is_not_the_shipped_one() -> None:
    from toujiao.rules.rulebook import RuleBook

    with using(RuleBook([])), pytest.raises(ToujiaoError, match="没有 stamp-duty"):
        rule_value("stamp-duty", "rate_sell", DAY)


def test_a_calculator_in_a_card_asks_the_rules_of_its_folder(folder: Path) -> None:
    card = folder / "cards/fund/share.md"
    text = card.read_text(encoding="utf-8")
    card.write_text(text + "{{ calc.trade_cost(10, 1000, side='sell').stamp_duty }}", "utf-8")
    with pytest.raises(ToujiaoError, match="规则库里没有"):
        open_knowledge(folder).render("share", DAY)

"""The assistant: day → guard → calculate → retrieve → prompt → backend → verify, as one stream.

`Assistant.stream` yields text pieces as they may be shown and at last the Answer record.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toujiao.assistant import dated, texts
from toujiao.assistant.backends import Backend, load_backend
from toujiao.assistant.calculate import AskBack, NotOurs, Outcome, calculate
from toujiao.assistant.clean import asked_before, clean_question
from toujiao.assistant.closing import closing
from toujiao.assistant.compose import compose, intent_of
from toujiao.assistant.guard import Verdict, guard_of
from toujiao.assistant.prompt import Message, build_messages
from toujiao.assistant.retrieve import Retrieved, led_by_the_subject, retrieve
from toujiao.assistant.short import short_reply
from toujiao.assistant.speak import Speech, speak
from toujiao.assistant.verify import Verifier, grounded_share, split_sentences
from toujiao.assistant.wishes import before_a_sum, verdict_wished
from toujiao.calculators.forms.form import Calculation
from toujiao.clock import today
from toujiao.knowledge.folders import open_knowledge
from toujiao.knowledge.knowledge import Knowledge
from toujiao.knowledge.render import RenderedCard, cite
from toujiao.records import Answer, CitedCard, CitedRule, Kind
from toujiao.rules.in_use import using
from toujiao.settings import settings
from toujiao.understand.day import Day, day_of


@dataclass
class _Draft:
    """What is known of an answer before it is complete."""

    kind: Kind
    backend: str
    cards: tuple[RenderedCard, ...] = ()
    calculation: Calculation | None = None
    missing: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    short: str | None = None
    rule_ids: tuple[str, ...] = ()
    grounded: float = 1.0
    model: str | None = None
    adapter: str | None = None


class Assistant:
    """Answers questions; holds the knowledge and one backend, no conversation."""

    def __init__(self, backend: Backend, knowledge: Knowledge | None = None) -> None:
        """`knowledge` is what TOUJIAO_KNOWLEDGE says, else ours, when it is not given."""
        self.backend = backend
        self.knowledge = knowledge or open_knowledge()
        # Compiled and built now, not in front of the first asker.
        self.guard = guard_of(self.knowledge)
        _ = self.knowledge.index, self.knowledge.answers

    @classmethod
    def load(
        cls,
        backend: str | None = None,
        base: str | None = None,
        adapter: str | None = None,
        knowledge: str | Path | None = None,
    ) -> Assistant:
        """The embedded model by default; or `base="Qwen/Qwen3-1.7B", adapter="…"`.

        `knowledge` is a folder with cards, or `ours,folder`. What is not given comes from the
        settings (TOUJIAO_BACKEND, TOUJIAO_BASE, TOUJIAO_ADAPTER, TOUJIAO_KNOWLEDGE).
        """
        known = open_knowledge(knowledge)  # a wrong folder is said before a model is loaded
        options = settings()
        voice = load_backend(
            backend or options.backend, base or options.base, adapter or options.adapter
        )
        return cls(voice, known)

    def chat(
        self, question: str, history: list[Message] | None = None, system: str | None = None
    ) -> tuple[str, list[Message]]:
        """(answer, history with this turn): the gesture of Qwen's `model.chat`."""
        answer = self.ask(question, history, system).answer
        turn = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        return answer, [*(history or []), *turn]

    def ask(
        self,
        question: str,
        history: Sequence[Message] | None = None,
        system: str | None = None,
        on: dt.date | None = None,
    ) -> Answer:
        """The complete answer."""
        *_, answer = self.stream(question, history, system, on)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Message] | None = None,
        system: str | None = None,
        on: dt.date | None = None,
    ) -> Iterator[str | Answer]:
        """Yield pieces of the text to show, then the Answer.

        `on` is the day whose rules hold; without it the day that the question names, else today.
        """
        started = time.perf_counter()
        question = question.encode("utf-8", "replace").decode()  # half a character breaks JSON
        asked = clean_question(question)
        day = day_of(asked, today(), on)
        draft = _Draft(Kind.UNKNOWN, "cards")
        shown: list[str] = []
        first: float | None = None
        for piece in self._body(asked, list(history or []), system, day, on, draft):
            first = first or time.perf_counter() - started
            shown.append(piece)
            yield piece
        rules, lead_rules = self._cited(draft, day.on)
        tail = closing(draft.kind, [card.title for card in draft.cards], lead_rules, self.knowledge)
        yield tail
        total = time.perf_counter() - started
        yield Answer(
            question=question,
            kind=draft.kind,
            short=draft.short,
            answer="".join(shown).strip() + tail,
            cards=tuple(CitedCard(id=card.id, title=card.title) for card in draft.cards),
            rules=rules,
            calculation=draft.calculation.record() if draft.calculation else None,
            missing=draft.missing,
            as_of=day.on,
            grounded=draft.grounded,
            backend=draft.backend,
            model=draft.model,
            adapter=draft.adapter,
            seconds=round(total, 4),
            first_token_seconds=round(first or total, 4),
            messages=draft.messages,
        )

    def _cited(
        self, draft: _Draft, day: dt.date
    ) -> tuple[tuple[CitedRule, ...], tuple[CitedRule, ...]]:
        """(all rules that the answer rests on, those to show under it)."""
        stated = draft.calculation.rules if draft.calculation else draft.rule_ids
        if stated:
            book = self.knowledge.rules
            known = (i for i in stated if i in book)
            used = tuple(cite(book.get(i), book.current_or_latest(i, day)) for i in known)
            return used, used
        return _rules_of(draft.cards), _rules_of(draft.cards[:1])

    def _body(
        self,
        question: str,
        history: list[Message],
        system: str | None,
        day: Day,
        on: dt.date | None,
        draft: _Draft,
    ) -> Iterator[str]:
        """The text before the closing lines; fills in `draft` on the way."""
        reply = self.guard.matching_reply(question)
        result = self._worked_out(question, history, on)
        if result and not before_a_sum(reply, self.guard.warns(reply), question):
            reply = verdict_wished(question)
        if reply:
            verdict = self.guard.verdict_for(reply, question)
            yield from self._decline(verdict, result, day, draft, question)
        elif result:
            yield from self._sum(result, day, draft)
        else:
            yield from self._answer(question, history, system, day, draft)

    def _worked_out(
        self, question: str, history: list[Message], on: dt.date | None
    ) -> Outcome | None:
        """The sum that the question asks for; only where sums belong to the knowledge.

        “None of ours” is not said of a question that a maker's own card covers.
        """
        if not self.knowledge.profile.sums:
            return None
        with using(self.knowledge.rules):
            result = calculate(question, on, asked_before(history))
        if isinstance(result, NotOurs):
            found = retrieve(question, history, self.knowledge.index)
            if found.hits and self.knowledge.adds(found.hits[0].card):
                return None
        return result

    def _decline(
        self,
        verdict: Verdict,
        result: Outcome | None,
        day: Day,
        draft: _Draft,
        question: str,
    ) -> Iterator[str]:
        """The refusal or warning; a sum that came with the question stands before a refusal."""
        draft.kind, draft.backend = verdict.kind, "guard"
        card_ids = led_by_the_subject(question, verdict.card_ids, self.knowledge.index)
        draft.cards = self.knowledge.render_all(card_ids, day.on)
        if isinstance(result, Calculation) and verdict.kind == Kind.REFUSAL:
            draft.calculation = result
            yield "\n".join([texts.text("sum_before_refusal"), *result.steps]) + "\n\n"
        yield verdict.text

    def _sum(self, result: Outcome, day: Day, draft: _Draft) -> Iterator[str]:
        """A worked sum, the question back for what is missing, or that the sum is none of ours."""
        draft.backend = "calculator"
        if isinstance(result, Calculation):
            draft.kind, draft.calculation = Kind.CALCULATION, result
            draft.cards = self.knowledge.render_all([result.card_id], day.on)
            yield "\n".join([texts.text("calculation_lead"), *result.steps])
        elif isinstance(result, AskBack):
            draft.kind, draft.missing = Kind.ASK_BACK, result.missing
            yield result.text
        else:
            assert isinstance(result, NotOurs)
            draft.kind = Kind.OFF_TOPIC
            yield result.text

    def _answer(
        self, question: str, history: list[Message], system: str | None, day: Day, draft: _Draft
    ) -> Iterator[str]:
        """The cards that cover the question, told by the backend; else the honest unknown."""
        found = retrieve(question, history, self.knowledge.index)
        hits = [*found.hits, *found.near]
        reply = short_reply(question, hits, self.knowledge, day.on, today())
        if reply and not (day.is_period or day.before_change):
            draft.kind, draft.short, draft.cards = Kind.ANSWER, reply.short, reply.cards
            draft.rule_ids = reply.rules
            yield "\n\n".join(filter(None, (reply.short, reply.more)))
            return
        if not found.hits:
            draft.kind, draft.backend = Kind.UNKNOWN, "guard"
            yield _unknown(found, self.knowledge)
            return
        draft.kind = Kind.ANSWER
        if day.before_change:
            day = dated.before_change(found.hits[0].card, self.knowledge.rules, day)
        draft.cards = self.knowledge.render_all([hit.card.id for hit in found.hits], day.on)
        if note := dated.note(draft.cards[0], self.knowledge, day, today()):
            yield f"{note}\n\n"
        yield from self._explain(question, history, system, draft)

    def _explain(
        self, question: str, history: list[Message], system: str | None, draft: _Draft
    ) -> Iterator[str]:
        """The backend's words, sentence by sentence as they pass; the composed card where not."""
        lead = draft.cards[0]
        fallback = compose(lead, intent_of(question))
        verifier = Verifier(
            question,
            [card.text for card in draft.cards],
            self.backend.strict,
            self.knowledge.wording,
        )
        if lead.preface:  # what held on the day asked about comes first, whoever speaks
            yield f"{lead.preface}\n\n"
        speech = Speech()
        prompt = system or self.knowledge.system_prompt
        messages = build_messages(question, draft.cards, prompt, history=history)
        pieces = self.backend.stream(messages)
        yield from speak(pieces, verifier, fallback, speech)
        draft.backend = "cards" if speech.fell_back else self.backend.name
        draft.model, draft.adapter = self.backend.model, self.backend.adapter
        said = {"role": "assistant", "content": "".join(speech.shown).strip()}
        draft.messages = (*messages, said)
        draft.grounded = grounded_share(split_sentences("".join(speech.shown)), verifier)


def _rules_of(cards: Iterable[RenderedCard]) -> tuple[CitedRule, ...]:
    """The rules of all cards, each once."""
    return tuple({rule.id: rule for card in cards for rule in card.rules}.values())


def _unknown(found: Retrieved, knowledge: Knowledge) -> str:
    """The honest “I do not know”, with related cards and where else to ask."""
    near = "、".join(hit.card.title for hit in found.near)
    related = texts.text("unknown_related", titles=near) if near else ""
    return "\n\n".join(filter(None, (knowledge.text("unknown"), related, knowledge.elsewhere)))

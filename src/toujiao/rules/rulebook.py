"""Reads dated rules (`rules/<group>/<id>.yaml`) and answers "what held on that day?"."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError
from toujiao.records import Rule, RuleVersion
from toujiao.yaml_file import read_record


class RuleBook:
    """All rules by id, with look-ups as of a date."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {rule.id: rule for rule in rules}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def get(self, rule_id: str) -> Rule:
        """The rule of this id; an unknown id is a ToujiaoError that names near ones."""
        if rule_id not in self._rules:
            near = difflib.get_close_matches(rule_id, self._rules, n=3, cutoff=0.5)
            hint = f"是不是想写 {'、'.join(near)}？" if near else ""
            raise ToujiaoError(f"规则库里没有 {rule_id} 这条规则。{hint}")
        return self._rules[rule_id]

    def at(self, rule_id: str, on: dt.date) -> RuleVersion:
        """The version in force on that day; ToujiaoError when none was."""
        if version := self.in_force(rule_id, on):
            return version
        title = self.get(rule_id).title
        raise ToujiaoError(f"{chinese_date(on)}“{title}”的规定没有查到，或者那时还没有。")

    def in_force(self, rule_id: str, on: dt.date) -> RuleVersion | None:
        """Like `at`, but None when no version was in force on that day."""
        return next((v for v in self.get(rule_id).versions if v.covers(on)), None)

    def current_or_latest(self, rule_id: str, on: dt.date) -> RuleVersion:
        """Like `at`, but falls back to the newest version, in force or not (for display)."""
        return self.in_force(rule_id, on) or self.get(rule_id).versions[-1]

    def changes(self, rule_ids: Iterable[str], first: dt.date, last: dt.date) -> list[dt.date]:
        """The days after `first` and up to `last` on which one of the rules changed, in order."""
        starts = (v.effective_from for i in rule_ids for v in self.get(i).versions if v.operative)
        return sorted({day for day in starts if day and first < day <= last})

    def before(self, rule_id: str, on: dt.date) -> RuleVersion | None:
        """The version that the one in force on `on` replaced, None when none is known."""
        versions = self.get(rule_id).versions
        position = versions.index(self.current_or_latest(rule_id, on))
        return versions[position - 1] if position else None


def read_rule(path: Path) -> Rule:
    """Read one rule file; anything wrong is a ToujiaoError that names file and field."""
    rule = read_record(path, Rule)
    if rule.id != path.stem:
        raise ToujiaoError(f"{path}：id 是 {rule.id}，应当和文件名 {path.stem} 一样。")
    _check_ranges(rule, path)
    return rule


def _check_ranges(rule: Rule, path: Path) -> None:
    """Versions must be oldest first and must not overlap (only those that are in force)."""
    for version in rule.versions:
        if version.begins and version.effective_to and version.effective_to < version.begins:
            raise ToujiaoError(f"{path}：{version.begins} 起的版本结束得比开始还早。")
    operative = [version for version in rule.versions if version.operative]
    for older, newer in pairwise(operative):
        start = newer.begins
        if start is None or older.effective_to is None or older.effective_to >= start:
            raise ToujiaoError(
                f"{path}：两个版本的日期重叠"
                f"（{older.effective_to or '至今'} 与 {start or '起始不明'}）。"
                "请让前一版的 effective_to 早于后一版的 effective_from。"
            )


def read_rules(directory: Path) -> RuleBook:
    """Read every rule file under `directory`; a repeated id is a ToujiaoError."""
    seen: dict[str, Path] = {}
    rules = []
    for path in sorted(directory.rglob("*.yaml")):
        rule = read_rule(path)
        if rule.id in seen:
            raise ToujiaoError(f"{path}：规则 {rule.id} 已经写在 {seen[rule.id]} 里了。")
        seen[rule.id] = path
        rules.append(rule)
    return RuleBook(rules)

"""Which facts an answer took, and which it looked at and left, with what told them apart: for `ask --explain`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg import iris
from qa.answers import compose
from qa.answers.compose import Session
from qa.model import Answer, Fact

#: lines of each kind, at most
_MOST = 12
#: attributes of a fact in which one that was left may differ, and how that is said
_APART = (
    ("unit_name", "单位"),
    ("year", "年度"),
    ("phase", "口径"),
    ("metric", "度量"),
    ("project_name", "项目"),
    ("flow", "收支"),
    ("fund", "资金"),
    ("spend", "支出性质"),
    ("func", "功能科目"),
    ("base", "比较对象"),
)

_NEAR = ("unit", "year", "phase", "metric", "fund", "spend")


def told(session: Session, found: Answer) -> Answer:
    """The answer with the facts taken and left in its explanation; facts of other items than those taken are not listed."""
    looked = session.facts.looked
    cited = [f"at:{c.id}" for r in found.results for c in r.citations]
    taken = [looked[name] for name in dict.fromkeys(cited) if name in looked]
    about = {(f.item, f.project) for f in taken} | {(f.item, "") for f in taken}
    left = [f for name, f in looked.items() if name not in cited and (not about or (f.item, f.project) in about)]
    if taken:  # what is nearest to the answer first
        left.sort(key=lambda f: (sum(getattr(f, name) != getattr(taken[0], name) for name in _NEAR), compose.position(f)))
    explanation = replace(
        found.explanation, taken=_lines(taken, _said), refused=_lines(left, lambda f: f"{_said(f)}：{_why(f, taken[:_MOST])}")
    )
    return replace(found, explanation=explanation)


def _lines(facts: Sequence[Fact], said: Callable[[Fact], str]) -> tuple[str, ...]:
    """The first facts, and how many more there are; only what is shown is worded."""
    return (*map(said, facts[:_MOST]), *([f"另有 {len(facts) - _MOST} 条"] if len(facts) > _MOST else ()))


def _said(fact: Fact) -> str:
    """A fact in one line: what, which year and phase, how much, where."""
    here = iris.address(fact.id.partition(":")[2])
    place = f"第{here.line}行" if here.page is None and here.line else f"第{here.page}页" if here.page else ""
    return f"{compose.name(fact)} {fact.year}年 {fact.phase} {fact.metric} {compose.shown(fact)}（{compose.source(fact)}{place}）"


def _differences(fact: Fact, taken: Sequence[Fact]) -> list[str]:
    """In what a fact differs from the one taken that is nearest to it."""
    each = [
        [f"{word}为{getattr(fact, name) or '未写明'}" for name, word in _APART if getattr(fact, name) != getattr(t, name)] for t in taken
    ]
    return min(each, key=len, default=[])


def _why(fact: Fact, taken: Sequence[Fact]) -> str:
    if not taken:
        return "与所问不是同一年度、口径或度量"
    apart = _differences(fact, taken)
    if apart:
        return "，".join(apart[:3])
    return "同一口径的同一个数，另一处" if any(f.amount == fact.amount for f in taken) else "同一口径的另一个数，见注意"

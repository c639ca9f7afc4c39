"""Questions that ask several things: what the first answer leaves open is asked again, clause by clause.

A clause that asks says what kind of answer it wants (`Want`): a number of things, money, a rate, a change, a cause. Where no figure or
passage of the answer is of that kind, the clause is asked by itself, for the same unit and year; then with the thing that the other
clauses speak of. What is found so is added; nothing is taken away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa.answers import choose
from qa.model import Answer, Mention, Notice, Question, Result
from qa.text import squeeze
from qa.understand import words

_COUNT = re.compile(r"(?:多少|几)(?:万|千|百)?个?([\u4e00-\u9fff]{1,2})")
#: points of an evaluation
_POINTS = re.compile("(?:多少|几)分(?!之|钟|公司)")
#: how many, inside a name: 买了几辆公务用车
_MANY = re.compile("(?:几|多少)[\u4e00-\u9fff]")
#: people or things counted, of whatever: 去了几个人
_HOW_MANY = re.compile("[有去来]?(?:了|过)?(?:几|多少)[\u4e00-\u9fff]{1,2}")
_MARK = re.compile("[，,。；;？?！!]")
_LIST = re.compile("、")
_KEPT = ("item", "project", "counted", "unknown")
_MOST = 4
_SAYS = 5  # characters of a clause that tell what it asks about
_ALIKE = 0.7  # of the characters of a name


def _said(kind: str, text: str) -> bool:
    return bool(words.patterns("wants.txt")[kind].search(text))


@dataclass(frozen=True, slots=True)
class Want:
    """One kind of answer that a clause asks for: count, money, rate, change, pair (target and actual), cause, or any figure.

    Of a count the measures that it may have.
    """

    kind: str
    measures: frozenset[str] = frozenset()

    def fits(self, result: Result) -> bool:
        """Whether a figure is of this kind."""
        if self.kind == "count":
            return result.measure in self.measures or result.measure.removeprefix("万") in self.measures
        if self.kind == "rate":
            return result.measure == "%"
        money = result.measure.endswith("元")
        return self.kind == "figure" or (money and (self.kind == "money" or _said("changed", result.indicator)))


def given(wants: Sequence[Want], found: Answer, about: Sequence[str] = ()) -> bool:
    """Whether an answer holds a figure of its own for each want, and a passage where a cause is wanted.

    `about` are the names of what the clause asks about: one figure at least must be called so.
    """
    left = list(found.results)
    if about and found.results and not any(_called(r.indicator, name) for r in found.results for name in about):
        return False
    for want in sorted(wants, key=lambda w: w.kind == "figure"):
        if want.kind == "cause":
            if not found.passages:
                return False
        elif want.kind == "pair":
            if not {"目标", "完成"} <= {r.phase for r in found.results}:
                return False
        else:
            one = next((r for r in left if want.fits(r)), None)
            if one is None:
                return False
            left.remove(one)
    return True


def _called(indicator: str, name: str) -> bool:
    """Whether the name of a figure has most of the characters of another name of it."""
    return name in indicator or len(set(name) & set(indicator)) >= _ALIKE * len(set(name))


def complete(question: Question, found: Answer, ask: Callable[[str], Answer]) -> Answer:
    """The answer with what its clauses ask besides; unchanged where it is complete, or where a clause has no answer either.

    `ask` answers a question in words, for the units and years of this one.
    """
    clauses = _clauses(question.text)
    if len(clauses) < 2 or question.missing_unit or found.status == "clarify" or len(clauses) > _MOST:
        return found
    wants = [wanted(clause) for clause in clauses]
    whole = found.status == "answered" and given([w for some in wants for w in some], found)
    if whole and all(given([], found, _names(question, clause)) for clause, some in zip(clauses, wants, strict=True) if some):
        return found
    added: list[Answer] = []
    for n, some in enumerate(wants):
        tried = (ask(text) for text in _wordings(question, clauses, n)) if some else ()
        part = next((a for a in tried if a.status == "answered" and given(some, a)), None)
        if part is None and (found.status != "answered" and some):
            return found
        added += [part] if part is not None else []
    joined = _joined(question, found, added) if added and (found.status == "answered" or all(wants)) else found
    return _with_lacking(joined, clauses, wants)


def _with_lacking(found: Answer, clauses: Sequence[str], wants: Sequence[Sequence[Want]]) -> Answer:
    """The answer, and which of its clauses asks for a kind of figure that is not among them: half an answer says so."""
    if found.status != "answered" or not found.results:
        return found
    told = [w.message for w in found.warnings if w.kind == "missing"]
    lacking = [
        next(piece for piece in reversed(clause.split("，")) if _said("asks", piece))
        for clause, some in zip(clauses, wants, strict=True)
        if any(want.kind in ("count", "money", "rate") and not any(map(want.fits, found.results)) for want in some)
    ]
    lacking = [piece for piece in lacking if len(piece) >= _SAYS]  # 是多少 says nothing of what is lacking
    if not lacking or told:
        return found
    said = f"没有找到“{'”“'.join(lacking)}”的数"
    return replace(found, answer=f"{found.answer}{said}。", warnings=(*found.warnings, Notice("missing", said)))


def wanted(clause: str) -> list[Want]:
    """The kinds of answer that a clause asks for.

    >>> [w.kind for w in wanted("接待了几批、花了多少钱")], [w.kind for w in wanted("比上年省了多少")], wanted("城管中心的")
    (['count', 'money'], ['change'], [])
    """
    text = squeeze(clause).squeezed
    counts = [m[1] for m in _COUNT.finditer(text)]
    measures = [words.alike().get(c) or words.alike().get(c[:1]) for c in counts]
    found = [Want("count", group) for group in measures if group]
    found += [Want("count", frozenset({"分"})) for _ in _POINTS.finditer(text)]
    if _said("cause", text):
        found.append(Want("cause"))
    if _said("rate", text):
        found.append(Want("rate"))
    if _said("change", text):
        found.append(Want("change"))
    elif _said("money", text):
        found.append(Want("money"))
    if _said("pair", text):
        return [Want("pair")]
    return found or ([Want("figure")] if _said("figure", text) else [])


def _clauses(text: str) -> list[str]:
    """The clauses that ask, each with what stands before it and asks nothing; things counted side by side (、) are clauses too."""
    pieces = [p.strip() for p in _MARK.split(text) if p.strip()]
    pieces = [q for p in pieces for q in (_LIST.split(p) if all(_said("asks", q) for q in _LIST.split(p)) else [p])]
    found: list[str] = []
    before = ""
    for piece in pieces:
        if _said("asks", piece):
            found.append(f"{before}，{piece}" if before else piece)
            before = ""
        else:
            before = f"{before}，{piece}" if before else piece
    if before and found:
        found[-1] = f"{found[-1]}，{before}"
    return found


def _wordings(question: Question, clauses: Sequence[str], n: int) -> list[str]:
    """The clause as a question by itself, and with the thing that the clauses before it name."""
    clause = clauses[n]
    if n == 0:
        return [clause]
    start = question.text.find(clause.partition("，")[0])
    named = [m for m in question.mentions if m.role in _KEPT and not _total(m) and not _HOW_MANY.fullmatch(m.text)]
    before = [m for m in named if _place(question, m.start) < start]
    own = [m for m in named if start <= _place(question, m.start) < start + len(clause)]
    head = "".join(dict.fromkeys(_MANY.sub("", m.text) for m in before))
    with_head = [f"{head}{clause}"] if head else []
    if not own:
        return with_head  # 一共花了多少: of what is said before
    return [*with_head, clause] if clause.endswith("呢") else [clause, *with_head]


def _names(question: Question, clause: str) -> list[str]:
    """The names of the items that a clause asks about."""
    start = question.text.find(clause.partition("，")[0])
    own = [m for m in question.mentions if m.role in ("item", "counted") and start <= _place(question, m.start) < start + len(clause)]
    return [name for m in own for name in (m.text, *(c.label for c in m.concepts))] if len(own) == 1 else []


def _total(mention: Mention) -> bool:
    """Whether a mention is of the unit's money as a whole: 一共花了多少."""
    return bool(mention.concepts) and all(
        c.dims.get("item", c.curie) in choose.TOTALS and not c.dims.get("spend") for c in mention.concepts
    )


def _place(question: Question, squeezed: int) -> int:
    return question.source.places[squeezed] if squeezed < len(question.source.places) else len(question.text)


def _joined(question: Question, found: Answer, added: Sequence[Answer]) -> Answer:
    """The answers one after the other, every figure once."""
    parts = [found, *added] if found.status == "answered" else list(added)
    seen = {(r.indicator, r.value, r.measure, r.year, r.phase): r for a in parts for r in a.results}
    return replace(
        parts[0],
        question=question.text,
        answer="".join(dict.fromkeys(a.answer for a in parts)),
        results=tuple(seen.values()),
        passages=tuple({p.text: p for a in parts for p in a.passages}.values()),
        warnings=tuple({w.message: w for a in parts for w in a.warnings}.values()),
        notes=tuple(dict.fromkeys(n for a in parts for n in a.notes)),
    )

"""The rules of `ontology/checks/`, and what becomes of one rule in one document.

A rule is a SELECT, run once per document (`$this`), and a formula over the figures it binds. Rows with the same first figure of the
formula are different ways to check it (with the same `?case`, parts of one sum): it fails where none of them holds. `same(x)` wants all
figures with one `?claim` to be equal, and says nothing where those of one `?group` already differ. Of parts whose `?code`s begin with one
another, either the finest or the coarsest count. A row that says what is `?missing` can confirm a figure, but not refute it; what a row
with a `?doubt` finds is a 口径提示. `$kin(?name ?project ?doubt)` stands for the names of one project (`kg.audit.kin`). A rule without
a formula finds what its SELECT finds.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kg import iris
from kg.audit import formula
from kg.audit.figures import Figure, Figures, Query, order
from kg.knowledge import Knowledge
from kg.model import KnowledgeError

ERROR, SCOPE, ROUNDING = "错误", "口径提示", "尾差"
_SEVERITIES = (ERROR, SCOPE, ROUNDING)
_ROUNDINGS = ("own", "usual", "half-up")
SAME = "same(x)"
_OPEN = re.compile(r"GRAPH\s*[?]")
_KIN = re.compile(r"\$kin\(([^)]*)\)")
_TOLD = {"computed", "diff", "claim", "values", "names"}  # what a message may name beside the variables of the query


@dataclass(frozen=True, slots=True)
class Check:
    """A rule of `ontology/checks/`."""

    curie: str
    title: str
    kind: str
    severity: str
    select: str
    message: str
    needs: str
    formula: str = ""
    rounding: str = "own"
    forms: tuple[str, ...] = ()
    order: str = ""
    within: Decimal | None = None  # a list that lacks a larger share of the whole than this is no full list

    @property
    def wide(self) -> bool:
        """Whether the rule looks into other documents."""
        return bool(_OPEN.search(self.select))


@dataclass(frozen=True, slots=True)
class Failure:
    """Figures that do not keep a rule: the row that binds them, all that are involved, and what was computed for the first."""

    row: Mapping[str, Any]
    involved: tuple[Figure, ...]
    verdict: formula.Verdict | None = None
    head: Figure | None = None


@dataclass(slots=True)
class Outcome:
    """One rule in one document: where it fails, why it could not be applied, and which figures it compared."""

    failures: list[Failure] = field(default_factory=list)
    unapplied: list[str] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)


def load(known: Knowledge) -> tuple[Check, ...]:
    """The rules, in the order of their notations. Raises KnowledgeError where one is not complete."""
    found = []
    for curie, properties in known.of_class("f:Check"):
        one = {name: values[0] for name, values in properties.items()}
        check = Check(
            curie,
            one.get("skos:prefLabel", ""),
            one.get("f:kind", ""),
            one.get("f:severity", ""),
            one.get("f:select", ""),
            one.get("f:message", ""),
            one.get("f:needs", ""),
            one.get("f:formula", ""),
            one.get("f:rounding", "own"),
            properties.get("f:forms", ()),
            one.get("skos:notation", ""),
            Decimal(one["f:within"]) if "f:within" in one else None,
        )
        _vet(check)
        found.append(check)
    return tuple(sorted(found, key=lambda check: (check.order, check.curie)))


def _vet(check: Check) -> None:
    """A rule says everything that is needed to apply it and to tell what it found."""
    if not (check.select and check.message and check.kind and check.title):
        raise KnowledgeError(f"勾稽规则 {check.curie} 不完整：需要 skos:prefLabel、f:select、f:message、f:kind。请补上。")
    if check.severity not in _SEVERITIES or check.rounding not in _ROUNDINGS:
        raise KnowledgeError(
            f"勾稽规则 {check.curie}：f:severity 只能是 {'、'.join(_SEVERITIES)}，f:rounding 只能是 {'、'.join(_ROUNDINGS)}。请改正。"
        )
    try:
        wanted = {"claim", "x"} if check.formula == SAME else set(formula.names(check.formula)) if check.formula else set()
    except ValueError as error:
        raise KnowledgeError(
            f"勾稽规则 {check.curie} 的公式 {check.formula} 不能理解。可用 + - * /、sum、abs、compare 和 =、<=、>=。"
        ) from error
    wanted |= {name for _, name, _, _ in string.Formatter().parse(check.message) if name} - _TOLD
    missing = sorted(wanted - set(re.findall(r"[?$](\w+)", check.select.partition("{")[0])))
    if missing:
        raise KnowledgeError(f"勾稽规则 {check.curie}：公式或消息用到 {'、'.join(missing)}，而 f:select 的 SELECT 没有列出。请补上或改名。")


def is_fact(value: Any) -> bool:
    """Whether a value of a row is a figure."""
    return isinstance(value, str) and value.startswith("at:")


def apply(check: Check, document: str, query: Query, figures: Figures) -> Outcome:
    """Run a rule on a document."""
    outcome = Outcome()
    select = check.select.replace("$this", f"<{iris.expand('doc:' + document)}>")
    if "$kin" in select:
        names = " ".join(f'({_iri(k.name)} {_iri(k.project)} "{k.doubt}")' for k in figures.kin(document))
        select = _KIN.sub(rf"VALUES (\1) {{ {names} }}", select)
    rows = query(select)
    if not rows and check.needs:
        outcome.unapplied.append(f"没有找到{check.needs}")
    if check.formula == SAME:
        _same(rows, figures, outcome)
    elif check.formula:
        _judged(check, rows, figures, outcome)
    else:
        outcome.failures = [Failure(row, tuple(figures[v] for v in row.values() if is_fact(v))) for row in rows]
        outcome.covered = {figure.curie for failure in outcome.failures for figure in failure.involved}
    return outcome


def _iri(curie: str) -> str:
    return f"<{iris.expand(curie)}>"


# --- figures that must all be equal -------------------------------------------------------------


def _same(rows: Sequence[Mapping[str, Any]], figures: Figures, outcome: Outcome) -> None:
    claims: dict[str, dict[str, dict[str, Figure]]] = defaultdict(lambda: defaultdict(dict))
    doubts = {row["claim"]: row["doubt"] for row in rows if row.get("doubt")}
    for row in rows:
        claims[row["claim"]][row.get("group") or row["x"]][row["x"]] = figures[row["x"]]
    for claim, groups in claims.items():
        found = _single([figure for group in groups.values() for figure in group.values() if figure.value is not None])
        found.sort(key=lambda figure: (figure.document, order(figure.curie)))
        if len(groups) < 2:
            continue
        outcome.covered |= {figure.curie for figure in found}
        plain = _plains(found)
        if len({*plain.values()}) < 2 or any(len({plain[x] for x in group if x in plain}) > 1 for group in groups.values()):
            continue
        ends = (max(found, key=lambda figure: plain[figure.curie]), min(found, key=lambda figure: plain[figure.curie]))
        operands = {name: [end.operand(factor=found[0].factor, digits=end.decimals)] for name, end in zip("xy", ends, strict=True)}
        outcome.failures.append(Failure({"doubt": doubts.get(claim)}, tuple(found), formula.judge("x = y", operands), found[0]))


def _plains(found: Sequence[Figure]) -> dict[str, Decimal]:
    """The figures in 元 or plain units; of several measures, the finer are rounded to the last digit of the coarsest."""
    coarsest = max((figure.factor for figure in found), default=Decimal(1))
    digits = max((figure.digits for figure in found if figure.factor == coarsest), default=0)
    step = coarsest.scaleb(-digits)
    return {
        figure.curie: _plain(figure)
        if figure.factor == coarsest
        else (_plain(figure) / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
        for figure in found
    }


def _plain(figure: Figure) -> Decimal:
    return (figure.value or Decimal(0)) * figure.factor


def _single(found: Sequence[Figure]) -> list[Figure]:
    """Without those that stand in one row with another value: two figures in one row are two things."""
    values: dict[str, set[Decimal]] = defaultdict(set)
    for figure in found:
        values[figure.row].add(_plain(figure))
    return [figure for figure in found if len(values[figure.row]) == 1]


# --- formulas -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to check a figure: what it binds, what came out, the figures used, and which parts are not stated."""

    row: Mapping[str, Any]
    verdict: formula.Verdict
    involved: tuple[Figure, ...]
    lacking: tuple[str, ...]


def _judged(check: Check, rows: Sequence[Mapping[str, Any]], figures: Figures, outcome: Outcome) -> None:
    names, lists = formula.names(check.formula), formula.lists(check.formula)
    cases: dict[str, dict[Any, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for n, row in enumerate(rows):
        cases[row[names[0]] if is_fact(row[names[0]]) else row["head"]][row.get("case") if lists else n].append(row)
    told: dict[Any, Failure] = {}
    for curie, ways in sorted(cases.items(), key=lambda case: order(case[0])):
        head = figures[curie]
        tried = [
            way for found in ways.values() for level in _levels(found) if (way := _way(check, head, level, figures, outcome)) is not None
        ]
        if not tried or any(way.verdict.holds for way in tried):
            continue
        if check.within is not None and all(way.verdict.diff > check.within * abs(way.verdict.stated) for way in tried):
            outcome.unapplied.append(f"{figures.words(curie).place}只写出了一部分")
            continue
        whole = [way for way in tried if not way.lacking]
        if not whole:
            lacking = "、".join(figures.label(name) if ":" in name else name for name in tried[0].lacking)
            outcome.unapplied.append(f"{figures.words(curie).place}缺{lacking}")
            continue
        way = min(whole, key=lambda way: (not way.verdict.rounding, abs(way.verdict.diff), sorted(order(f.curie) for f in way.involved)))
        key = (way.row["claim"], way.verdict.stated, way.verdict.computed) if way.row.get("claim") else curie
        before = told[key].involved if key in told else ()
        told[key] = Failure(told[key].row if before else way.row, (*before, *way.involved), way.verdict, told[key].head if before else head)
    outcome.failures += told.values()


def _levels(rows: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    """Parts whose codes begin with one another are not added up together: the finest alone, or the coarsest alone."""
    codes = {row["code"] for row in rows if row.get("code")}
    if not codes:
        return [rows]
    finest = [row for row in rows if not any(code != row["code"] and code.startswith(row["code"]) for code in codes)]
    coarsest = [row for row in rows if not any(code != row["code"] and row["code"].startswith(code) for code in codes)]
    return [finest] if len(finest) == len(rows) else [finest, coarsest]


def _way(check: Check, head: Figure, rows: Sequence[Mapping[str, Any]], figures: Figures, outcome: Outcome) -> _Way | None:
    """Judge the formula with what these rows bind; None where it cannot be computed."""
    lists = formula.lists(check.formula)
    bound = {name: list(dict.fromkeys(row[name] for row in rows if row[name] is not None)) for name in formula.names(check.formula)}
    found = {name: [figures[v] for v in values if is_fact(v)] for name, values in bound.items()}
    involved = {figure.curie: figure for values in found.values() for figure in values}
    if any(not values for values in bound.values()) or any(figure.value is None for figure in involved.values()):
        return None
    factor = next((figure.factor for figure in involved.values() if figure.money), Decimal(1))
    own = check.rounding == "own"
    operands: dict[str, list[formula.Operand]] = {}
    for name, values in bound.items():
        operands[name] = [figure.operand(factor=factor, digits=figure.decimals if own else figure.digits) for figure in found[name]]
        operands[name] = operands[name] or [formula.Operand.exact(Decimal(values[0]))]
    try:
        verdict = formula.judge(check.formula, operands, decimals=head.decimals if check.rounding == "half-up" else None)
    except formula.NotComputable as error:
        outcome.unapplied.append(f"{figures.words(head.curie).place}：{error}")
        return None
    outcome.covered |= set(involved)
    lacking = tuple(sorted({row["missing"] for row in rows if row.get("missing")}))
    return _Way(dict(rows[0]) | {name: bound[name] for name in lists}, verdict, tuple(involved.values()), lacking)

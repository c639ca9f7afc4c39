"""What a figure is about: printed words to an item and what they fix. Class paths, labels, labels put together, projects, nouns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg import iris, terms
from kg.knowledge import Concept, Knowledge
from kg.prose import classpath
from kg.prose.roles import Roles
from kg.prose.sentences import Labels

TOTAL = "ind:合计"
TOTALS = (TOTAL, "ind:总计")
#: What may stand between the labels of a phrase that is put together from labels.
_GLUE = re.compile(
    r"(?:的|来源|安排|用于|中|由|及|和|预算|决算|支出|收入|资金|经费|总额|总数|数|额|金额|总计|合计|本级|单位|部门|当年|本年|年度|全年|项目|拨款|各项|情况|费用|年|费|收|支|总|汇总|地方|财务|开支)*"
)
_PROJECT_END = re.compile(r"(?:项目|专项|专项资金|专项经费|专项行动|工程|项目资金|项目经费)$")
_NO_PROJECT = re.compile(
    r"(?:采购|预算后|调整后|绩效|目标|评价|评级|年初预算|年中追加|追加|预算|所有|全部|各类|部分|该|本|其他|等\d*个)的?(?:\d*年度?)?(?:“[^”]*”的)?项目$"
    r"|^(?:面向|编报|纳入|预留)|基本支出|人员经费、|^(?:年中|年初|全年|本年)?(?:预算)?(?:批复|下达|追加|安排|调增|新增|增加|减少)+项目(?:资金|经费)?$"
)
_QUOTED = re.compile(r"(?:项目[：:]?“(?P<a>[^”]{2,40})”[^，。；]{0,8}|“(?P<b>[^”]{2,40})”(?P<behind>[^，。；”“]{0,12}?)(?:项目|专项))$")
_ORGANISATION = re.compile(
    r"(?<=[\u4e00-\u9fff]{3})(?:局|委员会|委|办公室|厅|院|中心|会|站|所|校|学|馆|队|政府|镇|乡|街道|处|社|办|部)"
    r"(?:本级|机关(?!运行|事业|事务|服务|党))?"
)
#: Other ways to write the name of a kind of spending: 三公经费开支, 公务用车运行费用, 公车购置费, 教育支出类科目.
_USUAL = (
    (re.compile(r"(?:合计|总计|累计|共计)?(?:开支|支出)(?:合计|总计|总额)?$"), ""),
    (re.compile(r"(?:费用|经费)(?:支出|开支)?$"), "费"),
    (re.compile(r"公车|公务车辆?"), "公务用车"),
    (re.compile(r"类?科目$"), ""),
    (re.compile(r"(?<=出国)$"), "费"),
)
_YEAR_INSIDE = re.compile(r"(?<=[\u4e00-\u9fff])(?:19|20)\d\d年度?(?=[\u4e00-\u9fff“])")  # 绩效自评的2024年度项目
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d年")
_OTHER_NAME = re.compile(r"(?P<part>.+)（(?P<whole>[^（）]+)）")
_JOINED = re.compile("[及和与、]")
_INNER = re.compile(r"^(?P<whole>[^，。；]{2,24}?)中(?![小央心学介期标国级医])的?(?=[\u4e00-\u9fff“]{2})")
_CARRIED = ("年初", "上年")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure is about. `row` is the print, `item` a CURIE.

    `bare` where the words only say 收入 or 支出; `known` where a scheme knows them.
    """

    row: str
    item: str = TOTAL
    label: str = ""
    dims: Mapping[str, str] = field(default_factory=dict)
    project: str = ""
    known: bool = False
    bare: bool = False
    code: str = ""
    whole: bool = False  # a total by its nature: it has parts

    @property
    def generic(self) -> bool:
        """A total without anything that tells it from other totals."""
        return self.item in TOTALS and not self.project and not {"fund", "spend"} & set(self.dims)

    @property
    def empty(self) -> bool:
        """Only a phase was named: nothing that a figure could be about."""
        return self.item == TOTAL and not self.project and set(self.dims) <= {"phase"}


@dataclass(frozen=True)
class Resolver:
    """Finds subjects in a document's words."""

    labels: Labels
    roles: Roles
    unit: str
    projects: frozenset[str]  # keys of names that the document's tables print
    learned: tuple[Concept, ...] = ()  # codes that only the document's tables know

    @property
    def knowledge(self) -> Knowledge:
        """The knowledge behind the labels."""
        return self.labels.knowledge

    def strips(self, phrase: str) -> Iterator[str]:
        """The phrase, and the phrase without one filler after the other in front of it."""
        phrase = phrase.strip(" ，,、；;：:。")
        yield phrase
        for _ in range(12):
            shorter = self._strip(phrase)
            if shorter == phrase:
                return
            phrase = shorter
            yield phrase

    def _strip(self, phrase: str) -> str:
        bare = phrase
        if not phrase[:1].isdecimal() or re.match(r"\d{1,2}\s*(?:、|[.．]\D)", phrase):
            bare = terms.strip_numbering(phrase.lstrip(" ，,、；;：:。）)”"))
            bare = bare if _YEAR_FIRST.match(bare) else bare.lstrip("0123456789.．、 ")
        if bare != phrase and bare:
            return bare
        inner = _INNER.match(phrase)
        if inner and self.known(inner["whole"]):
            return phrase[inner.end() :]
        for named in _ORGANISATION.finditer(phrase[:32]):
            name = re.sub(r"(?:本级|机关)$", "", phrase[: named.end()])
            ours = self.unit.endswith(name) or name.endswith(self.unit) or name.startswith(self.unit)
            if self.unit and ours and named.end() < len(phrase):
                return phrase[named.end() :]
        for filler in self.roles.kind("filler"):
            for pattern in filler.patterns:
                match = pattern.match(phrase)
                if match and match.end():
                    return phrase[match.end() :]
        if len(self.unit) > 2 and phrase.startswith(self.unit) and len(phrase) > len(self.unit):
            return phrase[len(self.unit) :]
        if phrase[:1] in "（(“" and not re.search(r"[）)”]", phrase):
            return re.sub(r"^[（(“]含?", "", phrase)
        return phrase

    def find(self, phrase: str, *, quantity: str = "money", measure: str = "", prefer: str = "", above: str = "") -> Subject | None:
        """The subject that a phrase names, fillers in front of it aside; None where only fillers are left.

        Of the ways to strip fillers, the shortest wins that means the same as the first that a scheme knows.
        """
        last = ""
        best: Subject | None = None
        for text in self.strips(re.sub(r"^.*其中[:：，,]?", "", phrase)):
            found = self.known(text, quantity=quantity, measure=measure, prefer=prefer, above=above)
            if found is not None and best is None:
                found = self._without_phase(found, text, quantity, measure)
            if found is not None and (best is None or (found.item, found.dims) == (best.item, best.dims)):
                best = found
            last = text
        return best or self.noun(last, quantity)

    def _without_phase(self, found: Subject, text: str, quantity: str, measure: str) -> Subject:
        """培训费 for 培训费支出决算: what the figure is, not what it is about."""
        inner = re.sub(r"(?:支出)?(?:决算|预算)数?$", "", text)
        shorter = self.known(inner, quantity=quantity, measure=measure) if inner != text and found.item not in TOTALS else None
        same = shorter is not None and (shorter.item, shorter.dims.get("fund")) == (found.item, found.dims.get("fund"))
        return replace(found, row=inner) if same else found

    def tail(self, text: str, quantity: str) -> Subject | None:
        """The subject that a stretch of words ends with, whatever stands before it."""
        best: Subject | None = None
        for start in (n for n in range(1, len(text) - 3) if text[n] not in "的和与及"):
            found = self.known(text[start:], quantity=quantity)
            if found is None or found.generic or found.empty:
                continue
            if best is None or (best.item, best.dims) == (found.item, found.dims):
                best = found
        return best

    def known(self, text: str, *, quantity: str = "money", measure: str = "", prefer: str = "", above: str = "") -> Subject | None:
        """The subject where a scheme knows the words, whole or put together from labels."""
        if not text:
            return None
        both = _OTHER_NAME.fullmatch(text)
        if both and (whole := self._label(both["whole"], quantity, measure, prefer)) and whole.item not in TOTALS:
            part = self._label(both["part"].rpartition("、")[2], quantity, measure, prefer)
            if part is not None and self._among(part.item, whole.item):
                return replace(whole, row=text)  # the last of a list of parts, and what they are together: 公车运行费（“三公”经费）
        return self.path(text, above) or self._label(text, quantity, measure, prefer) or self._compose(text, quantity, measure, prefer)

    def _among(self, item: str, whole: str) -> bool:
        """Whether an item is a part of another, or a part of one."""
        parts = self.knowledge.concepts[whole].parts
        return item in parts or any(self._among(item, part) for part in parts)

    def path(self, text: str, above: str = "") -> Subject | None:
        """The 科目 that a path of 类款项 names."""
        found = classpath.find(text, above, self.labels.functions, self.knowledge.concepts)
        if found is None:
            both = {**self.knowledge.concepts, **{c.curie: c for c in self.learned}} if self.learned else self.knowledge.concepts
            learned = classpath.find(text, above, classpath.index(self.learned), both) if self.learned else None
            found = learned or classpath.led_by_code(text, both)
        if found is None:
            row = classpath.unknown(text)
            return Subject(row, f"item:{iris.slug(row)}", row, {}, known=True) if row else None
        code = found.concept.name
        return Subject(found.row, found.concept.curie, found.concept.label, {}, known=True, code=code, whole=len(code) < 7)

    def labelled(self, text: str, *, quantity: str, measure: str = "") -> Subject | None:
        """The subject whose whole label the words are."""
        return self._label(text, quantity, measure, "")

    # --- labels ---------------------------------------------------------------------------------

    def _label(self, text: str, quantity: str, measure: str, prefer: str) -> Subject | None:
        keys = _spellings(re.sub(r"[(（](?:类|款|项|目)[)）]", "", text).strip('“”"'), quantity, measure)
        for index in (self.labels.by_key, self.labels.hidden):
            for key in keys:
                concepts = _definite([c for c in index.get(key, ()) if _fits(c, quantity) and not _miscounted(c, measure)])
                if concepts:
                    return self._concept(_choose(concepts, prefer), text)
        return None

    def _concept(self, concept: Concept, row: str) -> Subject:
        dims = dict(concept.dims)
        if concept.prefix == "ph":
            return _phase(row, dims)
        item = dims.pop("item", TOTAL)
        known = self.knowledge.concepts.get(item, concept)
        if concept.prefix == "ind" and "fund" not in dims and "flow" in dims and (fund := self.labels.fund(terms.key(row))):
            dims["fund"] = fund
        code = (concept.notation or "") if concept.prefix in ("func", "econ") else ""
        whole = (
            item in TOTALS
            or bool(known.parts)
            or (concept.prefix in ("func", "econ") and len(code) < (7 if concept.prefix == "func" else 5))
        )
        return Subject(row, item, known.label, dims, known=True, bare=concept.prefix == "fl", code=code, whole=whole)

    def _compose(self, text: str, quantity: str, measure: str, prefer: str) -> Subject | None:
        """A phrase that is nothing but labels and the words between them: 一般公共预算财政拨款 + 基本支出 + 年初预算数."""
        key = terms.key(_YEAR_INSIDE.sub("", text))
        spans = self.labels.inside(key)
        rest = "".join(key[a:b] for a, b in zip([0, *(s[1] for s in spans)], [*(s[0] for s in spans), len(key)], strict=True))
        if not spans or not _GLUE.fullmatch(rest):
            return None
        concepts = []
        for _, _, label in spans:
            fitting = [c for c in self.labels.by_key[label] if _fits(c, quantity)]
            if not fitting:
                return None
            concepts.append(_choose(fitting, prefer))
        if self._several(concepts, spans, key, quantity, measure):
            return None
        dims, main = self._together(concepts, text, key, rest)
        if main is not None:
            return replace(self._concept(main, text), dims=dims)
        if set(dims) <= {"phase"}:
            return _phase(text, dims)
        return Subject(text, TOTAL, "合计", dims, known=True, bare=set(dims) <= {"phase", "flow"}, whole=True)

    def _several(self, concepts: Sequence[Concept], spans: Sequence[tuple[int, int, str]], key: str, quantity: str, measure: str) -> bool:
        """Whether labels stand side by side that are about different things: 一般公务用车 + 编制, 公务用车购置 + 及 + 运行维护费."""
        named = [n for n, c in enumerate(concepts) if c.dims.get("item", TOTAL) not in TOTALS]
        if len({concepts[n].dims["item"] for n in named}) < 2:
            return False
        if counted(quantity):
            return measure not in ("人", "名", "")
        for a, b in itertools.pairwise(named):
            part = self._among(concepts[b].dims["item"], concepts[a].dims["item"])
            if _JOINED.search(key[spans[a][1] : spans[b][0]]) or (spans[a][1] == spans[b][0] and not part):
                return True
        return False

    def _together(self, concepts: Sequence[Concept], text: str, key: str, rest: str) -> tuple[dict[str, str], Concept | None]:
        """What concepts fix together, and which of them is what the phrase is about."""
        dims: dict[str, str] = {}
        for concept in concepts:
            fund = dims.get("fund")
            dims |= {k: v for k, v in concept.dims.items() if k != "item"}
            if fund and "fund" in dims:
                dims["fund"] = self.labels.together(fund, dims["fund"])
        main = next((c for c in reversed(concepts) if c.dims.get("item", TOTAL) not in TOTALS), None)
        main = main or next((c for c in concepts if c.dims.get("item") == "ind:总计"), None)
        if re.search(r"预算(?:收入|支出)", key):  # 预算收入 is also what accounting calls any income
            dims.pop("phase", None)
        if dims.get("phase") == "完成":  # 收入完成10亿元
            dims["phase"] = "决算"
        flow = flow_of(text)
        if flow and (main is None or main.dims.get("item") in TOTALS):
            dims["flow"] = flow
        if dims.get("flow") == "结转结余" or any(c.curie == "fl:结转结余" for c in concepts):
            dims["flow"] = "结转结余"
            main = main or self.knowledge.concepts.get(f"ind:{'年初' if any(w in text for w in _CARRIED) else '年末'}结转和结余")
        if main is None and "总计" in rest and flow == "收支":
            main = self.knowledge.concepts.get("ind:总计")
        if main is None and "项目" in rest and "spend" not in dims:
            dims["spend"] = "项目支出"
        return dims, main

    # --- projects and nouns ---------------------------------------------------------------------

    def project(self, phrase: str) -> str:
        """The name of a project as the document's tables print it, else without the word 项目 behind it."""
        quoted = _QUOTED.search(phrase)
        if quoted and (quoted["a"] or not quoted["behind"]):
            return quoted["a"] or quoted["b"]
        name = terms.strip_numbering(phrase).strip(" ，、；：:。")
        shorter = (re.sub(pattern, "", name) for pattern in (r"经费项目$", r"项目$", r"项目(?:经费|资金)$", r"(?:经费|资金)$"))
        for candidate in (name, *shorter):
            if terms.key(candidate) in self.projects:
                return candidate
        cut = re.sub(r"(?:(?<=费)经费)?项目$", "", name)
        return cut if re.search(r"(?:费|经费|资金|专项|工程|费用)$", cut) else name

    def as_project(self, text: str) -> Subject:
        """The subject that is a project as a whole."""
        dims = {"flow": "支出", "spend": "项目支出"}
        if re.match(r"(?:年初|年度)?(?:部门|单位)?预算", text):
            dims["phase"] = "年初预算" if text.startswith("年初") else "预算"
        name = self.project(text)
        return Subject(name, TOTAL, "合计", dims, project=name)

    def noun(self, text: str, quantity: str) -> Subject | None:
        """A subject that no scheme knows: a project where the words say so, else an item of that name."""
        text = text.strip(" ，,、；;：:。")
        if not re.search(r"[\u4e00-\u9fffA-Za-z]", text) or len(terms.key(text)) < 2:
            return None
        spent = re.sub(r"(?<=项目|专项)支出$", "", text)
        if quantity in ("money", "score", "ratio") and _names_project(spent):
            return self.as_project(spent)
        dims = {}
        if text.endswith("项目"):
            fund = self.labels.fund(terms.key(text))
            dims = {"flow": "支出", "spend": "项目支出"} | ({"fund": fund} if fund else {})
        return Subject(text, f"item:{iris.slug(text)}", text, dims)


def _phase(row: str, dims: Mapping[str, str]) -> Subject:
    """Words that name a phase: with 收入 or 支出 a total, without either nothing that a figure could be about."""
    flow = flow_of(row)
    return Subject(row, TOTAL, "合计", {**dims, "flow": flow} if flow else dims, known=True, bare=bool(flow), whole=True)


def _spellings(text: str, quantity: str, measure: str) -> list[str]:
    """Keys under which a label may be listed: a count with its measure or 人数, 支出 for 费, what stands in brackets behind it dropped."""
    text = _YEAR_INSIDE.sub("", text)
    if counted(quantity):
        return [terms.key(text + word) for word in (measure, measure + "数", "数", "数量", "人数" if measure in ("人", "名") else "", "")]
    words = [text]
    if quantity == "money":
        outer, both = re.sub(r"[（(][^（()）]*[)）]$", "", text), flow_of(text) == "收支"
        words += [
            *([text + "金额"] if len(text) > 4 else []),
            outer,
            *((text[:-2], text[:-2] + "费") if text.endswith("支出") and not both else ()),
        ]
        words += [name for pattern, usual in _USUAL if not both and (name := pattern.sub(usual, text)) != text]
    return [key for word in words if (key := terms.key(word))]


def _names_project(text: str) -> bool:
    """Whether a noun is the name of one project: X项目, 项目“X”, X专项; not 政府采购项目 or 年中追加项目."""
    named = _QUOTED.search(text) or (_PROJECT_END.search(text) and not _NO_PROJECT.search(text))
    return bool(named) and len(terms.key(text)) > 4


def counted(quantity: str) -> bool:
    """Whether a quantity is of things: pieces, people, square metres."""
    return quantity not in ("money", "ratio", "score", "price", "grade", "")


def _fits(concept: Concept, quantity: str) -> bool:
    """Whether a concept can carry such a figure: no money for head counts, no head count for money."""
    metric = concept.dims.get("metric")
    if quantity == "money":
        return metric in (None, "金额", "单价")
    if counted(quantity):
        money = {"flow", "fund", "spend"} & set(concept.dims) or concept.prefix != "ind"
        return metric == "数量" or (metric is None and not money and not concept.curie.endswith("指标"))
    if quantity == "score":
        return metric == "得分"
    return metric not in ("数量", "得分", "等级")


def _miscounted(concept: Concept, measure: str) -> bool:
    """Whether a measure counts people where the concept counts times, or the other way round: 接待国内来宾42批次."""
    if concept.label.endswith(("人次", "人数")):
        return measure in ("批次", "批", "次", "场次", "辆", "台", "团", "组")
    return concept.label.endswith(("批次", "团组数", "场次", "次数")) and measure in ("人次", "人", "名")


def _definite(concepts: list[Concept]) -> list[Concept]:
    """Without the codes of a name that many 款 share (行政运行) and nothing tells apart; of codes within one another the widest stays."""
    codes = sorted({c.name for c in concepts if c.prefix == "func"}, key=len)
    if len(codes) < 2 or all(code.startswith(codes[0]) for code in codes):
        return concepts
    return [c for c in concepts if c.prefix != "func"]


def _choose(concepts: Sequence[Concept], prefer: str) -> Concept:
    """Of the concepts with one label: of the preferred scheme, else the indicator, else the first."""
    return next((c for c in concepts if c.prefix == prefer), None) or next((c for c in concepts if c.prefix == "ind"), None) or concepts[0]


def flow_of(text: str) -> str:
    """The way of the money that the words themselves tell.

    >>> flow_of("财政拨款收入支出决算"), flow_of("收、支总计"), flow_of("事业收入"), flow_of("支出预算"), flow_of("三公经费")
    ('收支', '收支', '收入', '支出', '')
    """
    bare = re.sub(r"[、和及与,，]", "", text)
    if "收支" in bare or "收入支出" in bare:
        return "收支"
    income, spending = bare.rfind("收入"), bare.rfind("支出")
    return "" if income == spending else "收入" if income > spending else "支出"

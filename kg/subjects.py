"""What a figure is about: printed words to an item and the dimensions they fix. Paths of 类款项, labels, labels put together, projects, and plain nouns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kg import iris, terms
from kg.knowledge import Concept, Knowledge
from kg.roles import Roles
from kg.sentences import Labels

TOTAL = "ind:合计"
_TOTALS = (TOTAL, "ind:总计")
_LEVEL = re.compile(r"(?P<name>[^类款项]+?|[^（(]+?(?:[（(][^（()）]*[)）][^（(]*?)*)\s*[（(]\s*[0-9]*\s*(?P<level>类|款|项)\s*[)）]")
_LENGTH = {"类": 3, "款": 5, "项": 7}
#: What may stand between the labels of a phrase that is put together from labels.
_GLUE = re.compile(r"(?:的|来源|安排|用于|中|由|及|和|预算|决算|支出|收入|资金|经费|总额|总数|数|额|金额|总计|合计|本级|单位|部门|当年|本年|年度|全年|项目|拨款|各项|情况|费用|年|费|收|支|总)*")
_NO_PROJECT = re.compile(r"(?:采购|绩效|目标|评价|评级|年初预算|年中追加|追加|预算|所有|全部|各类|部分|该|本|其他|等\d*个)的?(?:\d*年度?)?(?:“[^”]*”的)?项目$|^(?:面向|编报|纳入|预留)|^(?:年中|年初)?(?:追加|安排|调增|新增|增加|减少)项目(?:资金|经费)?$")
_PROJECT_END = re.compile(r"(?:项目|专项|专项资金|专项经费|专项行动|工程|项目资金|项目经费)$")
_QUOTED = re.compile(r"(?:项目[：:]?“(?P<a>[^”]{2,40})”(?P<a2>[^，。；]{0,8})|“(?P<b>[^”]{2,40})”(?P<b2>[^，。；”“]{0,12}?)(?:项目|专项))$")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure is about. `row` is the print, `item` a CURIE; `bare` where the words only say 收入 or 支出; `known` where a scheme knows it."""

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
        return self.item in _TOTALS and not self.project and not {"fund", "spend"} & set(self.dims)

    @property
    def empty(self) -> bool:
        """Only a phase was named: nothing that a figure could be about."""
        return not self.item


@dataclass(frozen=True)
class Resolver:
    """Finds subjects in a document's words."""

    knowledge: Knowledge
    labels: Labels
    roles: Roles
    unit: str
    functions: Mapping[str, tuple[Concept, ...]]
    projects: frozenset[str]  # keys of names that the document's tables print

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
        bare = terms.strip_numbering(phrase.lstrip(" ，,、；;：:。）)”")).lstrip("0123456789.．、 ") if not phrase[:1].isdecimal() or re.match(r"\d{1,2}[、.．]\D", phrase) else phrase
        if bare != phrase and bare:
            return bare
        inner = re.match(r"^(?P<whole>[^，。；]{2,24}?)中的?(?=[\u4e00-\u9fff“]{2})", phrase)
        if inner and not phrase[len(inner["whole"]):].startswith(("中小", "中央", "中心", "中学", "中介", "中期", "中标", "中国", "中级", "中医")) and self.known(inner["whole"]):
            return phrase[inner.end():]
        for named in re.finditer(r"(?<=[\u4e00-\u9fff]{3})(?:局|委员会|委|办公室|厅|院|中心|会|站|所|校|学|馆|队|政府|镇|乡|街道|处|社|办|部)(?:本级|机关(?!运行|事业|事务|服务|党))?", phrase[:32]):
            name = re.sub(r"(?:本级|机关)$", "", phrase[:named.end()])
            if self.unit and (self.unit.endswith(name) or name.endswith(self.unit) or name.startswith(self.unit)) and named.end() < len(phrase):
                return phrase[named.end():]
        for filler in self.roles.kind("filler"):
            for pattern in filler.patterns:
                match = pattern.match(phrase)
                if match and match.end():
                    return phrase[match.end():]
        if phrase[:1] in "（(“" and not re.search(r"[）)”]", phrase):
            return re.sub(r"^[（(“]含?", "", phrase)
        return phrase

    def find(self, phrase: str, *, quantity: str = "money", measure: str = "", prefer: str = "", above: str = "") -> Subject | None:
        """The subject that a phrase names, fillers in front of it aside; None where only fillers are left."""
        last = ""
        best: Subject | None = None
        for text in self.strips(re.sub(r"^.*其中[:：，,]?", "", phrase)):
            found = self.known(text, quantity=quantity, measure=measure, prefer=prefer, above=above)
            if found is not None and not best and (inner := re.sub(r"(?:支出)?(?:决算|预算)数?$", "", text)) != text and found.item not in _TOTALS:
                shorter = self.known(inner, quantity=quantity, measure=measure, prefer=prefer)
                found = replace(found, row=inner) if shorter and shorter.item == found.item and shorter.dims.get("fund") == found.dims.get("fund") else found
            if found is not None and (best is None or (found.item, found.dims) == (best.item, best.dims)):
                best = found
            last = text
        return best or self.noun(last, quantity)

    def known(self, text: str, *, quantity: str = "money", measure: str = "", prefer: str = "", above: str = "") -> Subject | None:
        """The subject where a scheme knows the words, whole or put together from labels."""
        if not text:
            return None
        return self.path(text, above) or self._label(text, quantity, measure, prefer) or self._compose(text, quantity, prefer)

    def tail(self, text: str, quantity: str) -> Subject | None:
        """The subject that a stretch of words ends with, whatever stands before it."""
        best: Subject | None = None
        for start in range(1, len(text) - 3):
            found = self.known(text[start:], quantity=quantity)
            if found is not None and not found.generic and not found.empty and (best is None or (best.item, best.dims) == (found.item, found.dims)):
                best = found
        return best

    # --- labels ---------------------------------------------------------------------------------

    def _label(self, text: str, quantity: str, measure: str, prefer: str) -> Subject | None:
        bare = re.sub(r"[(（](?:类|款|项|目)[)）]", "", text).strip("“”\"")
        outer = re.sub(r"[（(][^（()）]*[)）]$", "", bare)
        keys = [terms.key(bare), *([terms.key(bare + "金额")] if quantity == "money" else []), *([terms.key(outer)] if outer != bare and quantity == "money" else []), *([terms.key(bare[:-2]), terms.key(bare[:-2] + "费")] if bare.endswith("支出") and quantity == "money" else [])]
        if counted(quantity):
            keys = [terms.key(bare + word) for word in (measure, "数", "数量", "人数" if measure in ("人", "名") else "", "") if word or bare]
        for index in (self.labels.by_key, self.labels.hidden):
            for key in keys:
                concepts = [c for c in index.get(key, ()) if _fits(c, quantity)]
                if concepts:
                    return self._concept(_choose(concepts, prefer), text)
        return None

    def _concept(self, concept: Concept, row: str) -> Subject:
        dims = dict(concept.dims)
        if concept.prefix == "ph":
            flow = flow_of(row)
            return Subject(row, TOTAL if flow else "", "合计" if flow else "", dims | ({"flow": flow} if flow else {}), known=True, bare=bool(flow))
        item = dims.pop("item", TOTAL)
        known = self.knowledge.concepts.get(item, concept)
        if concept.prefix == "ind" and "fund" not in dims and "flow" in dims and (fund := self.labels.fund(terms.key(row))):
            dims["fund"] = fund
        code = concept.notation or "" if concept.prefix in ("func", "econ") else ""
        whole = item in _TOTALS or bool(known.parts) or concept.prefix == "func" and len(code) < 7 or concept.prefix == "econ" and len(code) < 5
        return Subject(row, item, known.label, dims, known=True, bare=concept.prefix == "fl", code=code, whole=whole)

    def _compose(self, text: str, quantity: str, prefer: str) -> Subject | None:
        """A phrase that is nothing but labels and the words between them: 一般公共预算财政拨款 + 基本支出 + 年初预算数."""
        key = terms.key(text)
        spans = self.labels.inside(key)
        rest = "".join(key[a:b] for a, b in zip([0, *(s[1] for s in spans)], [*(s[0] for s in spans), len(key)], strict=True))
        if not spans or not _GLUE.fullmatch(rest):
            return None
        dims: dict[str, str] = {}
        main: Concept | None = None
        for _, _, label in spans:
            concepts = [c for c in self.labels.by_key[label] if _fits(c, quantity)]
            if not concepts:
                return None
            concept = _choose(concepts, prefer)
            item = concept.dims.get("item", TOTAL)
            dims |= {k: v for k, v in concept.dims.items() if k != "item" and not (k == "fund" and dims.get("fund") and v == "财政拨款")}
            if item not in _TOTALS or main is None:
                main = concept if item not in _TOTALS or item == "ind:总计" else main
        if re.search(r"预算(?:收入|支出)", key):  # 预算收入 is also what accounting calls any income
            dims.pop("phase", None)
        flow = flow_of(text)
        if flow and (main is None or main.dims.get("item") in _TOTALS):
            dims["flow"] = flow
        if dims.get("flow") == "结转结余" or any(c.name == "结转结余" for s in spans for c in self.labels.by_key[s[2]] if c.prefix == "fl"):
            dims["flow"] = "结转结余"
            main = main or self.knowledge.concepts.get("ind:年初结转和结余" if re.search("年初|上年", text) else "ind:年末结转和结余")
        if "总计" in rest and flow == "收支" and main is None:
            main = self.knowledge.concepts.get("ind:总计")
        if "项目" in rest and "spend" not in dims and main is None:
            dims["spend"] = "项目支出"
        if main is not None:
            return replace(self._concept(main, text), dims=dims)
        if set(dims) <= {"phase"}:
            return Subject(text, TOTAL if flow else "", "合计" if flow else "", dims | ({"flow": flow} if flow else {}), known=True, bare=bool(flow))
        return Subject(text, TOTAL, "合计", dims, known=True, bare=set(dims) <= {"phase", "flow"}, whole=True)

    # --- 类款项 ---------------------------------------------------------------------------------

    def path(self, text: str, above: str = "") -> Subject | None:
        """The 科目 that a path names: 教育支出（类）普通教育（款）小学教育（项）, or its names joined by dashes."""
        text = text.strip("“”\" 。：:")
        if coded := self._coded(text):
            return coded
        levels = [(terms.strip_numbering(m["name"].strip("“”\" ，、：:")), m["level"]) for m in _LEVEL.finditer(text)]
        if not levels:
            parts = re.split(r"\s*[-—－–]+\s*", re.sub(r"”?科目$", "", text))
            if len(parts) < 2 or not all(re.search(r"[\u4e00-\u9fff]{2}", p) for p in parts):
                return None
            levels = list(zip((terms.strip_numbering(p.strip("“”")) for p in parts), ("类", "款", "项")[-len(parts):] if above else ("类", "款", "项"), strict=False))
        else:
            tail = re.sub(r"^.*[）)]", "", text)
            if tail not in ("", "支出", "支出预算", "科目", "支出科目", "经费", "支出决算"):
                return None
        found = self._function(levels, above)
        if found is None:
            return None
        row = "/".join(f"{name}（{level}）" for name, level in levels) if len(levels) > 1 else text
        return Subject(row, found.curie, found.label, {}, known=True, code=found.name, whole=len(found.name) < 7)

    def _coded(self, text: str) -> Subject | None:
        """A path with its codes: 节能环保支出（211）环境保护管理事务（21101）行政运行（2110101）."""
        parts = re.findall(r"([^（()）]*(?:[（(][^（()）\d]*[)）][^（()）]*)*)[（(](\d{3,7})[)）]", text)
        concept = self.knowledge.concepts.get(f"func:{parts[-1][1]}") if parts else None
        if concept is None or re.sub(r"^.*[)）]", "", text) not in ("", "支出", "科目"):
            return None
        row = "/".join(f"{terms.strip_numbering(name)}（{code}）" for name, code in parts)
        return Subject(row, concept.curie, concept.label, {}, known=True, code=concept.name, whole=len(concept.name) < 7)

    def _function(self, levels: list[tuple[str, str]], above: str) -> Concept | None:
        name, level = levels[-1]
        candidates = [c for c in self.functions.get(_stem(name), ()) if len(c.name) == _LENGTH[level]]
        wanted = {_LENGTH[one]: _stem(label) for label, one in levels[:-1]}

        def score(concept: Concept) -> int:
            points = 2 * sum(wanted.get(length) in self._stems(concept.name[:length]) for length in (3, 5) if length in wanted)
            return points + int(bool(above) and concept.name.startswith(above)) + int(terms.key(name) == terms.key(concept.label))

        ranked = sorted(candidates, key=score, reverse=True)
        if not ranked or (wanted or above) and score(ranked[0]) < 1 and len(ranked) > 1 or len(ranked) > 1 and score(ranked[0]) == score(ranked[1]):
            return None
        return ranked[0]

    def _stems(self, code: str) -> set[str]:
        concept = self.knowledge.concepts.get(f"func:{code}")
        return {_stem(label) for label in (concept.label, *concept.alt)} if concept else set()

    # --- projects and nouns ---------------------------------------------------------------------

    def project(self, phrase: str) -> str:
        """The name of a project as the document's tables print it, else without the word 项目 behind it."""
        quoted = _QUOTED.search(phrase)
        if quoted and quoted["a"]:
            return quoted["a"]
        if quoted and quoted["b"] and not quoted["b2"]:
            return quoted["b"]
        name = terms.strip_numbering(phrase).strip(" ，、；：:。")
        shorter = [re.sub(pattern, "", name) for pattern in (r"经费项目$", r"项目$", r"项目(?:经费|资金)$", r"(?:经费|资金)$")]
        for candidate in (name, *shorter):
            if terms.key(candidate) in self.projects:
                return candidate
        cut = re.sub(r"(?:(?<=费)经费)?项目$", "", name)
        return cut if re.search(r"(?:费|经费|资金|专项|工程|费用)$", cut) else name

    def noun(self, text: str, quantity: str) -> Subject | None:
        """A subject that no scheme knows: a project where the words say so, else an item of that name."""
        text = text.strip(" ，,、；;：:。")
        if not re.search(r"[\u4e00-\u9fffA-Za-z]", text) or len(terms.key(text)) < 2:
            return None
        if quantity in ("money", "score", "ratio") and _names_project(text):
            return self.as_project(text)
        dims = {}
        if text.endswith("项目"):
            fund = self.labels.fund(terms.key(text))
            dims = {"flow": "支出", "spend": "项目支出"} | ({"fund": fund} if fund else {})
        name = iris.slug(text)
        return Subject(text, f"item:{name}", text, dims) if name else None

    def as_project(self, text: str) -> Subject:
        """The subject that is a project as a whole."""
        dims = {"flow": "支出", "spend": "项目支出"}
        if re.match(r"(?:年初|年度)?(?:部门|单位)?预算", text):
            dims["phase"] = "年初预算" if text.startswith("年初") else "预算"
        name = self.project(text)
        return Subject(name, TOTAL, "合计", dims, project=name)


def _names_project(text: str) -> bool:
    """Whether a noun is the name of one project: X项目, 项目“X”, X专项; not 政府采购项目 or 年中追加项目."""
    return bool(len(terms.key(text)) > 4 and (_QUOTED.search(text) or _PROJECT_END.search(text) and not _NO_PROJECT.search(text)))


def counted(quantity: str) -> bool:
    """Whether a quantity is of things: pieces, people, square metres."""
    return quantity not in ("money", "ratio", "score", "price", "grade", "")


def _fits(concept: Concept, quantity: str) -> bool:
    """Whether a concept can carry such a figure: no money for head counts, no head count for money."""
    metric, money = concept.dims.get("metric"), bool({"flow", "fund", "spend"} & set(concept.dims)) or concept.prefix in ("func", "econ", "fund", "sp", "fl", "ph")
    if quantity == "money":
        return metric in (None, "金额")
    if counted(quantity):
        return metric == "数量" or not money and metric is None and concept.prefix == "ind" and not concept.curie.endswith("指标")
    if quantity == "score":
        return metric == "得分"
    return metric not in ("数量", "得分", "等级")


def _choose(concepts: list[Concept], prefer: str) -> Concept:
    return next((c for c in concepts if c.prefix == prefer), None) or next((c for c in concepts if c.prefix == "ind"), None) or concepts[0]


def _stem(name: str) -> str:
    return re.sub(r"支出$", "", terms.key(name)) or terms.key(name)


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


def functions(knowledge: Knowledge) -> dict[str, tuple[Concept, ...]]:
    """功能分类 by name without 支出 behind it: many codes share a name."""
    found: dict[str, dict[str, Concept]] = {}
    for concept in knowledge.by_scheme.get("func", ()):
        for label in (concept.label, *concept.alt):
            found.setdefault(_stem(label), {})[concept.curie] = concept
    return {stem: tuple(concepts.values()) for stem, concepts in found.items()}

"""Whose document, about which year, of which kind: decided once, from what the document says, with the evidence kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from kg import numbers
from kg.knowledge import Knowledge
from kg.model import Document, Identity, Paragraph, ReadError, Table

_SUFFIX = (
    "委员会|办公室|办公厅|指挥中心|服务中心|中心|政协|人大|法院|检察院|联合会|协会|管理局|局|厅|院|馆|所|站|总队|支队|大队|学校|小学|中学|大学|学院|医院|"
    "公司|街道办事处|街道|镇|乡|管理处|处|社|台|团|会|部|区委|市委|省委|县委|党校|政府|委|办|园|库|队|场"
)
#: The name of an organisation, as a regular expression: ends as they do.
NAME = rf"[\u4e00-\u9fff（）()·“”]{{2,40}}?(?:{_SUFFIX})"
_LABELLED = re.compile(
    rf"(?:部门|单位|编制单位|填报单位|公开部门)(?:（单位）|\(单位\))?(?:名称)?\s*[:：]\s*(?:（盖章）|\(盖章\))?\s*(?:\d{{3,}}[-—\s]*)?({NAME})(?=[（(]|\s|$)"
)
_COVER = re.compile(rf"^({NAME})\s*(?:(?:19|20)\d\d\s*年度?)?(?:部门|单位|概况|整体|预算|决算)")
_SEAL = re.compile(rf"^({NAME})（盖章）")
_SUBJECT = re.compile(rf"(?:^|。)({NAME})(?=(?:19|20)\d\d年)")
#: Words of a title, never of a name: what runs on from a title into the first sentence is no name.
_NO_NAME = re.compile(r"经费|[预决]算(?!编审|绩效|评审|中心|编制|执行局)|收支|情况|根据|按照|关于|推进")
#: A region whose figures a treasury sums up: 某市2023年“三公”经费预算, 某县本级2023年财政预算执行情况.
_REGION = re.compile(
    r"^(?:关于)?(?:(?:19|20)\d\d年度?(?:\d{1,2}月)?)?(?P<name>[\u4e00-\u9fff]{1,20}?(?:省|自治区|自治州|自治县|州|盟|市|区|县|旗|镇|乡|街道))(?:人民政府)?(?:本?级|[省州市区县]本?级|[省州市区县]直)?"
    r"(?=(?:各?部门|单位)?(?:(?:19|20)\d\d年|[“\"]?三公|财政|地方|一般公共|政府|部门|预算|决算|社会保险))"
)
#: A name that says where it is: a line before it is of another organisation (the site's own name over a page), not its beginning.
_PLACED = re.compile(r"[\u4e00-\u9fff]{2,8}?[省市区县州旗](?=[\u4e00-\u9fff]{3})")
_LEVEL = r"(?:[（(](?:本级|本部|机关)[)）])?"
_TITLE = r"(?:(?:19|20)\d\d|部门|单位|预算|决算|整体|绩效|关于|[“\"]?三公|财政拨款|一般公共预算)"
_OPEN = re.compile(r"[XxＸｘ×]{2,}|_{3,}")
_PART = re.compile(r"^第[一二三四五六七八九十]+部分")
_YEAR = re.compile(r"((?:19|20)\d\d|[二两][〇○零一二三四五六七八九]{3})\s*年")


def _paragraphs(document: Document) -> list[Paragraph]:
    return [b for b in document.blocks if isinstance(b, Paragraph)]


def _head(document: Document) -> str:
    """The cover: the first lines as one string, for titles that run over lines."""
    return _joined(p.text for p in _paragraphs(document)[:8])


def _joined(parts: Iterable[str]) -> str:
    return re.sub(r"\s+|[（(]汇总[)）]", "", "".join(parts))


def identify(document: Document, knowledge: Knowledge) -> Identity:
    """Decide unit, year and kind of a document.

    Raises ReadError where no unit or no year can be found: such a document cannot be filed.
    """
    unit, why_unit = _unit(document)
    year, why_year = _year(document)
    if not unit or not year:
        _refuse_template(document)
        unit, why_unit = (unit, why_unit) if unit else _region(document)
    if not unit or not year:
        missing = "、".join(word for word, found in (("单位名称", unit), ("年度", year)) if not found)
        raise ReadError(f"{document.name}：看不出{missing}，无法归档。请确认是预决算公开文件，并在文首写明单位和年度。")
    kind = _kind(document, knowledge)
    return Identity(unit, year, kind, _title(document, unit, year) or f"{unit}{year}年度{kind}", (why_unit, why_year))


def _refuse_template(document: Document) -> None:
    """Raise ReadError where a document is a form that nobody has filled in: XX for names and amounts, no amount in any table."""
    cells = [c.text for b in document.blocks if isinstance(b, Table) for row in b.rows for c in row]
    texts = [*(p.text for p in _paragraphs(document)), *cells]
    open_places = sum(len(_OPEN.findall(text)) for text in texts)
    if open_places >= 3 and not any(re.search(r"\d\.\d|\d,\d{3}", text) for text in cells):
        raise ReadError(
            f"{document.name}：这是没有填写的空白模板（有 {open_places} 处“XX”待填，表格里没有金额），没有数据可读。请换成填好的文件。"
        )


def _title(document: Document, unit: str, year: int) -> str:
    """The line of the cover that names unit and year; a sentence is no title."""
    lines = [p.text for p in _paragraphs(document)[:8]]
    return next((line for line in lines if str(year) in line and unit in line and not line.endswith(tuple("：:。；，"))), "")


def _unit(document: Document) -> tuple[str, str]:
    votes: Counter[str] = Counter()
    head = _PART.sub("", _head(document))
    if match := re.match(rf"(?:(?:19|20)\d\d年度?)?({NAME}{_LEVEL})(?={_TITLE})", head):
        votes[_strip(match[1])] += 3
    for paragraph in _paragraphs(document):
        text = _joined([paragraph.text])
        for pattern in (_LABELLED, _COVER, _SEAL):
            if len(text) < 80 and (match := pattern.search(_PART.sub("", text))):
                votes[_strip(match[1])] += 2
    for table in document.blocks:
        if isinstance(table, Table):
            texts = [_joined([c.text]) for row in table.rows[:3] for c in row]
            for text, following in zip(texts, [*texts[1:], ""], strict=True):
                if match := _LABELLED.search(text):
                    votes[_strip(match[1])] += 2
                elif re.fullmatch(r"(?:部门|单位|部门名称|单位名称)[:：]?", text) and re.fullmatch(NAME, following):
                    votes[_strip(following)] += 2
    stem = re.sub(r"[-_—]?(?:19|20)\d\d.*$", "", document.name)
    if re.fullmatch(NAME, stem):
        votes[stem] += 1
    votes = Counter({name: count for name, count in votes.items() if name and not _NO_NAME.search(name)})
    if not votes:  # a cover that is a picture: whose figures the sentences give
        told = Counter(_strip(match[1]) for p in _paragraphs(document) if not p.level for match in _SUBJECT.finditer(_joined([p.text])))
        votes = Counter({name: count for name, count in told.items() if count >= 2 and not re.match("[本我该各]|$", name)})
    if not votes:
        return "", ""
    best = max(votes, key=lambda name: (votes[name], len(name)))
    lines = {_joined([p.text]) for p in _paragraphs(document)[:8]} if _PLACED.match(best) else set()
    fuller = [name for name in votes if len(name) > len(best) and name.endswith(best) and name.removesuffix(best) not in lines]
    name = max(fuller, key=lambda n: (votes[n], -len(n))) if fuller else best
    return name, f"单位：{name}（{votes[name]} 处）"


def _region(document: Document) -> tuple[str, str]:
    """The region that a title of the cover names, where no organisation is named."""
    for paragraph in _paragraphs(document)[:8]:
        text = _joined([paragraph.text])
        if len(text) < 60 and re.search("[预决]算|经费|财政|绩效", text) and (match := _REGION.match(text)):
            return match["name"], f"单位：{match['name']}（文首“{text}”）"
    return "", ""


def _strip(name: str) -> str:
    return re.sub(r"^纳入|^第[一二三四五六七八九十]+部分|^(?:(?:19|20)\d\d年度?)|(?:部门|单位)$|[（(]盖章[)）]|^[)）]", "", name)


def _year(document: Document) -> tuple[int, str]:
    head = _head(document)
    if (match := _YEAR.search(head)) and (year := numbers.year(match[1])):
        return year, f"年度：文首“{match[0]}”"
    votes: Counter[int] = Counter()
    for paragraph in _paragraphs(document):
        for match in re.finditer(r"((?:19|20)\d\d)年度", _joined([paragraph.text])):
            votes[int(match[1])] += 1
    if not votes:
        named = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", document.name))
        return (int(named.pop()), f"年度：正文没有，按文件名“{document.name}”") if len(named) == 1 else (0, "")
    year = votes.most_common(1)[0][0]
    return year, f"年度：正文 {votes[year]} 处“{year}年度”"


def _kind(document: Document, knowledge: Knowledge) -> str:
    """The kind whose label is named first in the cover, else most often in the text."""
    kinds = [(label, concept.label) for concept in knowledge.by_scheme.get("kind", ()) for label in (concept.label, *concept.alt)]
    head = _head(document)
    found = [(head.find(label), -len(label), kind) for label, kind in kinds if label in head]
    if found:
        return min(found)[2]
    text = "".join(p.text for p in _paragraphs(document))
    counted = Counter({kind: sum(text.count(label) for label, k in kinds if k == kind) for _, kind in kinds})
    if counted and counted.most_common(1)[0][1]:
        return counted.most_common(1)[0][0]
    return next((kind for label, kind in kinds if label in document.name), "其他")

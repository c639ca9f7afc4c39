"""Whether a figure stands where a question confines itself: a form, a table by words of its title, a kind of document, its text."""

from __future__ import annotations

import re

from qa.model import Fact

#: a place in a document that is its running text, or its tables
_TEXT = re.compile("正文|文字|说明|^文|自评报告|^表")
#: what a table's name ends in, however it is called in full
_TABLE = re.compile("(?:决算|预算|明细|情况)*表$")


def stands_in(fact: Fact, place: str) -> bool:
    """Whether a fact stands where the question confines itself: a form number, or words of a table title or section."""
    if place.startswith("公开"):
        return fact.form_number == place or place in fact.title
    title = fact.title or fact.section
    if place in title:
        return True
    if "表" not in place or place in ("表", "表上"):
        return _in_part(fact, place)
    if place in ("决算表", "预算表"):
        return not fact.told and place in title
    if place.endswith("表") and not fact.told and len(core := _TABLE.sub("", place)) >= 3 and _in_order(core, title):
        return True  # 基本支出表: 一般公共预算基本支出决算明细表
    kinds = {"整体": ("整体",), "项目": ("项目", "专项"), "专项": ("专项",), "基础数据": ("基础数据",), "三公": ("三公", "“三公”")}
    wanted = next((words for word, words in kinds.items() if word in place), None)
    if wanted is not None and not fact.told:
        return any(w in title for w in wanted) and (("自评" in title) or "自评" not in place)
    return False


def _in_order(said: str, title: str) -> bool:
    """Whether a title has these words in their order: 基本支出经济分类 in 基本支出部门预算经济分类.

    >>> _in_order("基本支出经济分类", "一般公共预算基本支出部门预算经济分类预算表"), _in_order("经济分类支出", "支出经济分类")
    (True, False)
    """
    while said:
        length = next((n for n in range(len(said), 1, -1) if n != len(said) - 1 and said[:n] in title), 0)
        if not length:
            return False
        title, said = title.partition(said[:length])[2], said[length:]
    return True


def _in_part(fact: Fact, place: str) -> bool:
    """Whether a fact stands in a kind of document (预算公开, 自评报告), and in its text (正文) or in its tables (表里)."""
    kind = next((k for k in ("预算", "决算", "自评") if k in place), "")
    if kind == "自评" and not fact.evaluation:
        return False
    if kind in ("预算", "决算") and (not fact.doc_kind.endswith(kind) or fact.evaluation):
        return False
    return fact.told != place.startswith("表") if _TEXT.search(place) else True

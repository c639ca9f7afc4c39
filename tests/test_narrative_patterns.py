"""The patterns of the narrative are what their examples say, and passages are of the kind that their headings tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import knowledge
from kg.model import Address, KnowledgeError, Paragraph, Run
from kg.prose import narrative, roles, tokens


def _role_examples() -> list[tuple[str, str]]:
    return [(node, p["f:example"][0]) for node, p in knowledge.load().of_class("f:Role") if "f:example" in p and "f:kind" not in p]


@pytest.mark.parametrize(("node", "sentence"), _role_examples())
def test_examples_of_roles_are_read(node: str, sentence: str) -> None:
    """What exists is shown: each role reads its own example."""
    known = knowledge.load()
    found = []
    for token in tokens.tokens(sentence, tokens.reader(known)):
        match = roles.role(roles.load(known), sentence[: token.start], sentence[token.end - len(token.suffix) :], token.quantity)
        found.append(match.role.name if match else "")
    assert node in found


def test_a_pattern_that_is_none_stops(tmp_path: Path) -> None:
    (tmp_path / "roles.ttl").write_text(
        "@prefix f: <https://chazhang.example/ns#> . @prefix g: <https://chazhang.example/g/> .\n"
        '@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\ng:role-x a f:Role ; skos:prefLabel "x" ; f:pattern "(#" .',
        "utf-8",
    )
    with pytest.raises(KnowledgeError, match=r"g:role-x 的 f:pattern 不是正则表达式"):
        roles.load(knowledge.load(tmp_path))


@pytest.mark.parametrize(
    ("section", "words", "kind"),
    [
        (("第一部分", "一、部门职责"), "负责城市管理。", "职责"),
        (("第一部分", "二、机构设置及决算单位构成"), "内设科室1个。", "机构设置"),
        (("第四部分",), "一、财政拨款收入：指单位从同级财政部门取得的资金。", "名词解释"),
        (("三、资金使用及绩效情况", "（一）整体支出绩效情况"), "预算执行及时。", "绩效情况"),
        (("四、存在的问题及下一步改进措施",), "由于考虑不周。", "存在问题"),
        (("四、存在的问题及下一步改进措施",), "下一年度将进一步细化预算编制。", "改进措施"),
        (("第三部分", "二、收入决算情况说明"), "收入合计9万元。", "说明"),
        ((), "天气晴朗。", None),
    ],
)
def test_passage_kinds(section: tuple[str, ...], words: str, kind: str | None) -> None:
    paragraph = Paragraph(Address("x", line=1), words, (Run(0, 1, 0),), section=section)
    assert narrative.passage_kind(paragraph) == kind

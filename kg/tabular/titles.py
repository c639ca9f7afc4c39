"""The project that only the title of a table names: 2024年度某某项目绩效自评表, 项目支出绩效自评表（某某专项）."""

from __future__ import annotations

import re

from kg import terms

_KIND = r"(?:支出|资金|预算)*(?:绩效)?(?:自评价?|评价|目标)(?:完成情况|申报|自评|评价|情况)*表"
_BEFORE = re.compile(
    r"(?:[(（]?(?:19|20)\d\d年?度?[)）]?)?(?P<name>.{4,40}?)(?P<kind>项目|专项资金|专项经费|专项|经费)" + _KIND + r"(?:[(（].*[)）])?"
)
_BEHIND = re.compile(r".*(?:项目|专项)" + _KIND + r"[(（—-]+(?P<name>[^()（）]{4,40})[)）]?")
_ANNEX = re.compile(r"^附[件表]?\s*[\d一二三四五六七八九十]*(?:[-—.]\d+)*\s*[:：、.]?\s*")
#: Words that say of which kind a project is, or whose, and name none.
_ANY = re.compile(
    r"(?:部门|单位|本级|[省市区县镇乡]级|[省市区县]直|中央|地方|上级|财政|预算|决算|整体|项目|支出|资金|专项|重点|主要|民生|一般|其他|全部|所有|各|[一二三]级|个|年度|年|绩效|管理|评价|自评|目标|情况|转移支付"
    r"|一般公共预算|政府性基金|特定目标类|部分|样表|参考|模板|附件|填报|万元|元|第?[一二三四五六七八九十\d]+|[、（）()和与及\s])*"
)
#: What the name of a body ends in: the title says whose table it is.
_BODY = re.compile(
    r"(?:局|委|委员会|办|办公室|院|中心|所|站|处|厅|部|会|校|学|园|馆|镇|乡|街道|办事处|政府|公司|大队|支队|单位|[省市区县])(?:本级|机关)?$"
)


def project(title: str, unit: str) -> str:
    """The project in the title of a table of one project; '' where it names none.

    >>> project("附件2：2023年度古树名木保护项目绩效自评表", "某县林业局"), project("2023年度部门预算项目绩效自评表", "某县林业局")
    ('古树名木保护', '')
    """
    text = _ANNEX.sub("", terms.strip_numbering(re.sub(r"\s+", "", title))).replace(unit, "")
    behind, before = _BEHIND.fullmatch(text), _BEFORE.fullmatch(text)
    for match in (behind, before):
        name = re.sub(r"^(?:(?:19|20)\d\d年?度?|关于)", "", match["name"]) if match else ""
        if len(name) > 3 and not _ANY.fullmatch(name) and not _BODY.search(name):
            kind = match["kind"] if match is before and match else "项目"
            return name.removesuffix("项目") if kind == "项目" else f"{name}{kind}"
    return ""

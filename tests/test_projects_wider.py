"""Projects and sentences as publishers of other places print them, made up and read by hand: whose figure it is, of which fund and year."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg.build import read
from kg.model import Fact

#: name of the document: its text, with | between the cells
DOCUMENTS = {
    "accounts": """南谷县文化局2023年度部门决算
一、部门人员情况
截至2023年底，本部门人员编制34人，其中行政编制18人、事业编制16人；实有人员31人。
二、机关运行经费支出情况
2023年度，南谷县文化局及所属文化市场综合行政执法大队机关运行经费支出58.47万元，比2022年度减少4.83万元，下降7.63%。
三、绩效自评结果
2023年度部门整体支出自评得分93.6分。其中展览业务费自评得分89.5分。

2023年项目支出绩效自评表
项目名称|展览业务费||||||
预算执行情况（万元）||年初预算|全年预算数|全年执行数|执行率|分值|得分
总额||120.00|120.00|96.80|80.67%|10|8.07
一级指标|二级指标|三级指标|指标性质|指标值|度量单位|实际完成值|得分
产出指标|数量指标|拍摄宣传片|＝|2|部|2|81.43
合计|||||||89.50

2023年项目支出绩效自评表
项目名称|文物修缮工程||||||
总额||210.00|210.00|182.45|86.88%|10|8.69
一级指标|二级指标|三级指标|指标性质|指标值|度量单位|实际完成值|得分
产出指标|数量指标|修缮文物|＝|2|处|2|86.00
合计|||||||94.69

评价结论：本项目自评总得分94.69分，达到预期。
""",
    "budget": """东浦区图书馆2025年单位预算
一、收支预算总体情况
2025年收支总预算2040.00元，同比增加60.00元，增长3.03%。收入包括：一般公共预算拨款1800.00元、上年结转结余240.00元。支出包括：文化旅游体育与传媒支出1900.00元、住房保障支出140.00元。

二、其他重要事项
（一）机关运行经费。2025年图书馆本级的机关运行经费财政拨款预算146.80元，比2024年预算增加3.60元。
（二）国有资产占用情况。截至2024年12月31日，本单位资产总额5863.10元，其中固定资产原值4918.60元；共有车辆1辆。单价100万元以上的设备3台（套）。
（三）政府采购情况。2025年各单位政府采购预算总额168.00元。

三、单位项目绩效目标公开表
单位：元
项目名称|预算金额|年度绩效目标|一级指标|二级指标|三级指标|指标值
图书购置|132.00|新增图书不少于4400册。|产出指标|数量指标|新增图书|≥4400册
|||产出指标|质量指标|图书验收合格率|100%
流动服务|28.00|流动服务不少于60次。|产出指标|数量指标|流动服务次数|≥60次
|||满意度指标|服务对象满意度指标|读者满意度|≥92%
""",
}


@cache
def facts(name: str, folder: Path) -> tuple[Fact, ...]:
    path = folder / f"{name}.txt"
    path.write_text(DOCUMENTS[name].replace("|", "\t"), "utf-8")
    return read(path).facts


# document, the figure as printed, its metric: what else the fact says
FIGURES: list[tuple[str, str, str, dict[str, object]]] = [
    ("accounts", "31人", "数量", {"item": "ind:实有人数"}),
    ("accounts", "58.47万元", "金额", {"item": "ind:机关运行经费", "phase": "决算"}),
    ("accounts", "93.6分", "得分", {"item": "ind:总分", "project": None}),
    ("accounts", "89.5分", "得分", {"item": "ind:总分", "project": "展览业务费"}),
    ("accounts", "94.69分", "得分", {"item": "ind:总分", "project": "文物修缮工程"}),
    ("accounts", "182.45", "金额", {"item": "ind:合计", "project": "文物修缮工程", "phase": "决算", "spend": "项目支出"}),
    ("accounts", "8.69", "得分", {"project": "文物修缮工程"}),
    ("accounts", "86.88%", "执行率", {"project": "文物修缮工程"}),
    ("budget", "1900.00元", "金额", {"item": "func:207", "fund": "全部", "flow": "支出"}),
    ("budget", "1800.00元", "金额", {"item": "ind:合计", "fund": "一般公共预算", "flow": "收入"}),
    ("budget", "146.80元", "金额", {"item": "ind:机关运行经费", "fund": "财政拨款"}),
    ("budget", "5863.10元", "金额", {"item": "item:资产总额", "flow": None, "phase": "其他", "year": 2024}),
    ("budget", "3台（套）", "数量", {"year": 2024}),
    ("budget", "168.00元", "金额", {"item": "ind:政府采购", "flow": "支出"}),
    ("budget", "132.00", "金额", {"item": "ind:合计", "project": "图书购置", "spend": "项目支出"}),
    ("budget", "≥4400册", "指标值", {"item": "item:新增图书", "project": "图书购置", "low": Decimal(4400)}),
    ("budget", "100%", "指标值", {"item": "item:图书验收合格率", "project": "图书购置"}),
    ("budget", "≥92%", "指标值", {"item": "item:读者满意度", "project": "流动服务", "low": Decimal(92)}),
]


@pytest.mark.parametrize(("name", "quote", "metric", "says"), FIGURES)
def test_figures(tmp_path_factory: pytest.TempPathFactory, name: str, quote: str, metric: str, says: dict[str, object]) -> None:
    found = [f for f in facts(name, tmp_path_factory.getbasetemp()) if f.quote == quote and f.metric == metric]
    assert [{key: getattr(f, key) for key in says} for f in found] == [says]


def test_a_film_is_no_vehicle(tmp_path: Path) -> None:
    found = {f.measure for f in facts("accounts", tmp_path) if f.item_label == "拍摄宣传片" and f.metric == "指标值"}
    assert found == {"部"}

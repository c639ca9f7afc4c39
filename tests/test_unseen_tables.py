"""Made-up tables as publishers elsewhere print them, read by hand: purchases by one word, money carried over, joined sources."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from kg.build import read

TEXT = """某省渔业厅2025年单位预算公开

表一 财政拨款收支总表
单位：万元
收入|收入|支出|支出
项目|预算数|项目|合计
一、本年收入|300.00|一、本年支出|340.50
一般公共预算资金|300.00|农林水支出|340.50
二、上年结转|40.50||
收入合计|340.50|支出合计|340.50

表二 单位收入总表
单位：万元
科目编码|科目名称|总计|一般公共预算拨款收入|事业收入及其他收入预算
|合计|900.00|340.50|559.50
213|农林水支出|900.00|340.50|559.50

表三 政府采购预算明细表
预算部门：某省渔业厅|单位：万元
采购类别|金额
合计|70.60
货物|20.10
服务|50.50
"""


def test_tables_of_unseen_publishers(tmp_path: Path) -> None:
    path = tmp_path / "某省渔业厅2025年单位预算公开.txt"
    path.write_text(TEXT.replace("|", "\t"), "utf-8")
    facts = read(path).facts
    told = {(f.row, f.column, f.value): (f.item, f.flow, f.fund) for f in facts}
    assert told[("收入合计", "收入/预算数", Decimal("340.50"))] == ("ind:总计", "收入", "财政拨款")
    assert told[("本年收入", "收入/预算数", Decimal("300.00"))] == ("ind:合计", "收入", "财政拨款")
    assert told[("合计", "事业收入及其他收入预算", Decimal("559.50"))] == ("ind:合计", "收入", "单位资金")
    assert told[("货物", "金额", Decimal("20.10"))] == ("ind:政府采购货物", "支出", "全部")
    assert told[("合计", "金额", Decimal("70.60"))] == ("ind:政府采购", "支出", "全部")

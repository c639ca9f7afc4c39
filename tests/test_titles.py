"""Projects that only the title of their table names; made-up documents, read by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build import read

DOCUMENT = """某县林业局2023年度部门决算公开

{title}
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|数量指标|挂牌保护古树|≥120株|118株|30|29.5
效益指标|生态效益指标|古树存活率|≥98%|99%|30|30
"""
TITLES = [
    ("2023年度古树名木保护项目绩效自评表", "古树名木保护"),
    ("附件2：2023年度项目支出绩效自评表（古树名木保护专项）", "古树名木保护专项"),
    ("古树名木保护专项资金绩效自评表", "古树名木保护专项资金"),
    ("2023年度县级部门预算项目支出绩效自评表", None),
    ("项目支出绩效自评表（2023年度）", None),
    ("某县林业局2023年度部门整体支出绩效自评表", None),
    ("县林业局项目绩效自评表", None),
]


@pytest.mark.parametrize(("title", "project"), TITLES)
def test_project_of_a_title(tmp_path: Path, title: str, project: str | None) -> None:
    path = tmp_path / "某县林业局2023年度部门决算公开.txt"
    path.write_text(DOCUMENT.format(title=title).replace("|", "\t"), "utf-8")
    found = {(f.item, f.metric, f.quote): f.project for f in read(path).facts if f.kind == "performance"}
    assert found[("item:挂牌保护古树", "指标值", "118株")] == project
    assert found[("item:古树存活率", "得分", "30")] == project
    assert set(found.values()) == {project}

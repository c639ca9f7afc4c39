"""Made sentences for every way of putting figures, each with its value and what it means; and the patterns that read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg import knowledge, terms
from kg.model import Fact, Identity, Unread
from kg.prose import narrative
from kg.readers import text


def tell(*lines: str, kind: str = "部门决算", year: int = 2023) -> tuple[list[Fact], list[Unread]]:
    """What is read from some lines of a made document of 某市某局."""
    document = text.read("某市某局.txt", "某市某局", "\n".join(lines).encode())
    known = knowledge.load()
    return narrative.read(document, Identity("某市某局", year, kind, "某市某局"), known, terms.Terms(known))


def brief(fact: Fact) -> tuple[str, str, str, str]:
    """Row, role, figure as signed number (or words) and phase."""
    figure = str(fact.value) if fact.value is not None else str(fact.text)
    return fact.row, fact.column, figure + fact.measure, fact.phase


SENTENCES = {
    "total and parts": (
        ["2023年度收入合计300万元，其中：财政拨款收入200万元，占66.67%；事业收入100万元，占33.33%。"],
        [
            ("收入合计", "收入决算", "300万元", "决算"),
            ("财政拨款收入", "收入决算", "200万元", "决算"),
            ("财政拨款收入", "占收入合计比例", "66.67%", "决算"),
            ("事业收入", "收入决算", "100万元", "决算"),
            ("事业收入", "占收入合计比例", "33.33%", "决算"),
        ],
    ),
    "a decrease is negative": (
        ["2023年度收、支总计300万元。与上年相比，减少20.5万元，下降6.4%，主要是因为项目减少。"],
        [
            ("收、支总计", "收支决算", "300万元", "决算"),
            ("收、支总计", "较上年增减额", "-20.5万元", "决算"),
            ("收、支总计", "较上年增减率", "-6.4%", "决算"),
        ],
    ),
    "subject on the line above": (
        ["1、教育支出（类）普通教育（款）小学教育（项）。", "年初预算为50万元，支出决算为48万元，完成年初预算的96%。"],
        [
            ("教育支出（类）/普通教育（款）/小学教育（项）", "年初预算", "50万元", "年初预算"),
            ("教育支出（类）/普通教育（款）/小学教育（项）", "支出决算", "48万元", "决算"),
            ("教育支出（类）/普通教育（款）/小学教育（项）", "完成年初预算比例", "96%", "决算"),
        ],
    ),
    "class in the heading": (
        ["（一）教育支出（类）", "1.普通教育（款）初中教育（项）30万元，与上年相比增加2万元，增长7.14%。"],
        [
            ("普通教育（款）/初中教育（项）", "支出决算", "30万元", "决算"),
            ("普通教育（款）/初中教育（项）", "较上年增减额", "2万元", "决算"),
            ("普通教育（款）/初中教育（项）", "较上年增减率", "7.14%", "决算"),
        ],
    ),
    "the amount that is compared with": (
        ["2023年“三公”经费决算数21万元，比2023年年初预算25万元减少4万元。"],
        [
            ("“三公”经费", "决算数", "21万元", "决算"),
            ("“三公”经费", "年初预算", "25万元", "年初预算"),
            ("“三公”经费", "较年初预算增减额", "-4万元", "决算"),
        ],
    ),
    "a rate of an amount": (
        ["“三公”经费财政拨款支出决算为12万元，完成预算15万元的80%；较上年度减少2万元。"],
        [
            ("“三公”经费财政拨款", "支出决算", "12万元", "决算"),
            ("“三公”经费财政拨款", "预算数", "15万元", "预算"),
            ("“三公”经费财政拨款", "完成预算比例", "80%", "决算"),
            ("“三公”经费财政拨款", "较上年增减额", "-2万元", "决算"),
        ],
    ),
    "nothing changed": (
        ["公务接待费支出决算为3万元，决算数等于预算数；与上年一致，无增减变动。"],
        [
            ("公务接待费", "支出决算", "3万元", "决算"),
            ("公务接待费", "较预算增减额", "持平", "决算"),
            ("公务接待费", "较上年增减额", "持平", "决算"),
        ],
    ),
    "the leftover of a template": (
        ["因公出国（境）费支出预算为0万元，与上年相比减少（增加）0万元，减少（增长）0%。"],
        [
            ("因公出国（境）费", "支出预算", "0万元", "预算"),
            ("因公出国（境）费", "较上年增减额", "0万元", "预算"),
            ("因公出国（境）费", "较上年增减率", "0%", "预算"),
        ],
    ),
    "less than": (
        ["机关运行经费支出70万元，小于上年预算数29.65万元。"],
        [
            ("机关运行经费支出", "支出决算", "70万元", "决算"),
            ("机关运行经费支出", "较上年预算增减额", "-29.65万元", "决算"),
        ],
    ),
    "counts of the same thing": (
        ["全年安排因公出国（境）团组2个，累计5人次；共接待来访团组3个、来宾40人次。"],
        [
            ("因公出国（境）团组", "数量", "2个", "其他"),
            ("因公出国（境）人次", "数量", "5人次", "其他"),
            ("接待来访团组", "数量", "3个", "其他"),
            ("来宾", "数量", "40人次", "其他"),
        ],
    ),
    "a threshold is no amount": (
        ["截至2023年12月31日，本部门共有车辆2辆，其中，机要通信用车1辆、其他用车1辆；单位价值100万元以上设备（不含车辆）3台（套）。"],
        [
            ("车辆", "数量", "2辆", "其他"),
            ("机要通信用车", "数量", "1辆", "其他"),
            ("其他用车", "数量", "1辆", "其他"),
            ("单位价值100万元以上设备（不含车辆）", "数量", "3台（套）", "其他"),
        ],
    ),
    "the noun behind the count": (
        ["对14家处置单位的案卷进行考评，开展专项检查等8次联合执法行动。"],
        [("处置单位", "数量", "14家", "其他"), ("联合执法行动", "数量", "8次", "其他")],
    ),
    "rates of what was counted": (
        ["（一）绩效目标完成情况", "全年受理市民投诉1200件，办结率达98.5%，满意率99%；12345热线转办300件，办结率100%。"],
        [
            ("市民投诉", "受理数量", "1200件", "完成"),
            ("市民投诉", "办结率", "98.5%", "完成"),
            ("市民投诉", "满意率", "99%", "完成"),
            ("12345热线转办", "数量", "300件", "完成"),
            ("12345热线转办", "办结率", "100%", "完成"),
        ],
    ),
    "projects by their heading": (
        ["（二）项目支出绩效情况", "（1）智慧停车系统建设项目", "项目支出14.5万元，主要用于系统建设；绩效自评得分98.5分。"],
        [
            ("智慧停车系统建设项目", "项目支出", "14.5万元", "决算"),
            ("智慧停车系统建设项目", "绩效自评得分", "98.5分", "完成"),
        ],
    ),
    "parts of a kind of spending": (
        ["项目支出50万元，其中：路灯改造经费30万元，占项目支出的60%。"],
        [
            ("项目支出", "支出决算", "50万元", "决算"),
            ("路灯改造经费", "支出决算", "30万元", "决算"),
            ("路灯改造经费", "占项目支出比例", "60%", "决算"),
        ],
    ),
    "amounts of a project one after the other": (
        ["2、年初预算项目“智慧停车专项”金额80万元，年中执行调增5万元，实际支出84万元，结余结转1万元。"],
        [
            ("智慧停车专项", "金额", "80万元", "年初预算"),
            ("智慧停车专项", "年中执行调增", "5万元", "其他"),
            ("智慧停车专项", "实际支出", "84万元", "决算"),
            ("智慧停车专项", "结余结转", "1万元", "决算"),
        ],
    ),
    "a name that ends like a change": (
        ["智慧停车专项经费情况说明", "2023年度项目总预算100.00万，其中支持外贸稳增长30.00万，合计100.00万。"],
        [
            ("智慧停车专项", "预算数", "100.00万元", "预算"),
            ("支持外贸稳增长", "支出预算", "30.00万元", "预算"),
            ("智慧停车专项", "合计", "100.00万元", "预算"),
        ],
    ),
    "what was said after the reason": (
        ["公务用车购置费0万元，与2022年预算持平，主要原因是无此项支出；公务用车运行费6万元，与2022年预算持平。"],
        [
            ("公务用车购置费", "支出决算", "0万元", "决算"),
            ("公务用车购置费", "较上年预算增减额", "持平", "决算"),
            ("公务用车运行费", "支出决算", "6万元", "决算"),
            ("公务用车运行费", "较上年预算增减额", "持平", "决算"),
        ],
    ),
    "a rise from and to": (
        ["机关运行经费支出由上年的20万元增加到25万元。"],
        [("机关运行经费支出", "上年", "20万元", "决算"), ("机关运行经费支出", "支出决算", "25万元", "决算")],
    ),
    "a grade": (
        ["部门评价得分96.5分，评价等级为优秀。"],
        [
            ("部门评价得分", "部门评价得分", "96.5分", "完成"),
            ("评价等级", "评价等级", "优秀", "完成"),
        ],
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str) -> None:
    lines, expected = SENTENCES[name]
    facts, unread = tell(*lines)
    assert [brief(f) for f in facts] == expected
    assert [u.text for u in unread if not u.harmless] == []


# line, item, flow, fund, spend, project, base
DIMENSIONS = [
    ("2023年度财政拨款基本支出20万元。", "ind:合计", "支出", "财政拨款", "基本支出", None, None),
    ("2023年度一般公共预算财政拨款支出20万元。", "ind:合计", "支出", "一般公共预算", "全部", None, None),
    ("其他资金收入预算8万元。", "ind:合计", "收入", "其他资金", "全部", None, None),
    ("本年度一般公共预算拨款安排的会议费支出3万元。", "ind:会议费", "支出", "一般公共预算", "全部", None, None),
    ("年末结转和结余9万元。", "ind:年末结转和结余", "结转结余", "全部", "全部", None, None),
    ("节能环保支出（211）环境保护管理事务（21101）行政运行（2110101）支出5万元。", "func:2110101", "支出", "全部", "全部", None, None),
    ("“一般公共服务支出-商贸事务-行政运行”科目9万元。", "func:2011301", "支出", "全部", "全部", None, None),
    ("卫生健康（类）支出7万元。", "func:210", "支出", "全部", "全部", None, None),
    ("数字档案馆建设项目支出6万元。", "ind:合计", "支出", "全部", "项目支出", "数字档案馆建设项目", None),
    ("劳务派遣巡查人员经费6万元。", "item:劳务派遣巡查人员经费", "支出", "全部", "全部", None, None),
    ("培训费比上年决算数增加2万元。", "ind:培训费", "支出", "全部", "全部", None, "上年决算"),
    ("人员经费占基本支出的80%。", "ind:合计", "支出", "全部", "人员经费", None, "基本支出"),
    ("编制人数20人。", "ind:编制人数", None, None, None, None, None),
]


@pytest.mark.parametrize("case", DIMENSIONS, ids=lambda case: case[0][:16])
def test_dimensions(case: tuple[str, ...]) -> None:
    (fact,), _ = tell(case[0])
    assert (fact.item, fact.flow, fact.fund, fact.spend, fact.project, fact.base) == case[1:]


BUDGET_LINES = [
    (
        ["1.教育支出（类）进修及培训（款）培训支出（项）2023年预算数为500万元，比2022年执行数减少20万元，下降3.85%。"],
        [("预算数", "500", "预算"), ("较上年预算执行数增减额", "-20", "预算"), ("较上年预算执行数增减率", "-3.85", "预算")],
    ),
    (
        ["2022年当年预算执行数为54.6万元，2023年预算安排53.8万元，比2022年预算执行数减少1.5%。"],
        [("预算执行数", "54.6", "决算"), ("预算数", "53.8", "预算"), ("较上年预算执行数增减率", "-1.5", "预算")],
    ),
    (
        ["2023年部门预算安排购置车辆3辆，其中：机要通信用车1辆、执法执勤用车2辆。"],
        [("数量", "3", "预算"), ("数量", "1", "预算"), ("数量", "2", "预算")],
    ),
    (["三、2023年主要工作任务", "全年计划召开全体会议1次，常委会议5次。"], [("召开数量", "1", "目标"), ("数量", "5", "目标")]),
    (
        ["（五）重点项目说明", "1.数字化改革专项。2023年安排5,000万元，其中：系统开发3,200万元。"],
        [("安排", "5000", "预算"), ("支出预算", "3200", "预算")],
    ),
]


@pytest.mark.parametrize(("lines", "expected"), BUDGET_LINES, ids=[lines[-1][:20] for lines, _ in BUDGET_LINES])
def test_budgets(lines: list[str], expected: list[tuple[str, str, str]]) -> None:
    facts, _ = tell(*lines, kind="部门预算")
    assert [(f.column, str(f.value), f.phase) for f in facts] == expected


@pytest.mark.parametrize(
    ("line", "years"),
    [
        ("2022年支出决算数为5万元，2023年支出决算数为6万元，比2022年增加1万元。", [2022, 2023, 2023]),
        ("截至2022年8月31日，本部门共有车辆3辆。", [2022]),
        ("根据2022年印发的办法，培训费支出5万元。", [2023]),
        ("政府性基金支出预算0万元，与2022年预算持平；国有资本经营预算支出0万元。", [2023, 2023, 2023]),
        ("上年支出决算数为4万元。", [2022]),
        ("单位于2015年1月1日起施行新办法，受理案件9件。", [2023]),
    ],
)
def test_years(line: str, years: list[int]) -> None:
    facts, _ = tell(line)
    assert [f.year for f in facts] == years


# text, value, text beyond the value, bounds, measure
NUMBERS = [
    ("受理案件22万余条。", "220000", "22万余", None, None, "条"),
    ("开展活动2100余次。", "2100", "2100余", None, None, "次"),
    ("办理提案约900件。", "900", "约900件", None, None, "件"),
    ("召开座谈会2-3次。", None, "2-3次", "2", "3", "次"),
    ("对出现3次以上的突出问题进行交办。", None, "3次以上", "3", None, "次"),
    ("群众满意度达96%以上。", None, "96%以上", "96", None, "%"),
    ("财政拨款收入1, 227. 6１万元。", "1227.61", None, None, None, "万元"),
    ("财政拨款收入1，227.61万元。", "1227.61", None, None, None, "万元"),
    ("机关运行经费支出减少5.5万元。", "-5.5", "减少5.5万元", None, None, "万元"),
    ("本年度机关运行经费为0。", "0", None, None, None, "万元"),
    ("采集量达40.39万件。", "403900", "40.39万", None, None, "件"),
]


@pytest.mark.parametrize("case", NUMBERS, ids=lambda case: case[0])
def test_numbers(case: tuple[str, ...]) -> None:
    (fact,), _ = tell(case[0])
    line, value, said, low, high, measure = case
    assert (fact.value, fact.text) == (value and Decimal(value), said)
    assert (fact.low, fact.high, fact.measure) == (low and Decimal(low), high and Decimal(high), measure)
    assert fact.address.start is not None
    assert line[fact.address.start : fact.address.end] == fact.quote


HARMLESS = {
    "日期": ["2022年1月4日正式提交。", "实施周期2025.1.1-2025.12.31", "3月份召开启动会。"],
    "文号": ["根据纪要（株数专纪〔2021〕1号）文件要求执行。", "沪商规（2024）2号印发。"],
    "热线号码": ["畅通12345市长热线。", "“12345”热线受理诉求。"],
    "评分标准": ["评价得分90分（含）—100分为优。", "自评满分100分。"],
    "编号": ["主要用于：（1）办公（2）差旅。", "见附件3。", "按照第12条办理。"],
    "年限": ["拨款支付进度需要2年或以上。", "庆祝成立70周年。"],
    "时限": ["实行7×24小时值守，15个工作日内办结。"],
    "文件名": ["印发《2021年运行维护方案》。"],
    "尾差说明": ["各项取数之间存在0.01的尾数差异。"],
    "代号": ["建设5G网络，推行“1+N”模式。"],
}


@pytest.mark.parametrize(("why", "line"), [(why, line) for why, lines in HARMLESS.items() for line in lines])
def test_numbers_that_are_no_figures(why: str, line: str) -> None:
    facts, unread = tell("正文。", line)
    assert facts == []
    assert {u.why for u in unread} == {why}
    assert all(u.harmless for u in unread)


def test_the_scale_of_grades_is_no_score() -> None:
    """总分设置为100分, …: the bounds of the grades are facts of a metric of their own; one threshold alone is none."""
    facts, unread = tell("正文。", "2.总分设置为100分,等级划分为:90分(含)—100分为优,80分(含)—90分为良,60分以下为差。")
    assert [(f.row, f.metric, f.value, f.low, f.high, f.strict, f.quote) for f in facts] == [
        ("总分", "分值", Decimal(100), None, None, False, "100分"),
        ("等级“优”", "等级界限", None, Decimal(90), Decimal(100), False, "90分(含)—100分"),
        ("等级“良”", "等级界限", None, Decimal(80), Decimal(90), False, "80分(含)—90分"),
        ("等级“差”", "等级界限", None, None, Decimal(60), True, "60分以下"),
    ]
    assert [f.item for f in facts] == ["ind:总分", "ind:等级优", "ind:等级良", "ind:等级差"]
    assert [u.text for u in unread] == ["2"]


def test_what_is_not_understood_is_told() -> None:
    """A figure with a measure nobody knows is reported, never guessed."""
    facts, unread = tell("浓度下降至32微克/立方米。")
    assert facts == []
    assert [(u.text, u.why, u.harmless) for u in unread] == [("32", "没有读懂", False)]


REASONS = [
    (
        "支出决算为9万元，完成年初预算的90%，决算数小于年初预算数的主要原因是：厉行节约，与上年相比减少1万元，减少的主要原因是人员减少。",
        [None, "厉行节约", "人员减少"],
    ),
    (
        "机关运行经费支出28万元，比年初预算数减少1万元，降低3.4%。主要原因是：厉行节约、减少支出。",
        [None, "厉行节约、减少支出", "厉行节约、减少支出"],
    ),
    ("年初预算为0万元，支出决算为5万元，决算数大于年初预算数的主要原因是年中追加。", [None, "年中追加"]),
    ("公务用车运行维护费2万元，主要是车辆维修和燃油支出。", [None]),
    ("公务用车购置费0万元，与2022年预算持平，主要原因是。", [None, None]),
]


@pytest.mark.parametrize(("line", "reasons"), REASONS, ids=[line[:20] for line, _ in REASONS])
def test_reasons(line: str, reasons: list[str | None]) -> None:
    facts, _ = tell(line)
    assert [f.reason for f in facts] == reasons


def test_a_reason_in_a_paragraph_of_its_own() -> None:
    facts, _ = tell("财政拨款收入20万元，比2022年预算减少5万元。", "财政拨款收入支出减少的主要原因是项目调整。")
    assert [f.reason for f in facts] == [None, "项目调整"]

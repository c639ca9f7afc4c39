#!/usr/bin/env python3
"""Disclosure documents of units that do not exist: as many as wanted, seeded, each with tables and sentences that agree with one another.

A document is a 部门决算 of one unit and year, in the text form in which such documents are published: duties and organisation, six tables,
an explanation of every figure with reasons, procurement and property, self-reviews of one to three projects, glossary. Names of places,
units and projects, the functional codes, indicators, amounts, wordings and the order of some parts vary.

synthetic.py FOLDER [--count 1000] [--seed 5]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

YEARS = (2022, 2023, 2024)
_FIRST, _SECOND = "安宁永和清平东西南北新龙临建兴福泰嘉瑞长", "川阳州江海山林城源昌丰河泉湖岭原溪口桥关"
_COUNTY = "云秀宝金玉石青白红明文武怀仁义德顺康乐景"
_DATA: dict[str, list[list[str]]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
#: what an office does: name, functional class, 款, its own 项, and words for its projects
_OFFICES: list[tuple[str, str, str, str, list[str]]] = [tuple(office) for office in _DATA["offices"]]  # type: ignore[misc]
_REASONS, _DUTIES, _STAFF, _OFFICE = _DATA["reasons"], _DATA["duties"], _DATA["staff"], _DATA["office"]
_WORKS = ("建设", "运行维护", "升级改造", "专项", "购买服务", "管理")
_THINGS = ("设备", "人员", "台账", "点位", "线路", "样本", "档案", "活动", "宣传册", "培训班", "巡查", "报告")
_DOES = ("新增", "维护", "检查", "完成", "更新", "购置", "开展", "印制")
_SHARES = ("合格率", "覆盖率", "及时率", "完好率", "达标率", "验收率", "办结率")
_ROOMS = ("办公室", "综合科", "业务科", "法规科", "规划财务科", "监督科", "人事科", "信息科")
_CODES = (
    ("2080505", "机关事业单位基本养老保险缴费支出"),
    ("2101101", "行政单位医疗"),
    ("2101103", "公务员医疗补助"),
    ("2210201", "住房公积金"),
)
_PLACES = {"2080505": ("社会保障和就业支出", "行政事业单位养老支出"), "2101101": ("卫生健康支出", "行政事业单位医疗"),
           "2101103": ("卫生健康支出", "行政事业单位医疗"), "2210201": ("住房保障支出", "住房改革支出")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its name, what it does, and its projects."""

    name: str
    office: tuple[str, str, str, str, list[str]]
    projects: tuple[str, ...]


def units(count: int, rng: random.Random) -> list[Unit]:
    """Units of different names."""
    found: dict[str, Unit] = {}
    while len(found) < count:
        city, county, office = rng.choice(_FIRST) + rng.choice(_SECOND), rng.choice(_COUNTY) + rng.choice(_SECOND), rng.choice(_OFFICES)
        name = f"{city}市{county}{rng.choice('区区县')}{office[0]}"
        projects = {
            f"{county}{rng.choice(office[4])}{rng.choice(_WORKS)}{rng.choice(('项目', '经费', '专项资金'))}"
            for _ in range(rng.randint(1, 3))
        }
        found.setdefault(name, Unit(name, office, tuple(sorted(projects))))
    return list(found.values())


def wan(number: int | Decimal) -> str:
    """An amount in 万元, of hundredths.

    >>> wan(12345), wan(0)
    ('123.45', '0.00')
    """
    return str((Decimal(number) / 100).quantize(Decimal("0.01")))


def percent(part: int, whole: int) -> str:
    """A share of two places.

    >>> percent(1, 3), percent(0, 0)
    ('33.33', '0.00')
    """
    return str((Decimal(100 * part) / whole).quantize(Decimal("0.01"))) if whole else "0.00"


class Paper:
    """The figures of one document, in hundredths of 万元."""

    def __init__(self, unit: Unit, year: int, rng: random.Random) -> None:
        self.unit, self.year, self.rng = unit, year, rng
        self.staff = {name: rng.randint(50, 9000) for _, name in _STAFF}
        self.staff["住房公积金"] = self.staff["基本工资"] // 5 + 10
        self.office = {name: rng.choice((0, rng.randint(5, 900))) for _, name in _OFFICE}
        self.projects = {name: rng.randint(200, 60000) for name in unit.projects}
        basic = sum(self.staff.values()) + sum(self.office.values())
        fixed = {code: rng.randint(20, 900) for code, _ in _CODES}
        own = unit.office[3].split()
        run = (unit.office[2].split()[0] + "01", "行政运行")
        self.rows = [(*run, basic - sum(fixed.values()), 0)]
        if own[0] != run[0]:
            self.rows.append((own[0], own[1], 0, sum(self.projects.values())))
        else:
            self.rows = [(*run, basic - sum(fixed.values()), sum(self.projects.values()))]
        self.rows += [(code, name, fixed[code], 0) for code, name in _CODES]
        self.basic, self.special = basic, sum(self.projects.values())
        self.total = self.basic + self.special

    def say(self, *ways: str) -> str:
        """One of several wordings."""
        return self.rng.choice(ways)

    def reason(self) -> str:
        """Why."""
        return self.rng.choice(_REASONS).format(self.rng.choice(self.unit.office[4]))

    def text(self) -> str:
        """The document."""
        parts = (self._front(), self._tables(), self._told(), self._reviews(), self._glossary())
        return "\n".join(line for part in parts for line in part) + "\n"

    def _front(self) -> Iterator[str]:
        unit, words = self.unit.name, self.unit.office[4]
        yield from (f"{self.year}年度", unit, "部门决算公开", "", "第一部分", "", f"{unit} 部门概况", "", "一、 部门职责", "")
        for n, duty in enumerate(self.rng.sample(_DUTIES, self.rng.randint(3, 6)), 1):
            yield from (f"（{'一二三四五六'[n - 1]}）{duty.format(self.rng.choice(words))}。", "")
        rooms = self.rng.sample(_ROOMS, self.rng.randint(2, 6))
        yield from ("二、 机构设置及决算单位构成", "")
        yield from (f"（一）内设机构设置。{unit}内设机构包括：内设科室 {len(rooms)} 个，分别是{'、'.join(rooms)}。", "")
        yield from (f"（二）决算单位构成。{unit} {self.year} 年部门决算汇总公开单位构成包括：{unit}本级。", "")

    def _table(self, number: int, title: str, rows: Sequence[Sequence[object]]) -> Iterator[str]:
        head = [f"公开 0{number} 表", f"部门：{self.unit.name}", "单位：万元"]
        if self.rng.random() < 0.5:
            head[0], head[1] = head[1], head[0]
        yield from (title, "", *head, "")
        yield from ("\t".join(map(str, row)) for row in rows)
        yield ""

    def _tables(self) -> Iterator[str]:
        total, whole = wan(self.total), self.unit.office[1].split()[1]
        classes = {whole: sum(basic + special for code, _, basic, special in self.rows if code not in _PLACES)}
        for code, _, basic, _ in self.rows:
            if code in _PLACES:
                classes[_PLACES[code][0]] = classes.get(_PLACES[code][0], 0) + basic
        yield from ("第二部分", "", "部门决算表", "")
        left = [
            "一、一般公共预算财政拨款收入",
            "二、政府性基金预算财政拨款收入",
            "三、国有资本经营预算财政拨款收入",
            "四、上级补助收入",
            "五、其他收入",
        ]
        rows: list[Sequence[object]] = [
            ("收入", "", "", "支出", "", ""),
            ("项 目", "行次", "决算数") * 2,
            ("栏 次", "", "1", "栏 次", "", "2"),
        ]
        for n, (name, (label, amount)) in enumerate(zip(left, [*classes.items(), ("", 0)][:5], strict=False)):
            amount_shown = wan(amount) if label else ""
            rows.append((name, n + 1, total if not n else "0.00", f"{'一二三四五'[n]}、{label}" if label else "", n + 9, amount_shown))
        rows += [
            ("本年收入合计", 6, total, "本年支出合计", 14, total),
            ("年初结转和结余", 7, "0.00", "年末结转和结余", 15, "0.00"),
            ("总计", 8, total, "总计", 16, total),
        ]
        yield from self._table(1, "收入支出决算总表", rows)
        lines = [(code, name, wan(b + s), wan(b + s), *["0.00"] * 5) for code, name, b, s in self.rows]
        head = [("项 目", "", "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"),
                ("功能分类科目编码", "科目名称", *[""] * 7), ("栏次", "", *range(1, 8))]  # fmt: skip
        yield from self._table(2, "收入决算表", [*head, ("合计", "", total, total, *["0.00"] * 5), *lines])
        head = [("项 目", "", "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"), ("功能分类科目编码", "科目名称", *[""] * 6), ("栏次", "", *range(1, 7))]  # fmt: skip
        lines = [(code, name, wan(b + s), wan(b), wan(s), "0.00", "0.00", "0.00") for code, name, b, s in self.rows]
        yield from self._table(
            3, "支出决算表", [*head, ("合计", "", total, wan(self.basic), wan(self.special), "0.00", "0.00", "0.00"), *lines]
        )
        head = [("项 目", "", "本年支出", "", ""), ("功能分类 科目编码", "科目名称", "小计", "基本支出", "项目支出"), ("栏次", "", 1, 2, 3)]
        yield from self._table(5, "一般公共预算财政拨款支出决算表", [*head, ("合计", "", total, wan(self.basic), wan(self.special)), *(line[:5] for line in lines)])  # fmt: skip
        yield from self._economic()
        yield from self._three()

    def _economic(self) -> Iterator[str]:
        staff = [("301", "工资福利支出", sum(self.staff.values())), *((c, n, self.staff[n]) for c, n in _STAFF)]
        office = [("302", "商品和服务支出", sum(self.office.values())), *((c, n, self.office[n]) for c, n in _OFFICE)]
        rows: list[Sequence[object]] = [("经济分类 科目编码", "科目名称", "决算数") * 2]
        for n in range(max(len(staff), len(office))):
            rows.append([cell for side in (staff, office) for cell in ((*side[n][:2], wan(side[n][2])) if n < len(side) else ("", "", ""))])
        rows.append(("人员经费合计", "", wan(staff[0][2]), "公用经费合计", "", wan(office[0][2])))
        yield from self._table(6, "一般公共预算财政拨款基本支出决算明细表", rows)

    def _three(self) -> Iterator[str]:
        guests, cars = self.office["公务接待费"], self.office["公务用车运行维护费"]
        plan = (guests + self.rng.randint(0, 90), cars + self.rng.randint(0, 90))
        self.plan = plan
        rows = [("预算数", *[""] * 5, "决算数", *[""] * 5), ("合计", "因公出国（境）费", "公务用车购置及运行维护费", "", "", "公务接待费") * 2,
                ("", "", "小计", "公务用车购置费", "公务用车运行维护费", "") * 2, tuple(range(1, 13)),
                (wan(sum(plan)), "0.00", wan(plan[1]), "0.00", wan(plan[1]), wan(plan[0]), wan(guests + cars), "0.00", wan(cars), "0.00", wan(cars), wan(guests))]  # fmt: skip
        yield from self._table(9, "财政拨款“三公”经费支出决算表", rows)

    def _told(self) -> Iterator[str]:
        year, total, rng = self.year, wan(self.total), self.rng
        last = max(1, self.total + rng.randint(-self.total // 5, self.total // 5))
        change, word = abs(self.total - last), "增加" if self.total >= last else "减少"
        yield from ("第三部分", "", f"{year}年度部门决算情况说明", "", "一、收入支出决算总体情况说明", "")
        compared = self.say("与上年相比", "较上年", "比上年")
        yield from (
            f"{year}年度收、支总计{total}万元。{compared}，{word}{wan(change)}万元，{word}{percent(change, last)}%，主要是因为{self.reason()}。",
            "",
        )
        yield from (
            "二、收入决算情况说明",
            "",
            f"{year}年度收入合计{total}万元，其中：财政拨款收入{total}万元，占100%；其他收入0万元，占0%。",
            "",
        )
        yield from ("三、支出决算情况说明", "")
        yield from (f"{year}年度支出合计{total}万元，其中：基本支出{wan(self.basic)}万元，占{percent(self.basic, self.total)}%；项目支出{wan(self.special)}万元，占{percent(self.special, self.total)}%。", "")  # fmt: skip
        yield from ("四、一般公共预算财政拨款支出决算情况说明", "")
        planned = [(code, name, b + s, max(1, b + s + rng.randint(-40, 40))) for code, name, b, s in self.rows]
        first = sum(p for *_, p in planned)
        yield from (
            f"{year}年度财政拨款支出年初预算数为{wan(first)}万元，支出决算数为{total}万元，完成年初预算的{percent(self.total, first)}%，其中：",
            "",
        )
        for n, (code, name, done, plan) in enumerate(planned, 1):
            klass, group = _PLACES.get(code, (self.unit.office[1].split()[1], self.unit.office[2].split()[1]))
            yield from (f"{n}、{klass}（类）{group}（款）{name}（项）。", "")
            why = "" if done == plan else f"，决算数{'大' if done > plan else '小'}于年初预算数的主要原因是：{self.reason()}"
            yield from (f"年初预算为{wan(plan)}万元，支出决算为{wan(done)}万元，完成年初预算的{percent(done, plan)}%{why}。", "")
        yield from self._told_parts()

    def _told_parts(self) -> Iterator[str]:
        rng, staff, office = self.rng, sum(self.staff.values()), sum(self.office.values())
        guests, cars = self.office["公务接待费"], self.office["公务用车运行维护费"]
        yield from ("五、一般公共预算财政拨款基本支出决算情况说明", "")
        yield from (f"{self.year}年度财政拨款基本支出{wan(self.basic)}万元，其中：人员经费{wan(staff)}万元，占基本支出的{percent(staff, self.basic)}%，主要包括基本工资、津贴补贴、奖金等；公用经费{wan(office)}万元，占基本支出的{percent(office, self.basic)}%，主要包括办公费、差旅费、工会经费等。", "")  # fmt: skip
        yield from ("六、财政拨款三公经费支出决算情况说明", "")
        yield from (f"“三公”经费财政拨款支出预算为{wan(sum(self.plan))}万元，支出决算为{wan(guests + cars)}万元，完成预算的{percent(guests + cars, sum(self.plan))}%，决算数小于预算数的主要原因是{self.reason()}。", "")  # fmt: skip
        visits = rng.randint(0, 30)
        yield from (f"公务接待费支出决算为{wan(guests)}万元，全年共接待来访团组{visits}个、来宾{visits * rng.randint(3, 9)}人次。", "")
        yield from ("七、关于机关运行经费支出说明", "")
        yield from (f"本部门{self.year}年度机关运行经费支出{wan(office)}万元，比上年决算数{self.say('减少', '增加')}{wan(rng.randint(1, 900))}万元。主要原因是：{self.reason()}。", "")  # fmt: skip
        goods, works, services = (rng.randint(0, 9000) for _ in range(3))
        yield from ("八、关于政府采购支出说明", "")
        yield from (f"本部门{self.year}年度政府采购支出总额{wan(goods + works + services)}万元，其中：政府采购货物支出{wan(goods)}万元、政府采购工程支出{wan(works)}万元、政府采购服务支出{wan(services)}万元。", "")  # fmt: skip
        yield from ("九、关于国有资产占用情况说明", "")
        main, special = rng.randint(0, 2), rng.randint(0, 6)
        yield from (f"截至{self.year}年12月31日，本部门共有车辆{main + special}辆，其中，主要负责人用车{main}辆、执法执勤用车{special}辆；单位价值100万元以上设备（不含车辆）{rng.randint(0, 3)}台（套）。", "")  # fmt: skip
        yield from ("十、存在的问题及改进措施", "")
        yield from (f"一是{rng.choice(self.unit.office[4])}预算编制不够精细，二是绩效目标量化程度不高。下一步将加强{rng.choice(self.unit.office[4])}项目前期论证，按月通报执行进度。", "")  # fmt: skip

    def _reviews(self) -> Iterator[str]:
        for name, amount in self.projects.items():
            plan = amount + self.rng.randint(0, 300)
            rate = percent(amount, plan)
            yield from ("附件3", "", f"项目支出名称\t{name}", f"主管部门\t{self.unit.name}\t\t\t\t实施单位\t{self.unit.name}")
            yield from ("项目资金 (万元)\t资金来源\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分",)
            yield from (
                f"\t其中:当年财政拨款\t{wan(plan)}\t{wan(plan)}\t{wan(amount)}",
                f"\t年度资金总额\t{wan(plan)}\t{wan(plan)}\t{wan(amount)}\t10\t{rate}%\t9.90",
            )
            yield "绩效指标\t一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施"
            subject = self.rng.choice(self.unit.office[4])
            for n, second in enumerate(("数量指标", "数量指标", "质量指标", "时效指标", "满意度指标", "经济成本指标")):
                goal = self.rng.randint(2, 900)
                share = self.rng.randint(85, 100)
                label, target, done = {
                    "数量指标": (f"{self.rng.choice(_DOES)}{subject}{self.rng.choice(_THINGS)}数", f"≥{goal}个", f"{goal + self.rng.randint(0, 20)}个"),
                    "质量指标": (f"{subject}{self.rng.choice(_SHARES)}", f"≥{share}%", f"{min(100, share + 2)}%"),
                    "时效指标": (f"{subject}按时完成率", f"≥{share}%", f"{share}%"),
                    "满意度指标": (f"{self.rng.choice(('群众', '服务对象', '企业', '社区'))}对{subject}满意度", "≥90%", f"{self.rng.randint(90, 99)}%"),
                    "经济成本指标": ("项目成本控制数", f"≤{wan(plan)}万元", f"{wan(amount)}万元"),
                }[second]  # fmt: skip
                yield f"{'产出指标' if not n else ''}\t{second}\t{label}\t{target}\t{done}\t15\t15\t"
            yield from ("总分\t\t\t\t\t\t100\t99.90", "")

    def _glossary(self) -> Iterator[str]:
        yield from (
            "第四部分 名词解释",
            "",
            "1、机关运行经费：是指为保障行政单位运行用于购买货物和服务的各项资金，包括办公及印刷费、邮电费、差旅费、会议费等。",
            "",
        )
        yield from ("2、“三公”经费：是指用财政拨款安排的因公出国（境）费、公务用车购置及运行费和公务接待费。", "")
        subject = self.rng.choice(self.unit.office[4])
        yield from (f"3、{subject}支出：是指用于{subject}方面的专门支出，包括前期调查、委托服务和日常管理。", "")


def papers(count: int, seed: int = 5) -> Iterator[tuple[str, str, Unit]]:
    """File name and text of each document, and its unit; three years of a unit follow one another."""
    rng = random.Random(seed)
    for n, unit in enumerate(units(-(-count // len(YEARS)), rng)):
        for m, year in enumerate(YEARS):
            if n * len(YEARS) + m < count:
                yield f"{unit.name}-{year}年度部门决算.txt", Paper(unit, year, rng).text(), unit


def write(folder: Path, count: int, seed: int = 5) -> list[Unit]:
    """Write the documents into a folder; their units."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Unit] = {}
    for name, text, unit in papers(count, seed):
        (folder / name).write_text(text, "utf-8")
        found[unit.name] = unit
    return list(found.values())


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{len(write(arguments.folder, arguments.count, arguments.seed))} units, {arguments.count} documents")


if __name__ == "__main__":
    main()

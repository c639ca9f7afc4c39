"""The command line as people and scripts use it: real files, real output, exit codes, and one Chinese line for every mistake."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from made import one_line
from typer.main import get_command

from conftest import CORPUS, ROOT
from qa.answers.listing import KEYS
from qa.cli import app

UNIT = "株洲市天元区数据局"
DOCUMENT = f"{UNIT}-2024年度部门决算"
Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last answer of a test is nobody else's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))


# --- asking -------------------------------------------------------------------------------------


def test_a_question_needs_no_command(chazhang: Run) -> None:
    alone, asked = chazhang("天元区数据局2024年公务接待费"), chazhang("ask", "天元区数据局2024年公务接待费")
    assert (alone.exit_code, alone.stdout) == (0, asked.stdout)
    assert "0.21" in alone.stdout.splitlines()[0]


def test_options_of_ask_without_the_command(chazhang: Run) -> None:
    answer = json.loads(chazhang("--json", "天元区数据局2024年公务接待费").stdout)
    assert list(answer) == ["question", "status", "answer", "results", "passages", "warnings", "clarify", "sparql"]
    assert Decimal(answer["results"][0]["value"]) == Decimal("0.21")


def test_words_without_quotation_marks_are_one_question(chazhang: Run) -> None:
    assert (
        json.loads(chazhang("ask", "--json", "天元区数据局", "2024年", "公务接待费").stdout)["question"] == "天元区数据局 2024年 公务接待费"
    )


def test_nothing_found_leaves_with_1(chazhang: Run) -> None:
    result = chazhang("ask", "天元区财政局2024年公务接待费")
    assert (result.exit_code, "财政局" in result.stdout) == (1, True)


def test_batch_answers_in_order(chazhang: Run, tmp_path: Path) -> None:
    asked = ["天元区数据局2024年公务接待费", "天元区财政局2024年公务接待费", "数据局2024年支出总计"]
    (tmp_path / "问.txt").write_text("\n\n".join(asked) + "\n", "utf-8-sig")
    result = chazhang("ask", "--batch", str(tmp_path / "问.txt"))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["question"] for answer in answers] == asked
    assert [answer["status"] for answer in answers][:2] == ["answered", "no_data"]
    assert result.exit_code == 0


def test_batch_from_stdin_in_a_process_of_its_own(library: Path) -> None:
    """As scripts call it: `python -m qa.cli`, a pipe in, a pipe out, UTF-8 whatever the locale says."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "LC_ALL": "C", "CHAZHANG_LIBRARY": str(library)}
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", "ask", "--batch", "-"],
        input="天元区数据局2024年公务接待费\n".encode(),
        capture_output=True,
        env=environment,
    )
    assert json.loads(done.stdout.decode("utf-8"))["results"][0]["value"] == "0.21"
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_answer_needs_no_heavy_library(library: Path) -> None:
    """A cold question must be quick: what it loads is what it needs."""
    code = f"""import sys
sys.argv = ['chazhang', 'ask', '天元区数据局2024年公务接待费', '--library', {str(library)!r}]
from qa.cli import main
try:
    main()
except SystemExit as leaving:
    unwanted = ('torch', 'rdflib', 'pydantic', 'pdfplumber', 'kg.graph', 'kg.library.writer')
    print(leaving.code, [m for m in unwanted if m in sys.modules])
"""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment)
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr


# --- citations ----------------------------------------------------------------------------------


def test_show_marks_the_cell(chazhang: Run) -> None:
    result = chazhang("show", f"{DOCUMENT}-L137c5")
    lines = result.stdout.splitlines()
    assert lines[0] == f"{DOCUMENT}.txt · 第 137 行 · 支出决算表"
    assert next(line for line in lines if line.startswith("▸")).split(" │ ")[:2] == ["▸ 137", "2010302         "]
    assert "【948. 74】" in result.stdout
    assert f"{UNIT} 2024年 一般行政管理事务 决算 金额：948.74万元" in result.stdout


def test_show_marks_the_figure_in_its_sentence(chazhang: Run) -> None:
    facts = [json.loads(line) for line in chazhang("facts", "--document", DOCUMENT, "--format", "jsonl").stdout.splitlines()]
    told = next(fact for fact in facts if fact["line"] == 330 and fact["value"] == "948.74")
    result = chazhang("show", told["id"])
    assert "年初预算为990.97万元，支出决算为【948.74万元】，完成年初预算的95.74%" in result.stdout
    assert result.stdout.splitlines()[0] == f"{DOCUMENT}.txt · 第 330 行"


@pytest.mark.parametrize(("name", "words"), [
    (f"{DOCUMENT}-L137", "【一般行政管理事务】"), (f"{DOCUMENT}-t3", "对附属单位补助支出"), (f"at:{DOCUMENT}-t3c5", "【项目支出】"),
    (f"{DOCUMENT}-L330", "严格落实过“紧日子”要求"), (f"{DOCUMENT}.txt", "公开03表 支出决算表"), (f"doc:{DOCUMENT}", "公开03表 支出决算表"),
])  # fmt: skip
def test_show_rows_tables_columns_passages_documents(chazhang: Run, name: str, words: str) -> None:
    result = chazhang("show", name)
    assert (result.exit_code, words in result.stdout) == (0, True), result.stdout


def test_show_by_the_number_of_the_last_answer(chazhang: Run) -> None:
    first = json.loads(chazhang("ask", "--json", "天元区数据局2024年公务接待费").stdout)["results"][0]["citations"][0]
    assert chazhang("show", "1").stdout == chazhang("show", first["id"]).stdout
    assert chazhang("show", "[1]").stdout == chazhang("show", "1").stdout
    assert "没有 [999]" in one_line(chazhang("show", "999").stderr)


def test_show_without_a_last_answer_says_so(chazhang: Run) -> None:
    result = chazhang("show", "1")
    assert (result.exit_code, "没有记住上一次回答" in one_line(result.stderr)) == (1, True)


@pytest.mark.parametrize("name", [f"{DOCUMENT}-L99999", f"{DOCUMENT}-L137c99", "某局-2024-L3", "胡写"])
def test_show_of_nothing(chazhang: Run, name: str) -> None:
    result = chazhang("show", name)
    assert result.exit_code == 1
    assert name in one_line(result.stderr)


# --- facts, documents, terms, checks ------------------------------------------------------------


def test_a_figure_of_a_sentence_is_called_what_the_sentence_calls_it(chazhang: Run) -> None:
    """Line 300: 财政拨款收入1227.61万元，占100%；上级补助收入0万元: totals of a fund, which have no row that would name them."""
    lines = chazhang("facts", "--document", DOCUMENT, "--format", "jsonl").stdout.splitlines()
    named = {(fact["row"], fact["column"], fact["value"]) for line in lines if (fact := json.loads(line))["line"] == 300}
    assert ("财政拨款收入", "收入决算", "1227.61") in named
    assert ("上级补助收入", "收入决算", "0") in named


def test_facts_as_json_lines(chazhang: Run) -> None:
    result = chazhang("facts", "--unit", "数据局", "--year", "2024", "--indicator", "公务接待费", "--phase", "决算", "--format", "jsonl")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert {tuple(fact) for fact in found} == {KEYS}
    cell = next(fact for fact in found if fact["id"] == f"{DOCUMENT}-L286c12")
    assert cell == {
        "id": f"{DOCUMENT}-L286c12", "document": f"{DOCUMENT}.txt", "page": None, "line": 286, "line_end": 286,
        "section": cell["section"], "table": "公开09表 财政拨款“三公”经费支出决算表", "row": "公务接待费",
        "column": "决算数/公务接待费", "unit": UNIT,
        "year": 2024, "phase": "决算", "flow": "支出", "fund": "财政拨款", "spend": "全部", "project": None, "indicator": "公务接待费",
        "code": None, "metric": "金额", "value": "0.21", "text": None, "measure": "万元", "quote": "0.21",
    }  # fmt: skip
    assert {fact["value"] for fact in found if fact["metric"] == "金额"} == {"0.21"}


def test_a_value_is_as_disclosed(chazhang: Run) -> None:
    result = chazhang("facts", "--document", DOCUMENT, "--indicator", "2010302", "--format", "jsonl")
    cell = next(fact for fact in map(json.loads, result.stdout.splitlines()) if fact["id"] == f"{DOCUMENT}-L137c4")
    assert (cell["value"], cell["quote"], cell["code"]) == ("0.00", "0. 00", "2010302")


@pytest.mark.parametrize("name", ["公务接待费", "招待费", "公务 接待 费", "30217"])
def test_an_indicator_by_any_of_its_names(chazhang: Run, name: str) -> None:
    result = chazhang("facts", "--unit", UNIT, "--year", "2024", "--indicator", name, "--format", "csv")
    rows = [*csv.DictReader(io.StringIO(result.stdout))]
    assert "0.21" in {row["value"] for row in rows}
    assert tuple(rows[0]) == KEYS


def test_an_indicator_that_means_dimensions(chazhang: Run) -> None:
    """项目支出 is no item of its own: the total of a unit, of project spending."""
    result = chazhang("facts", "--unit", UNIT, "--year", "2024", "--indicator", "项目支出", "--phase", "决算", "--format", "jsonl")
    found = {fact["id"]: fact["value"] for fact in map(json.loads, result.stdout.splitlines())}
    assert found[f"{DOCUMENT}-L135c5"] == "978.74"


def test_several_years_and_no_filter_at_all(chazhang: Run) -> None:
    years = {
        json.loads(line)["year"] for line in chazhang("facts", "--year", "2022", "--year", "2023", "--format", "jsonl").stdout.splitlines()
    }
    assert years == {2022, 2023}
    everything = chazhang("facts", "--format", "jsonl").stdout.splitlines()
    assert len({json.loads(line)["id"] for line in everything}) == len(everything) > 1000


@pytest.mark.parametrize(("arguments", "words"), [
    (("--unit", "数剧局"), "相近：数据局"), (("--indicator", "鹦鹉饲养"), "没有指标“鹦鹉饲养”"),
    (("--document", "无此文件"), "没有文件“无此文件”"),
    (("--phase", "结算"), "可用："), (("--unit", UNIT, "--year", "1999"), "没有符合条件的数据"),
])  # fmt: skip
def test_no_facts(chazhang: Run, arguments: tuple[str, ...], words: str) -> None:
    result = chazhang("facts", *arguments)
    assert (result.exit_code, result.stdout.strip()) == (1, "")
    assert words in one_line(result.stderr)


def test_documents_and_their_coverage(chazhang: Run) -> None:
    found = [json.loads(line) for line in chazhang("documents", "--format", "jsonl").stdout.splitlines()]
    assert sorted(document["file"] for document in found) == sorted(path.name for path in CORPUS.glob("*.txt"))
    assert chazhang("documents", "数据局").stdout.count(UNIT) == 3
    tables = [json.loads(line) for line in chazhang("documents", DOCUMENT, "--coverage", "--format", "jsonl").stdout.splitlines()]
    third = next(table for table in tables if table["title"] == "支出决算表")
    assert (third["form"], third["facts"]) == ("K03", 54)


def test_terms(chazhang: Run) -> None:
    found = [json.loads(line) for line in chazhang("terms", "2010302", "--format", "jsonl").stdout.splitlines()]
    assert (found[0]["iri"], found[0]["means"], found[0]["kind"]) == ("func:2010302", "一般行政管理事务", "功能科目")
    assert "数据局" in chazhang("terms", "数剧局").stdout
    assert chazhang("terms", "鹦鹉").exit_code == 1


def test_checks_name_their_places(chazhang: Run) -> None:
    found = [json.loads(line) for line in chazhang("checks", "--document", DOCUMENT, "--format", "jsonl").stdout.splitlines()]
    assert {record["document"] for record in found} == {DOCUMENT}
    missing = next(record for record in found if "1227.61" in record["message"] and "1210.31" in record["message"])
    assert f"{DOCUMENT}-L135c3" in missing["facts"].split()
    assert {json.loads(line)["severity"] for line in chazhang("checks", "--severity", "尾差", "--format", "jsonl").stdout.splitlines()} == {
        "尾差"
    }


def test_checks_say_what_they_could_not_compare(chazhang: Run) -> None:
    """A document without tables: which rules had nothing to compare, and why; in a table grouped by reason."""
    name = "岳阳市智慧城管指挥中心-2024年度部门决算"
    told = chazhang("checks", name, "--severity", "未进行", "--format", "jsonl")
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert {row["severity"] for row in rows} == {"未进行"}
    assert {"check": "收支平衡", "message": "没有找到同一表里的收入总计和支出总计"}.items() <= next(
        row for row in rows if row["check"] == "收支平衡"
    ).items()
    shown = chazhang("checks", name).stdout
    assert f"未进行的检查  {name}：{len(rows)} 项" in shown
    assert "分值合计、得分合计、总分设置：没有找到有总分行的绩效自评表" in shown


def test_checks_know_their_severities(chazhang: Run) -> None:
    result = chazhang("checks", "--severity", "严重")
    assert result.exit_code == 2
    assert "错误、口径提示、尾差、未进行" in one_line(result.stderr)


# --- sparql -------------------------------------------------------------------------------------


def test_sparql_in_its_forms(chazhang: Run, tmp_path: Path) -> None:
    query = f"SELECT ?v {{ ?x f:unit unit:{UNIT} ; f:item ind:公务接待费 ; f:year 2024 ; f:phase ph:决算 ; f:metric me:金额 ; f:value ?v }}"
    (tmp_path / "问.rq").write_text(query, "utf-8")
    assert "0.21" in chazhang("sparql", query).stdout.split()
    assert chazhang("sparql", str(tmp_path / "问.rq"), "--format", "csv").stdout.split()[:2] == ["v", "0.21"]
    assert chazhang("sparql", "ASK { ?x a f:Fact }").stdout == "是\n"
    assert chazhang("sparql", "ASK { ?x a f:Nothing }").exit_code == 1


def test_sparql_says_when_it_cuts(chazhang: Run) -> None:
    result = chazhang("sparql", "SELECT ?x { ?x a f:Fact }", "--limit", "2", "--format", "csv")
    assert len(result.stdout.splitlines()) == 3
    assert "只输出了前 2 行" in one_line(result.stderr)


# --- usage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "words"), [
    (("buidl", "corpus"), "没有命令 buidl，是不是 build"), (("facts", "--yeer", "2024"), "没有选项 --yeer，是不是 --year"),
    (("facts", "--year", "去年"), "--year 的值不对：要写成整数"), (("facts", "--unit"), "--unit 后面要写值"),
    (("show",), "缺少参数 编号"), (("show", "a", "b"), "多出的参数：b"),
    (("documents", "--format", "xml"), "不认识的格式“xml”"), (("ask",), "没有写问题"),
    (("ask", "--batch", "没有.txt"), "找不到文件 没有.txt"),
    (("sparql", "没有.rq"), "找不到文件 没有.rq"), (("sparql", "SELECT"), "语法错误"),
    (("sparql", "ASK {}", "--seconds", "久"), "--seconds 的值不对：要写成数字"), (("build",), "缺少参数 路径"),
    (("build", "/没有/这里"), "找不到 /没有/这里"), (("--library", "/没有", "documents"), "请先运行 chazhang build"),
    (("documents", "--library=/没有"), "请先运行 chazhang build"), (("/没有",), "资料库"),
])  # fmt: skip
def test_a_mistake_is_one_chinese_line(arguments: tuple[str, ...], words: str, chazhang: Run) -> None:
    result = chazhang(*arguments)
    if arguments == ("/没有",):  # a question like any other
        assert result.exit_code == 1
        return
    assert result.exit_code == 2
    assert words in one_line(result.stderr)


COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_two_examples(name: str, chazhang: Run) -> None:
    result = chazhang(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.count(f"例：chazhang {name}") == 2
    assert re.findall(r"\b(?:Usage|Options|Arguments|Show this|required|default)\b", result.stdout) == []
    undescribed = [param.name for param in COMMANDS[name].params if not param.help]
    assert undescribed == []


def test_the_commands_are_those_of_the_design(chazhang: Run) -> None:
    assert [*COMMANDS] == ["build", "ask", "sparql", "show", "facts", "documents", "terms", "verify", "checks"]
    assert [name for name in COMMANDS if name not in chazhang("--help").stdout] == []


def test_version(chazhang: Run) -> None:
    result = chazhang("--version")
    assert (result.exit_code, "5 份文件" in result.stdout) == (0, True)
    nowhere = chazhang("--library", "/没有", "--version")
    assert (nowhere.exit_code, "份文件" in nowhere.stdout) == (0, False)


def test_commands_are_thin() -> None:
    """A command is its arguments and one call: fifteen lines at most behind its docstring's end."""
    import ast

    tree = ast.parse((ROOT / "src/qa/cli.py").read_text("utf-8"))
    commands = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    long = {node.name: node.end_lineno - node.body[0].lineno for node in commands if (node.end_lineno or 0) - node.body[0].lineno > 15}
    assert long == {}


# --- completion ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "offered"), [
    ("chazhang fa", {"facts"}), ("chazhang facts --unit 株洲市天元区数", {UNIT}), ("chazhang show 株洲市天元区数", {DOCUMENT}),
    ("chazhang facts --phase 年初", {"年初预算"}), ("chazhang checks --severity 错", {"错误"}),
    ("chazhang facts --library /nowhere --unit 株", set()),
])  # fmt: skip
def test_tab_completes(library: Path, typed: str, offered: set[str]) -> None:
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONUTF8": "1", "CHAZHANG_LIBRARY": str(library),
        "_CHAZHANG_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "qa.cli"], capture_output=True, encoding="utf-8", env=environment)
    assert (set(done.stdout.split()), done.stderr) == (offered, "")


def test_help_says_exit_codes_and_completion_in_chinese(chazhang: Run) -> None:
    told = chazhang("--help").stdout
    assert "退出码：0 有结果；1 没有结果" in told
    assert "补全" in told
    assert not re.search(r"completion for|Install|Show", told)


@pytest.mark.parametrize(("words", "near"), [
    (["buidl"], "build"), (["Ask"], "ask"), (["facts", "--unti", "x"], "--unit"), (["facts", "--unit", "数剧局"], "数据局"),
])  # fmt: skip
def test_what_is_mistyped_is_suggested(chazhang: Run, words: list[str], near: str) -> None:
    result = chazhang(*words)
    assert result.exit_code in (1, 2)
    assert near in one_line(result.stderr)

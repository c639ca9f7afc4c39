"""chazhang on the command line. A command is its arguments and one call; exit codes: 0 found, 1 nothing found, 2 bad input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kg import paths
from kg.limits import Limits
from qa.screen import complete
from qa.screen.door import FOUND, NOTHING, USAGE, Command, Door

app = typer.Typer(cls=Door, add_completion=True, pretty_exceptions_enable=False, no_args_is_help=True, rich_markup_mode="rich",
                  context_settings={"help_option_names": ["--help", "-h"]})  # fmt: skip

_Library = Annotated[
    Path | None, typer.Option("--library", metavar="文件夹", envvar="CHAZHANG_LIBRARY", help="资料库所在文件夹，不写则用个人数据目录")
]
_MOST = Limits()
_FORMATS = ("table", "csv", "tsv", "jsonl")
_Format = Annotated[
    str, typer.Option("--format", metavar="格式", help="table、csv、tsv 或 jsonl", autocompletion=complete.among(*_FORMATS))
]


def _many(name: str, metavar: str, help: str, offered: Any = None) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=help, autocompletion=offered)
    return option


def _limit(name: str, metavar: str, help: str, variable: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=help, envvar=variable, min=0)
    return option


@app.callback(invoke_without_command=True)
def _front(
    version: Annotated[bool, typer.Option("--version", help="显示版本和资料库的情况")] = False,
    library: _Library = None,
) -> None:
    """查账：向公开的部门预算、决算和绩效自评提问，每个数字带出处。

    例：chazhang build 决算文件夹
    例：chazhang 天元区数据局2024年三公经费
    例：chazhang show 1

    退出码：0 有结果；1 没有结果，或核对不符；2 用法不对、文件读不了或没有资料库。
    """
    if version:
        from qa.screen import commands

        sys.stdout.write(commands.version(paths.library(library)) + "\n")
        raise typer.Exit(FOUND)


@app.command(cls=Command)
def build(
    sources: Annotated[list[Path], typer.Argument(metavar="路径...", help="文件或文件夹")],
    jobs: Annotated[int, _limit("--jobs", "个", "同时用几个进程读，0 为有几核用几个", "CHAZHANG_JOBS")] = 0,
    max_mb: Annotated[float, _limit("--max-mb", "MB", "单个文件最大", "CHAZHANG_MAX_MB")] = _MOST.megabytes,
    max_unpacked: Annotated[float, _limit("--max-unpacked", "MB", "单个文件解压后最大", "CHAZHANG_MAX_UNPACKED")] = _MOST.unpacked,
    max_pages: Annotated[int, _limit("--max-pages", "页", "单个文件最多几页", "CHAZHANG_MAX_PAGES")] = _MOST.pages,
    max_seconds: Annotated[float, _limit("--max-seconds", "秒", "单个文件最多读多久", "CHAZHANG_MAX_SECONDS")] = _MOST.seconds,
    max_memory: Annotated[float, _limit("--max-memory", "MB", "读单个文件最多用多少内存", "CHAZHANG_MAX_MEMORY")] = _MOST.memory,
    prune: Annotated[bool, typer.Option("--prune", help="文件夹里已经没有的文件，从资料库移出")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="文件再多也逐份、逐表报告")] = False,
    validate: Annotated[bool, typer.Option("--validate", help="用 SHACL 检验这些文件的图，有一处不符即退出码 1（需要 pySHACL）")] = False,
    encoder: Annotated[
        str,
        typer.Option(
            "--encoder",
            metavar="编码器",
            envvar="CHAZHANG_ENCODER",
            help="段落向量用什么做：ngrams（自带）、sentence-transformers 模型的文件夹或名称；不写则沿用",
        ),
    ] = "",
    library: _Library = None,
) -> int:
    """把文件读进资料库：只读新的和改过的，最后报告读了什么、没读什么。

    例：chazhang build corpus
    例：chazhang build 某局2024决算.txt 某局2024预算.pdf --library 我的资料库
    """
    from qa.screen import building

    allowed = Limits(max_mb, max_unpacked, max_pages, max_seconds, max_memory)
    return building.build(
        sources, paths.library(library), allowed, jobs=jobs, prune=prune, verbose=verbose, validate=validate, encoder=encoder
    )


@app.command(cls=Command)
def ask(
    question: Annotated[list[str] | None, typer.Argument(metavar="问题", help="一句中文问题")] = None,
    json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="说明怎样理解问题、查了什么、舍弃了什么")] = False,
    batch: Annotated[
        str, typer.Option("--batch", metavar="文件", help="每行一个问题，可以是带 question 的 JSON（- 为标准输入），每行输出一个 JSON 对象")
    ] = "",
    library: _Library = None,
) -> int:
    """回答一个问题：先写数字和口径，再写出处。

    例：chazhang ask 天元区数据局2024年三公经费
    例：chazhang ask --json 岳阳智慧城管2024年人员经费
    """
    from qa.screen import commands

    if batch:
        return commands.ask_batch(batch, paths.library(library))
    return commands.ask(" ".join(question or ()), paths.library(library), as_json=json, explain=explain)


@app.command(cls=Command)
def sparql(
    query: Annotated[str, typer.Argument(metavar="查询", help="SPARQL 文本、.rq 文件，或 -（标准输入）")],
    format: Annotated[str, typer.Option("--format", metavar="格式", help="table、csv、tsv、json、xml 或 ttl")] = "table",
    seconds: Annotated[float, typer.Option("--seconds", metavar="秒", help="最多算多久")] = 30,
    limit: Annotated[int, typer.Option("--limit", metavar="行数", help="最多输出多少行")] = 10_000,
    library: _Library = None,
) -> int:
    """用 SPARQL 查询图谱，常用前缀已声明；只读，不访问网络。

    例：chazhang sparql 'SELECT ?v ?q { ?x f:item ind:公务接待费 ; f:year 2024 ; f:value ?v ; f:quote ?q }'
    例：chazhang sparql 查询.rq --format csv
    """
    from qa.screen import commands

    return commands.sparql(query, paths.library(library), format=format, seconds=seconds, limit=limit)


@app.command(cls=Command)
def show(
    name: Annotated[
        str, typer.Argument(metavar="编号", help="出处、行、表的编号，文件名，或上一次回答里 \\[n] 的 n", autocompletion=complete.documents)
    ],
    library: _Library = None,
) -> int:
    """打开出处：原表的上下几行或原段落，所指的格用【】标出。

    例：chazhang show 1
    例：chazhang show 株洲市天元区数据局-2024年度部门决算-L286c11
    """
    from qa.screen import commands

    return commands.show(name, paths.library(library))


@app.command(cls=Command)
def facts(
    unit: Annotated[str, _many("--unit", "单位", "全称、简称", complete.units)] = "",
    year: Annotated[list[int] | None, _many("--year", "年度", "可写多次")] = None,
    indicator: Annotated[str, _many("--indicator", "指标", "指标、科目的名称、别名或编码，或表里的行名")] = "",
    document: Annotated[str, _many("--document", "文件", "文件名或标题的一部分", complete.documents)] = "",
    project: Annotated[str, _many("--project", "项目", "项目名称的一部分")] = "",
    phase: Annotated[str, _many("--phase", "口径", "年初预算、全年预算、决算 等", complete.named("ph"))] = "",
    metric: Annotated[str, _many("--metric", "度量", "金额、完成率、占比 等", complete.named("me"))] = "",
    flow: Annotated[str, _many("--flow", "收支", "收入、支出 等", complete.named("fl"))] = "",
    fund: Annotated[str, _many("--fund", "资金", "全部、一般公共预算 等", complete.named("fund"))] = "",
    spend: Annotated[str, _many("--spend", "支出类型", "基本支出、项目支出 等", complete.named("sp"))] = "",
    format: _Format = "table",
    library: _Library = None,
) -> int:
    """列出数据，可按单位、年度、指标、文件等筛选；每条带出处编号。

    例：chazhang facts --unit 数据局 --year 2024 --indicator 公务接待费
    例：chazhang facts --document 数据局-2024 --format jsonl
    """
    from qa.screen import commands

    names = {"phase": phase, "metric": metric, "flow": flow, "fund": fund, "spend": spend}
    wanted = {"unit": unit, "years": tuple(year or ()), "indicator": indicator, "document": document, "project": project, "names": names}
    return commands.facts(paths.library(library), format, wanted)


@app.command(cls=Command)
def documents(
    name: Annotated[str, typer.Argument(metavar="名称", help="文件名、标题或单位的一部分", autocompletion=complete.documents)] = "",
    coverage: Annotated[bool, typer.Option("--coverage", help="逐表列出读了多少数字，哪些没读、为什么")] = False,
    format: _Format = "table",
    library: _Library = None,
) -> int:
    """列出资料库里的文件。

    例：chazhang documents
    例：chazhang documents 数据局 --coverage
    """
    from qa.screen import catalogue

    wanted = catalogue.coverage if coverage else catalogue.documents
    return wanted(name, format, paths.library(library))


@app.command(cls=Command)
def terms(
    word: Annotated[str, typer.Argument(metavar="词", help="指标、科目、单位、项目的名称或编码")],
    format: _Format = "table",
    library: _Library = None,
) -> int:
    """一个词在资料库里是什么意思，有哪些相近的词。

    例：chazhang terms 三公
    例：chazhang terms 2010302
    """
    from qa.screen import catalogue

    return catalogue.terms(word, format, paths.library(library))


@app.command(cls=Command)
def verify(
    name: Annotated[str, typer.Argument(metavar="名称", help="只查这份文件", autocompletion=complete.documents)] = "",
    library: _Library = None,
) -> int:
    """核对：重读原文件，比对校验和，逐条比对引文与原文；有一处不符即退出码 1。

    例：chazhang verify
    例：chazhang verify 数据局-2024
    """
    from qa.screen import commands

    return commands.verify(name, paths.library(library))


@app.command(cls=Command)
def checks(
    name: Annotated[
        str, typer.Argument(metavar="名称", help="只看这份文件的：文件名、标题或单位的一部分", autocompletion=complete.documents)
    ] = "",
    document: Annotated[str, _many("--document", "文件", "同上")] = "",
    severity: Annotated[
        str, _many("--severity", "级别", "错误、口径提示、尾差 或 未进行", complete.among("错误", "口径提示", "尾差", "未进行"))
    ] = "",
    format: _Format = "table",
    library: _Library = None,
) -> int:
    """列出勾稽关系查出的问题：文件里彼此对不上的数字；以及没能进行的检查和原因。

    例：chazhang checks
    例：chazhang checks 数据局-2024 --severity 错误
    """
    from qa.screen import catalogue

    return catalogue.checks(name or document, severity, format, paths.library(library))


def main() -> None:
    """The entry of the `chazhang` command."""
    app(prog_name="chazhang")


if __name__ == "__main__":
    main()

__all__ = ["FOUND", "NOTHING", "USAGE", "app", "main"]

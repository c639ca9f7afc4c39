"""The front door of the command line: a question needs no command, errors are one Chinese line, exit codes mean something."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from typer import BadParameter
from typer.core import TyperCommand, TyperGroup

from kg.model import ChazhangError, NotFoundError

FOUND, NOTHING, USAGE = 0, 1, 2

#: What a terminal would obey, and how much of a message is printed: what was typed may be anything, and is repeated in messages.
UNSAFE = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
_LONGEST = 400

#: What typer says in English, and how we say it.
_PHRASES = (
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"多出的参数：\1。含空格的内容请加引号"),
    (r"No such command '(.*?)'.*", r"没有命令 \1"),
    (r"Missing command\.?", "没有写命令或问题"),
    (r".*?'?([^' ]*)'? is not a valid (?:int|integer)(?: range)?\.?", r"“\1”不是整数"),
    (r".*?'?([^' ]*)'? is not a valid (?:float|number)\.?", r"“\1”不是数字"),
    (r"'?(.*?)'? is not one of (.*?)\.?", r"“\1”不可用，可选：\2"),
    (r"Input should be a valid integer.*", "要写成整数"),
    (r"Input should be a valid number.*", "要写成数字"),
    (r"Option '(.*?)' requires an argument\.?", r"选项 \1 后面要写值"),
    (r"Option '?(.*?)'? does not take a value\.?", r"选项 \1 后面不写值"),
)  # fmt: skip
_HELP = {
    "OPTIONS_PANEL_TITLE": "选项", "ARGUMENTS_PANEL_TITLE": "参数", "COMMANDS_PANEL_TITLE": "命令", "REQUIRED_LONG_STRING": "必填",
    "DEFAULT_STRING": "默认 {}", "ENVVAR_STRING": "环境变量 {}",
}  # fmt: skip
_USAGE = (("Usage:", "用法："), ("[OPTIONS]", "[选项]"), ("COMMAND [ARGS]...", "命令或问题 …"))


class _Typed:
    """Makes a parameter's text a str, Path, int or float, in place of typer's own way.

    typer (0.24 and later) loads pydantic for that, which takes as long as answering a question.
    """

    def __init__(self, kind: type, many: bool) -> None:
        self.kind, self.many = kind, many

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value of a parameter, or a list of values."""
        try:
            if self.many:
                return [self._one(one) for one in value or ()]
            return value if value is None else self._one(value)
        except ValueError as error:
            raise BadParameter("要写成整数" if self.kind is int else "要写成数字", ctx=ctx, param=param) from error

    def _one(self, value: Any) -> Any:
        """A single value; text with ? for the halves of characters that a shell hands over for bytes that are no UTF-8."""
        return value.encode("utf-8", "replace").decode("utf-8") if self.kind is str and isinstance(value, str) else self.kind(value)


_TYPES = {bool: (bool, False), str: (str, False), Path: (Path, False), int: (int, False), float: (float, False),
          list[str]: (str, True), list[Path]: (Path, True), list[int]: (int, True)}  # fmt: skip


_COMPLETION = {"install_completion": "给当前的命令行装上补全：按 Tab 补全命令、单位和文件名", "show_completion": "显示补全脚本，可自行安装"}


def _install(ctx: Any, param: Any, value: Any) -> Any:
    """Install completion for the shell that is running, and say so in Chinese."""
    if not value or ctx.resilient_parsing:
        return value
    from typer import completion

    try:
        shell, path = completion.install(shell=value if isinstance(value, str) else None)  # type: ignore[attr-defined]
    except Exception as error:
        raise BadParameter(f"认不出当前的命令行程序，装不上补全（{type(error).__name__}）") from error
    sys.stdout.write(f"已为 {shell} 装上补全（{path}）。重新打开终端后生效。\n")
    sys.exit(FOUND)


class _Chinese:
    """What commands and the group have in common: help in Chinese, and a light way to read parameters."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters."""
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            annotation = getattr(getattr(param, "type_descriptor", None), "annotation", None)
            if param.name in _COMPLETION:
                param.help, param.callback = _COMPLETION[param.name], param.callback if param.name == "show_completion" else _install
            if annotation in _TYPES and getattr(param, "_runtime_param", ...) is None:
                param._runtime_param = _Typed(*_TYPES[annotation])
        return params

    def get_usage(self, ctx: Any) -> str:
        """The usage line."""
        text = str(super().get_usage(ctx))  # type: ignore[misc]
        for english, chinese in _USAGE:
            text = text.replace(english, chinese)
        return text

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示这份说明"
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help page, with Chinese headings."""
        from typer import rich_utils

        for name, chinese in _HELP.items():
            setattr(rich_utils, name, chinese)
        for param in self.get_params(ctx):
            if getattr(param, "is_flag", False) or param.param_type_name == "argument":
                param.display_type_rich = lambda ctx: None  # <bool> and <list[str]> tell nobody anything
        super().format_help(ctx, formatter)  # type: ignore[misc]


class Command(_Chinese, TyperCommand):
    """A command."""


class Door(_Chinese, TyperGroup):
    """The group of all commands. What is no command is a question; --library may stand before or after."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `--library DIR` behind the command, and `ask` before what is no command."""
        moved: list[str] = []
        while args and args[0].split("=")[0] == "--library":
            size = 1 if "=" in args[0] else 2
            moved, args = [*moved, *args[:size]], args[size:]
        if not args or args[0].split("=")[0] in self._own(ctx):
            return super().parse_args(ctx, [*moved, *args] if args else [])
        if args[0] not in self.commands:
            if re.fullmatch(r"[a-zA-Z]+", args[0]) and not ctx.resilient_parsing:
                from difflib import get_close_matches

                near = get_close_matches(args[0].lower(), self.commands, 1)
                ctx.fail(f"没有命令 {args[0]}" + (f"，是不是 {near[0]}" if near else ""))
            args = ["ask", *args]
        return super().parse_args(ctx, [args[0], *moved, *args[1:]])

    def _own(self, ctx: Any) -> set[str]:
        """The options that stand before any command."""
        return {name for param in self.get_params(ctx) for name in param.opts if name != "--library"}

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command and leave with its exit code; whatever goes wrong is said in one line on stderr."""
        alone, options["standalone_mode"] = options.get("standalone_mode", True), False
        if not alone:
            return super().main(*args, **options)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        try:
            code = super().main(*args, **options)
        except ChazhangError as error:
            self._complain(str(error))
            code = NOTHING if isinstance(error, NotFoundError) else USAGE
        except Exception as error:
            said = spoken(error)
            if said is None:
                raise
            self._complain(said)
            code = USAGE
        sys.exit(code if isinstance(code, int) else FOUND)

    @staticmethod
    def _complain(message: str) -> None:
        sys.stderr.write(brief(message) + "\n")


def brief(message: str) -> str:
    """A message in one line that a terminal can print, whatever was repeated in it.

    >>> brief("没有单位“\\x1b[31m甲\\n乙”")
    '没有单位“[31m甲 乙”'
    """
    said, half = " ".join(message.split()).translate(UNSAFE), _LONGEST // 2
    return said if len(said) <= _LONGEST else f"{said[:half]}…{said[-half:]}"


def spoken(error: Exception) -> str | None:
    """What a usage error of typer says, in Chinese; None for any other error.

    typer's classes have moved between its versions, so they are told apart by name.
    """
    kind = type(error).__name__
    if kind == "Abort":
        return "已取消。"
    if not hasattr(error, "format_message"):
        return None
    if kind == "NoArgsIsHelpError":
        return "没有写命令或问题。可用 chazhang --help 查看用法。"
    message = str(getattr(error, "message", "") or error.format_message())
    for english, chinese in _PHRASES:
        message = re.sub(f"^{english}$", chinese, message, flags=re.DOTALL)
    hint = _name(error)
    if kind == "NoSuchOption":
        from difflib import get_close_matches

        near = get_close_matches(str(getattr(error, "option_name", "")), getattr(error, "possibilities", None) or (), 1)
        message = f"没有选项 {getattr(error, 'option_name', '')}" + (f"，是不是 {near[0]}" if near else "")
    elif kind == "MissingParameter":
        message = f"缺少参数 {hint}"
    elif hint:
        message = f"{hint} 的值不对：{message}"
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "chazhang")
    return f"{message.rstrip('。. ')}。可用 {command} --help 查看用法。"


def _name(error: Exception) -> str:
    """The name of the parameter that an error is about."""
    param = getattr(error, "param", None)
    if param is None:
        return str(getattr(error, "param_hint", "") or "")
    options = [name for name in getattr(param, "opts", []) if name.startswith("--")]
    return options[0] if options else str(getattr(param, "metavar", "") or getattr(param, "name", ""))

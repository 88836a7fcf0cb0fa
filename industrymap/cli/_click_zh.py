"""What click itself says, in Chinese: its headings, its defaults and its complaints about wrong usage.

click looks its sentences up through gettext, bound in each of its modules as ``_`` and ``ngettext``. A catalogue for gettext
would have to be compiled for every install and follows the machine's language, not ``--lang``; so both names are bound to the
dictionary below instead.
"""

from __future__ import annotations

import sys

import click

from industrymap.cli._talk import current

__all__ = ["speak_both_languages"]

# Every module of click that binds the two names for itself: patching one would leave the others
# English.
_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
_ZH = {
    "Usage:": "用法:",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "(dynamic)": "（随环境而定）",
    "Show this message and exit.": "显示本帮助。",
    "Show the version and exit.": "显示版本号。",
    "%(prog)s, version %(version)s": "%(prog)s，版本 %(version)s",
    "Aborted!": "已中断。",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "查看帮助：{command} {option}",
    "Invalid value: {message}": "取值有误：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的取值有误：{message}",
    "Missing command.": "缺少子命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such option: {name}": "没有选项 {name}",
    "No such command {name!r}.": "没有命令 {name}。",
    "Did you mean {possibility}?": "您是否要写 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（您是否要写其中之一：{possibilities}？）",
    "(Possible options: {possibilities})": "（相近的选项：{possibilities}）",
    "Option {name!r} does not take a value.": "选项 {name} 不带值。",
    "Option {name!r} requires an argument.": "选项 {name} 须带一个值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 须带 {nargs} 个值。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 须有 {nargs} 个值。",
    "Got unexpected extra argument ({args})": "多出的参数：{args}",
    "Got unexpected extra arguments ({args})": "多出的参数：{args}",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是有效的 {number_type}。",
    "{value} is not in the range {range}.": "{value} 不在 {range} 之内。",
    "{value!r} is not {choice}.": "{value!r} 应为 {choice}。",
    "{value!r} is not one of {choices}.": "{value!r} 不在可选值之列：{choices}。",
    "Choose from:\n\t{choices}": "可选值：\n\t{choices}",
    "Could not open file {filename!r}: {message}": "无法打开文件 {filename}：{message}",
    "{name} {filename!r} does not exist.": "没有这个文件或文件夹：{filename}。",
    "{name} {filename!r} is a file.": "{filename} 是文件，不是文件夹。",
    "{name} {filename!r} is a directory.": "{filename} 是文件夹，不是文件。",
    "{name} {filename!r} is not readable.": "{filename} 不可读。",
    "{name} {filename!r} is not writable.": "{filename} 不可写。",
}


def _text(sentence: str) -> str:
    # The language is asked for at each sentence, because `--lang` is parsed after this module is
    # set up.
    return _ZH.get(sentence, sentence) if current() == "zh" else sentence


def _counted(one: str, many: str, count: int) -> str:
    # Chinese has no plural: both forms lead to the same entry, English keeps its own two.
    return _text(one if count == 1 else many)


def speak_both_languages() -> None:
    """Make click's own sentences follow the language in use; what is not in the dictionary stays English."""
    for name in _MODULES:
        module = sys.modules.get(f"{click.__name__}.{name}")
        if module is not None:
            for word, says in (("_", _text), ("ngettext", _counted)):
                # Which module binds which name differs between versions of click.
                if hasattr(module, word):
                    setattr(module, word, says)

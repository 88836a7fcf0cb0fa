"""What people do to codes, names, industries and amounts."""

# ruff: noqa: ARG001 - every kind of dirt has one signature, whether it needs the firm and chance or not

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.sample import _codes
from industrymap.sample._random import pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from industrymap.sample.firms import Firm

__all__ = ["dirty_code", "dirty_industry", "dirty_money", "dirty_name"]

_DIVISION_NAMES = {
    "13": "农副食品加工业", "14": "食品制造业", "15": "酒、饮料和精制茶制造业", "17": "纺织业", "18": "纺织服装、服饰业",
    "19": "皮革、毛皮、羽毛及其制品和制鞋业", "21": "家具制造业", "22": "造纸和纸制品业", "23": "印刷和记录媒介复制业",
    "24": "文教、工美、体育和娱乐用品制造业", "26": "化学原料和化学制品制造业", "27": "医药制造业", "28": "化学纤维制造业",
    "29": "橡胶和塑料制品业", "30": "非金属矿物制品业", "32": "有色金属冶炼和压延加工业", "33": "金属制品业",
    "34": "通用设备制造业", "35": "专用设备制造业", "36": "汽车制造业", "37": "铁路、船舶、航空航天和其他运输设备制造业",
    "38": "电气机械和器材制造业", "39": "计算机、通信和其他电子设备制造业", "40": "仪器仪表制造业",
}  # fmt: skip


_LETTERS = {"51": "F", "52": "F", "59": "G", "65": "I", "75": "M", "81": "O"}
"""Division → section, for the few that make nothing."""


def dirty_code(firm: Firm, dirt: list[str], rng: np.random.Generator) -> tuple[str, str]:
    """Write a firm's code, sometimes badly; return the text and the status a checker should give it."""
    code = firm.uscc
    kind = _chosen(_CODES, rng)
    if kind is None:
        return code, "valid"
    written, status = _CODES[kind][0](code, firm, rng)
    if written == code:
        return code, "valid"
    dirt.append(kind)
    return written, status


def _blank(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return pick(rng, ("", "", "无", "-")), "missing"


def _bad_check(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    others = [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if c != code[-1]]
    return code[:-1] + pick(rng, others), "invalid"


def _legacy(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return _codes.registration_number(code[2:8], 10_000_000 + firm.number), "legacy15"


def _organisation(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return _codes.organisation_code(code), "org9"


def _hyphen(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    short = _codes.organisation_code(code)
    return f"{short[:8]}-{short[8]}", "org9"


def _fullwidth(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return _wide(code), "valid"


def _lowercase(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return code.lower(), "valid"


def _spaced(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return f" {code[:8]} {code[8:]}\u3000", "valid"


def _letter_for_digit(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return code.replace("0", "O", 1), "invalid"


def _scientific(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return (f"{float(code):.5E}", "invalid") if code.isdigit() else (code, "valid")


def _truncated(code: str, firm: Firm, rng: np.random.Generator) -> tuple[str, str]:
    return code[: int(rng.integers(10, 15))], "invalid"


_CODES: dict[str, tuple[Callable[[str, Firm, np.random.Generator], tuple[str, str]], float]] = {
    "code_blank": (_blank, 0.020),
    "code_bad_check": (_bad_check, 0.007),
    "code_legacy15": (_legacy, 0.006),
    "code_org9": (_organisation, 0.008),
    "code_hyphen": (_hyphen, 0.002),
    "code_fullwidth": (_fullwidth, 0.006),
    "code_lowercase": (_lowercase, 0.010),
    "code_spaces": (_spaced, 0.008),
    "code_letter_for_digit": (_letter_for_digit, 0.003),
    "code_scientific": (_scientific, 0.004),
    "code_truncated": (_truncated, 0.002),
}


def dirty_name(name: str, dirt: list[str], rng: np.random.Generator) -> str:
    """Write a firm's name, sometimes with other brackets, spaces or under its old name."""
    chance = rng.random()
    if chance < 0.015 and "（" in name:
        dirt.append("name_brackets")
        return name.replace("（", "(").replace("）", ")")
    if chance < 0.022:
        dirt.append("name_spaces")
        return f" {name[:4]} {name[4:]}\u3000"
    if chance < 0.028:
        dirt.append("name_note")
        return f"{name}（原{name[:4]}实业）"
    if chance < 0.032:
        dirt.append("old_name")
        return name.replace("有限公司", "实业厂").replace("有限责任公司", "实业厂")
    return name


def dirty_industry(code: str, dirt: list[str], rng: np.random.Generator) -> str:
    """Write an industry code in one of its forms; sometimes too short, or not at all."""
    letter = "C" if "13" <= code[:2] <= "43" else _LETTERS[code[:2]]
    division = _DIVISION_NAMES.get(code[:2], "")
    kind = _chosen(_INDUSTRY, rng) or "plain"
    if not division and kind in ("with_name", "industry_text"):
        kind = "lettered"
    if kind.startswith("industry_"):
        dirt.append(kind)
    forms = {
        "lettered": f"{letter}{code}",
        "with_name": f"{letter}{code} {division}",
        "hyphened": f"{letter}-{code}",
        "industry_fullwidth": _wide(f"{letter}{code}"),
        "industry_short": code[:2],
        "industry_text": f"制造业-{division}",
        "industry_blank": "",
    }
    return forms.get(kind, code)


_INDUSTRY: dict[str, tuple[None, float]] = {
    "lettered": (None, 0.30),
    "with_name": (None, 0.06),
    "hyphened": (None, 0.01),
    "industry_fullwidth": (None, 0.04),
    "industry_short": (None, 0.02),
    "industry_text": (None, 0.02),
    "industry_blank": (None, 0.025),
}


def dirty_money(
    yuan: float, unit: float, dirt: list[str], rng: np.random.Generator
) -> tuple[object, float | None]:
    """Write an amount under a header of ``unit`` yuan; return the cell and what a careful reader takes it for."""
    kind = _chosen(_MONEY, rng)
    if kind is not None:
        dirt.append(kind)
    lost = kind in ("money_text", "money_blank", "money_negative", "money_absurd")
    return _money_cell(kind, yuan, unit, rng), None if lost else yuan


def _money_cell(kind: str | None, yuan: float, unit: float, rng: np.random.Generator) -> object:
    """Write one amount: a number in a workbook (``unit`` above 1), a text in a text file."""
    amount = round(yuan / unit, 6)
    text = f"{amount:.6f}".rstrip("0").rstrip(".")
    whole, _, rest = text.partition(".")
    cells: dict[str | None, object] = {
        None: amount if unit > 1 else f"{yuan:.2f}",
        "money_thousands": f"{int(whole):,}" + (f".{rest}" if rest else ""),
        "money_fullwidth": _wide(text).replace(".", "．"),
        "money_currency": f"¥{text}",
        "money_blank": None,
        "money_negative": -amount if unit > 1 else f"-{yuan:.2f}",
        "money_absurd": amount * 1e9 if unit > 1 else f"{yuan * 1e9:.2f}",
    }
    if kind == "money_unit_in_cell":
        return _with_unit(yuan, rng)
    if kind == "money_text":
        return pick(rng, ("/", "—", "暂无", "保密", "未填报", "#REF!"))
    return cells[kind]


_MONEY: dict[str, tuple[None, float]] = {
    "money_thousands": (None, 0.020),
    "money_fullwidth": (None, 0.006),
    "money_unit_in_cell": (None, 0.010),
    "money_currency": (None, 0.003),
    "money_text": (None, 0.005),
    "money_blank": (None, 0.006),
    "money_negative": (None, 0.003),
    "money_absurd": (None, 0.002),
}


def _with_unit(yuan: float, rng: np.random.Generator) -> str:
    """Write an amount with its own unit, exactly."""
    unit, name = pick(rng, ((1e8, "亿元"), (1e4, "万元"), (1.0, "元")))
    return f"{yuan / unit:.10f}".rstrip("0").rstrip(".") + name


def _chosen(kinds: Mapping[str, tuple[object, float]], rng: np.random.Generator) -> str | None:
    """Choose one kind by its chance, mostly none."""
    point = rng.random()
    for kind, (_, chance) in kinds.items():
        point -= chance
        if point < 0:
            return kind
    return None


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)

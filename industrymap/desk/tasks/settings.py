"""Settings: what ``industrymap.toml`` says, as fields and as text, checked by the reader that builds use."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.desk.tasks import _config
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tomlkit import TOMLDocument

    from industrymap.citypack import CityPack

__all__ = ["check", "every", "save", "save_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """One setting: where it is in the file, how it is typed, and what the reader takes where it is missing."""

    section: str
    key: str
    kind: str
    zh: str
    en: str
    default: Any = ""


_SETTINGS = (
    _Setting(section="workspace", key="title", kind="text", zh="标题", en="Title"),
    _Setting(section="workspace", key="producer", kind="text", zh="制图单位", en="Producer"),
    _Setting(section="workspace", key="source", kind="text", zh="数据来源", en="Source of the data"),
    _Setting(section="workspace", key="data_date", kind="day", zh="数据截止日期", en="Date of the data"),
    _Setting(section="workspace", key="review_number", kind="text", zh="审图号", en="Map review number (审图号)"),
    _Setting(section="workspace", key="simulated", kind="flag", zh="模拟数据", en="Simulated data", default=False),
    _Setting(section="enterprises", key="year", kind="whole", zh="基准年（留空取最近一年）", en="Base year (blank: the latest)"),
    _Setting(section="enterprises", key="threshold_10k_cny", kind="number", zh="入库门槛：年营业收入（万元）", en="Threshold of the base: revenue a year (10k yuan)", default=1000),
    _Setting(section="enterprises", key="address", kind="address", zh="用于定位的地址", en="Address to place firms by", default="operating"),
    _Setting(section="geocoding", key="strict", kind="flag", zh="有歧义的地址不取任何一个", en="Of several equal places take none", default=True),
    _Setting(section="triage", key="routes", kind="routes", zh="整治路径标准", en="Standard for routes"),
    _Setting(section="triage", key="pilots", kind="pilots", zh="试点标准", en="Standard for pilots"),
    _Setting(section="triage", key="blocks", kind="blocks", zh="产业区块标准", en="Standard for blocks"),
)  # fmt: skip
_ADDRESSES = {"operating": ("经营地址", "operating address"), "registered": ("注册地址", "registered address")}  # fmt: skip


def every(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Return the settings with their values and choices, and the file as it is."""
    from industrymap import citypack, workspace

    space = workspace.load(folder)
    text = _text(folder)
    raw = _document(folder)
    pack = citypack.load(space.city)
    fields = []
    for setting in _SETTINGS:
        value = raw.get(setting.section, {}).get(setting.key, setting.default)
        fields.append(
            asdict(setting)
            | {
                "id": f"{setting.section}.{setting.key}",
                "value": value.isoformat() if isinstance(value, date) else value,
                "choices": _choices(setting.kind, pack),
            }
        )
    return {"fields": fields, "text": text, "seen": _mark(text)}


def check(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Say what is wrong with a text of the file, while it is typed; nothing is written."""
    from industrymap import workspace

    try:
        workspace.parse(_typed(said), folder=Path(folder).resolve())
    except ConfigError as error:
        return {"wrong": {"zh": error.zh, "en": error.en}}
    finally:
        # Reading the text has put its own schemas in force: those of the file are what builds use.
        workspace.load(folder)
    return {"wrong": None}


def save(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Write one setting, and leave everything else of the file as it is.

    Raises
    ------
    ConfigError
        There is no such setting, or its value would not be read.
    """
    setting = next((s for s in _SETTINGS if f"{s.section}.{s.key}" == said.get("id")), None)
    if setting is None:
        raise ConfigError("There is no such setting.", "没有这项设置。")
    value = _value(setting, said.get("value"))

    def edit(document: TOMLDocument) -> None:
        import tomlkit

        section = document.setdefault(setting.section, tomlkit.table())
        # Blank means that the reader's own default holds.
        if value is None:
            section.pop(setting.key, None)
        else:
            section[setting.key] = value

    _config.change(folder, edit)
    return every(_progress, folder=folder)


def save_text(
    _progress: Callable[..., None], *, folder: str, said: dict[str, Any]
) -> dict[str, Any]:
    """Write the whole file, unless it would not be read, or is not what it was when it was shown.

    Raises
    ------
    ConfigError
        One of the two.
    """
    from industrymap import files, workspace

    text = _typed(said)
    if said.get("seen") != _mark(_text(folder)):
        raise ConfigError(
            "industrymap.toml was changed elsewhere since it was shown: open the page again.",
            "industrymap.toml 显示之后被别处修改，请重新打开此页。",
        )
    workspace.parse(text, folder=Path(folder).resolve())
    files.write_text(Path(folder) / workspace.CONFIG, text)
    return every(_progress, folder=folder)


def _text(folder: str) -> str:
    from industrymap import files, workspace

    return files.read_text(files.check(Path(folder) / workspace.CONFIG, allow=("toml",)))


def _document(folder: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(_text(folder))


def _typed(said: dict[str, Any]) -> str:
    text = said.get("text")
    return text if isinstance(text, str) else ""


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _choices(kind: str, pack: CityPack) -> list[dict[str, str]]:
    """Return what a setting may be, where it is one of a few."""
    if kind == "address":
        return [{"value": v, "zh": zh, "en": en} for v, (zh, en) in _ADDRESSES.items()]
    if kind in {"routes", "pilots", "blocks"}:
        from industrymap import standards

        found = [{"value": "", "zh": "城市包的默认", "en": "the city pack's default"}]
        for one in standards.of_kind(pack, kind):
            mark_zh, mark_en = ("", "") if one.official else ("（建议，非官方）", " (proposal)")
            found.append({"value": one.id, "zh": one.zh + mark_zh, "en": one.en + mark_en})
        return found
    return []


def _value(setting: _Setting, value: object) -> str | bool | int | float | date | None:
    """Return a value as the file holds it; the reader judges it."""
    if setting.kind == "flag":
        return value is True
    text = value.strip()[:300] if isinstance(value, str) else ""
    if not text and setting.key == "title":
        raise ConfigError("Give it a title.", "请填写标题。")
    if not text:
        return None
    if setting.kind in {"whole", "number"}:
        try:
            number = float(text)
        except ValueError:
            raise ConfigError(f"{text!r} is no number.", f"“{text}”不是数字。") from None
        return int(number) if number.is_integer() else number
    if setting.kind == "day":
        from industrymap.periods import as_day

        return as_day(text)
    return text

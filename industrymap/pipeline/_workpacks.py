"""Work packs: what the service group of a district takes along, as one zip for each district."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import brief, export, files, schemas
from industrymap.brief import docx_bytes
from industrymap.pipeline._briefs import Briefing, BriefOptions, briefing
from industrymap.pipeline._grades import GradeOptions, grade_firms
from industrymap.pipeline._outputs import layer, layer_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap.brief import Area
    from industrymap.workspace import Workspace

__all__ = ["WorkPack", "WorkPackOptions", "work_packs"]

_MEASURES = ("revenue_10k_cny", "tax_10k_cny", "staff", "rd_10k_cny")
_ISSUES = "issues.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPackOptions:
    """What goes into a pack.

    Attributes
    ----------
    rule, year
        A grading rule and its year, whose letters stand beside the firms; empty and 0 for none.
    lang : str

    Examples
    --------
    >>> WorkPackOptions(rule="anhui", year=2024).lang
    'zh'
    """

    rule: str = ""
    year: int = 0
    lang: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPack:
    """A pack that was written.

    Attributes
    ----------
    path : Path
    district : str
    firms, matters : int
        Firms to visit, and open matters of their data.
    """

    path: Path
    district: str
    firms: int
    matters: int


def work_packs(
    folder: str | Path, period: str, out: str | Path, options: WorkPackOptions | None = None
) -> list[WorkPack]:
    """Write a zip for each district: firms to visit with their figures, changes and letters, open matters, and the district's brief.

    Parameters
    ----------
    folder : path
        A workspace that has been built.
    period : str
        Of the brief; firms' figures are yearly, up to it.
    out : path
        The folder to write into.
    options : WorkPackOptions, optional

    Raises
    ------
    ConfigError
        As for :func:`write_brief`.
    RuleError
        There is no such grading rule.

    Examples
    --------
    >>> import industrymap as im
    >>> len(im.work_packs(".", "2024Q4", "packs"))  # doctest: +SKIP
    11
    """
    options = options or WorkPackOptions()
    made = briefing(folder, period, BriefOptions(lang=options.lang))
    letters = _letters(folder, options)
    issues = _issues(made.space)
    base = _base(made.space)
    packs = []
    for code in made.districts:
        area = made.area(code)
        firms = _firms(made, area, base, letters)
        matters = _matters(firms, base, issues, options.lang)
        packs.append((area, firms, matters, _zip(made, area, firms, matters, options)))
    # All are made before the first is written: eleven packs of which seven are new would be worse than none.
    files.make_folder(Path(out))
    return [
        WorkPack(
            path=files.write_bytes(Path(out) / f"{area.code} {brief.plain(area.name).replace('/', ' ')}.zip", data),
            district=area.name, firms=len(firms), matters=len(matters),
        )
        for area, firms, matters, data in packs
    ]  # fmt: skip


def _letters(folder: str | Path, options: WorkPackOptions) -> Mapping[str, tuple[str, str]]:
    """Return firm → letter and reason."""
    if not options.rule:
        return {}
    table = grade_firms(folder, GradeOptions(rule=options.rule, year=options.year)).table
    reason = table["reason"] if options.lang == "zh" else table["reason_en"]
    return {
        str(id_): ("" if pd.isna(letter) else str(letter), "" if pd.isna(why) else str(why))
        for id_, letter, why in zip(table["enterprise_id"], table["letter"], reason, strict=True)
    }


def _issues(space: Workspace) -> pd.DataFrame:
    """Return the issues of the last build that need a look; none where nothing was built."""
    path = space.outputs / _ISSUES
    names = ["source", "row", "column", "value", "level", "zh", "en"]
    if not path.is_file():
        return pd.DataFrame(columns=names, dtype="string")
    table = pd.read_csv(
        io.StringIO(files.read_text(files.check(path, allow=("csv",)))), dtype="string"
    )
    return table.loc[table["level"].isin(["error", "warning"]), names]


def _base(space: Workspace) -> pd.DataFrame:
    columns = ["enterprise_id", "operating_address", "source", "source_row"]
    built = layer_names(space) if (space.state / "built").is_dir() else []
    if "enterprises" not in built:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame(layer(space, "enterprises")).reindex(columns=columns)


def _firms(
    made: Briefing, area: Area, base: pd.DataFrame, letters: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Return the monitored firms of a district with the figures of the last two years, the largest change first."""
    material = made.material(area)
    yearly = material.firm_figures
    mine = yearly[yearly["enterprise_id"].isin(material.firms["enterprise_id"])]
    last = made.period.year if made.period.last == 12 else made.period.year - 1
    years = [y for y in sorted(set(mine["year"])) if y <= last][-2:]
    out = material.firms.drop(columns="district_code").merge(base, on="enterprise_id", how="left")
    for measure in _MEASURES:
        for year in years:
            rows = mine[(mine["measure"] == measure) & (mine["year"] == year)]
            values = rows.set_index("enterprise_id")["value"]
            out[f"{measure}@{year}"] = out["enterprise_id"].map(values).astype("Float64")
    changed = [f"{_MEASURES[0]}@{y}" for y in years]
    if len(changed) == 2:
        out["change"] = out[changed[1]] - out[changed[0]]
    out["letter"] = [letters.get(str(i), ("", ""))[0] for i in out["enterprise_id"]]
    out["reason"] = [letters.get(str(i), ("", ""))[1] for i in out["enterprise_id"]]
    # Whoever lost or gained most is visited first; unknown changes come last, in the order of their codes.
    order = out["change"].abs() if "change" in out else pd.Series(0.0, index=out.index)
    out = out.assign(_order=order).sort_values(["_order", "enterprise_id"], ascending=[False, True], kind="stable")  # fmt: skip
    return out.drop(columns="_order").reset_index(drop=True)


def _matters(firms: pd.DataFrame, base: pd.DataFrame, issues: pd.DataFrame, lang: str) -> pd.DataFrame:  # fmt: skip
    """Return what is open of the firms' data: the row of a table that a firm came from, what is wrong with it."""
    rows = base[base["enterprise_id"].isin(firms["enterprise_id"])]
    rows = rows.assign(row=rows["source_row"].astype("string"))
    found = rows.merge(issues.astype("string"), on=["source", "row"], how="inner")
    found = found.merge(firms[["enterprise_id", "name"]], on="enterprise_id", how="left")
    return found[["name", "source", "row", "column", "value", lang]].rename(columns={lang: "what"})


def _zip(
    made: Briefing, area: Area, firms: pd.DataFrame, matters: pd.DataFrame, options: WorkPackOptions
) -> bytes:
    zh = options.lang == "zh"
    story = made.story(area)
    meta = made.space.about(title=story.title)
    names = {
        "enterprise_id": ("编号", "Id"), "name": ("企业", "Firm"), "operating_address": ("经营地址", "Address"), "change": ("营业收入变动（万元）", "Change of revenue (10k yuan)"),
        "letter": ("类别", "Letter"), "reason": ("评价理由", "Reason of the letter"), "source": ("来源表", "Table"), "row": ("行", "Row"), "column": ("列", "Column"),
        "value": ("原值", "Value"), "what": ("问题", "What is open"),
    }  # fmt: skip
    said = {k: v[0 if zh else 1] for k, v in names.items()} | {str(c): _heading(str(c), zh=zh) for c in firms if "@" in str(c)}  # fmt: skip
    visited = firms.drop(columns=["source", "source_row"])
    nothing = ("本区没有重点监测企业的数据。", "There is no monitored firm with figures in this district.")  # fmt: skip
    sheets = [
        _sheet(("走访企业", "Firms to visit"), visited.rename(columns=said), story.title, nothing, zh=zh),
        _sheet(("待核实事项", "Open matters"), matters.rename(columns=said), story.title, ("没有待核实的事项。", "Nothing is open."), zh=zh),
    ]  # fmt: skip
    book = export.workbook(sheets, lang=options.lang, meta=meta)
    return files.zipped(
        {
            "走访清单.xlsx" if zh else "visits.xlsx": book,
            "简报.docx" if zh else "brief.docx": docx_bytes(story),
        }
    )


def _sheet(
    name: tuple[str, str], frame: pd.DataFrame, title: str, nothing: tuple[str, str], *, zh: bool
) -> export.Sheet:
    number = 0 if zh else 1
    notes = () if len(frame) else (nothing[number],)
    return export.Sheet(name=name[number], frame=frame, heading=(title,), notes=notes)


def _heading(column: str, *, zh: bool) -> str:
    measure, _, year = column.partition("@")
    record = schemas.measure(measure)
    unit = schemas.unit_label(record.unit, "zh" if zh else "en")
    return f"{year}年{record.zh}（{unit}）" if zh else f"{record.en} {year} ({unit})"

"""The quarterly brief of a workspace: what is known of an area, told and written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from industrymap import (
    brief,
    citypack,
    export,
    figures,
    files,
    indicators,
    periods,
    schemas,
    tagging,
    workspace,
)
from industrymap.errors import ConfigError, did_you_mean, nearest
from industrymap.pipeline._indicators import code_of
from industrymap.pipeline._outputs import layer, layer_names
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    import datetime as dt

    from industrymap.brief import Area, Material, Story
    from industrymap.figures import Figures, Firms
    from industrymap.indicators import IndicatorSet
    from industrymap.periods import Period
    from industrymap.workspace import Workspace

__all__ = [
    "BRIEF_FORMATS",
    "BriefOptions",
    "Briefing",
    "WrittenBrief",
    "brief_template",
    "briefing",
    "write_brief",
    "write_briefs",
]

BRIEF_FORMATS = ("docx", "pptx")


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefOptions:
    """What a brief is made of.

    Attributes
    ----------
    set_id : str
        Indicators of the ratios; the workspace's own, or else the city's last one.
    as_of : date or int, optional
        As known at the end of a day, or after an addition of that number.
    lang : str
        Of the text, ``zh`` or ``en``.
    area : str
        Name or code of a district; empty for the city.
    template : path, optional
        A document of the office with fields, in place of the default one.
    evidence : path, optional
        An ``.xlsx`` to write every figure into: what it is, formula, inputs, coverage, vintage.

    Examples
    --------
    >>> BriefOptions(area="白云区").lang
    'zh'
    """

    set_id: str = ""
    as_of: dt.date | int | None = None
    lang: str = "zh"
    area: str = ""
    template: Path | None = None
    evidence: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBrief:
    """A brief that was written.

    Attributes
    ----------
    path : Path
    title : str
    figures : int
        How many figures it holds.
    vintage : int
        The last addition to the running database that was known.
    """

    path: Path
    title: str
    figures: int
    vintage: int


class Briefing:
    """All that is read once, for one brief or for one of each district."""

    def __init__(self, folder: str | Path, period: str, options: BriefOptions) -> None:
        self.space, self.options = workspace.load(folder), options
        self.period = _checked(periods.parse(period))
        self.pack = citypack.load(self.space.city)
        self.of = _set_of(self.space, self.pack, options.set_id)
        series = ParquetSeries(self.space.series)
        self.known = series.known(as_of=options.as_of)
        if self.known.empty:
            raise ConfigError(
                "The running database is empty: read tables with `industrymap series import` first.",
                "运行数据库是空的：请先用 industrymap series import 读入数据表。",
            )
        self.vintage = series.vintages()[int(self.known["vintage"].max()) - 1]
        self.outline = brief.known([*self.pack.folders, self.space.folder])
        current = self.pack.current("district")
        self.districts = dict(
            zip(current["code"].astype(str), current["name"].astype(str), strict=True)
        )
        self.firms = _firms(self.space)
        self._computed: dict[str, Figures] = {}
        self.codes = tuple(self.districts)
        self.with_sums = brief.summed(self.known, self.pack.division_code, self.codes, whole=False)
        before = set(_measures(self.known, "city"))
        self.sums = frozenset(set(_measures(self.with_sums, "city")) - before)

    def area(self, name: str = "") -> Area:
        """Return the city, or the district of that name or code."""
        if not name:
            return brief.Area(level="city", code=self.pack.division_code, name=self.pack.name)
        code = code_of(self.districts, name)
        if code is None:
            en, zh = did_you_mean(nearest(name, list(self.districts.values()), n=1))
            raise ConfigError(
                f"There is no district {name!r}; there are: {', '.join(self.districts.values())}.{en}",
                f"没有名为“{name}”的区；有：{'、'.join(self.districts.values())}。{zh}",
            )
        return brief.Area(level="district", code=code, name=self.districts[code])

    def story(self, area: Area) -> Story:
        """Tell the brief of an area."""
        return brief.tell(self.material(area), lang=self.options.lang)

    def material(self, area: Area) -> Material:
        """Gather what the brief of an area is told from."""
        city = area.level == "city"
        monitored, yearly = self._of_firms(area)
        return brief.Material(
            area=area,
            period=self.period,
            known=self.with_sums,
            sums=self.sums,
            districts=self.districts,
            parts=self.districts if city else self._towns(area.code),
            clusters=self._clusters() if city else {},
            of=self.of,
            ratios=self._ratios(area),
            firms=monitored,
            firm_figures=yearly,
            targets=self.outline.targets,
            shapes=self._shapes() if city else None,
            meta=self.space.about(title=self.space.title),
            vintage=self.vintage.number,
            as_known=self.vintage.when.date().isoformat(),
            outline=self.outline,
            notes=self._notes(),
        )

    def _notes(self) -> list[tuple[str, str]]:
        """Say which totals of the outline nobody reported for the period."""
        when = {str(self.period.cumulative)}
        here = self.with_sums[self.with_sums["period"].astype(str).isin(when)]
        held = set(here.loc[here["kind"].isin(["city", "district"]), "measure"].astype(str))
        lacking = [schemas.measure(m) for m in self.outline.amounts if m not in held]
        if not lacking:
            return []
        zh, en = "、".join(m.zh for m in lacking), ", ".join(m.en for m in lacking)
        return [(f"本期没有数据、未写入的总量指标：{zh}。", f"Totals without a figure for the period, left out: {en}.")]  # fmt: skip

    def _ratios(self, area: Area) -> Figures:
        known = self.with_sums
        if area.level == "city":
            # Numerator and denominator from one hand: reported city totals over sums of districts would be neither.
            known = brief.summed(self.known, area.code, self.codes, whole=True)
        total = self.period.cumulative
        if area.level not in self._computed:
            # All districts at once: eleven briefs need one computation.
            names = {area.code: area.name} if area.level == "city" else self.districts
            asked = figures.Asked(units=figures.Units(level=area.level, names=names), periods=(total.last_year, total))  # fmt: skip
            self._computed[area.level] = figures.compute(self.of, known, asked=asked, firms=self.firms)  # fmt: skip
        done = self._computed[area.level]
        return replace(done, table=done.table[done.table["unit"] == area.code])

    def _towns(self, district: str) -> dict[str, str]:
        table = self.pack.current("town")
        mine = table[table["parent_code"].astype(str) == district]
        return dict(zip(mine["code"].astype(str), mine["name"].astype(str), strict=True))

    def _clusters(self) -> dict[str, str]:
        kinds = self.known["kind"].astype(str)
        codes = sorted(set(self.known.loc[kinds == "cluster", "entity"].astype(str)))
        names = {
            label.label_id: label.zh if self.options.lang == "zh" else label.en
            for taxonomy in tagging.load_all(self.pack)
            for label in taxonomy.labels
        }
        return {code: names.get(code, code) for code in codes}

    def _of_firms(self, area: Area) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the firms with figures of an area and their yearly figures, by the ids of the build."""
        columns = ["enterprise_id", "name", "district_code"]
        rows = self.known[self.known["kind"].astype(str) == "firm"]
        if self.firms is None or rows.empty:
            return pd.DataFrame(columns=columns), pd.DataFrame(columns=["enterprise_id", "measure", "year", "value"])  # fmt: skip
        ids = rows["entity"].astype(str).map(self.firms.alias)
        period = rows["period"].astype(str)
        whole = period.str.fullmatch(r"\d{4}") & ids.notna()
        yearly = pd.DataFrame(
            {
                "enterprise_id": ids,
                "measure": rows["measure"].astype(str),
                "year": period,
                "value": rows["value"],
                "vintage": rows["vintage"],
            }
        )[whole]
        # Two names of one firm meet here: what came in later holds.
        yearly = yearly.sort_values("vintage", kind="stable").drop_duplicates(["enterprise_id", "measure", "year"], keep="last")  # fmt: skip
        frame = self.firms.frame.reindex(columns=columns)
        mine = frame[frame["enterprise_id"].astype(str).isin(set(yearly["enterprise_id"]))]
        if area.level == "district":
            mine = mine[mine["district_code"].astype("string") == area.code]
        yearly = yearly.assign(year=yearly["year"].astype(int)).drop(columns="vintage")
        return mine.reset_index(drop=True), yearly.reset_index(drop=True)

    def _shapes(self) -> gpd.GeoDataFrame | None:
        built = layer_names(self.space) if (self.space.state / "built").is_dir() else []
        return gpd.GeoDataFrame(layer(self.space, "districts")) if "districts" in built else None


def briefing(folder: str | Path, period: str, options: BriefOptions | None = None) -> Briefing:
    """Read what the briefs of a period need, once.

    Parameters
    ----------
    folder : path
        The workspace.
    period : str
        A quarter, a month, or months from January, in any written form.
    options : BriefOptions, optional

    Raises
    ------
    ConfigError
        The database is empty, or a ``brief.toml`` is wrong.
    IndicatorError, PeriodError
        There is no such set; the text names no period.

    Examples
    --------
    >>> import industrymap as im
    >>> made = im.briefing(".", "2024Q4")  # doctest: +SKIP
    >>> made.story(made.area()).title  # doctest: +SKIP
    '2024年四季度广州市制造业运行简报'
    """
    return Briefing(folder, period, options or BriefOptions())


def write_brief(
    folder: str | Path, period: str, out: str | Path, options: BriefOptions | None = None
) -> WrittenBrief:
    """Write the brief of the city or of one district.

    Parameters
    ----------
    folder : path
        The workspace.
    period : str
        A quarter, a month, or months from January, in any written form.
    out : path
        The file; its extension is one of :data:`BRIEF_FORMATS`.
    options : BriefOptions, optional

    Raises
    ------
    ConfigError
        Another extension, nothing known of the period, no such district, a template with a field that no brief has, or a package of the
        extra ``office`` is missing.
    FileMissingError, FileRefusedError
        The template.

    Examples
    --------
    >>> import industrymap as im
    >>> im.write_brief(".", "2024Q4", "简报.docx").figures  # doctest: +SKIP
    427
    """
    options = options or BriefOptions()
    extension = _extension(out)
    template = _template(options, extension)
    made = briefing(folder, period, options)
    story = made.story(made.area(options.area))
    # Both are made before either is written: a brief without its evidence would be half a result.
    data = _bytes(story, extension, template, options)
    evidence = None if options.evidence is None else _evidence(story, made, options)
    path = files.write_bytes(Path(out), data)
    if evidence is not None and options.evidence is not None:
        files.write_bytes(options.evidence, evidence)
    return _written(path, story)


def write_briefs(
    folder: str | Path,
    period: str,
    out: str | Path,
    options: BriefOptions | None = None,
    *,
    extension: str = "docx",
) -> list[WrittenBrief]:
    """Write a brief of each district into a folder; all are made before the first is written.

    Parameters
    ----------
    folder, period, options
        As for :func:`write_brief`.
    out : path
        The folder.
    extension : str
        One of :data:`BRIEF_FORMATS`.

    Raises
    ------
    ConfigError, FileMissingError, FileRefusedError
        As for :func:`write_brief`.

    Examples
    --------
    >>> import industrymap as im
    >>> len(im.write_briefs(".", "2024Q4", "briefs"))  # doctest: +SKIP
    11
    """
    options = options or BriefOptions()
    extension = _extension(f"a.{extension}")
    template = _template(options, extension)
    made = briefing(folder, period, options)
    stories = [made.story(made.area(code)) for code in made.districts]
    contents = [_bytes(story, extension, template, options) for story in stories]
    files.make_folder(Path(out))
    return [
        _written(files.write_bytes(Path(out) / f"{_file_name(story.title)}.{extension}", data), story)
        for story, data in zip(stories, contents, strict=True)
    ]  # fmt: skip


def brief_template(out: str | Path) -> Path:
    """Write the default template of a brief, to change and to give to :func:`write_brief`.

    Examples
    --------
    >>> import industrymap as im
    >>> im.brief_template("模板.docx")  # doctest: +SKIP
    PosixPath('模板.docx')
    """
    made = brief.default_docx if _extension(out) == "docx" else brief.default_pptx
    return files.write_bytes(Path(out), made())


def _extension(out: str | Path) -> str:
    extension = Path(out).suffix.lower().lstrip(".")
    if extension in BRIEF_FORMATS:
        return extension
    raise ConfigError(
        f"{Path(out).name}: a brief is written as {', '.join('.' + e for e in BRIEF_FORMATS)}.",
        f"{Path(out).name}：简报写为 {'、'.join('.' + e for e in BRIEF_FORMATS)}。",
    )


def _template(options: BriefOptions, extension: str) -> bytes | None:
    if options.template is None:
        return None
    return files.read_bytes(files.check(options.template, allow=(extension,)))


def _bytes(story: Story, extension: str, template: bytes | None, options: BriefOptions) -> bytes:
    name = options.template.name if options.template else "template"
    write = brief.docx_bytes if extension == "docx" else brief.pptx_bytes
    return write(story, template=template, name=name)


def _evidence(story: Story, made: Briefing, options: BriefOptions) -> bytes:
    """Return every figure of a brief as a workbook."""
    zh = options.lang == "zh"
    names = {
        "shown": ("写作", "As written"), "unit": ("单位", "Unit"), "zh": ("含义", "Meaning (Chinese)"), "en": ("英文含义", "Meaning"), "value": ("数值", "Value"),
        "formula": ("算法", "Formula"), "inputs": ("依据", "Made from"), "n": ("个数", "n"), "coverage": ("覆盖率", "Coverage"),
        "vintage": ("入库序号", "Addition"), "key": ("编号", "Key"),
    }  # fmt: skip
    frame = story.ledger.frame().rename(columns={k: v[0 if zh else 1] for k, v in names.items()})
    sheet = export.Sheet(name="依据" if zh else "Figures", frame=frame, heading=(story.title,))
    return export.workbook([sheet], lang=options.lang, meta=made.space.about(title=story.title))


def _written(path: Path, story: Story) -> WrittenBrief:
    return WrittenBrief(path=path, title=story.title, figures=len(story.ledger.facts), vintage=story.ledger.vintage)  # fmt: skip


def _file_name(title: str) -> str:
    """Return a title as a name that every system takes: a district's name comes from a file too."""
    return re.sub(r'[\\/:*?"<>|.\s]+', " ", title).strip()[:80] or "brief"


def _checked(period: Period) -> Period:
    """Refuse periods that no figure counted from January ends with."""
    if period.level in {"quarter", "month", "year"} or period.is_cumulative:
        return period
    raise ConfigError(
        f"{period} is no quarter, no month and does not count from January; write one such as 2024Q4 or 2024-01..11.",
        f"{period.text('zh')}既不是季度、月份，也不从一月起算；请写如 2024Q4、2024年1—11月。",
    )


def _set_of(space: Workspace, pack: citypack.CityPack, set_id: str) -> IndicatorSet:
    sets = indicators.known([*pack.folders, space.folder])
    return indicators.choose(sets, set_id) if set_id else sets[-1]


def _firms(space: Workspace) -> Firms | None:
    built = layer_names(space) if (space.state / "built").is_dir() else []
    if "enterprises" not in built:
        return None
    tags = pd.DataFrame(layer(space, "tags")) if "tags" in built else None
    return figures.firms_of(pd.DataFrame(layer(space, "enterprises")), tags)


def _measures(known: pd.DataFrame, kind: str) -> list[str]:
    return sorted(set(known.loc[known["kind"].astype(str) == kind, "measure"].astype(str)))

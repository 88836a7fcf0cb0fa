"""The quarterly release of a workspace: what goes into it, and what of it may be published."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import industrymap
from industrymap import citypack, export, files, indicators, packages, periods, publishing, releases
from industrymap import workspace as workspaces
from industrymap.errors import ConfigError, EvaluationError, IndicatorError
from industrymap.packages import Area, Column, Observations, Package, Table
from industrymap.pipeline._evaluations import chosen_method, evaluate, methods
from industrymap.pipeline._index import index_of
from industrymap.pipeline._indicators import IndicatorOptions, indicator_values
from industrymap.pipeline._outputs import layer, layer_names
from industrymap.pipeline._own import in_its_workspace
from industrymap.pipeline._public import (
    PRIVATE,
    search_public,
    whole_release,
    write_withheld,
)
from industrymap.pipeline._robustness import RobustnessOptions, robustness
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from industrymap.evaluation import Method
    from industrymap.indicators import IndicatorSet
    from industrymap.periods import Period
    from industrymap.pipeline._evaluations import Run
    from industrymap.pipeline._indicators import IndicatorValues
    from industrymap.publishing import Release
    from industrymap.workspace import Workspace

__all__ = ["PROFILES", "Packed", "ReleaseOptions", "release_package"]

PROFILES = ("internal", "public")
_LEVELS = {"internal": ("city", "district", "town", "cluster"), "public": ("city", "district")}
"""Towns and clusters can consist of one or two firms, and their reported totals would be those of the firms."""
_KINDS = {"internal": (*_LEVELS["internal"], "industry"), "public": _LEVELS["public"]}
"""Figures of single firms, parks and blocks stay in the running database also where a release is internal."""
_YEARS = 4
"""How many years are shown: the period itself and the same months of the years before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOptions:
    """What is released.

    Attributes
    ----------
    set_id, method_id : str
        Indicators and method of the scores; the workspace's own, or else the city's last one.
    profile : str
        One of :data:`PROFILES`.
    as_of : date or int, optional
        As known at the end of a day, or after an addition of that number.
    since : path, optional
        The release before: what was revised since is listed.
    draws : int
        For robustness.

    Examples
    --------
    >>> ReleaseOptions(profile="public").draws
    300
    """

    set_id: str = ""
    method_id: str = ""
    profile: str = "internal"
    as_of: dt.date | int | None = None
    since: Path | None = None
    draws: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A release that was written.

    Attributes
    ----------
    path : Path
    seal : str
        SHA-256 of its manifest.
    run : Run
        The evaluation whose scores it holds.
    tables : dict of str to int
        Table → rows.
    layers : tuple of str
    notes : tuple of (str, str)
        What it lacks and why, in Chinese and English.
    withheld : Release or None
        What of the layers was decided, where the profile is public.
    """

    path: Path
    seal: str
    run: Run
    tables: dict[str, int]
    layers: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    withheld: Release | None


def release_package(
    folder: str | Path, period: str, out: str | Path, options: ReleaseOptions | None = None
) -> Packed:
    """Pack indicators, index, scores, series and layers of a period into one file.

    Parameters
    ----------
    folder : path
        The workspace.
    period : str
        In any written form.
    out : path
        The ``.zip`` to write.
    options : ReleaseOptions, optional

    Raises
    ------
    ConfigError
        No such profile; nothing to score by; the public profile without an approval number, or a file that would hold a value of one
        firm.
    EvaluationError, IndicatorError, PeriodError
        As in :func:`evaluate`.
    PackageError
        ``since`` is no package.

    Examples
    --------
    >>> import industrymap as im
    >>> im.release_package(".", "2024Q4", "2024Q4.zip").seal  # doctest: +SKIP
    '5f0c…'
    """
    options = options or ReleaseOptions()
    space = workspaces.load(folder)
    if options.profile not in PROFILES:
        raise ConfigError(
            f"There is no profile {options.profile!r}; there are: {', '.join(PROFILES)}.",
            f"没有发布口径“{options.profile}”；可用：{'、'.join(PROFILES)}。",
        )
    if options.profile == "public":
        publishing.approve(space.review_number)
    work = _Work(space, periods.parse(period), options)
    return _written(work, Path(out))


class _Work:
    """Everything that goes into a release, computed once."""

    def __init__(self, space: Workspace, period: Period, options: ReleaseOptions) -> None:
        self.space, self.period, self.options = space, period, options
        self.notes: list[tuple[str, str]] = []
        of, method = _chosen(space, options)
        self.of, self.method = of, method
        # Public figures are the areas' own reported totals: what is added up from firms could be taken apart again.
        self.basis = "reported" if options.profile == "public" else ""
        self.computed = self._values()
        asked = self._asked("district", (period,))
        self.run = evaluate(space.folder, of.id, method.id, asked)
        self.index = self._index()
        self.robust = self._robust()
        self.series = ParquetSeries(space.series)
        known = self.series.known(as_of=options.as_of)
        self.vintage = int(known["vintage"].max())
        self.known = self._of_kinds(known)
        self.revisions = self._revisions()

    def _asked(self, level: str, when: tuple[Period, ...]) -> IndicatorOptions:
        return IndicatorOptions(
            level=level,
            periods=[str(p) for p in when],
            as_of=self.options.as_of,
            basis=self.basis,
        )

    def _values(self) -> dict[str, IndicatorValues]:
        """Return the indicators of every level that has areas, for the period and the years before."""
        years = tuple(self.period.shift(-n) for n in range(_YEARS - 1, -1, -1))
        out = {}
        for level in _LEVELS[self.options.profile]:
            try:
                out[level] = indicator_values(
                    self.space.folder, self.of.id, self._asked(level, years)
                )
            except IndicatorError as error:
                # Clusters are known from a build; a database alone has none.
                if level in {"city", "district"}:
                    raise
                self.notes.append(
                    (f"未含层级 {level}：{error.zh}", f"no level {level}: {error.en}")
                )
        return out

    def _index(self) -> pd.DataFrame | None:
        done = self.computed["district"]
        table = done.figures.table
        known = {str(p) for p in table.loc[table["value"].notna(), "period"]}
        # A year without any figure would leave every indicator out.
        done = replace(done, periods=tuple(sorted(p for p in done.periods if str(p) in known)))
        try:
            made = index_of(done, self.method, base=done.periods[0], formula="fixed")
        except EvaluationError as error:
            self.notes.append((f"未含指数：{error.zh}", f"no index: {error.en}"))
            return None
        return made.table.assign(base=made.base)

    def _robust(self) -> dict[str, pd.DataFrame]:
        try:
            found = robustness(
                self.space.folder, self.run.id, RobustnessOptions(draws=self.options.draws)
            )
        except EvaluationError as error:
            self.notes.append((f"未含稳健性：{error.zh}", f"no robustness: {error.en}"))
            return {}
        return {"ranks": found.ranks, "without": found.without, "factors": found.factors}

    def _of_kinds(self, table: pd.DataFrame) -> pd.DataFrame:
        kinds = _KINDS[self.options.profile]
        out = table[table["kind"].astype(str).isin(kinds)].reset_index(drop=True)
        return out.astype(dict.fromkeys(("kind", "entity", "measure", "period"), "str"))

    def _revisions(self) -> pd.DataFrame:
        columns = ["kind", "entity", "measure", "period", "before", "after", "change"]
        if self.options.since is None:
            self.notes.append(
                (
                    "未指定上次发布，未列修订",
                    "no earlier release was named: revisions are not listed",
                )
            )
            return pd.DataFrame(columns=columns)
        before = packages.open_package(self.options.since).about.get("vintage")
        if not isinstance(before, int):
            raise ConfigError(
                f"{self.options.since} does not say which figures it knew.",
                f"{self.options.since} 没有写明当时的入库序号。",
            )
        return self._of_kinds(self.series.diff(before, self.vintage))[columns]


def _chosen(space: Workspace, options: ReleaseOptions) -> tuple[IndicatorSet, Method]:
    """Return the set and the method: as asked for, else the last known, which is the workspace's own or the city's."""
    pack = citypack.load(space.city)
    sets = indicators.known([*pack.folders, space.folder])
    of = indicators.choose(sets, options.set_id) if options.set_id else sets[-1]
    known = methods(space.folder)
    if not options.method_id and not known:
        raise ConfigError(
            "There is no method to score by: put a TOML file into the folder methods/ of the workspace.",
            "没有评价方法：请在工作区的 methods/ 文件夹中放一个 TOML 文件。",
        )
    return of, chosen_method(space.folder, options.method_id or list(known)[-1])


@in_its_workspace
def _layers(
    space: Workspace, folder: Path, frames: Mapping[str, pd.DataFrame], note: str
) -> dict[str, bytes]:
    """Return every layer as GeoJSON."""
    about, out = space.about(note=note), {}
    for name, frame in frames.items():
        path = folder / f"{name}.geojson"
        export.write(frame, path, layer=space.schema_of(name), name=name, meta=about)
        out[name] = files.read_bytes(files.check(path, allow=("geojson",)))
    return out


def _written(work: _Work, out: Path) -> Packed:
    space = work.space
    public = work.options.profile == "public"
    built = layer_names(space) if (space.state / "built").is_dir() else []
    frames = {name: layer(space, name) for name in built if name not in PRIVATE}
    firms = layer(space, "enterprises") if "enterprises" in built else None
    release = whole_release(space, frames, firms) if public else None
    shown = frames if release is None else dict(release.layers)
    files.make_folder(out.parent)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=out.parent) as beside:
        note = publishing.note(space.review_number) if public else ""
        layers = _layers(space, Path(beside), shown, note)
        package = _package(work, layers)
        made = Path(beside) / "package.zip"
        files.write_bytes(made, packages.pack(package))
        opened = packages.open_package(made)
        if release is not None:
            # The workbook is an archive inside the archive: searched beside it, or nobody would look into it.
            book = Path(beside) / "tables.xlsx"
            files.write_bytes(book, opened.contents["tables.xlsx"])
            search_public([made, book], space, release, frames, firms)
            # The same order as for a map: searched, remembered, then put in place.
            releases.add(space, release)
            write_withheld(space, release)
        path = files.copy(made, out)
    return Packed(
        path=path,
        seal=opened.seal,
        run=work.run,
        tables={t.name: len(t.frame) for t in package.tables},
        layers=tuple(layers),
        notes=tuple(work.notes),
        withheld=release,
    )


def _package(work: _Work, layers: Mapping[str, bytes]) -> Package:
    space, options = work.space, work.options
    title = f"{space.title} {work.period.text('zh')}"
    about = {
        "format": "industrymap-release/1",
        "period": str(work.period),
        "profile": options.profile,
        "set": work.of.id,
        "method": work.method.id,
        "official": work.of.official and work.method.official,
        "run": work.run.id,
        "vintage": work.vintage,
        "version": industrymap.__version__,
        "review_number": space.review_number if options.profile == "public" else "",
        "notes": [en for _, en in work.notes],
    }
    values = _indicator_rows(work)
    # The last figure known is the date of the release: that of writing would make each one another.
    last = work.series.vintages()[work.vintage - 1].when
    return Package(
        about=about,
        meta=space.about(title=title),
        tables=_tables(work, values),
        layers=layers,
        texts={
            "methods/definitions.toml": work.of.text.encode(),
            "methods/method.toml": work.method.text.encode(),
            "methods/methods.md": _methods(work).encode(),
            "methods/run.json": (
                json.dumps(work.run.about, ensure_ascii=False, indent=2) + "\n"
            ).encode(),
        },
        observations=Observations(
            table=values,
            areas=[
                Area(level, code, name)
                for level, done in work.computed.items()
                for code, name in done.units.names.items()
            ],
            indicators={i.id: (i.zh, i.en) for i in work.of.indicators},
            prepared=last.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ),
    )


def _indicator_rows(work: _Work) -> pd.DataFrame:
    """Return the indicators of all levels as one table."""
    unit = {i.id: i.unit for i in work.of.indicators}
    rows = []
    for level, done in work.computed.items():
        table = done.figures.table[done.figures.table["value"].notna()]
        names = table["unit"].map(done.units.names)
        rows.append(
            table.assign(level=level, name=names, unit_measure=table["indicator"].map(unit))
        )
    table = pd.concat(rows, ignore_index=True)
    columns = [
        "level",
        "unit",
        "name",
        "indicator",
        "period",
        "value",
        "unit_measure",
        "basis",
        "n",
        "coverage",
    ]
    # To twelve digits: the last ones of a division differ between processors.
    table["value"] = table["value"].map(lambda v: float(f"{v:.12g}")).astype("Float64")
    # Levels without a firm have columns of nothing, whose type pandas would guess.
    table["coverage"] = table["coverage"].astype("Float64").round(6)
    table["n"] = table["n"].astype("Int64")
    return table[columns]


_UNIT = Column("编码", "Code of the area")
_NAME = Column("名称", "Name")
_PERIOD = Column("时期", "Period")
_INDICATOR = Column("指标", "Id of the indicator")
_VALUE = Column("数值", "Value", "number")
_LEVEL = Column("层级", "Level of the area")


def _tables(work: _Work, values: pd.DataFrame) -> list[Table]:
    """Return every table with the meaning of its columns."""
    out = [
        Table(
            name="indicators", zh="指标", en="Indicators", frame=values, key=("level", "unit", "indicator", "period"),
            columns={
                "level": _LEVEL, "unit": _UNIT, "name": _NAME, "indicator": _INDICATOR, "period": _PERIOD, "value": _VALUE,
                "unit_measure": Column("计量单位", "Unit of the value"),
                "basis": Column("口径", "Made of single firms (firms) or of the area's own totals (reported)"),
                "n": Column("企业数", "Firms it is made of", "count"),
                "coverage": Column("覆盖率", "Share of the period's firms that have everything the formula asks for", "number"),
            },
        ),
        _scores(work),
        Table(
            name="definitions", zh="指标定义", en="Definitions", frame=_definitions(work), key=("indicator",),
            columns={
                "indicator": _INDICATOR, "zh": Column("中文名称", "Chinese name"), "en": Column("英文名称", "English name"),
                "group": Column("分组", "Group"), "unit_measure": Column("计量单位", "Unit"),
                "direction": Column("方向", "more or less is better"), "formula": Column("公式", "Formula"),
                "source": Column("来源", "Document"), "official": Column("官方", "Whether a document gives it; else a proposal", "flag"),
                "lacks": Column("缺少", "What it lacks at district level; empty where it has a value"),
            },
        ),
        Table(
            name="series", zh="时间序列", en="Series", frame=_series(work), key=("kind", "entity", "measure", "period"),
            columns={
                "kind": Column("对象类型", "Kind of entity"), "entity": Column("对象", "Its code"), "measure": Column("数据指标", "Measure"),
                "period": _PERIOD, "value": _VALUE, "unit": Column("计量单位", "Unit"), "status": Column("状态", "Status"),
                "vintage": Column("入库", "Number of the addition that brought it", "count"),
            },
        ),
        Table(
            name="revisions", zh="修订", en="Revisions", frame=work.revisions, key=("kind", "entity", "measure", "period"),
            columns={
                "kind": Column("对象类型", "Kind of entity"), "entity": Column("对象", "Its code"), "measure": Column("数据指标", "Measure"),
                "period": _PERIOD, "before": Column("原值", "Value in the last release", "number"),
                "after": Column("现值", "Value now", "number"), "change": Column("变化", "new, revised or withdrawn"),
            },
        ),
    ]  # fmt: skip
    return out + _more(work)


def _scores(work: _Work) -> Table:
    names = work.run.about["names"]
    groups = names["groups"] if isinstance(names, dict) else {}
    columns = {
        "period": _PERIOD, "unit": _UNIT, "name": _NAME, "score": Column("得分", "Score", "number"),
        "rank": Column("名次", "Rank", "number"), "coverage": Column("参评权重覆盖", "Share of the weight known", "number"),
    }  # fmt: skip
    frame = work.run.scores.assign(period=str(work.period))
    for name in frame:
        if name not in columns:
            # A group's own column: group.<id>.
            zh, en = groups.get(str(name).partition(".")[2], (str(name), str(name)))
            columns[str(name)] = Column(f"得分：{zh}", f"Score: {en}", "number")
    return Table(
        name="scores",
        zh="得分",
        en="Scores",
        frame=frame[list(columns)],
        columns=columns,
        key=("unit", "period"),
    )


def _more(work: _Work) -> list[Table]:
    """Return index and robustness, where they could be made."""
    out = []
    if work.index is not None:
        columns = {
            "unit": _UNIT, "name": _NAME, "period": _PERIOD, "index": Column("指数", "Index", "number"),
            "coverage": Column("参评权重覆盖", "Share of the weight known", "number"), "base": Column("基期", "The period that is 100"),
        }  # fmt: skip
        table = work.index[list(columns)].copy()
        for name in ("index", "coverage"):
            table[name] = table[name].astype("Float64").round(8)
        out.append(
            Table(
                name="index",
                zh="指数",
                en="Index",
                frame=table,
                columns=columns,
                key=("unit", "period"),
            )
        )
    words = {
        "unit": _UNIT, "name": _NAME, "rank": Column("名次", "Rank", "number"), "low": Column("名次区间下限", "Lower end of the middle nine in ten ranks", "number"),
        "median": Column("名次中位数", "Median rank", "number"), "high": Column("名次区间上限", "Upper end", "number"), "indicator": _INDICATOR,
        "moved": Column("名次变化的对象数", "Areas whose rank changes without it", "count"), "largest": Column("最大变化", "Largest change", "number"),
        "factor": Column("选择", "Choice"), "first": Column("一阶份额", "Share of the variance alone", "number"),
        "total": Column("总份额", "Share with all that it takes part in", "number"),
    }  # fmt: skip
    keys = {"ranks": ("unit",), "without": ("indicator",), "factors": ("factor",)}
    titles = {"ranks": ("名次区间", "Intervals of ranks"), "without": ("剔除单项", "Without each indicator"), "factors": ("方法影响", "Which choice moves the ranks")}  # fmt: skip
    for name, frame in work.robust.items():
        rounded = frame.copy()
        for column in rounded.select_dtypes("number"):
            rounded[column] = rounded[column].round(8)
        out.append(
            Table(
                name=f"robustness_{name}", zh=titles[name][0], en=titles[name][1], frame=rounded,
                columns={str(c): words[str(c)] for c in frame}, key=keys[name],
            )
        )  # fmt: skip
    return out


def _definitions(work: _Work) -> pd.DataFrame:
    lacks = work.computed["district"].figures.missing
    rows = [
        (i.id, i.zh, i.en, i.group, i.unit, "more" if i.direction > 0 else "less", i.formula.text, i.source, i.official,
         "; ".join(lacks.get(i.id, ())))
        for i in work.of.indicators
    ]  # fmt: skip
    columns = [
        "indicator",
        "zh",
        "en",
        "group",
        "unit_measure",
        "direction",
        "formula",
        "source",
        "official",
        "lacks",
    ]
    return pd.DataFrame(rows, columns=columns)


def _series(work: _Work) -> pd.DataFrame:
    """Return the figures of areas up to the period."""
    texts = {text: periods.parse(text) for text in work.known["period"].unique()}
    # By when they end: the months from January to the end of the quarter (2024 for 2024Q4) come after it in order, and belong to it.
    end = (work.period.year, work.period.last)
    here = work.known["period"].map(lambda t: (texts[t].year, texts[t].last) <= end)
    columns = ["kind", "entity", "measure", "period", "value", "unit", "status", "vintage"]
    return work.known.loc[here, columns].reset_index(drop=True)


def _methods(work: _Work) -> str:
    """Return what was done, in words, for who receives the package without the program."""
    method, of = work.method, work.of
    lines = [
        f"# {of.zh} · {method.zh}",
        "",
        f"- 指标体系 set: {of.id}（{of.source}）"
        + ("" if of.official else "；建议，非官方 proposed, not official"),
        f"- 方法 method: {method.id}（{method.source}）"
        + ("" if method.official else "；建议，非官方 proposed, not official"),
        f"- 标准化 normalise: {method.normaliser}；权重 weights: {method.weighing}；平均 mean: {method.mean}；极端值 outliers: {method.treatment}",
        f"- 参评条件 taking part: 至少 {method.least_known:.0%} 的对象有数 of the areas have a value；得分条件 scored: 覆盖权重 {method.least_coverage:.0%} of the weight known",
        f"- 评价 evaluation: {work.run.id}；入库 addition: {work.vintage}",
        "- 公式见 definitions.csv，语法见 methods/definitions.toml；比率为合计之比，不是比率的平均。Formulas are in definitions.csv; ratios are ratios of sums.",
        "- 不含单个企业、园区、区块的时间序列。No series of single firms, parks or blocks.",
        *(f"- {zh}。{en}." for zh, en in work.notes),
    ]
    if work.options.profile == "public":
        lines.append("- 公开口径：指标只用各区上报合计，不由企业加总。Public: indicators are the areas' own reported totals only, nothing is added up from firms.")  # fmt: skip
    return "\n".join(lines) + "\n"

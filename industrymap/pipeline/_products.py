"""What people take from a built workspace: lists of firms, the stock-take, checks of the blocks, this year's pilots.

The command line and the desk call these, so that both write the same bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from industrymap import citypack, files, lists, report
from industrymap.errors import ConfigError, nearest
from industrymap.parks import near, pilots, score, stability
from industrymap.pipeline._chosen import rows_kept, standard_in_force, titled, workbook_of
from industrymap.pipeline._outputs import layer
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from industrymap.filters import Absent
    from industrymap.lists import ListRule, Version
    from industrymap.report import StockTake
    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

__all__ = [
    "MadeList",
    "PilotChoice",
    "PilotOptions",
    "checks_workbook",
    "list_rules",
    "make_lists",
    "pilot_choice",
    "stock_take",
    "write_stock_take",
]


def list_rules(space: Workspace, ids: Sequence[str] = ()) -> list[ListRule]:
    """Return the lists of a workspace that are named, by identifier or Chinese name; all where none is.

    Raises
    ------
    ConfigError
        There is no such list; the nearest is named.
    """
    rules = lists.load(citypack.load(space.city), folder=space.folder)
    # An identifier goes before a Chinese name that happens to be equal.
    by_name = {rule.zh: rule for rule in rules.values()} | rules
    unknown = [i for i in ids if i not in by_name]
    if unknown:
        close = nearest(unknown[0], rules) or list(rules)
        raise ConfigError(
            f"There is no list {unknown[0]!r}; known: {', '.join(close)}.",
            f"没有名单 {unknown[0]!r}；可用：{'、'.join(close)}。",
        )
    return [by_name[i] for i in ids] if ids else list(rules.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeList:
    """A list that was made.

    Attributes
    ----------
    rule : ListRule
    firms : int
        How many firms are on it.
    changes : DataFrame or None
        What changed since the version before; ``None`` for the first one.
    path : Path
        The workbook.
    version : Version
        What it is kept as.
    new : bool
        Whether that differs from the version before.
    """

    rule: ListRule
    firms: int
    changes: pd.DataFrame | None
    path: Path
    version: Version
    new: bool

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many firms entered, left and changed."""
        if self.changes is None:
            return 0, 0, 0
        found = self.changes.groupby("change")["enterprise_id"].nunique().to_dict()
        entered, left, changed = (int(found.get(k, 0)) for k in ("entered", "left", "changed"))
        return entered, left, changed


def make_lists(
    space: Workspace,
    ids: Sequence[str] = (),
    *,
    on: date | None = None,
    folder: Path | None = None,
    lang: str = "zh",
) -> Iterator[MadeList]:
    """Make lists, one workbook each, and keep a version where something changed; yields each when it is done.

    Parameters
    ----------
    space : Workspace
    ids : sequence of str
        Which; all by default.
    on : date, optional
        Date of the list; by default that of the data, else today.
    folder : Path, optional
        Of the workbooks; by default ``lists`` in the outputs.
    lang : str
        ``zh`` or ``en``.

    Raises
    ------
    ConfigError, FileMissingError
        There is no such list; nothing was built yet.
    """
    rules = list_rules(space, ids)
    frames = {name: layer(space, name) for name in ("enterprises", "years", "tags")}
    frame = lists.prepare(frames["enterprises"], years=frames["years"], tags=frames["tags"])
    # A list is dated by its data, not by the day on which somebody made it.
    day = on or space.data_date or datetime.now(tz=UTC).astimezone().date()
    target = folder or space.outputs / "lists"
    kept = space.folder / "lists"
    for rule in rules:
        # Read before the new version is saved: the changes are against what was last given out.
        before = lists.latest(kept, rule.id)
        listing = lists.make(rule, frame, on=day)
        changes = None if before is None else lists.diff(before.frame(), listing.frame)
        since = "" if before is None else before.on.isoformat()
        book = lists.workbook(listing, changes=changes, since=since, lang=lang, meta=space.about())
        path = files.write_bytes(target / f"{rule.id}.xlsx", book)
        version, new = lists.save(listing, kept)
        yield MadeList(
            rule=rule,
            firms=len(listing.frame),
            changes=changes,
            path=path,
            version=version,
            new=new,
        )


def stock_take(space: Workspace) -> StockTake:
    """Take stock of the enterprise base of the last build: completeness, duplicates, places, industries, clusters.

    Raises
    ------
    FileMissingError
        Nothing was built yet.

    Examples
    --------
    >>> import industrymap as im
    >>> taken = im.stock_take(im.load_workspace("."))  # doctest: +SKIP
    """
    frames = {name: layer(space, name) for name in ("enterprises", "tags", "years")}
    return report.stocktake(
        frames["enterprises"],
        tags=frames["tags"],
        years=frames["years"],
        issues=_issues(space),
        pack=citypack.load(space.city),
        year=space.year if isinstance(space.year, int) else None,
        data_date=space.data_date,
        simulated=space.simulated,
        producer=space.producer,
        source=space.source,
        threshold_10k_cny=space.threshold_10k_cny,
    )


def write_stock_take(
    space: Workspace, *, folder: Path | None = None, lang: str = "zh"
) -> tuple[Path, Path]:
    """Write the stock-take as a page and a workbook, and return their paths."""
    taken = stock_take(space)
    target = folder or space.outputs
    page = files.write_bytes(target / "stocktake.html", report.html(taken, lang=lang))
    book = files.write_bytes(target / "stocktake.xlsx", report.workbook(taken, lang=lang))
    return page, book


def _issues(space: Workspace) -> pd.DataFrame:
    """Return the issues of the last build."""
    import pandas as pd

    from industrymap import issues

    path = space.outputs / "issues.csv"
    if not path.is_file():
        return issues.empty()
    text = files.read_text(files.check(path, allow=("csv",)))
    table = pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False, na_values=[""])
    return table.assign(row=pd.to_numeric(table["row"], errors="coerce").astype("Int64"))


_CHECK_TITLES = {
    "check": ("核对内容", "Check"),
    "subject": ("编号", "Subject"),
    "name": ("对象", "Name"),
    "status": ("结论", "Result"),
    "value": ("数值", "Value"),
    "limit": ("限值", "Limit"),
    "unit": ("单位", "Unit"),
    "n": ("样本数", "n"),
    "coverage": ("覆盖率", "Coverage"),
    "as_of": ("时点", "As of"),
    "zh": ("说明", "In Chinese"),
    "en": ("说明（英文）", "In English"),
}


def checks_workbook(space: Workspace, *, lang: str = "zh") -> bytes:
    """Return the checks of the blocks of the last build as a workbook."""
    table = titled(layer(space, "checks"), _CHECK_TITLES, lang=lang)
    return workbook_of(space, [("区块核对" if lang == "zh" else "block checks", table, "")], lang=lang)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotOptions:
    """How this year's pilots are chosen.

    Attributes
    ----------
    standard, weights_id : str, optional
        The rule and the weights; by default the workspace's rule, and the weights in force on the date of the data.
    where : str, optional
        Only among the parks that match this filter.
    per_district, total : int, optional
        How many at most; by default what the rule says.
    weights : mapping of str to float
        Indicators whose weight is changed.
    draws : int
        For the stability of the list.
    everyone : bool
        Whether parks to be closed and finished ones are ranked too.
    """

    standard: str | None = None
    weights_id: str | None = None
    where: str | None = None
    per_district: int | None = None
    total: int | None = None
    weights: Mapping[str, float] | None = None
    draws: int = 200
    everyone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotChoice:
    """Who is chosen, and how firm that is.

    Attributes
    ----------
    rule, weights : Standard
    scored : DataFrame
        Every park with what :func:`industrymap.parks.pilots.choose` adds, and ``in_list``: the share of draws it is chosen in.
    misses : DataFrame
        Parks that nearly were, and what each lacks.
    limits : tuple of int
        At most so many a district, and in all.
    absent : tuple of Absent
        Names that the filter asks for and no park has.
    """

    rule: Standard
    weights: Standard
    scored: pd.DataFrame
    misses: pd.DataFrame
    limits: tuple[int, int]
    absent: tuple[Absent, ...] = ()

    @property
    def chosen(self) -> pd.DataFrame:
        """The parks that are chosen, the first one first."""
        taken = self.scored["pilot_selected"].fillna(value=False)
        return self.scored[taken].sort_values("pilot_rank")

    def workbook(self, space: Workspace, *, lang: str = "zh") -> bytes:
        """Return the ranking of all parks, the chosen ones and the near misses as a workbook."""
        zh = lang == "zh"
        # Unranked parks come after the ranked ones, and among them the best score first.
        by = ["pilot_rank", "pilot_score"]
        ranked = self.scored.sort_values(by, ascending=[True, False], kind="stable")
        taken = ranked[ranked["pilot_selected"].fillna(value=False)]
        misses = titled(self.misses, _MISS_TITLES, lang=lang)
        parts = [
            ("入选" if zh else "chosen", taken, PARKS),
            ("全部排名" if zh else "ranking", ranked, PARKS),
            ("接近入选" if zh else "near misses", misses, ""),
        ]
        return workbook_of(space, parts, lang=lang)


_MISS_TITLES = {
    "park_id": ("园区编号", "Park ID"),
    "name": ("园区名称", "Name"),
    "district": ("区", "District"),
    "failing": ("未满足条件", "Failing"),
    "missing": ("缺少数据", "Missing"),
    "lacks_zh": ("欠缺", "Lacks (zh)"),
    "lacks_en": ("欠缺（英文）", "Lacks"),
    "gap": ("差距", "Gap"),
    "score": ("得分", "Score"),
}


def pilot_choice(space: Workspace, options: PilotOptions | None = None) -> PilotChoice:
    """Choose this year's pilots among the parks of the last build, and say how stable the list is.

    Raises
    ------
    RuleError, FilterError, FileMissingError
        No such standard or weight; a filter that cannot be read; nothing was built yet.
    """
    asked = options or PilotOptions()
    rule = standard_in_force(space, "pilots", asked.standard or space.pilots)
    weights = score.reweighted(
        standard_in_force(space, "pilot_score", asked.weights_id), dict(asked.weights or {})
    )
    # The filter acts before the choice: ranks and quotas are of the parks it leaves.
    parks, absent = rows_kept(space, layer(space, PARKS), asked.where, layer_name=PARKS)
    # `None` leaves the numbers of the rule in force.
    limits: dict[str, Any] = {"per_district": asked.per_district, "total": asked.total}
    how = limits | {"everyone": asked.everyone}
    scored = pilots.choose(parks, standard=rule, weights=weights, **how)
    # The same options as the choice itself: the stability of another list would say nothing of this one.
    steady = stability.stability(parks, standard=rule, weights=weights, draws=asked.draws, **how)
    return PilotChoice(
        rule=rule,
        weights=weights,
        scored=scored.assign(in_list=steady["in_list"]),
        misses=near.near_misses(parks, standard=rule, weights=weights, everyone=asked.everyone),
        limits=pilots.limits_of(rule, weights, **limits),
        absent=absent,
    )

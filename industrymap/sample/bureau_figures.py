"""Four years of figures of the invented city as its bureaus know them: by district and month, by town and quarter, by firm and year.

Every figure is a whole number of the smallest step in which it is published (0.01 亿元 for gross output), so that sums and
differences are exact and the truth has no rounding of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from industrymap.sample._random import stream
from industrymap.sample.firm_figures import YEARS as FIRM_YEARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from industrymap.sample.firms import Firm
    from industrymap.sample.plan import Plan

__all__ = [
    "ENDS",
    "FIRM",
    "MONTHLY",
    "QUARTERLY",
    "STATES",
    "TOWN",
    "YEARS",
    "Course",
    "Heading",
    "Panel",
    "Place",
    "draw",
    "panel",
]

YEARS = (2022, 2023, 2024, 2025)
ENDS = (2, *range(3, 13))
"""Last months of what is published in a year: January and February as one (1—2月)."""


@dataclass(frozen=True, slots=True)
class Heading:
    """How a measure is published.

    Attributes
    ----------
    measure, text, unit : str
        Its id, name and unit over the column.
    steps : int
        How many of its smallest published steps make one of that unit.
    factor : float
        What one of that unit is in the unit of the measure's own.
    """

    measure: str
    text: str
    unit: str
    steps: int
    factor: float


MONTHLY = (
    Heading("output_10k_cny", "工业总产值", "亿元", 100, 1e4),
    Heading("sales_10k_cny", "工业销售产值", "亿元", 100, 1e4),
    Heading("export_10k_cny", "出口交货值", "亿元", 100, 1e4),
    Heading("profit_10k_cny", "利润总额", "亿元", 100, 1e4),
    Heading("tax_10k_cny", "税收", "万元", 1, 1.0),
    Heading("power_kwh", "用电量", "万千瓦时", 1, 1e4),
)
_PER_OUTPUT = (1.0, 0.975, 0.17, 0.062, 0.041, 170.0)
"""What goes with 万元 of output, in the measure's own unit: orders of magnitude of a large industrial city."""

QUARTERLY = (
    Heading("value_added_10k_cny", "工业增加值", "亿元", 100, 1e4),
    Heading("revenue_10k_cny", "营业收入", "亿元", 100, 1e4),
    Heading("rd_10k_cny", "研发费用", "万元", 1, 1.0),
    Heading("new_product_10k_cny", "新产品产值", "亿元", 100, 1e4),
    Heading("investment_10k_cny", "工业投资", "亿元", 100, 1e4),
    Heading("renovation_10k_cny", "技术改造投资", "亿元", 100, 1e4),
    Heading("pay_10k_cny", "应付职工薪酬", "亿元", 100, 1e4),
    Heading("energy_tce", "综合能源消费量", "吨标准煤", 1, 1.0),
    Heading("emission_t", "主要污染物排放量", "吨", 10, 1.0),
    Heading("parks_done_km2", "完成整治面积", "平方公里", 100, 1.0),
)
_QUARTERLY_PER_OUTPUT = (0.245, 1.02, 0.019, 0.16, 0.055, 0.021, 0.075, 0.06, 4e-5, 4e-8)

STATES = (
    Heading("staff", "平均用工人数", "人", 1, 1.0),
    Heading("land_area_mu", "用地面积", "亩", 1, 1.0),
    Heading("invention_patents", "有效发明专利", "件", 1, 1.0),
    Heading("firms", "企业数", "家", 1, 1.0),
)
_STATES_PER_OUTPUT = (0.006, 6e-4, 2.2e-4, 2.4e-5)
"""At the end of a quarter, beside the output of a year."""

TOWN = (
    Heading("output_10k_cny", "工业总产值", "亿元", 100, 1e4),
    Heading("revenue_10k_cny", "营业收入", "亿元", 100, 1e4),
    Heading("tax_10k_cny", "税收", "万元", 1, 1.0),
)
_TOWN_PER_OUTPUT = (1.0, 1.02, 0.041)

FIRM = (
    Heading("revenue_10k_cny", "营业收入", "万元", 1, 1.0),
    Heading("output_10k_cny", "工业总产值", "万元", 1, 1.0),
    Heading("value_added_10k_cny", "工业增加值", "万元", 1, 1.0),
    Heading("profit_10k_cny", "利润总额", "万元", 1, 1.0),
    Heading("tax_10k_cny", "税收", "万元", 1, 1.0),
    Heading("export_10k_cny", "出口交货值", "万元", 1, 1.0),
    Heading("rd_10k_cny", "研发费用", "万元", 1, 1.0),
    Heading("new_product_10k_cny", "新产品产值", "万元", 1, 1.0),
    Heading("investment_10k_cny", "工业投资", "万元", 1, 1.0),
    Heading("renovation_10k_cny", "技术改造投资", "万元", 1, 1.0),
    Heading("pay_10k_cny", "应付职工薪酬", "万元", 1, 1.0),
    Heading("energy_tce", "综合能源消费量", "吨标准煤", 1, 1.0),
    Heading("power_kwh", "用电量", "万千瓦时", 1, 1e4),
    Heading("emission_t", "主要污染物排放量", "吨", 10, 1.0),
    Heading("staff", "平均用工人数", "人", 1, 1.0),
    Heading("land_area_mu", "用地面积", "亩", 1, 1.0),
    Heading("invention_patents", "有效发明专利", "件", 1, 1.0),
)
_FIRM_PER_REVENUE = (
    1.0, 0.97, 0.24, 0.06, 0.04, 0.16, 0.018, 0.15, 0.05, 0.02, 0.07,
    0.06, 170.0, 4e-5, 0.006, 6e-4, 2.2e-4,
)  # fmt: skip
_FIRM_LINE_YUAN = 2e8
"""Firms whose figures are sent one by one (重点监测企业): who crosses the line enters or leaves the panel."""

_SEASON = np.array([9.0, 5.8, 8.4, 8.2, 8.3, 8.6, 8.1, 8.3, 8.7, 8.5, 8.8, 9.3]) / 100
"""Share of each month in a year: the weeks of Spring Festival are weak, December is strong."""


class Place(Protocol):
    """A district or a town."""

    @property
    def code(self) -> str:
        """Code of the division."""

    @property
    def name(self) -> str:
        """Name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is true, in steps; cumulative from January.

    Attributes
    ----------
    districts, towns : tuple of Place
        In order of the rows.
    clusters : tuple of str
        Labels of the firms' main clusters, in order of the rows.
    monthly : ndarray of int64, shape (districts, years, len(ENDS), len(MONTHLY))
    quarterly : ndarray of int64, shape (districts, years, 4, len(QUARTERLY))
    states : ndarray of int64, shape (districts, years, 4, len(STATES))
    town : ndarray of int64, shape (towns, years, 4, len(TOWN))
    cluster : ndarray of int64, shape (clusters, years, 4, len(TOWN))
    published : ndarray of float64, shape (districts + 1, years, len(ENDS))
        Published growth of output (可比口径), per cent, one decimal; the city first.
    firms : tuple of Firm
        Those whose figures are sent one by one in any year.
    firm : ndarray of int64, shape (firms, years, len(FIRM))
        -1 where the firm is below the line in that year and sends nothing.
    """

    districts: tuple[Place, ...]
    towns: tuple[Place, ...]
    clusters: tuple[str, ...]
    monthly: NDArray[np.int64]
    quarterly: NDArray[np.int64]
    states: NDArray[np.int64]
    town: NDArray[np.int64]
    cluster: NDArray[np.int64]
    published: NDArray[np.float64]
    firms: tuple[Firm, ...]
    firm: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Growth of firms' revenue from one year to the next: of all, and of those known in both (可比口径)."""

    whole: float
    panel: float
    n: int
    entered: int
    left: int


def draw(ground: Plan, firms: Sequence[Firm], *, seed: int) -> Course:
    """Draw the figures of districts, towns and firms.

    Parameters
    ----------
    ground : Plan
        Districts and towns.
    firms : sequence of Firm
        The city's firms: a district's output is near the revenue of its firms.
    seed : int
        Chance.
    """
    rng = stream(seed, "bureaus")
    codes = [d.code for d in ground.districts]
    of_town = np.array([codes.index(t.district_code) for t in ground.towns])
    sold, of_cluster = _sold(firms, len(ground.towns))
    in_district = np.bincount(of_town, weights=sold, minlength=len(codes)).astype(np.float64)
    months = _months(in_district * 1.05, rng)
    output = np.cumsum(months, axis=2)[:, :, [end - 1 for end in ENDS]]
    quarters = output[:, :, [ENDS.index(m) for m in (3, 6, 9, 12)]]
    states = np.repeat(output[:, :, -1:], 4, axis=2)
    of_city = quarters.sum(axis=0) / sold.sum()
    monthly = _beside(output, MONTHLY, _PER_OUTPUT, rng)
    kept, firm = _firms(firms, rng)
    return Course(
        districts=ground.districts,
        towns=ground.towns,
        clusters=tuple(of_cluster),
        monthly=monthly,
        quarterly=_beside(quarters, QUARTERLY, _QUARTERLY_PER_OUTPUT, rng),
        states=_beside(states, STATES, _STATES_PER_OUTPUT, rng),
        town=_beside(
            quarters[of_town] * (sold / in_district[of_town])[:, None, None],
            TOWN,
            _TOWN_PER_OUTPUT,
            rng,
        ),
        cluster=_beside(
            of_city * np.array(list(of_cluster.values())).reshape(-1, 1, 1),
            TOWN,
            _TOWN_PER_OUTPUT,
            rng,
        ),
        published=_published(monthly[..., 0], rng),
        firms=kept,
        firm=firm,
    )


def _sold(firms: Sequence[Firm], towns: int) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Return what the firms of each town and of each cluster sold last year, 万元."""
    # A town always has some small firms that no table names.
    of_town = np.full(towns, 3000.0)
    of_cluster: dict[str, float] = {}
    for firm in firms:
        sold = (firm.revenue_yuan[-1] or 0.0) / 1e4
        of_town[firm.operating.town] += sold
        for label in firm.industry.labels[:1]:
            of_cluster[label] = of_cluster.get(label, 0.0) + sold
    return of_town, dict(sorted(of_cluster.items()))


def panel(before: NDArray[np.int64], now: NDArray[np.int64]) -> Panel:
    """Return growth between two years of firms' figures in steps, -1 where a firm sent none."""
    both = (before >= 0) & (now >= 0)
    totals = [int(part[part >= 0].sum()) for part in (before, now)]
    panels = [int(part[both].sum()) for part in (before, now)]
    return Panel(
        whole=totals[1] / totals[0] - 1 if totals[0] else float("nan"),
        panel=panels[1] / panels[0] - 1 if panels[0] else float("nan"),
        n=int(both.sum()),
        entered=int(((now >= 0) & (before < 0)).sum()),
        left=int(((before >= 0) & (now < 0)).sum()),
    )


def _months(last: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return output by district, year and month, 万元."""
    growth = rng.normal(0.055, 0.045, (len(last), len(YEARS) - 1))
    # Backwards from the last year, whose level the firms give.
    back = np.cumprod(1 / (1 + growth), axis=1)[:, ::-1]
    annual = last[:, None] * np.concatenate([back, np.ones((len(last), 1))], axis=1)
    noise = 1 + rng.normal(0, 0.02, (len(last), len(YEARS), 12))
    months: NDArray[np.float64] = annual[:, :, None] * _SEASON * noise
    return months


def _beside(
    output: NDArray[np.float64],
    headings: Sequence[Heading],
    per_output: Sequence[float],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Return measures that go with output, in steps; each district has a structure of its own that changes from year to year."""
    width = len(headings)
    places, years = output.shape[:2]
    own = np.exp(rng.normal(0, 0.18, (places, 1, 1, width)))
    drift = np.cumprod(1 + rng.normal(0.01, 0.02, (places, years, 1, width)), axis=1)
    # Output itself is what it is.
    for place, heading in enumerate(headings):
        if heading.measure == "output_10k_cny":
            own[..., place] = drift[..., place] = 1.0
    steps = np.array(
        [per / h.factor * h.steps for h, per in zip(headings, per_output, strict=True)]
    )
    # One ratio a year, so that cumulative figures never fall.
    out: NDArray[np.int64] = np.rint(output[..., None] * own * drift * steps).astype(np.int64)
    return out


def _published(output: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return growth as the bureau publishes it: of the firms of both years, so not the ratio of two totals."""
    whole = np.concatenate([output.sum(axis=0)[None], output])
    entered = rng.uniform(0.0, 0.03, (*whole.shape[:2], 1))
    left = rng.uniform(0.0, 0.025, (*whole.shape[:2], 1))
    out = np.empty(whole.shape)
    # The year before the first one is not in the tables: its growth is any.
    out[:, 0] = rng.normal(4.0, 2.0, out[:, 0].shape)
    ratio = whole[:, 1:] * (1 - entered[:, 1:]) / (whole[:, :-1] * (1 - left[:, 1:]))
    out[:, 1:] = (ratio - 1) * 100
    return np.round(out, 1)


def _firms(
    firms: Sequence[Firm], rng: np.random.Generator
) -> tuple[tuple[Firm, ...], NDArray[np.int64]]:
    """Return the firms whose figures are sent one by one, and their figures by year in steps."""
    first = FIRM_YEARS.index(YEARS[0])
    sold = np.array(
        [[v or 0.0 for v in f.revenue_yuan[first:]] for f in firms], dtype=np.float64
    ).reshape(-1, len(YEARS))
    kept = np.flatnonzero((sold >= _FIRM_LINE_YUAN).any(axis=1))
    sold = sold[kept]
    own = np.exp(rng.normal(0, 0.35, (len(kept), 1, len(FIRM))))
    own[..., 0] = 1.0
    # Half of the firms export, a third do research, and so on: a share of zeros is what shares of firms are made of.
    for place, chance in ((5, 0.5), (6, 0.65), (7, 0.45), (9, 0.55), (16, 0.6)):
        own[:, 0, place] *= rng.random(len(kept)) < chance
    scale = np.array(
        [per / h.factor * h.steps for h, per in zip(FIRM, _FIRM_PER_REVENUE, strict=True)]
    )
    steps = np.rint(sold[:, :, None] / 1e4 * own * scale).astype(np.int64)
    steps[sold < _FIRM_LINE_YUAN] = -1
    return tuple(firms[int(i)] for i in kept), steps

"""Observations as SDMX: a structure message, data as SDMX-ML 2.1 (generic) and as SDMX-CSV 2.0.

Written with the standard library: the three documents have a fixed shape, and a reader of SDMX is needed by who receives them, not by
who sends them (docs/dependencies.md).
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd

from industrymap.errors import PeriodError
from industrymap.periods import Period, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Area", "Observations", "csv_text", "data_xml", "structure_xml", "time_period"]

_AGENCY, _FLOW, _VERSION = "INDUSTRYMAP", "INDICATORS", "1.0"
_MES = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
_GEN = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"
_COM = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
_STR = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
_XML = "http://www.w3.org/XML/1998/namespace"
_DIMENSIONS = {
    "FREQ": ("频率", "Frequency"),
    "LEVEL": ("层级", "Level of the area"),
    "REF_AREA": ("区域", "Area"),
    "INDICATOR": ("指标", "Indicator"),
}
_ATTRIBUTES = {
    "UNIT_MEASURE": ("计量单位", "Unit"),
    "BASIS": (
        "口径：firms 由企业加总，reported 为本级上报",
        "Made of single firms, or reported by the area",
    ),
    "N_FIRMS": ("企业数", "Firms it is made of"),
    "COVERAGE": ("覆盖率", "Share of the period's firms"),
}
_FREQUENCIES = {"year": "A", "quarter": "Q", "month": "M", "months": "_O"}
"""Codes of CL_FREQ; ``_O`` (other) for months counted from January."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area: its level, code and name."""

    level: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What is written.

    Attributes
    ----------
    table : DataFrame
        ``level, unit, indicator, period, value, unit_measure, basis, n, coverage``; rows without a value are left out.
    areas : sequence of Area
    indicators : mapping of str to (str, str)
        Id → Chinese and English name.
    prepared : str
        ISO date and time of the last figure known, in place of the time of writing.
    """

    table: pd.DataFrame
    areas: Sequence[Area]
    indicators: Mapping[str, tuple[str, str]]
    prepared: str


def time_period(period: Period) -> str:
    """Return a period as SDMX writes it.

    Examples
    --------
    >>> from industrymap.periods import parse
    >>> [time_period(parse(p)) for p in ("2024", "2024Q4", "2024-03", "2024-01..11")]
    ['2024', '2024-Q4', '2024-03', '2024-01-01/P11M']
    """
    if period.level == "year":
        return str(period.year)
    if period.level == "quarter":
        return f"{period.year}-Q{period.last // 3}"
    if period.level == "month":
        return f"{period.year}-{period.last:02}"
    return f"{period.year}-{period.first:02}-01/P{period.months}M"


def code(text: str) -> str:
    """Return an identifier that SDMX accepts: letters, digits, ``_``, ``@``, ``$`` and ``-``; other characters by their number."""
    # Two labels must not become one code, so each character keeps what it was.
    return re.sub(r"[^A-Za-z0-9_@$-]", lambda c: f"${ord(c[0]):X}", text)


def csv_text(of: Observations) -> str:
    """Return the observations as SDMX-CSV 2.0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    head = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *_DIMENSIONS, "TIME_PERIOD", "OBS_VALUE"]
    writer.writerow([*head, *_ATTRIBUTES])
    flow = f"{_AGENCY}:{_FLOW}({_VERSION})"
    for key, period, value, attributes in _rows(of):
        named = [attributes.get(name, "") for name in _ATTRIBUTES]
        writer.writerow(["dataflow", flow, "R", *key, period, value, *named])
    return out.getvalue()


def data_xml(of: Observations) -> bytes:
    """Return the observations as an SDMX-ML 2.1 generic data message."""
    root = ET.Element(f"{{{_MES}}}GenericData")
    header = _header(root, of)
    structure = ET.SubElement(
        header, f"{{{_MES}}}Structure", structureID=_FLOW, dimensionAtObservation="TIME_PERIOD"
    )
    usage = ET.SubElement(structure, f"{{{_COM}}}StructureUsage")
    ET.SubElement(usage, "Ref", agencyID=_AGENCY, id=_FLOW, version=_VERSION)
    data = ET.SubElement(root, f"{{{_MES}}}DataSet", structureRef=_FLOW, action="Replace")
    series: ET.Element | None = None
    last: tuple[str, ...] = ()
    for key, period, value, attributes in _rows(of):
        if series is None or key != last:
            series, last = ET.SubElement(data, f"{{{_GEN}}}Series"), key
            values = ET.SubElement(series, f"{{{_GEN}}}SeriesKey")
            for name, text in zip(_DIMENSIONS, key, strict=True):
                ET.SubElement(values, f"{{{_GEN}}}Value", id=name, value=text)
        observation = ET.SubElement(series, f"{{{_GEN}}}Obs")
        ET.SubElement(observation, f"{{{_GEN}}}ObsDimension", value=period)
        ET.SubElement(observation, f"{{{_GEN}}}ObsValue", value=value)
        about = ET.SubElement(observation, f"{{{_GEN}}}Attributes")
        for name, text in attributes.items():
            ET.SubElement(about, f"{{{_GEN}}}Value", id=name, value=text)
    return _written(root, indented=False)


def structure_xml(of: Observations) -> bytes:
    """Return the structure message that the data refers to: code lists, concepts, data structure and dataflow."""
    root = ET.Element(f"{{{_MES}}}Structure")
    _header(root, of)
    parts = ET.SubElement(root, f"{{{_MES}}}Structures")
    flows = ET.SubElement(parts, f"{{{_STR}}}Dataflows")
    flow = _maintained(flows, "Dataflow", _FLOW, ("指标数据", "Indicators"))
    refers = ET.SubElement(flow, f"{{{_STR}}}Structure")
    _ref(refers, _FLOW, "DataStructure", "datastructure")
    lists = ET.SubElement(parts, f"{{{_STR}}}Codelists")
    levels = dict.fromkeys(area.level for area in of.areas)
    _codelist(lists, "CL_FREQ", ("频率", "Frequency"), {c: (n, n) for n, c in _FREQUENCIES.items()})
    _codelist(lists, "CL_LEVEL", _DIMENSIONS["LEVEL"], {name: (name, name) for name in levels})
    areas = {code(area.code): (area.name, area.name) for area in of.areas}
    _codelist(lists, "CL_REF_AREA", _DIMENSIONS["REF_AREA"], areas)
    _codelist(lists, "CL_INDICATOR", _DIMENSIONS["INDICATOR"], of.indicators)
    schemes = ET.SubElement(parts, f"{{{_STR}}}Concepts")
    scheme = _maintained(schemes, "ConceptScheme", "CONCEPTS", ("概念", "Concepts"))
    concepts = _DIMENSIONS | {"TIME_PERIOD": ("时期", "Period"), "OBS_VALUE": ("数值", "Value")}
    for name, words in (concepts | _ATTRIBUTES).items():
        _named(ET.SubElement(scheme, f"{{{_STR}}}Concept", id=name), words)
    structures = ET.SubElement(parts, f"{{{_STR}}}DataStructures")
    _components(_maintained(structures, "DataStructure", _FLOW, ("指标数据结构", "Indicators")))
    return _written(root)


def _rows(of: Observations) -> Iterator[tuple[tuple[str, ...], str, str, dict[str, str]]]:
    """Yield key, period, value and attributes of every observation, those of one series together."""
    known = of.table[of.table["value"].notna()]
    known = known.sort_values(["level", "unit", "indicator", "period"], kind="stable")
    periods = {text: _period(text) for text in known["period"].unique()}
    # A period of another frequency is another series.
    order = known["period"].map(lambda t: periods[t][0])
    known = known.assign(freq=order).sort_values(
        ["freq", "level", "unit", "indicator"], kind="stable"
    )
    for row in known.to_dict("records"):
        freq, when = periods[row["period"]]
        key = (freq, str(row["level"]), code(str(row["unit"])), str(row["indicator"]))
        said = {
            "UNIT_MEASURE": str(row["unit_measure"]),
            "BASIS": str(row["basis"]),
            "N_FIRMS": _number(row["n"]),
            "COVERAGE": _number(row["coverage"]),
        }
        yield key, when, _number(row["value"]), {k: v for k, v in said.items() if v}


def _period(text: str) -> tuple[str, str]:
    try:
        period = parse(text)
    except PeriodError:
        return "_O", text
    return _FREQUENCIES[period.level], time_period(period)


def _number(value: object) -> str:
    # The shortest text that reads back as the same number; nothing where it is not known.
    return "" if pd.isna(value) else repr(float(str(value)))  # type: ignore[call-overload]


def _header(root: ET.Element, of: Observations) -> ET.Element:
    header = ET.SubElement(root, f"{{{_MES}}}Header")
    ET.SubElement(header, f"{{{_MES}}}ID").text = _FLOW
    ET.SubElement(header, f"{{{_MES}}}Test").text = "false"
    ET.SubElement(header, f"{{{_MES}}}Prepared").text = of.prepared
    ET.SubElement(header, f"{{{_MES}}}Sender", id=_AGENCY)
    return header


def _maintained(parent: ET.Element, kind: str, id_: str, words: tuple[str, str]) -> ET.Element:
    made = ET.SubElement(
        parent, f"{{{_STR}}}{kind}", id=id_, agencyID=_AGENCY, version=_VERSION, isFinal="true"
    )
    _named(made, words)
    return made


def _named(element: ET.Element, words: tuple[str, str]) -> None:
    for lang, text in zip(("zh", "en"), words, strict=True):
        ET.SubElement(element, f"{{{_COM}}}Name", {f"{{{_XML}}}lang": lang}).text = text


def _codelist(
    parent: ET.Element, id_: str, words: tuple[str, str], codes: Mapping[str, tuple[str, str]]
) -> None:
    made = _maintained(parent, "Codelist", id_, words)
    for name, both in codes.items():
        _named(ET.SubElement(made, f"{{{_STR}}}Code", id=name), both)


def _ref(parent: ET.Element, id_: str, kind: str, package: str, **more: str) -> None:
    attributes = {
        "id": id_,
        "version": _VERSION,
        "agencyID": _AGENCY,
        "package": package,
        "class": kind,
    }
    ET.SubElement(parent, "Ref", attributes | more)


def _components(structure: ET.Element) -> None:
    parts = ET.SubElement(structure, f"{{{_STR}}}DataStructureComponents")
    dimensions = ET.SubElement(parts, f"{{{_STR}}}DimensionList", id="DimensionDescriptor")
    for position, name in enumerate(_DIMENSIONS, start=1):
        one = ET.SubElement(dimensions, f"{{{_STR}}}Dimension", id=name, position=str(position))
        _concept(one, name)
        local = ET.SubElement(one, f"{{{_STR}}}LocalRepresentation")
        enumeration = ET.SubElement(local, f"{{{_STR}}}Enumeration")
        _ref(enumeration, f"CL_{name}", "Codelist", "codelist")
    time = ET.SubElement(
        dimensions, f"{{{_STR}}}TimeDimension", id="TIME_PERIOD", position=str(len(_DIMENSIONS) + 1)
    )
    _concept(time, "TIME_PERIOD")
    local = ET.SubElement(time, f"{{{_STR}}}LocalRepresentation")
    ET.SubElement(local, f"{{{_STR}}}TextFormat", textType="ObservationalTimePeriod")
    attributes = ET.SubElement(parts, f"{{{_STR}}}AttributeList", id="AttributeDescriptor")
    for name in _ATTRIBUTES:
        one = ET.SubElement(
            attributes, f"{{{_STR}}}Attribute", id=name, assignmentStatus="Conditional"
        )
        _concept(one, name)
        relation = ET.SubElement(one, f"{{{_STR}}}AttributeRelationship")
        measure = ET.SubElement(relation, f"{{{_STR}}}PrimaryMeasure")
        ET.SubElement(measure, "Ref", id="OBS_VALUE")
    measures = ET.SubElement(parts, f"{{{_STR}}}MeasureList", id="MeasureDescriptor")
    _concept(ET.SubElement(measures, f"{{{_STR}}}PrimaryMeasure", id="OBS_VALUE"), "OBS_VALUE")


def _concept(component: ET.Element, name: str) -> None:
    identity = ET.SubElement(component, f"{{{_STR}}}ConceptIdentity")
    # A concept is named together with its scheme.
    scheme = {"maintainableParentID": "CONCEPTS", "maintainableParentVersion": _VERSION}
    ET.SubElement(
        identity,
        "Ref",
        {"id": name, "agencyID": _AGENCY, "package": "conceptscheme", "class": "Concept"} | scheme,
    )


def _written(root: ET.Element, *, indented: bool = True) -> bytes:
    for prefix, uri in (("mes", _MES), ("gen", _GEN), ("com", _COM), ("str", _STR)):
        ET.register_namespace(prefix, uri)
    # The structure is read by people too; thousands of observations are not.
    if indented:
        ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"

"""The last look before public files are put in place: texts of single firms are found wherever they hide."""

from __future__ import annotations

import pandas as pd
import pytest

from industrymap import publishing
from industrymap.errors import ConfigError

FIRMS = pd.DataFrame(
    {
        "name": pd.array(["样例精密机械有限公司", "甲厂", pd.NA], dtype="string"),
        "uscc": pd.array(["91440101MA00000000", pd.NA, pd.NA], dtype="string"),
        "address": pd.array(["某区某路88号", "某区某街道", pd.NA], dtype="string"),
    }
)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "样例精密机械有限公司工业园"}',
        "code 91440101MA00000000.",
        "某区某路88号旁",
    ],
)
def test_a_text_of_one_firm_is_refused_wherever_it_hides(text: str) -> None:
    with pytest.raises(ConfigError, match=r"parks\.geojson") as caught:
        publishing.search({"parks.geojson": text}, firms=FIRMS, code="")
    assert "未公开发布" in caught.value.zh


@pytest.mark.parametrize("text", ["某区某街道", "甲厂", "样例精密", ""])
def test_a_street_or_a_short_word_is_anybodys(text: str) -> None:
    publishing.search({"parks.geojson": text}, firms=FIRMS, code="")


def test_what_the_page_itself_says_gives_nothing_away() -> None:
    page = "const x = 'const';"
    firms = pd.DataFrame({"name": pd.array(["const"], dtype="string")})
    publishing.search({"map.html": page}, firms=firms, code=page)


def test_digits_that_are_no_code_are_found_everywhere_and_mean_nothing() -> None:
    firms = pd.DataFrame({"name": ["甲机械有限公司"], "uscc": ["1111111"]}, dtype="string")
    publishing.search({"map.html": "[1111111]"}, firms=firms, code="")


@pytest.mark.parametrize(
    "name", ["甲厂", "甲 厂", "某园（营业收入 1,234.56 万元）", "某园 12345600 元"]
)
def test_a_name_that_is_a_short_firm_s_or_holds_a_figure_is_refused(name: str) -> None:
    firms = FIRMS.assign(revenue_10k_cny=[1234.56, 7.0, None])
    shown = {"village_parks": pd.DataFrame({"name": [name]}, dtype="string")}
    with pytest.raises(ConfigError, match="village_parks"):
        publishing.search({}, firms=firms, code="", shown=shown)


@pytest.mark.parametrize("text", ["样例精密机械有限公司 (一期)", "样例 精密机械有限公司", "９１４４０１０１ＭＡ００００００００"])  # fmt: skip
def test_width_and_spaces_hide_nothing(text: str) -> None:
    with pytest.raises(ConfigError):
        publishing.search({"a.kml": text}, firms=FIRMS, code="")


def test_the_operator_and_the_notes_of_a_park_are_private_too() -> None:
    private = pd.DataFrame({"operator": ["乙物业有限公司"], "note": ["土地证在村委会，尚未办理过户手续"]}, dtype="string")  # fmt: skip
    for text in ("乙物业有限公司园", "说明：土地证在村委会，尚未办理过户手续。"):
        with pytest.raises(ConfigError):
            publishing.search({"a.csv": text}, firms=FIRMS, code="", layers=[private])


@pytest.mark.parametrize(
    "text",
    [
        "远山市某某精密机械有限公司", "某某精密机械有限公司一期", "远山某某精密机械有限公司", "遠山市某某精密機械有限公司",
        "远江省远山市河西区长堤路88号", "河西区长堤路88号地块", "河西区长堤路８８号",
    ],
)  # fmt: skip
def test_a_name_without_its_city_and_an_address_without_its_remark_are_found(text: str) -> None:
    firms = pd.DataFrame(
        {"name": ["远山市某某精密机械有限公司"], "address": ["远江省远山市河西区长堤路88号（临时经营场所）"]}, dtype="string"
    )  # fmt: skip
    bare = publishing.bare_forms(firms, ("远江省", "远山市", "远山", "远江"))
    with pytest.raises(ConfigError):
        publishing.search({"zones.geojson": text}, firms=firms, code="", layers=[bare])


def test_a_trade_without_its_city_is_anybodys() -> None:
    firms = pd.DataFrame({"name": ["远山市机械有限公司"]}, dtype="string")
    bare = publishing.bare_forms(firms, ("远山市",))
    publishing.search({"a.geojson": "红星机械有限公司"}, firms=firms, code="", layers=[bare])

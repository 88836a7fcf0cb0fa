"""Online geocoders against a real local server: what they document is understood, what goes wrong is survived."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from provider_server import (
    amap,
    amap_error,
    baidu,
    cut,
    drip,
    flood,
    serving,
    slow,
    tencent,
    tianditu,
)

from industrymap.datum import convert
from industrymap.errors import ConfigError, MissingKeyError, ProviderError, QuotaError
from industrymap.geocoding.online import providers
from industrymap.geocoding.online.providers.amap import Amap
from industrymap.geocoding.online.providers.baidu import Baidu
from industrymap.geocoding.online.providers.tencent import Tencent
from industrymap.geocoding.online.providers.tianditu import Tianditu
from industrymap.web import Rate, Retry, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator

HASTY = {
    "timeout": Timeout(total_s=0.4),
    "retry": Retry(times=2, backoff_s=0.01),
    "rate": Rate(per_second=1000),
}
CITY = "某市"
SECRET = "key-that-must-not-leak"
PLACE = (113.3, 23.1)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def made(kind: type[Any], url: str, **manners: Any) -> Any:
    return kind(SECRET, url=url, **HASTY | manners)


def shifted(datum: str) -> tuple[float, float]:
    lon, lat = convert(np.array([PLACE[0]]), np.array([PLACE[1]]), source=datum, target="wgs84")
    return float(lon[0]), float(lat[0])


SUCCESS = [
    (Amap, "gcj02", amap((*PLACE, "门牌号"))),
    (Baidu, "bd09", baidu(*PLACE, confidence=100)),
    (Tencent, "gcj02", tencent(*PLACE)),
    (Tianditu, "cgcs2000", tianditu(*PLACE)),
]


@pytest.mark.parametrize(("kind", "datum", "reply"), SUCCESS)
def test_an_answer_arrives_in_wgs84(kind: type[Any], datum: str, reply: Any) -> None:
    with serving(lambda *_: reply) as server:
        [answer] = made(kind, server.url).locate(["某路1号"], city=CITY)
    assert (answer.lon, answer.lat) == pytest.approx(shifted(datum), abs=1e-7)
    assert (answer.level, answer.provider) == ("address", kind.name)
    assert answer.radius_m <= 60
    assert 0.7 <= answer.score <= 1


EMPTY = [
    (Amap, {"status": "1", "info": "OK", "infocode": "10000", "count": "0", "geocodes": []}),
    (Amap, amap(None)),
    (Amap, amap_error("30001", "ENGINE_RESPONSE_DATA_ERROR")),
    (Baidu, {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}),
    (Baidu, {"status": 0, "result": []}),
    (Baidu, {"status": 2, "message": "Request Parameter Error:address length too long"}),
    (Tencent, {"status": 306, "message": "缺少参数"}),
    (Tencent, {"status": 310, "message": "请求参数信息有误"}),
    (Tencent, {"status": 347, "message": "查询无结果"}),
    (Tianditu, {"msg": "无结果", "status": "101"}),
]


@pytest.mark.parametrize(("kind", "reply"), EMPTY)
def test_no_such_place_is_none(kind: type[Any], reply: Any) -> None:
    with serving(lambda *_: reply) as server:
        assert made(kind, server.url).locate(["某路1号"], city=CITY) == [None]


WRONG_KEY = [
    (Amap, amap_error("10001", "INVALID_USER_KEY")),
    (Amap, amap_error("10005", "INVALID_USER_IP")),
    (Amap, amap_error("10010", "IP_QUERY_OVER_LIMIT")),
    (Baidu, {"status": 200, "message": "APP不存在，AK有误请检查再重试"}),
    (Baidu, {"status": 101, "message": "AK参数不存在"}),
    (Tencent, {"status": 311, "message": "key格式错误"}),
    (Tencent, {"status": 110, "message": "请求来源未被授权"}),
    (Tianditu, {"code": 1, "msg": "非法key", "resolve": "申请有效key"}),
    (Tianditu, 403),
]


@pytest.mark.parametrize(("kind", "reply"), WRONG_KEY)
def test_a_refused_key_names_the_variable_and_is_not_tried_again(
    kind: type[Any], reply: Any
) -> None:
    with serving(lambda *_: reply) as server:
        with pytest.raises(ProviderError, match=f"INDUSTRYMAP_{kind.name.upper()}_KEY") as caught:
            made(kind, server.url).locate(["某路1号"], city=CITY)
        assert len(server.seen) == 1
    assert not isinstance(caught.value, QuotaError)
    assert SECRET not in caught.value.en + caught.value.zh


QUOTA = [
    (Amap, amap_error("10003", "DAILY_QUERY_OVER_LIMIT")),
    (Baidu, {"status": 302, "message": "天配额超限，限制访问"}),
    (Tencent, {"status": 121, "message": "此key每日调用量已达到上限"}),
]


@pytest.mark.parametrize(("kind", "reply"), QUOTA)
def test_a_used_up_day_is_told_apart(kind: type[Any], reply: Any) -> None:
    with serving(lambda *_: reply) as server:
        with pytest.raises(QuotaError, match="tomorrow"):
            made(kind, server.url).locate(["某路1号"], city=CITY)
        assert len(server.seen) == 1


TOO_FAST = [
    (Amap, amap_error("10004", "ACCESS_TOO_FREQUENT"), SUCCESS[0][2]),
    (Amap, amap_error("10014", "QPS_HAS_EXCEEDED_THE_LIMIT"), SUCCESS[0][2]),
    (Amap, amap_error("10015", "CQPS_HAS_EXCEEDED_THE_LIMIT"), SUCCESS[0][2]),
    (Baidu, {"status": 401, "message": "当前并发量已经超过约定并发配额"}, SUCCESS[1][2]),
    (Baidu, {"status": 402, "message": "当前并发量已经超过约定并发配额"}, SUCCESS[1][2]),
    (Baidu, {"status": 1, "msg": "服务器内部错误"}, SUCCESS[1][2]),
    (Tianditu, {"status": "404", "msg": "出错"}, SUCCESS[3][2]),
    (Tencent, {"status": 120, "message": "此key每秒请求量已达到上限"}, SUCCESS[2][2]),
    (Tianditu, 429, SUCCESS[3][2]),
]


@pytest.mark.parametrize(("kind", "reply", "then"), TOO_FAST)
def test_too_many_requests_are_waited_out(kind: type[Any], reply: Any, then: Any) -> None:
    with serving(lambda _, n: reply if n == 1 else then) as server:
        [answer] = made(kind, server.url).locate(["某路1号"], city=CITY)
        assert answer is not None
        assert len(server.seen) == 2


FAULTS = [
    cut,
    slow,
    drip,
    flood,
    b"<html>504 Gateway Time-out</html>",
    b"\xff\xfe\x00",
    b"",
    b"[]",
    b"null",
    b'{"status": "0"}',
    {
        "status": 0,
        "infocode": "10000",
        "geocodes": [{"location": "nan,inf"}],
        "result": {"location": {}},
    },
    500,
    502,
]


@pytest.mark.parametrize("kind", [Amap, Baidu, Tencent, Tianditu])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: getattr(f, "__name__", str(f)[:30]))
def test_a_fault_is_tried_again_and_survived(kind: type[Any], fault: Any) -> None:
    good = {k: reply for k, _, reply in SUCCESS}[kind]
    with serving(lambda _, n: fault if n == 1 else good) as server:
        [answer] = made(kind, server.url).locate(["某路1号"], city=CITY)
        tries = len(server.seen)
    if answer is None:  # an answer that is well-formed for this provider, but holds nothing
        assert tries == 1
    else:
        assert tries == 2
        assert answer.level == "address"


@pytest.mark.parametrize(
    "fault", [cut, slow, b"garbage", 503], ids=["cut", "slow", "garbage", "503"]
)
def test_after_every_try_failed_one_sentence_without_the_key(fault: Any) -> None:
    with serving(lambda *_: fault) as server:
        with pytest.raises(ProviderError, match="in 3 tries") as caught:
            made(Amap, server.url).locate(["某路1号"], city=CITY)
        assert len(server.seen) == 3
    text = caught.value.en + caught.value.zh + repr(caught.value.__cause__)
    assert SECRET not in text
    assert caught.value.__cause__ is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(("kind", "good"), [(k, reply) for k, _, reply in SUCCESS])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_no_answer_however_odd_breaks_the_run(
    kind: type[Any], good: dict[str, Any], data: st.DataObject
) -> None:
    reply = json.loads(json.dumps(good))
    node: Any = reply
    while True:  # walk to a random place of a sound answer and put something else there
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], (dict, list)) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(JSON)
    with serving(lambda *_: reply) as server:
        provider = made(kind, server.url, retry=Retry(times=0), rate=Rate(per_second=1e9))
        try:
            [answer] = provider.locate(["某路1号"], city=CITY)
        except ProviderError:
            return
    if answer is not None:
        assert np.isfinite([answer.lon, answer.lat, answer.radius_m, answer.score]).all()
        assert len(answer.said) <= 120
        assert answer.said.isprintable()


def test_a_dead_address_is_one_sentence_without_the_key() -> None:
    with serving(lambda *_: 200) as server:
        url = server.url
    with pytest.raises(ProviderError) as caught:
        made(Amap, url).locate(["某路1号"], city=CITY)
    assert SECRET not in str(caught.value)


def test_a_redirect_does_not_take_the_key_elsewhere() -> None:
    def redirect(handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", other.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving(lambda *_: 200) as other, serving(lambda *_: redirect) as server:
        with pytest.raises(ProviderError, match="HTTP 302"):
            made(Amap, server.url).locate(["某路1号"], city=CITY)
        assert other.seen == []


def test_a_deadline_holds_against_a_dripping_server() -> None:
    with serving(lambda *_: drip) as server:
        start = time.monotonic()
        with pytest.raises(ProviderError):
            made(Amap, server.url, timeout=Timeout(total_s=0.3), retry=Retry(times=0)).locate(
                ["某路1号"], city=CITY
            )
        assert time.monotonic() - start < 1.5


def test_the_rate_limit_is_kept() -> None:
    with serving(lambda *_: SUCCESS[2][2]) as server:
        tencent_ = made(Tencent, server.url, rate=Rate(per_second=20))
        start = time.monotonic()
        tencent_.locate(["某路1号"] * 5, city=CITY)
        assert time.monotonic() - start >= 4 / 20
        assert len(server.seen) == 5


def test_amap_asks_ten_at_once_and_keeps_their_order() -> None:
    places = [(113.0 + i / 100, 23.0, "门牌号") for i in range(10)]
    with serving(lambda *_: amap(*places[:4], None, *places[5:])) as server:
        answers = made(Amap, server.url).locate([f"某路{i}号|x" for i in range(10)], city=CITY)
        assert len(server.seen) == 1
        assert server.seen[0]["batch"] == "true"
        assert server.seen[0]["address"].count("|") == 9
    assert answers[4] is None
    lons = [a.lon for a in answers if a]
    assert lons == sorted(lons)
    assert len(lons) == 9


def test_an_amap_batch_that_comes_back_short_is_asked_one_by_one() -> None:
    def reply(query: dict[str, str], _: int) -> dict[str, object]:
        if "batch" in query:
            return amap((113.0, 23.0, "门牌号"))
        return amap((113.0, 23.0, "门牌号")) if query["address"] == "a" else amap(None)

    with serving(reply) as server:
        answers = made(Amap, server.url).locate(["a", "b"], city=CITY)
    assert [a is not None for a in answers] == [True, False]


def test_requests_say_what_the_services_document() -> None:
    long = "某区" + "很长的路名" * 20 + "1号"
    with serving(lambda *_: SUCCESS[1][2]) as server:
        made(Baidu, server.url).locate([long], city=CITY)
        asked = server.seen[0]
    assert asked["ak"] == SECRET
    assert (asked["output"], asked["ret_coordtype"], asked["city"]) == ("json", "bd09ll", CITY)
    assert len(asked["address"].encode()) <= 128
    assert long.startswith(asked["address"])
    with serving(lambda *_: SUCCESS[2][2]) as server:
        made(Tencent, server.url).locate(["某路1号", "某市某路1号"], city=CITY)
        assert [q["address"] for q in server.seen] == ["某市某路1号", "某市某路1号"]
    with serving(lambda *_: SUCCESS[3][2]) as server:
        made(Tianditu, server.url).locate(['某路"1"号'], city=CITY)
        assert json.loads(server.seen[0]["ds"]) == {"keyWord": '某市某路"1"号'}


AMAP_LEVELS = {
    "国家": None,
    "省": None,
    "市": None,
    "未知": None,
    "区县": "district",
    "开发区": "town",
    "乡镇": "town",
    "村庄": "village",
    "热点商圈": "village",
    "道路": "road",
    "道路交叉路口": "road",
    "小巷": "road",
    "兴趣点": "building",
    "公交地铁站点": "building",
    "住宅区": "building",
    "门牌号": "address",
    "单元号": "address",
    "楼层": "address",
    "房间": "address",
    "门址": "address",
}


@pytest.mark.parametrize(("theirs", "ours"), AMAP_LEVELS.items())
def test_every_documented_level_of_amap_is_mapped(theirs: str, ours: str | None) -> None:
    with serving(lambda *_: amap((*PLACE, theirs))) as server:
        [answer] = made(Amap, server.url).locate(["某路"], city=CITY)
    assert answer.level == ours


CONFIDENCES = [
    (100, 20),
    (90, 50),
    (80, 100),
    (75, 200),
    (70, 300),
    (60, 500),
    (50, 1000),
    (40, 2000),
    (30, 5000),
]


@pytest.mark.parametrize(("confidence", "radius_m"), CONFIDENCES)
def test_a_confidence_of_baidu_is_its_documented_radius(confidence: int, radius_m: float) -> None:
    with serving(lambda *_: baidu(*PLACE, confidence=confidence)) as server:
        [answer] = made(Baidu, server.url).locate(["某路"], city=CITY)
    assert answer.radius_m == radius_m
    assert (answer.level == "address") == (radius_m <= 50)


def test_a_vague_pin_of_baidu_is_at_best_a_road() -> None:
    with serving(lambda *_: baidu(*PLACE, confidence=100, precise=0)) as server:
        [answer] = made(Baidu, server.url).locate(["某路"], city=CITY)
    assert answer.level == "road"


@pytest.mark.parametrize("reliability", [1, 6])
def test_an_unreliable_answer_of_tencent_has_no_level(reliability: int) -> None:
    with serving(lambda *_: tencent(*PLACE, reliability=reliability)) as server:
        [answer] = made(Tencent, server.url).locate(["某路"], city=CITY)
    assert answer.level is None


NAMES = ["amap", "baidu", "tencent", "tianditu"]


def test_four_providers_are_announced() -> None:
    assert set(NAMES) <= set(providers.available())


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_key_names_the_variable_to_set(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"INDUSTRYMAP_{name.upper()}_KEY", raising=False)
    with pytest.raises(MissingKeyError, match=f"INDUSTRYMAP_{name.upper()}_KEY"):
        providers.load([name])


@pytest.mark.parametrize("name", NAMES)
def test_key_address_and_quota_come_from_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = {k.name: r for k, _, r in SUCCESS}[name]
    with serving(lambda *_: reply) as server:
        monkeypatch.setenv(f"INDUSTRYMAP_{name.upper()}_KEY", SECRET)
        monkeypatch.setenv(f"INDUSTRYMAP_{name.upper()}_URL", server.url)
        monkeypatch.setenv(f"INDUSTRYMAP_{name.upper()}_QUOTA", "123")
        [provider] = providers.load([name])
        assert isinstance(provider, providers.Provider)
        assert provider.daily_quota == 123
        assert provider.locate(["某路"], city=CITY) != [None]
        assert SECRET in server.seen[0].values()


def test_an_unknown_provider_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'amap'"):
        providers.load(["amp"])


@pytest.mark.parametrize("value", ["file:///etc/passwd", "restapi"])
def test_an_address_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDUSTRYMAP_AMAP_URL", value)
    with pytest.raises(ConfigError, match="INDUSTRYMAP_AMAP_URL"):
        Amap(SECRET)


@pytest.fixture(scope="module", autouse=True)
def _quiet_threads() -> Iterator[None]:
    yield
    time.sleep(0.05)

"""Kill a process in the middle of its writes, again and again, and look at what is left.

``python tests/helpers/store_kills.py FOLDER KILLS [SEED]`` prints how many kills there were, how many fell inside a
transaction, and how many changes survived; it exits with 1 at the first database that is not as it should be.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import shapely

from industrymap.store import Edit, Store

FEATURES = 60


def edits(number: int) -> list[Edit]:
    """A change of every feature, so that half a change would show."""
    grow = number % 7 / 1000
    return [
        Edit(
            layer="village_parks",
            id=f"P{i}",
            record={"name": f"园{i}", "firms_reported": number},
            geometry=shapely.box(113 + i / 100, 23, 113.005 + i / 100 + grow, 23.01),
        )
        for i in range(FEATURES)
    ]


def write_for_ever(path: Path, report: int) -> None:
    """Apply change after change; say which ones are done."""
    store = Store(path)
    number = len(store.changes()) if store.exists() else 0
    while True:
        number += 1
        if number % 9 == 0:
            store.undo(number - 1, "child", "undo")
        else:
            store.apply(edits(number), "child", "write")
        os.write(report, number.to_bytes(4, "big"))


def look(path: Path, said: int) -> int:
    """Open what is left and return how many changes it holds; raise where it is not whole."""
    store = Store(path)
    if not store.exists():
        assert said == 0, "a change that was reported is gone"
        return 0
    assert store.check() == []
    log = store.changes()
    assert log["id"].tolist() == list(range(1, len(log) + 1))
    assert len(log) in {said, said + 1}, f"{said} changes were reported, {len(log)} are there"
    now = store.current("village_parks")
    if len(log):
        assert len(now) == FEATURES
        assert now["firms_reported"].nunique() == 1, "half a change"
    return len(log)


def main(folder: Path, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    path = folder / "base.gpkg"
    inside = done = 0
    for number in range(kills):
        if number % 25 == 0:  # also the making of the file is killed now and then
            for old in folder.glob("base.gpkg*"):
                old.unlink()
            done = 0
        hear, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(hear)
            write_for_ever(path, tell)
        os.close(tell)
        time.sleep(rng.uniform(0.0, 0.3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        reports = b""
        while part := os.read(hear, 4096):
            reports += part
        os.close(hear)
        journal = path.with_name("base.gpkg-journal")
        inside += journal.exists() and journal.stat().st_size > 0
        said = int.from_bytes(reports[-4:], "big") if reports else done
        done = look(path, said)
    sys.stdout.write(f"{kills} kills, {inside} inside a transaction, every database opened whole\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)

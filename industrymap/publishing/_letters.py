"""Letters of firms for publicity (公示): what of a grading may leave the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.errors import ConfigError
from industrymap.publishing._columns import fields

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["letters"]


def letters(grades: pd.DataFrame, *, rule: str, published: bool) -> pd.DataFrame:
    """Return what may be published of the grades of firms: the letter and whose it is, no figure, score or rank.

    Parameters
    ----------
    grades : DataFrame
    rule : str
        Name of the rule, for the message.
    published : bool
        Whether the rule's own document has letters made public.

    Raises
    ------
    ConfigError
        It does not: what a survey says of a single firm may not be given out (统计法 2024, 第二十八条), and a letter leads back to it.
    """
    if not published:
        raise ConfigError(
            f"The rule {rule} does not say that letters are made public; where its document does, write publishes_letters = true into the rule.",
            f"规则 {rule} 没有写明公布类别；其文件有此规定的，请在规则中写 publishes_letters = true。",
        )
    # In the order of public.csv; whatever else the table holds stays in the office.
    return grades[[name for name in fields("grades") if name in grades]]

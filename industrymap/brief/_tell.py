"""From figures to a brief: its sections in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.brief._firms import firms_section
from industrymap.brief._parts import attention_section, clusters_section, parts_section
from industrymap.brief._ratios import ratios_section
from industrymap.brief._story import Story
from industrymap.brief._teller import Teller, day_text
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from industrymap.brief._material import Material

__all__ = ["tell"]


def tell(material: Material, *, lang: str = "zh") -> Story:
    """Tell a brief of what is known.

    Parameters
    ----------
    material : Material
    lang : str
        ``zh`` or ``en``.

    Raises
    ------
    ConfigError
        Nothing at all is known of the area for the period.
    """
    teller = Teller(material, lang)
    first = teller.overall()
    if first is None:
        raise ConfigError(
            f"There is no figure of {material.area.name} for {material.period}: read the tables of that period first (industrymap series import).",
            f"{material.area.name} {material.period.text('zh')}没有任何数据：请先读入该时期的报表（industrymap series import）。",
        )
    made = (first, parts_section(teller), clusters_section(teller), ratios_section(teller), firms_section(teller), attention_section(teller))  # fmt: skip
    sections = [s for s in made if s is not None]
    about = material.meta
    words = {
        "area": material.area.name,
        "period": material.period.text(lang),
        "producer": about.producer or about.title,
        # Of the figures, not of the clock: the same figures make the same document.
        "date": day_text(material.as_known, lang),
    }
    return Story(
        title=teller.filled(material.outline.title, words),
        subtitle=teller.filled(material.outline.subtitle, words).strip("　 ·"),
        sections=sections,
        notes=teller.notes(),
        mark=about.simulated_text(lang),
        lang=lang,
        ledger=teller.ledger,
    )

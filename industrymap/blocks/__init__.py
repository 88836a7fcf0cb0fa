"""Industrial blocks 工业产业区块: the rules that apply to them, the gate for big projects, and changes to them."""

from industrymap.blocks._adjust import adjust
from industrymap.blocks._check import check
from industrymap.blocks._contiguous import contiguous
from industrymap.blocks._gate import gate

__all__ = ["adjust", "check", "contiguous", "gate"]

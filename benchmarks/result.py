"""What a measurement says: two figures of one run, and their ratio."""

from msgspec import Struct


class Result(Struct, frozen=True):
    """One line of the table.  `bound` is the ratio that must not be passed; 0 where there is none."""

    what: str
    ours: str
    beside: str
    ratio: float
    bound: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its bound."""
        return not self.bound or self.ratio <= self.bound

    def cells(self) -> tuple[str, str, str, str, str]:
        """The line as text."""
        ratio = f"{self.ratio:,.0f}" if self.ratio >= 100 else f"{self.ratio:.2f}"
        return (self.what, self.ours, self.beside, ratio, f"{self.bound:g}" if self.bound else "")


def time_text(seconds: float) -> str:
    """Seconds with a unit that suits them."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"

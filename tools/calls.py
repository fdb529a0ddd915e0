"""Which functions of the engine and the resources each test calls, so that a fault is shown only to tests that can meet it."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType

from tools.faults import PLACES, ROOT, Fault, changed, compiled

_PREFIXES = tuple(str(ROOT / place) for place in PLACES)


def calls_during(work: Callable[[], object]) -> set[str]:
    """The functions of the engine and the resources that are called while something works, by `name_of`."""
    codes: set[CodeType] = set()

    def called(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return {name_of(code) for code in codes if code.co_filename.startswith(_PREFIXES)}


def name_of(code: CodeType) -> str:
    """A function by its file, its first line and its qualified name."""
    return f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_firstlineno} {code.co_qualname}"


def home_of(fault: Fault) -> str:
    """The innermost function that a fault changes, or the class or module whose import it changes."""
    *_, (innermost, _) = changed(compiled(fault, -1), compiled(fault, fault.number))
    return name_of(innermost)

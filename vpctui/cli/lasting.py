"""Importing without looking for garbage: what is imported lasts as long as the program."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """Everything that is made inside, or was before, is never searched for garbage again.

    A start makes some hundred thousand functions and types that all stay; searching them several times over takes a tenth of it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()

"""Exit statuses, and the one way in which a command ends early."""

GOOD, DIFFERS, BAD, NOT_MODELLED = 0, 1, 2, 3
"""All well; a flow fails or an expectation does not hold; bad file or arguments; stopped at something not modelled."""


class Failed(Exception):
    """A command cannot go on: what to say on standard error, and the exit status."""

    def __init__(self, text: str, status: int = BAD) -> None:
        super().__init__(text)
        self.text, self.status = text, status

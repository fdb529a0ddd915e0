"""The AWS CLI commands that collect what an import reads: read-only, ready to paste into a shell somewhere else."""


def shell_script(regions: list[str], profile: str) -> str:
    """A POSIX shell script."""
    return ""

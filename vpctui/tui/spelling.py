"""Keys as text: `nn.<enter>`, for `--keys` and tapes."""


def spelled(keys: str) -> list[str]:
    """Keys as they are written in `--keys`: `n<enter>` is `n`, then `enter`; `<space>` and a blank are the same, `<<>` is `<`."""
    out: list[str] = []
    rest = keys
    while rest:
        name, bracket, after = rest[1:].partition(">")
        if rest[0] == "<" and bracket and name:
            out.append(name)
            rest = after
        else:
            out.append("space" if rest[0] == " " else rest[0])
            rest = rest[1:]
    return out


def written(key: str) -> str:
    """One key as `spelled` reads it."""
    return f"<{key}>" if len(key) > 1 or key == "<" else "<space>" if key == " " else key

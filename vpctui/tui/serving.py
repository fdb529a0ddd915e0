"""The explorer in a browser: textual-serve runs one process of it per visitor."""

from textual_serve.server import Server


def serve(command: str, host: str, port: int) -> None:
    """Serve until somebody stops it.  Raises OSError where the port is taken."""
    Server(command, host=host, port=port, title="vpctui").serve()

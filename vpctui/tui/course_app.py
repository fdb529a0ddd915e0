"""Shows the course on a terminal until a scenario is chosen."""

import os
import sys

from vpctui.tui.app import ExplorerOptions, has_terminal, palette_of
from vpctui.tui.course import Course
from vpctui.tui.player import PlayerApp, terminal_size
from vpctui.tui.stage import Stage


def choose(course: Course, options: ExplorerOptions, stage: Stage) -> str:
    """The scenario that a person, or the tape, chooses; empty when they leave."""
    if stage.seen and not has_terminal():
        sys.stderr.write("vpctui: the course needs a terminal\n")
        return ""
    course.resize(stage.size or terminal_size())
    app = PlayerApp(course, palette_of(options, dict(os.environ)), stage)
    stage.run(app, options.mouse)
    return app.return_value.text if app.return_value else ""

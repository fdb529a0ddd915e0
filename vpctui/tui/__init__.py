"""The explorer on a terminal: keys become actions, finished lines become cells, and only cells that differ are written.

A screen is a value.  `explorer.py` holds what a person does and draws it as a `Frame`, without Textual; `canvas.py` is the one widget
that shows frames and repaints the cells in which two of them differ; `app.py` starts it.  So every screen can be tested as text, opening
an overlay costs only the cells that it covers, and no key ever causes a layout.
"""

"""Scenario files: from text to a scenario, with every mistake at its place; expectations, changes and walkthroughs."""

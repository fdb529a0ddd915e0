"""An AWS account as a scenario: what `aws … describe-*` answers, collected, understood, written.

`files` (or `live`) fills an `Account`; `inventory` gives its objects their types; `draft` is the scenario while it is being written, filled by
one file per family of resources; `scenario_text` makes it YAML.  What an API cannot know is assumed, and every assumption is told.
"""

"""The JSON Schema of scenario files, for editors: the resources' own tables, and the parts of the story."""

import vpctui.aws
from vpctui.scenario.expected import EXPECTATION, HOP, ICMP
from vpctui.scenario.lesson import ASSUME
from vpctui.scenario.questions import FLOW
from vpctui.schema import Json, json_schema
from vpctui.schema.json_schema import fields_schema, section_schema

TEXT: Json = {"type": ["string", "number", "boolean"]}
WORDS: Json = {"anyOf": [TEXT, {"type": "object", "properties": {"en": TEXT, "ja": TEXT}, "additionalProperties": False}]}
TEXTS: Json = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
OUTCOME: Json = {
    "type": "string",
    "pattern": "^(ok|asymmetric|half-open|(forward|return):[A-Z0-9_]+)$",
    "description": "ok, asymmetric, half-open, forward:REASON or return:REASON.",
}


def scenario_schema() -> Json:
    """The whole format in JSON Schema, draft 2020-12."""
    return json_schema([section for section, _ in vpctui.aws.SECTIONS.values()], _story())


def _story() -> Json:
    return {
        "title": {"description": "Title.", **WORDS},
        "teaches": {"description": "What the scenario teaches.", **WORDS},
        "slides": {"description": "Slides of the talk.", "type": "array", "items": {"type": "integer"}},
        "order": {"description": "Place in the course.", "type": "integer"},
        "predict": {"description": "Ask for predictions in the walkthrough.", "enum": [True, False, "on", "off"]},
        "hidden": {"description": "Faults to be found, written by vpctui break.", "type": "string"},
        "assume": {"description": "Readings of AWS that are disputed or unpublished.", **fields_schema(ASSUME)},
        "flows": section_schema(FLOW),
        "expect": {"description": "What is expected of each flow.", **_expectations()},
        "changes": {"description": "Named sets of changes, and what they bring.", "type": "object", "additionalProperties": _change()},
        "walkthrough": {"description": "The lesson, step by step.", "type": "array", "items": _step()},
    }


def _expectations() -> Json:
    hop = fields_schema(HOP)
    long = fields_schema(EXPECTATION)
    long["properties"] = {**long["properties"], "result": OUTCOME, "icmp": fields_schema(ICMP), "hop": {"anyOf": [hop, {"type": "array", "items": hop}]}}
    return {"type": "object", "additionalProperties": {"anyOf": [OUTCOME, long]}}


def _change() -> Json:
    properties = {"set": TEXTS, "en": TEXT, "ja": TEXT, "expect": _expectations(), "error": TEXT}
    return {"type": "object", "properties": properties, "required": ["set"], "additionalProperties": False}


def _step() -> Json:
    properties = {"en": TEXT, "ja": TEXT, "do": TEXTS, "expect": _expectations(), "error": TEXT, "predict": TEXT}
    return {"type": "object", "properties": properties, "additionalProperties": False}

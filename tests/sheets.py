"""How often is a style sheet parsed by all the tests of a process? Once.

Every dashboard that a test starts reads the same sheets, which took a tenth of its time. Textual
keeps what it parsed as well, but for one dashboard only. This rests on names that are Textual's own
business; a test pins them.
"""

from collections.abc import Mapping
from typing import Any

import textual.css.stylesheet as stylesheet
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.tokenize import tokenize_values

Tokens = dict[str, list[Any]]

_tokens: dict[tuple[tuple[str, str], ...], Tokens] = {}
_rules: dict[tuple[object, ...], list[Any]] = {}


def parse_once() -> None:
    """Let every dashboard of this process use the rules that the first one parsed."""
    setattr(stylesheet, "tokenize_values", _tokenized)  # noqa: B010
    setattr(stylesheet, "parse", _parsed)  # noqa: B010
    # Textual's is by identity too, but at the pace of Python, for each rule and each widget.
    setattr(RuleSet, "__hash__", object.__hash__)  # noqa: B010


def _tokenized(values: Mapping[str, str]) -> Tokens:
    key = tuple(values.items())
    if key not in _tokens:
        _tokens[key] = tokenize_values(dict(values))
    return _tokens[key]


def _parsed(
    scope: str, css: str, read_from: tuple[str, str], *, variable_tokens: Tokens, **how: Any
) -> list[Any]:
    # Tokens of the same variables are the same object, and are never let go.
    key = (scope, css, read_from, id(variable_tokens), *how.values())
    if key not in _rules:
        _rules[key] = list(parse(scope, css, read_from, variable_tokens=variable_tokens, **how))
    return _rules[key]

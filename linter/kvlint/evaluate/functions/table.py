"""The functions of Terraform, by name."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.functions.dates import DATES
from kvlint.evaluate.functions.encoding import ENCODING
from kvlint.evaluate.functions.files import FILES
from kvlint.evaluate.functions.flow import FLOW
from kvlint.evaluate.functions.formatting import FORMATTING
from kvlint.evaluate.functions.lists import LISTS
from kvlint.evaluate.functions.maps import MAPS
from kvlint.evaluate.functions.network import NETWORK
from kvlint.evaluate.functions.numbers import NUMBERS
from kvlint.evaluate.functions.patterns import PATTERNS
from kvlint.evaluate.functions.sets import SETS
from kvlint.evaluate.functions.strings import STRINGS
from kvlint.evaluate.functions.yamltext import YAML
from kvlint.evaluate.scope import Function

_BUILT_IN: dict[str, Function] = {
    **DATES,
    **ENCODING,
    **FILES,
    **FLOW,
    **FORMATTING,
    **LISTS,
    **MAPS,
    **NETWORK,
    **NUMBERS,
    **PATTERNS,
    **SETS,
    **STRINGS,
    **YAML,
}

#: All built-in functions, each also under its long name ``core::name``.
TERRAFORM_FUNCTIONS: Mapping[str, Function] = _BUILT_IN | {
    f"core::{name}": function for name, function in _BUILT_IN.items()
}

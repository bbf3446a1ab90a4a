"""The functions of Bicep and of ARM templates that need no deployment, by name in small letters.

Names are case-sensitive in Bicep and not in ARM templates: scopes see to that.
"""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.functions.arm.collections import COLLECTIONS
from kvlint.evaluate.functions.arm.common import deterministic
from kvlint.evaluate.functions.arm.dates import CHANGING, DATES
from kvlint.evaluate.functions.arm.encoding import ENCODING
from kvlint.evaluate.functions.arm.environment import ENVIRONMENT
from kvlint.evaluate.functions.arm.files import FILES, OUTSIDE
from kvlint.evaluate.functions.arm.formatting import FORMATTING
from kvlint.evaluate.functions.arm.lambdas import LAMBDAS
from kvlint.evaluate.functions.arm.logic import LOGIC
from kvlint.evaluate.functions.arm.network import NETWORK
from kvlint.evaluate.functions.arm.objects import OBJECTS
from kvlint.evaluate.functions.arm.strings import STRINGS
from kvlint.evaluate.scope import Function

_DETERMINISTIC: dict[str, Function] = {
    **COLLECTIONS,
    **DATES,
    **ENCODING,
    **ENVIRONMENT,
    **FORMATTING,
    **LAMBDAS,
    **LOGIC,
    **NETWORK,
    **OBJECTS,
    **OUTSIDE,
    **STRINGS,
}

#: All functions. Of the same arguments all but a few have the same result, known or not.
ARM_FUNCTIONS: Mapping[str, Function] = {
    **{
        name: function if function.lazy else deterministic(name, function)
        for name, function in _DETERMINISTIC.items()
    },
    **CHANGING,
    **FILES,
}

"""The second reader of HCL: python-hcl2, asked where a verdict or an edit hangs on syntax."""

from __future__ import annotations


def accepts(text: str) -> bool:
    """Whether python-hcl2 reads this text; False too where it cannot be loaded."""
    try:
        import hcl2

        hcl2.loads(text if text.endswith("\n") else text + "\n")
    except Exception:
        # Whatever a foreign parser raises, it did not read the text.
        return False
    return True

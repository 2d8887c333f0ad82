"""Form → blank workbook: the standard template, ready to be filled in, printed and sent back."""

from __future__ import annotations

from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit


def build_template(form: Form, policy: Policy, stamp: Stamp, *, unit: Unit | None = None) -> bytes:
    """The standard workbook as bytes; the same arguments always give the same bytes.

    Args:
        form: the sheets in use; hidden sheets and columns are already left out.
        policy: named on the cover and in the notes.
        stamp: identity, written to the hidden sheet `_meta` and to the document properties.
        unit: the addressee; its known facts are filled in and locked. None = the blank standard workbook.
    Raises: XltoolError: TPL-001 a text, name or list that Excel does not take.
    """
    from toolkit.templating.build import build

    if unit is None:
        return build(form, policy, stamp, addressed=False)
    from toolkit.ooxml.filling import set_cells
    from toolkit.templating.prefill import roomy, rows_for, unit_cells

    form = roomy(form, rows_for(form, unit))
    data = build(form, policy, stamp, addressed=True)
    return set_cells(data, unit_cells(form, unit, stamp), properties=dict(stamp.pairs()))

"""Allowances (工作补贴): who is due how much for which months, what was paid, and by which clause.

`allowance` computes the report of a year, `allowance_results` gives it under the clauses of the policy.
What differs between policies is data: the `allowance` block of the pack (see `rules`) and its parameters.
"""

from toolkit.compute.allowance.engine import allowance
from toolkit.compute.allowance.results import allowance_results

__all__ = ["allowance", "allowance_results"]

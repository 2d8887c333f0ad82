"""Situations that stop a command: one base class, a stable code, an exit code."""

from toolkit.model.catalogue import entry

FINE, FINDINGS, USAGE, ENVIRONMENT = 0, 1, 2, 3
INTERRUPTED, UNHEARD = 130, 141
"""Exit codes of a program that Ctrl+C ended, and of one whose reader went away: 128 and the number of the signal."""


class XltoolError(Exception):
    """A situation of ours, said in one Chinese sentence.

    Args:
        code: a code of `toolkit/messages/*.yaml` that carries an `exit`.
        facts: the values for the placeholders of its message and fix.
    """

    def __init__(self, code: str, **facts: object) -> None:
        record = entry(code)
        self.code = code
        self.exit_code = record.exit
        super().__init__(f"[{code}] {record.sentence(**facts)}")


class DefinitionError(Exception):
    """A form, policy pack or message file breaks its own rules: file, line and what is wrong."""

    exit_code = ENVIRONMENT

    def __init__(self, file: object, line: int, problem: str) -> None:
        self.file, self.line, self.problem = str(file), line, problem
        super().__init__(f"[DEF-001] {file} 第{line}行：{problem}")

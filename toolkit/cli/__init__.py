"""The command line: each command calls one public function; nothing heavy is imported before a command runs."""

from toolkit.cli.app import main, main_group

__all__ = ["main", "main_group"]

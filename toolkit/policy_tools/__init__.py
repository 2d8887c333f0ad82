"""Tools for people who write and read policy packs: coverage, show, check, new, explain, and the reference pages."""

"""Planted situations: edits to a neutral unit, clause by clause, with the level that the policy's text asks for."""

"""The drawing layer of printed pages: paper, tables from a spec, tiles, charts, links, what stands behind the figures.

A page is one spec (`specs`, in YAML) and at most one function that fills it (`page`).
"""

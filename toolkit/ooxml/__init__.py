"""The inside of a workbook file, for whoever reads, fills or marks it: what is not touched stays byte for byte.

archive, writing     the zip: parts checked before anything is inflated; the same parts always give the same bytes
usual, canonical     parts found by their relations; one form of XML before anything looks at it
container            parts replaced, added, taken out
sheet, editing, sheets, styles, comments, covered, elements, relations, properties, calcchain   what stands in parts
filling              one template filled many times; set_cells
"""

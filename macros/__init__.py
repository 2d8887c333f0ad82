"""The control workbook: VBA as text, the packer that makes it a VBA project, the builder, the scripts beside it."""

"""What the management reports are made of: figures read from the lake, charts, page and workbook."""

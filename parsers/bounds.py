"""Every bound that a document is held to, in one place. Past one of them the verdict is `too_large`.

Together they keep any document, however made, within 5 seconds and 500 MB. Real reports stay far below: the largest page
seen has 3 MB of markup, the longest PDF 60 pages, the largest DOCX 20 MB, nearly all of it pictures.
"""

from __future__ import annotations

MAX_BYTES = 50 * 2**20  # of one document, as fetched

# HTML and text
MAX_CHARACTERS = 20_000_000  # of markup or text; pictures inlined as base64 make most of such a page
MAX_SPAN = 200  # a span past this is noise: no official table is wider than 15 columns
MAX_GRID_CELLS = 50_000  # of one table

# Office packages (DOCX, XLSX) and zip archives, before anything is unpacked
MAX_MEMBERS = 2_000  # of one archive
MAX_UNPACKED = 150 * 2**20  # bytes of all members together
MAX_XML = 24 * 2**20  # bytes of all XML parts of one package together
MAX_NESTED_TABLES = 12  # tables within tables

# Spreadsheets
MAX_XLS_BYTES = 8 * 2**20
MAX_SHEET_CELLS = 200_000  # rows times columns of one sheet
MAX_SHEETS = 60

# PDF
MAX_PAGES = 150
MAX_PAGE_OBJECTS = 30_000  # letters, lines and pictures of one page
MAX_PDF_STREAM = 32 * 2**20  # bytes of one stream, inflated
MAX_PDF_UNPACKED = 256 * 2**20  # bytes of all streams that are inflated to be checked
MAX_PDF_SECONDS = 4.0  # of processor time; a page takes 0.05 to 0.2

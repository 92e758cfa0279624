"""Every bound that a document is held to, in one place. Past one of them the verdict is `too_large`.

Together they keep any document, however made, within 5 seconds and 500 MB. Real reports stay far below: the largest page
seen has 3 MB of markup, the longest PDF 60 pages, the largest DOCX 20 MB, nearly all of it pictures.
"""

from __future__ import annotations

MAX_BYTES = 50 * 2**20  # of one document, as fetched

# HTML and text
MAX_CHARACTERS = 20_000_000  # of markup; pictures inlined as base64 make most of such a page
MAX_TAGS = 200_000  # of one page, ends included; a page pasted from Word has 10,000
MAX_TEXT = 1_000_000  # characters of text that a reader sees
MAX_TABLES = 2_000  # of one page; pages laid out by tables have up to 200
MAX_EXTRACTED = 10_000  # elements beside tables of figures that trafilatura, quadratic, is given; a report has 3,000
MAX_GRID_WIDTH = 2_000  # columns of one table
MAX_SPAN = 200  # a span past this is noise: no official table is wider than 15 columns
MAX_GRID_CELLS = 50_000  # of one table

# Office packages (DOCX, XLSX) and zip archives, before anything is unpacked
MAX_MEMBERS = 2_000  # of one archive
MAX_UNPACKED = 150 * 2**20  # bytes of all members together
MAX_XML = 24 * 2**20  # bytes of all XML parts of one package together
MAX_XML_TAGS = 600_000  # in all of them, ends included; a report has 30,000
MAX_NESTED_TABLES = 12  # tables within tables

# Spreadsheets
MAX_XLS_BYTES = 8 * 2**20
MAX_SHEETS = 30
MAX_SHEET_ROWS = 2**20  # most of them are not there: a stray cell in the last row is common
MAX_SHEET_CELLS = 100_000  # that are there, blank or not
MAX_SHEET_PLACES = 1_000_000  # rows times the columns that each reaches: a stray cell far to the right is less common

# Pictures that are to be recognised
MAX_PIXELS = 40_000_000  # of one picture
MAX_RECOGNISED = 20  # pages of one document; each takes seconds

# PDF
MAX_PAGES = 150
MAX_PAGE_OBJECTS = 30_000  # letters, lines and pictures of one page
MAX_RULINGS = 5_000  # crossings of level and upright lines of one page that are looked at for tables
MAX_PDF_STREAM = 2**20  # bytes of one stream that is read token by token, which takes 3 seconds a megabyte
MAX_PDF_FONT = 32 * 2**20  # bytes of a font; whole Chinese fonts have up to 20 MB
MAX_DAMAGED = 2 * 2**20  # bytes of one damaged stream, which takes a second a megabyte to save
MAX_PACKED_BY_RUNS = 2**16  # bytes of one stream in LZW or run-length coding, which nobody but old scanners writes
MAX_PDF_SECONDS = 4.0  # of processor time; a page takes 0.05 to 0.2

"""How right the reader is (`make accuracy`): the catalogue, drawn documents, pages that are no report, real documents.

What a drawn document holds is known before it is written, so each reading can be held against it. The seeds are fixed: the
same code gives the same documents and the same page, docs/accuracy.md.
"""

"""Do ledger, archive and lake agree? Every disagreement as a `Finding`, and the mending of what the archive can mend.

archive.py   WARC files: whole, each capture where the ledger says, no page that the ledger does not know
ledger.py    rows that contradict each other, or the reading that they say they come from
lake.py      each partition against what its readings give, byte for byte
mending.py   what --repair does before documents are read again and partitions published
"""

"""All disk and database: the WARC archive, the ledger, the Parquet lake and the portal files."""

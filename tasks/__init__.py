"""Prefect tasks: each one takes a batch of documents by id, and records in the ledger what happened to each."""

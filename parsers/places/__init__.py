"""Data: the administrative divisions of China (行政区划) by year. Read through `parsers.gazetteer`; sources in README.md."""

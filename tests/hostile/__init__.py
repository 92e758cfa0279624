"""Files that are made to break a reader."""

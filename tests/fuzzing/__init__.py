"""Coverage-guided fuzzing (`make fuzz`): bytes that atheris makes, against every reader and against discovery.

What it finds is kept in tests/hostile/found/ and read again by tests/parsers/test_found.py.
"""

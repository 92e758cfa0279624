"""What the parsers' tests share."""

from __future__ import annotations

import sys

import pytest

collect_ignore = ["test_ocr_recognition.py"] if sys.version_info >= (3, 13) else []

pytest.register_assert_rewrite("tests.parsers.carried")

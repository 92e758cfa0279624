"""What the parsers' tests share."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.parsers.carried")

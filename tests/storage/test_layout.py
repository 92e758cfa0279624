"""Paths and partition names."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.layout import DataDirectory, Partition


def test_a_partition_is_where_the_contract_says() -> None:
    data = DataDirectory(Path("data"))
    part = data.part("figures", Partition(2024, "CN-GS"))
    assert part == Path("data/lake/figures/year=2024/region=CN-GS/part-0.parquet")


@pytest.mark.parametrize("partition", [Partition(2017, "CN-ZJ"), Partition(None, "CN-GS"), Partition(None)])
def test_a_partition_is_found_again_by_its_path(partition: Partition) -> None:
    assert Partition.from_path(partition.path) == partition


@pytest.mark.parametrize("path", ["year=2024", "year=x/region=CN-GS", "year=2024/region=CN-GS/..", "year=2024/region=../.."])
def test_other_paths_are_no_partitions(path: str) -> None:
    with pytest.raises(ValueError, match="not a partition"):
        Partition.from_path(path)


@pytest.mark.parametrize("region", ["../../etc", "CN-GS/x", "620000", ""])
def test_names_from_outside_never_become_paths(region: str) -> None:
    with pytest.raises(ValueError, match="ISO 3166-2"):
        Partition(2024, region)


@pytest.mark.parametrize("month", ["2025", "../../x", "2025-03/.."])
def test_only_a_month_names_a_captures_file(month: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        DataDirectory(Path("data")).captures_part(month)


def test_prepare_makes_every_folder(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path / "new" / "data").prepare().prepare()
    assert all(folder.is_dir() for folder in (data.archive, data.lake, data.locks, data.logs))
    assert [path for path in data.root.rglob("*") if path.is_file()] == []


def test_a_directory_that_cannot_be_written_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"data directory .*file.* cannot be written .*--data or NIANBAO_DATA"):
        DataDirectory(tmp_path / "file").prepare()


def test_a_read_only_file_system_is_refused_in_a_sentence() -> None:
    read_only = Path("/proc/self")  # which even root cannot write
    if not read_only.is_dir():
        pytest.skip("no /proc here to stand for a read-only file system")
    with pytest.raises(StorageError, match=r"data directory /proc/self cannot be written"):
        DataDirectory(read_only).prepare()

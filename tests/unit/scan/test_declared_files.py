"""The path of a declaring file, by what lies around its source."""

from __future__ import annotations

from pathlib import Path

from coordinator.scan.declared_files import DeclaredFiles, DeclaringSource


def declared(base: Path, *sources: DeclaringSource) -> DeclaredFiles:
    return DeclaredFiles(base=base, sources=sources)


def test_outside_of_a_repository_paths_start_at_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    paths_of = declared(tmp_path, DeclaringSource(path=tmp_path / "sql")).paths_for(["one"])
    assert paths_of("001.sql") == ("sql/001.sql",)


def test_of_a_source_that_is_a_file_the_folder_counts(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "schema.sql").touch()
    paths_of = declared(tmp_path, DeclaringSource(path=tmp_path / "schema.sql")).paths_for(["one"])
    assert paths_of("schema.sql") == ("schema.sql",)


def test_of_several_possible_sources_the_one_with_such_a_file_is_meant(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("a/001.sql", "b/002.sql"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    first = DeclaringSource(path=tmp_path / "a", sure=False)
    paths_of = declared(tmp_path, first, DeclaringSource(path=tmp_path / "b")).paths_for(["one"])
    assert paths_of("002.sql") == ("b/002.sql",)
    assert paths_of("gone.sql") == ("a/gone.sql", "b/gone.sql")

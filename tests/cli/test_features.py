"""Does `fiador features` write aligned columns, and say what each of them is?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

Fiador = Callable[..., tuple[int, str, str]]
TINY = Path(__file__).parents[2] / "portfolios" / "tiny"
HISTORY = Path(__file__).parents[2] / "portfolios" / "home_credit"


def test_a_file_holds_every_feature_by_application_and_the_speed_of_each_table_is_told(
    fiador: Fiador, tmp_path: Path
) -> None:
    out = tmp_path / "features.parquet"
    code, said, shown = fiador("features", TINY, "--out", out)
    assert (code, said.strip()) == (0, f"11 applications, 12 features: {out}")  # the twelfth has no key
    assert "payments: 6 features of 8 rows" in shown
    assert "rows/s" in shown
    rows = {row["key"]: row for row in pq.read_table(out).to_pylist()}
    assert (rows["001"]["payments"], rows["001"]["total_paid"], rows["005"]["mean_paid"]) == (2, 150, None)


def test_a_folder_gets_a_file_a_table_with_the_same_keys(fiador: Fiador, tmp_path: Path) -> None:
    out = tmp_path / "features"
    assert fiador("features", TINY, "--out", out)[0] == 0
    tables = {path.stem: pq.read_table(path) for path in out.iterdir()}
    assert set(tables) == {"loans", "payments"}
    assert tables["loans"].column("key") == tables["payments"].column("key")
    assert {str(f.type) for f in tables["payments"].schema if f.name != "key"} == {"float"}


def test_a_file_that_cannot_be_written_is_told_before_a_table_is_read(fiador: Fiador, tmp_path: Path) -> None:
    code, _, shown = fiador("features", TINY, "--out", tmp_path / "features.xlsx")
    assert code == 4
    assert "Name a .parquet or a .csv file." in shown
    assert "reading" not in shown


def test_little_memory_gives_the_same_and_none_at_all_is_told(fiador: Fiador, tmp_path: Path) -> None:
    plain, bounded = tmp_path / "plain.parquet", tmp_path / "bounded.parquet"
    assert fiador("features", TINY, "--out", plain)[0] == 0
    assert fiador("features", TINY, "--out", bounded, "--memory", "512MB")[0] == 0
    assert pq.read_table(bounded) == pq.read_table(plain)
    code, _, complained = fiador("features", TINY, "--out", bounded, "--memory", "1KB")
    assert (code, "'1KB' is no amount of memory to work with. Write 4GB, or 512MB." in complained) == (4, True)


def test_the_data_dictionary_is_a_line_a_feature_in_the_language_asked_for(fiador: Fiador) -> None:
    code, said, _ = fiador("features", HISTORY, "--describe", "--language", "fr")
    lines = dict(line.split("\t", 1) for line in said.splitlines())
    assert code == 0
    assert lines["instalments_m12__days_late__mean"] == (
        "moyenne\N{NO-BREAK SPACE}: jours de retard (mensualités, 12 derniers mois)\tmean(instalments.days_late) "
        "within 365\tinstalments.DAYS_ENTRY_PAYMENT, instalments.DAYS_INSTALMENT\tnull"
    )


def test_neither_a_place_nor_a_description_asked_for_is_told(fiador: Fiador) -> None:
    code, _, complained = fiador("features", TINY)
    assert (code, "give one" in complained) == (2, True)


def test_a_file_of_another_kind_is_refused(fiador: Fiador, tmp_path: Path) -> None:
    code, _, complained = fiador("features", TINY, "--out", tmp_path / "features.xlsx")
    assert (code, "Name a .parquet or a .csv file" in complained) == (4, True)


def test_a_look_up_that_repeats_never_makes_two_applications_of_one(fiador: Fiador, tmp_path: Path) -> None:
    for file in (TINY / "data").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    people = tmp_path / "people.csv"
    people.write_text(people.read_text() + people.read_text().splitlines()[1] + "\n")
    code, _, complained = fiador("features", TINY, "--source", tmp_path, "--out", tmp_path / "features.csv")
    assert code == 4
    assert "11 applications became 13 rows: a key, or what a row looks up, repeats. See which with" in complained
    assert not (tmp_path / "features.csv").exists()


def test_another_moment_is_refused_where_a_table_can_t_tell(fiador: Fiador) -> None:
    code, said, complained = fiador("sql", HISTORY, "--as-of", "-90")
    assert (code, said) == (3, "")
    assert "home_credit: tables.bureau: its columns hold a later state" in complained
    code, _, complained = fiador("features", TINY, "--as-of", "1996-12-31", "--describe")
    assert (code, "tiny: portfolio.decided_at: no application says when it was decided" in complained) == (3, True)


def test_a_moment_that_is_none_is_told(fiador: Fiador) -> None:
    for asked in ("90", "yesterday", "2999-01-01"):
        code, _, complained = fiador("sql", TINY, "--as-of", asked)
        assert (code, "--as-of" in complained and asked in complained) == (2, True)


def test_decisions_as_of_another_moment_say_so(fiador: Fiador, tmp_path: Path, bundle_folder: Path, simulated) -> None:
    for name, table in simulated.items():
        pq.write_table(table.slice(0, 50), tmp_path / f"{name}.parquet")
    ways = {"own.parquet": (), "earlier.parquet": ("--as-of", "-90")}
    for out, asked in ways.items():
        assert fiador("score", bundle_folder, "--source", tmp_path, "--out", tmp_path / out, *asked)[0] == 0
    own, earlier = (pq.read_table(tmp_path / out) for out in ways)
    assert earlier.column_names == [*own.column_names, "as_of"]
    assert set(earlier.column("as_of").to_pylist()) == {"-90"}

"""Commands that speak to a database are read, never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.expressions.files import Files
from coordinator.iac.located_text import HOLE, LocatedText, Span
from coordinator.iac.shell.effects import ShellFolder, ShellSql
from coordinator.iac.shell.script import read_script

FILES = {
    "a.sql": "A;",
    "b.sql": "B;",
    "a b.sql": "AB;",
    "sql/1.sql": "ONE;",
    "sql/2.sql": "TWO;",
    "sql/include.sql": "\\ir 1.sql\n\\i b.sql\n",
    "apply.sh": '#!/bin/bash\nset -e\ncd "$(dirname "$0")"\npsql -d "${1:-app}" -f a.sql\n',
    "vars.sql": "CREATE TABLE :name (x text DEFAULT :'text');",
    "connects.sql": "\\c other\nB;",
    "migrations/0001_a.sql": "CREATE TABLE a ();",
    "flyway/V1__a.sql": "CREATE TABLE a ();",
    "seed.py": "import psycopg\n",
    "package.py": "import zipfile\n",
}


def read(folder: Path, command: str, **variables: str) -> list[str]:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    script = LocatedText(command, (Span(0, "main.tf", 1),))
    found = []
    for effect in read_script(
        script, Files(folder), ".", {name: LocatedText(text) for name, text in variables.items()}
    ):
        if isinstance(effect, ShellSql):
            where = f"{effect.destination.host}/{effect.destination.database}"
            doubt = "?" if effect.doubt else ""
            found.append(f"{doubt}{where}: {effect.text.text.strip()}")
        elif isinstance(effect, ShellFolder):
            found.append(f"{effect.tool} {effect.folder}")
        else:
            found.append(f"! {effect.reason}")
    return found


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("psql -f a.sql", ["/: A;"]),
        ("psql --file=a.sql -d app", ["/app: A;"]),
        ("psql app --file 'a b.sql' -h db", ["db/app: AB;"]),
        ("psql postgres://u:p@h:5433/d?sslmode=x -f a.sql", ["h/d: A;"]),
        ('psql "host=h dbname=d user=u" -f a.sql', ["h/d: A;"]),
        ("psql -c 'CREATE TABLE a ()' -c \"CREATE TABLE b ()\"", ["/: CREATE TABLE a ()", "/: CREATE TABLE b ()"]),
        ("psql -Xqf a.sql -v ON_ERROR_STOP=1", ["/: A;"]),
        ("psql -h db -U me < a.sql", ["db/: A;"]),
        ("PGPASSWORD=x PGDATABASE=d psql -h db \\\n  -f a.sql \\\n  -f b.sql", ["db/d: A;", "db/d: B;"]),
        ("psql x <<SQL\nCREATE TABLE a ();\nSQL\n", ["/x: CREATE TABLE a ();"]),
        ("psql x <<-'SQL'\n\tCREATE TABLE a ();\n\tSQL\n", ["/x: CREATE TABLE a ();"]),
        ("  psql x <<EOF\n  A;\n  EOF\n", ["/x: A;"]),
        ("psql x <<< 'A;'", ["/x: A;"]),
        ("psql -f a.sql && psql -f b.sql; echo done", ["/: A;", "/: B;"]),
        ("psql a <<A\nSELECT 1;\nA\npsql b <<B\nSELECT 2;\nB", ["/a: SELECT 1;", "/b: SELECT 2;"]),
        ("cat a.sql b.sql | psql x", ["/x: A;B;"]),
        ("echo 'A;' | sudo -u postgres psql", ["/: A;"]),
        ("cat sql/[12].sql | psql", ["/: ONE;TWO;"]),
        ('for f in sql/[12].sql; do psql -f "$f"; done', ["/: ONE;", "/: TWO;"]),
        ("cd sql && psql -f 1.sql; (cd ..; psql -f a.sql); psql -f 2.sql", ["/: ONE;", "/: A;", "/: TWO;"]),
        ("bash -c 'psql -f a.sql'", ["/: A;"]),
        ("bash apply.sh && ./apply.sh core", ["/app: A;", "/core: A;"]),
        ("run() { psql -d $1 -f a.sql; }\nrun x; run y", ["/x: A;", "/y: A;"]),
        ("psql -v name=t -v text=it -f vars.sql", ["/: CREATE TABLE t (x text DEFAULT 'it');"]),
        ("psql -d one -f connects.sql", ["/other: B;"]),
        ("psql -f sql/include.sql", ["/: ONE;", "/: B;"]),
        ("docker run --rm -v $(pwd)/sql:/s -e PGDATABASE=d postgres:16 psql -f /s/1.sql", ["/d: ONE;"]),
        ("docker compose exec -T db psql -U x app -c 'A'", ["/app: A"]),
        ("kubectl -n x exec -it pod -- psql -c 'A'", ["/: A"]),
        ("kubectl exec -i pod -- psql -d d < a.sql", ["/d: A;"]),
        ("ssh -i key me@host \"psql -c 'A'\"", ["/: A"]),
        ("su - postgres -c \"psql -c 'A'\"", ["/: A"]),
        ("if [ -f a.sql ]; then psql -f a.sql; else psql -f b.sql; fi", ["/: A;"]),
        ("test -d nowhere && psql -f a.sql", []),
        ("psql -f a.sql || true", ["/: A;"]),
        ("until pg_isready; do sleep 1; done; psql -f a.sql", ["/: A;"]),
        ("aws rds-data execute-statement --database d --sql 'A'", ["/d: A"]),
        ("aws rds-data execute-statement --database d --sql file://a.sql", ["/d: A;"]),
        ("sqlx migrate run", ["sqlx migrations"]),
        ("flyway -locations=filesystem:flyway migrate", ["flyway flyway"]),
        (
            "docker run -v $PWD/flyway:/flyway/sql flyway/flyway -locations=filesystem:/flyway/sql migrate",
            ["flyway flyway"],
        ),
        ("echo hello", []),
        ("createdb app; psql -l; psql --version", []),
        ("python3 package.py", []),
        ("sqlx database create", []),
    ],
)
def test_what_a_database_would_be_given_is_read(command: str, expected: list[str], tmp_path: Path) -> None:
    assert read(tmp_path, command, PWD=".") == expected


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("psql $URL", "psql is run, but with no -c, -f or here-document"),
        ("psql -c 'unclosed", "cannot be taken apart"),
        ("psql -f gone.sql", "no such file"),
        ("psql -f $FILE", "which file psql -f is given is not known"),
        ("sed s/a/b/ a.sql | psql", "psql reads what another program writes"),
        ("bash gone.sh", "the script gone.sh: no such file"),
        ("python3 seed.py", "seed.py is a program that may speak to a database"),
        ("python manage.py migrate", "migrations of django are programs"),
        ("npx prisma migrate deploy", "prisma"),
        ("npm run db:migrate", "what npm does is not known"),
        ("liquibase update", "changelog"),
        ("sqlx migrate run --source sql", "sqlx finds no migration in sql"),
        ("flyway migrate", "flyway finds no migration in sql"),
        ("ls sql/*.sql | xargs -n1 psql -f", "the arguments of the command come from another one"),
        ("ssh host psql -f a.sql", "the file is on another machine"),
        ("pg_restore -d app dump", "an archive of pg_dump is not read"),
        ("aws rds-data execute-statement --sql $SQL", "which statement is executed is not known"),
    ],
)
def test_what_cannot_be_known_is_said(command: str, reason: str, tmp_path: Path) -> None:
    (told,) = read(tmp_path, command)
    assert told.startswith("! ")
    assert reason in told


@pytest.mark.parametrize(
    "command",
    [
        "if $CONDITION; then psql -c 'A'; fi",
        "while read f; do psql -c 'A'; done < list",
        "psql -tc 'x' | grep -q 1 || psql -c 'A'",
        "case $X in a) psql -c 'A';; esac",
    ],
)
def test_a_command_that_may_not_run_is_doubted(command: str, tmp_path: Path) -> None:
    assert "?/: A" in read(tmp_path, command)


def test_an_unknown_host_leaves_the_rest_known(tmp_path: Path) -> None:
    assert read(tmp_path, f"psql -h {HOLE} -d products -f a.sql") == ["/products: A;"]


def test_a_here_document_keeps_its_lines(tmp_path: Path) -> None:
    script = LocatedText("psql x <<SQL\nA;\nB;\nSQL\n", (Span(0, "main.tf", 10),))
    (found,) = read_script(script, Files(tmp_path))
    assert isinstance(found, ShellSql)
    assert found.text.spans[0] == Span(0, "main.tf", 11)

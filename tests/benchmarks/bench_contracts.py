"""A service's queries asked of PostgreSQL: seconds of CPU for the declared schema, and for a shape that differs."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from coordinator.services.kept_contracts import kept_or_extracted
from shared.analysis.judging import judge_services
from shared.analysis.lasting_memory import lasting_memory
from shared.contracts.contract import Contract
from shared.contracts.extract import extract_contract
from shared.contracts.judge import with_own_verdicts
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch.contract_check import describe_contract
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile
from tests.contract_checking import check_contract

TABLES = 100
CHANGED_TABLES = 3
FIRST_SHAPE_BAR_SECONDS = 0.5
NEXT_SHAPE_BAR_SECONDS = 0.1
EXTRACTION_BAR_MEGABYTES_A_SECOND = 2.0
UNCHANGED_BAR_MEGABYTES_A_SECOND = 50.0  # to read and hash the files
_FILES_EXTRACTED = 100
_TIMED_REPETITIONS = 3  # the best one counts: others are lengthened by what else the machine does
_TYPES_A_FILE = 12  # with their code around the queries of one table: about 300 queries in a megabyte of Rust

_Result = TypeVar("_Result")


def tables() -> list[str]:
    """Make tables as an ordinary service has them: keys, a reference, defaults, a check, an index."""
    made = []
    for number in range(TABLES):
        made.append(
            f"CREATE TABLE thing{number} (id bigint PRIMARY KEY, name text NOT NULL, state text NOT NULL DEFAULT 'new' "
            "CHECK (state IN ('new', 'done')), amount numeric(12, 2), owner uuid, created timestamptz NOT NULL DEFAULT "
            f"now(), parent bigint REFERENCES thing{max(number - 1, 0)})"
        )
        made.append(f"CREATE INDEX ON thing{number} (owner) WHERE state = 'new'")
    return made


QUERIES = (
    'query!("SELECT id, name, amount FROM {this} WHERE id = $1", id).fetch_one(db)',
    "query!(\"SELECT * FROM {this} WHERE owner = $1 AND state = 'new' ORDER BY created\", owner).fetch_all(db)",
    'query!("INSERT INTO {this} (id, name) VALUES ($1, $2) RETURNING created", id, name).fetch_one(db)',
    "query!(\"UPDATE {this} SET state = 'done' WHERE id = $1 AND name = $2\", id, name).execute(db)",
    'query("SELECT a.id, b.name FROM {this} a JOIN {other} b ON b.id = a.parent WHERE a.owner = $1").bind(owner)',
    'query("INSERT INTO {this} (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING").bind(id).bind(name)',
    'query("WITH gone AS (DELETE FROM {this} WHERE id = $1 RETURNING parent) SELECT count(*) FROM gone").bind(id)',
    "query(\"SELECT state, sum(amount) FROM {this} WHERE created > now() - interval '1 day' GROUP BY state\")",
)
"""What a service says to each of its tables: four macros and four functions of sqlx."""


def source() -> str:
    """Write a service."""
    functions = []
    for number in range(TABLES):
        names = {"this": f"thing{number}", "other": f"thing{max(number - 1, 0)}"}
        calls = "\n".join(f"    sqlx::{query.format_map(names)}.await?;" for query in QUERIES)
        signature = f"async fn on_{number}(db: &PgPool, id: i64, name: &str, owner: Uuid) -> Result<()>"
        functions.append(f"{signature} {{\n{calls}\n    Ok(())\n}}\n")
    return "\n".join(functions)


ORDINARY = """
/// What a handler of {name} is asked for.
///
/// The title is compared without regard to case, and only when it is given; labels are those that the caller may see.
/// Pages begin at 1 and hold at most 100 entries, as the other lists of this interface do. A key that is not known is
/// passed over, so that older servers understand newer clients.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct {name}Request<'a> {{
    pub title: Option<Cow<'a, str>>,
    pub labels: Vec<HashMap<String, Vec<u8>>>,
    pub page: u32, // from 1
}}

impl<'a> TryFrom<&'a HttpRequest> for {name}Request<'a> {{
    type Error = ApiError;

    fn try_from(request: &'a HttpRequest) -> Result<Self, Self::Error> {{
        let query = request.uri().query().ok_or_else(|| ApiError::bad("a query string is missing"))?;
        let mut found = Self {{ title: None, labels: Vec::with_capacity(4), page: 1 }};
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {{
            match key.as_ref() {{
                "title" => found.title = Some(value),
                "page" if value.len() < 9 => found.page = value.parse().map_err(|_| ApiError::bad("no number"))?,
                other => tracing::debug!(other, "an unknown key of {name}"),
            }}
        }}
        if found.page == 0 || found.page > MAX_PAGE {{
            return Err(ApiError::bad(format!("page {{}} of {name} is out of range", found.page)));
        }}
        Ok(found)
    }}
}}

#[cfg(test)]
mod tests_of_{name} {{
    use super::*;

    #[test]
    fn a_page_beyond_the_last_one_is_refused() {{
        let request = HttpRequest::get("/{name}?title=first%20of%20all&page=1000000000").build().unwrap();
        let refused = {name}Request::try_from(&request).unwrap_err();
        assert_eq!(refused.to_string(), "page 1000000000 of {name} is out of range");
    }}
}}
"""
"""Rust that says nothing to a database, as most of a service's code: with documentation and tests, 150,000 tokens in a
megabyte are left of it. Four public services have 70,000 to 160,000."""


def ordinary_source(number: int) -> str:
    """Write one file of a service: queries to one table among ordinary code."""
    names = {"this": f"thing{number}", "other": f"thing{max(number - 1, 0)}"}
    calls = "\n".join(f"    sqlx::{query.format_map(names)}.await?;" for query in QUERIES)
    types = "".join(ORDINARY.format(name=f"Thing{number}Part{part}") for part in range(_TYPES_A_FILE))
    signature = f"pub async fn run_{number}(db: &PgPool, id: i64, name: &str, owner: Uuid) -> Result<()>"
    return f"{signature} {{\n{calls}\n    Ok(())\n}}\n{types}"


def drift() -> list[str]:
    """Change three tables, each in another way."""
    return [
        "ALTER TABLE thing7 DROP COLUMN amount",
        "ALTER TABLE thing20 ALTER name DROP NOT NULL",
        "ALTER TABLE thing33 ADD region text NOT NULL",
    ]


def backend_seconds(pid: int) -> float:
    """Give the CPU time of a server process (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def cpu(copy: ScratchDatabase, act: Callable[[], Awaitable[_Result]]) -> tuple[float, _Result]:
    """Give the CPU seconds of this process and of the server process together, and the result."""
    pid = await copy.connection.fetchval("SELECT pg_catalog.pg_backend_pid()")
    here, there = time.process_time(), backend_seconds(pid)
    result = await act()
    return time.process_time() - here + backend_seconds(pid) - there, result


class CountingServer(ScratchServer):
    """A scratch server that counts its databases."""

    made = 0

    @asynccontextmanager
    async def database(self) -> AsyncIterator[ScratchDatabase]:
        """Count one, and give it."""
        self.made += 1
        async with super().database() as database:
            yield database


async def second_run(server: EmbeddedPostgres, contract: Contract) -> tuple[float, int]:
    """Give the CPU seconds, and the scratch databases, of judging a service again with what the first run has kept."""
    scratch = CountingServer(server.dsn())
    async with scratch.database() as copy:
        await copy.run(tables())
        declared = await copy.read(Profile())
        await copy.run(drift())
        observed = await copy.read(Profile())
    first = await judge_services(scratch, [contract], declared, observed, lasting_memory())
    scratch.made, started = 0, time.process_time()
    assert await judge_services(scratch, [contract], declared, observed, lasting_memory()) == first
    return time.process_time() - started, scratch.made


async def measure(server: EmbeddedPostgres, contract: Contract) -> tuple[float, float, int]:
    """Give the CPU seconds of the first shape and of the next one, and the number of verdicts on that."""
    scratch = ScratchServer(server.dsn())
    async with scratch.database() as copy:
        await copy.run(tables())
        declared = await copy.read(Profile())
        first, baseline = await cpu(copy, lambda: describe_contract(copy, contract, declared))
        baseline = with_own_verdicts(contract, baseline)
        await copy.run(drift())
        observed = await copy.read(Profile())
        following, verdicts = await cpu(copy, lambda: check_contract(copy, contract, observed, baseline=baseline))
    return first, following, len(verdicts)


def cpu_seconds(act: Callable[[], object]) -> float:
    """Give the CPU seconds of this process for one act."""
    started = time.process_time()
    act()
    return time.process_time() - started


def extraction() -> tuple[float, float, Contract]:
    """Give the megabytes of Rust read in a second of CPU, the same for unchanged files, and the contract."""
    files = [(f"src/part{number}.rs", ordinary_source(number).encode()) for number in range(_FILES_EXTRACTED)]
    seconds = min(cpu_seconds(lambda: extract_contract("large", files)) for _ in range(_TIMED_REPETITIONS))
    size = sum(len(content) for _, content in files)
    kept_or_extracted("large", files, (), None)
    again = min(cpu_seconds(lambda: kept_or_extracted("large", files, (), None)) for _ in range(_TIMED_REPETITIONS))
    contract = extract_contract("bench", [("src/lib.rs", source().encode())])
    return size / 1e6 / seconds, size / 1e6 / again, contract


def main() -> int:
    """Print one line per figure; the exit code is 1 when one does not hold its bar."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        return report()


def report() -> int:
    """Measure in the cache folder of the environment, and print."""
    rate, unchanged, contract = extraction()
    loading = cpu_seconds(lambda: importlib.import_module("shared.contracts.repair"))
    with EmbeddedPostgres(in_memory=True) as server:
        first, following, verdicts = asyncio.run(measure(server, contract))
        again, asked = asyncio.run(second_run(server, contract))
    queries = f"{len(contract.queries)} queries"
    print(f"contracts: Rust is read with {rate:.1f} MB/s (bar: {EXTRACTION_BAR_MEGABYTES_A_SECOND})")
    print(f"contracts: unchanged Rust is read with {unchanged:.0f} MB/s (bar: {UNCHANGED_BAR_MEGABYTES_A_SECOND:.0f})")
    print(f"contracts: {queries} are described in {first:.2f} s of CPU (bar: {FIRST_SHAPE_BAR_SECONDS})")
    print(
        f"contracts: {queries} in a shape that differs in {CHANGED_TABLES} tables: {following:.2f} s of CPU"
        f" (bar: {NEXT_SHAPE_BAR_SECONDS}), {verdicts} verdicts;"
        f" the first query that a process repairs: {loading:.2f} s more, to load what repairs"
    )
    print(f"contracts: a second run makes {asked} scratch databases for services (bar: 0), {again:.2f} s of CPU")
    held = (
        rate >= EXTRACTION_BAR_MEGABYTES_A_SECOND,
        first < FIRST_SHAPE_BAR_SECONDS,
        following < NEXT_SHAPE_BAR_SECONDS,
        unchanged >= UNCHANGED_BAR_MEGABYTES_A_SECOND,
        asked == 0,
    )
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())

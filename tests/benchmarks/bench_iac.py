"""Reading a large configuration: seconds of CPU, cold and again, and how they grow with instances."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

LINES = 20_000
COLD_BAR_SECONDS = 5.0
"""CPU that a configuration of 20,000 lines may take in a new process, imports included."""

AGAIN_BAR_SECONDS = 1.0
"""CPU that it may take in a process that has read it before."""

INSTANCES = (1000, 5000)

_PART = """\
variable "v{n}" {{
  type    = string
  default = "value-{n}"
}}

locals {{
  name_{n} = "${{var.v{n}}}-${{upper("x{n}")}}"
  tags_{n} = {{ for k, v in {{ a = 1, b = 2 }} : k => "${{v}}-{n}" }}
}}

resource "aws_thing" "t{n}" {{
  name  = local.name_{n}
  count = 2
  tags  = merge(local.tags_{n}, {{ env = "prod" }})
}}

resource "acme_sql" "s{n}" {{
  sql = <<-SQL
    CREATE TABLE t{n} (
      id bigint PRIMARY KEY,
      name text NOT NULL DEFAULT '${{local.name_{n}}}'
    );
  SQL
}}

"""
_EACH = """\
locals {{
  tenants = {{ for i in flatten([for a in range({n} / 1000) : [for b in range(1000) : a * 1000 + b]]) : "t${{i}}" => "db${{i}}" }}
}}

resource "acme_sql" "s" {{
  for_each = local.tenants
  database = each.value
  sql      = "CREATE TABLE a (id int)"
}}
"""  # noqa: E501  # one line of a configuration
_READ = """\
import sys, time
from pathlib import Path
from coordinator.iac.load import read_declaration
read_declaration(Path(sys.argv[1]))
cold = time.process_time()
pieces = len(read_declaration(Path(sys.argv[1])).pieces)
print(cold, time.process_time() - cold, pieces)
"""


def main() -> None:
    """Print a line for each configuration, and the bars."""
    print("configuration              cold s  again s  pieces")
    with tempfile.TemporaryDirectory() as folder:
        parts = LINES // _PART.count("\n")
        text = "".join(_PART.format(n=n) for n in range(parts))
        cold, again = _measured(Path(folder, "lines"), f"{LINES:,} lines", text)
        print(f"bars: cold {COLD_BAR_SECONDS} s: {_held(cold, COLD_BAR_SECONDS)}", end="; ")
        print(f"again {AGAIN_BAR_SECONDS} s: {_held(again, AGAIN_BAR_SECONDS)}")
        few, many = [_measured(Path(folder, f"{n}"), f"{n:,} instances", _EACH.format(n=n))[1] for n in INSTANCES]
        print(f"{INSTANCES[1] // INSTANCES[0]} × the instances take {many / few:.1f} × the time")


def _measured(folder: Path, name: str, text: str) -> tuple[float, float]:
    folder.mkdir()
    (folder / "main.tf").write_text(text)
    done = subprocess.run([sys.executable, "-c", _READ, str(folder)], capture_output=True, text=True, check=True)
    cold, again, pieces = done.stdout.split()
    print(f"{name:<26} {float(cold):>6.2f}  {float(again):>7.2f}  {pieces:>6}")
    return float(cold), float(again)


def _held(seconds: float, bar: float) -> str:
    return "held" if seconds < bar else "MISSED"


if __name__ == "__main__":
    main()

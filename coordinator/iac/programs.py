"""Folders whose declaration is a program: what it declares is known once its own tool has written it down."""

from __future__ import annotations

from pathlib import Path

PROGRAMS = {
    "cdk.json": "an app of the CDK is a program; `cdk synth` writes what it declares to cdk.out, which is read",
    "cdktf.json": "an app of CDK for Terraform is a program; `cdktf synth` writes what it declares to "
    "cdktf.out/stacks/NAME, which is read",
    "Pulumi.yaml": "a program of Pulumi is not read; what it declares is not known without running it",
    "alembic.ini": "migrations of Alembic are programs; `alembic upgrade head --sql` writes the SQL, which is read",
    "manage.py": "migrations of Django are programs; what they do is not known without running them",
}
"""Files that say what runs a folder, and what becomes of it (the documentation of each tool)."""


def program_of(folder: Path) -> tuple[str, str] | None:
    """Return the file that makes a folder a program, and what to do about it; None when there is none."""
    found = next((name for name in PROGRAMS if (folder / name).is_file()), None)
    return (found, PROGRAMS[found]) if found else None

"""A page of the docs that is followed: files are written, commands run, in terminals of their own if it says so."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from shared.embedded.process import start_server, stop_server
from tests.extras.programs import free_port, wait_until

IN_A_TERMINAL_OF_ITS_OWN = "In a terminal of its own:"
LONGEST_START_SECONDS = 600.0
LONGEST_WAIT_FOR_AN_OUTPUT_SECONDS = 120.0

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"`([\w.-]+\.[a-z]+)`")


class VisitedPage:
    """Follows a page.

    Args:
        path: Of the page.
        folder: Where its commands are run.
        listens: For each command that stays, by how it begins: the port on which it then listens, as the page has it.
            Others are taken in their place.
        environment: Of the commands.
    """

    def __init__(self, path: Path, folder: Path, listens: Mapping[str, str], environment: Mapping[str, str]) -> None:
        text = path.read_text()
        self.ports = {port: str(free_port()) for port in listens.values()}
        for port, taken in self.ports.items():
            text = re.sub(rf"\b{port}\b", taken, text)
        parts = _SECTION.split(text)
        self._sections = dict(zip(parts[1::2], parts[2::2], strict=True))
        self._folder = folder
        self._listens = listens
        self._environment = dict(environment)
        self._terminals = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._terminals.close()

    def address(self, port: str) -> str:
        """Give where something listens that the page has on a port."""
        return f"http://127.0.0.1:{self.ports[port]}"

    def follow(self, section: str) -> str:
        """Do what a section says, block by block; give what its commands printed.

        A command whose output is shown is run again until it prints just that.
        """
        text, printed, place = self._sections[section], "", 0
        for block in _BLOCK.finditer(text):
            before = text[place : block.start()].rstrip()
            place = block.end()
            match block[1]:
                case "console":
                    self._becomes(block[2])
                case "sh" if before.endswith(IN_A_TERMINAL_OF_ITS_OWN):
                    self._stay(block[2])
                case "sh":
                    printed += self._run(block[2])
                case "text":
                    pass
                case _:
                    name = _FILE_NAME.findall(before.rpartition("\n\n")[2])[-1]
                    (self._folder / name).write_text(block[2])
        return printed

    def block(self, section: str, language: str) -> str:
        """Give the text of the last block of a language in a section."""
        return [text for kind, text in _BLOCK.findall(self._sections[section]) if kind == language][-1]

    def terminal(self, command: str) -> str:
        """Give what a command has printed that stays, by how it begins."""
        return self._log(command).read_text()

    def _log(self, command: str) -> Path:
        return self._folder / f"terminal-{self.ports[self._listens[command]]}.log"

    def _stay(self, command: str) -> None:
        [begins] = [each for each in self._listens if command.startswith(each)]
        port, log = int(self.ports[self._listens[begins]]), self._log(begins)
        variables = [f"{name}={value}" for name, value in self._environment.items()]
        argv = ["env", "-C", self._folder, "-i", *variables, "bash", "-c", f"exec {command}"]
        process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
        self._terminals.callback(stop_server, process, signal.SIGTERM)
        wait_until(lambda: _is_listening(port), process, log, seconds=LONGEST_START_SECONDS)

    def _run(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-e", "-c", commands], cwd=self._folder, env=self._environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}{done.stdout}"
        return done.stdout

    def _becomes(self, shown: str) -> None:
        command, _, expected = shown.partition("\n")
        until = time.monotonic() + LONGEST_WAIT_FOR_AN_OUTPUT_SECONDS
        while (found := self._run(command.removeprefix("$ "))) != expected and time.monotonic() < until:
            time.sleep(0.5)  # what is asked for is on its way: nobody tells when it has come
        assert found == expected


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program_called(name: str, command: list[str | Path], folder: Path) -> None:
    """Write a program into a folder that runs a command with the arguments that it is given."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n')
    path.chmod(0o755)


def on_the_path(*folders: Path) -> str:
    """Give a PATH that begins with some folders."""
    return os.pathsep.join((*map(str, folders), os.environ["PATH"]))

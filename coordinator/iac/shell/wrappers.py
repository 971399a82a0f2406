"""Programs that run another command: `sudo`, `docker run`, `kubectl exec`, `ssh`; gives the command they run."""

from __future__ import annotations

import re

import msgspec

from coordinator.iac.located_text import LocatedText
from coordinator.iac.shell.known_commands import known_commands
from coordinator.iac.shell.options import Options, take_apart
from coordinator.iac.shell.words import Command

_DOCKER_SHORT = "vewupmhlac"
_DOCKER_LONG = frozenset(
    {
        "volume",
        "env",
        "name",
        "network",
        "workdir",
        "env-file",
        "user",
        "entrypoint",
        "publish",
        "link",
        "mount",
        "platform",
    }
    | {
        "hostname",
        "add-host",
        "memory",
        "label",
        "net",
        "restart",
        "index",
        "project-name",
        "file",
        "project-directory",
    }
    | {"profile", "cpus", "pull", "log-driver", "volumes-from", "health-cmd"}
)
_KUBECTL_LONG = frozenset({"namespace", "container", "context", "kubeconfig", "image", "env", "restart", "overrides"})
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ash", "ksh"})


def unwrapped(command: Command) -> Command | None:  # noqa: PLR0911  # one return for each case
    """Return the command that a wrapper runs, with what is special about it; None when it is no wrapper."""
    name = command.name
    if name in {"docker", "podman", "nerdctl", "docker-compose"}:
        return _docker(command)
    if name == "kubectl" or name == "oc":  # noqa: PLR1714  # reads better
        return _kubectl(command)
    if name == "env":
        return _env(command)
    if name == "su":
        options = take_apart(command.arguments, short="csg", long=frozenset({"command", "shell"}))
        text = options.value("c", "command")
        return _nothing(command) if text is None else command.on((LocatedText("sh"), LocatedText("-c"), text))
    if name in {"ssh", "sshpass"}:
        return _ssh(command)
    wrapper = known_commands().wrappers.get(name)
    if wrapper is None:
        return None
    options = take_apart(command.arguments, short=wrapper.short, long=frozenset(wrapper.long), until_word=True)
    rest = options.rest[wrapper.words :]
    return command.on(rest[1:] if rest and rest[0].text == "--" else rest)


def _nothing(command: Command) -> Command:
    return command.on(())


def shell_text(command: Command) -> LocatedText | None:
    """Return the script in the words of `sh -c` and `eval`; None for another command."""
    if command.name == "eval":
        return command.arguments[0] if len(command.arguments) == 1 else None
    if command.name not in _SHELLS:
        return None
    for i, word in enumerate(command.arguments):
        if re.fullmatch(r"-[a-z]*c", word.text) and i + 1 < len(command.arguments):
            return command.arguments[i + 1]
        if not word.text.startswith("-") and not (i and command.arguments[i - 1].text in {"-o", "+o"}):
            return None
    return None


def script_file(command: Command) -> tuple[str, tuple[LocatedText, ...]] | None:
    """Return the script file that a command runs, with its arguments: `bash x.sh`, `./x.sh`, `source x.sh`."""
    if command.name in _SHELLS or command.name in {"source", "."}:
        words = list(command.arguments)
        while words and words[0].text.startswith(("-", "+")):
            words = words[2:] if words[0].text in {"-o", "+o"} else words[1:]
        return (words[0].text, tuple(words[1:])) if words else None
    if command.words and (command.name.endswith((".sh", ".bash")) or command.words[0].text.startswith(("./", "../"))):
        return command.words[0].text, command.arguments
    return None


def _docker(command: Command) -> Command | None:
    words = command.arguments
    if command.name == "docker-compose" or (words and words[0].text == "compose"):
        words = words if command.name == "docker-compose" else words[1:]
        options = take_apart(words, short="fp", long=_DOCKER_LONG, until_word=True)
        if not options.rest or options.rest[0].text not in {"run", "exec"}:
            return _nothing(command)
        inner = take_apart(options.rest[1:], short="eupvw", long=_DOCKER_LONG, until_word=True)
        return _inside(command, inner, inner.rest[1:])
    options = take_apart(words, short="Hlc", long=frozenset({"context", "host", "config"}), until_word=True)
    rest = options.rest[1:] if options.rest and options.rest[0].text == "container" else options.rest
    if not rest or rest[0].text not in {"run", "exec"}:
        return _nothing(command)
    inner = take_apart(rest[1:], short=_DOCKER_SHORT, long=_DOCKER_LONG, until_word=True)
    return _inside(command, inner, _of_image(inner))


def _of_image(inner: Options) -> tuple[LocatedText, ...]:
    """Return the words of a container's command; an image of a tool runs that tool."""
    words = inner.rest[1:]
    entry = inner.value("entrypoint")
    if entry is not None:
        return (entry, *words)
    image = inner.rest[0].text if inner.rest else ""
    tool = known_commands().images.get(re.sub(r"[:@].*\Z", "", image).rpartition("/")[2])
    if tool is not None and not (words and words[0].text == tool):
        return (LocatedText(tool), *words)
    return words


def _inside(command: Command, options: Options, words: tuple[LocatedText, ...]) -> Command:
    mounts = list(command.mounts)
    for value in options.values("v", "volume"):
        outside, _, inside = value.text.partition(":")
        mounts.append((inside.partition(":")[0], outside))
    environment = dict(command.environment)
    for value in options.values("e", "env"):
        name, equals, text = value.text.partition("=")
        if equals:
            environment[name] = text
    return msgspec.structs.replace(
        command, words=words, remote=True, mounts=tuple(mounts), environment=tuple(environment.items())
    )


def _kubectl(command: Command) -> Command | None:
    options = take_apart(command.arguments, short="nc", long=_KUBECTL_LONG, until_word=True)
    if not options.rest or options.rest[0].text not in {"exec", "run"}:
        return _nothing(command)
    words = options.rest[1:]
    separator = next((i for i, word in enumerate(words) if word.text == "--"), None)
    if separator is not None:
        rest = words[separator + 1 :]
    else:
        rest = take_apart(words, short="nc", long=_KUBECTL_LONG, until_word=True).rest[1:]
    return msgspec.structs.replace(command, words=rest, remote=True)


def _env(command: Command) -> Command:
    options = take_apart(command.arguments, short="uSC", long=frozenset({"unset", "chdir"}), until_word=True)
    rest = list(options.rest)
    environment = dict(command.environment)
    while rest and re.match(r"\w+=", rest[0].text):
        name, _, value = rest.pop(0).text.partition("=")
        environment[name] = value
    return msgspec.structs.replace(command, words=tuple(rest), environment=tuple(environment.items()))


def _ssh(command: Command) -> Command:
    words = command.arguments
    if command.name == "sshpass":
        return command.on(take_apart(words, short="pfdP", long=frozenset(), until_word=True).rest)
    options = take_apart(words, short="bcDEeFIiJLlmOopQRSWw", long=frozenset(), until_word=True)
    rest = options.rest[1:]
    if not rest:
        # What it is given to read is a script for the shell there.
        given = command.stdin if command.stdin is not None and command.stdin.text else None
        script = (LocatedText("sh"), LocatedText("-c"), given) if given is not None else ()
        return msgspec.structs.replace(command, words=script, remote=True, stdin=LocatedText(""))
    if len(rest) == 1:
        rest = (LocatedText("sh"), LocatedText("-c"), rest[0])
    return msgspec.structs.replace(command, words=rest, remote=True)

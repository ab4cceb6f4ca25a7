"""Kinds of parameters: each reads a value as the API takes it, or raises its mistake.

A kind returns plain values of its own, so that later changes by a caller of its parameters
have no effect.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from efssim.errors import EfssimError
from efssim.json_values import WireObject, is_unicode
from efssim.text.suggestions import suggest


@dataclass(frozen=True)
class FileSystemNames:
    """How calls name file systems."""

    id_of: Callable[[str], str]
    """Returns the id for a name of a file system, and anything else as it is."""
    malformed: str = "FileSystemNotFound"
    """Code of the error of a text that is neither id nor ARN."""


class MalformedError(EfssimError):
    """A parameter that is malformed: the code and the message of EFS's error, which it becomes."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(code, message)  # all that it takes to be pickled


class Kind(Protocol):
    """The kind of a parameter."""

    def read(self, value: Any, where: str, named: FileSystemNames) -> Any:
        """Return the value of the parameter `where`; raise MalformedError if it has none."""


def bad(where: str, message: str) -> MalformedError:
    """Return the error of a parameter that is malformed."""
    return MalformedError("BadRequest", f"{where}: {message}")


@dataclass(frozen=True)
class Text:
    """A string of a length and a pattern."""

    longest: int | None = None
    shortest: int = 1
    pattern: str | None = None
    meaning: str = ""
    """The meaning of the pattern, in words."""

    def read(self, value: Any, where: str, named: FileSystemNames) -> str:  # noqa: ARG002  # as all kinds
        text: str = _typed(value, str, "a string", where)
        if len(text) < self.shortest or (self.longest is not None and len(text) > self.longest):
            upper = "or more" if self.longest is None else f"to {self.longest}"
            raise bad(where, f"needs {self.shortest} {upper} characters, not {len(text)}")
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            raise bad(where, f"'{text}' is not {self.meaning}")
        return text


@dataclass(frozen=True)
class Word:
    """One of some words."""

    words: tuple[str, ...]

    def read(self, value: Any, where: str, named: FileSystemNames) -> str:  # noqa: ARG002  # as all kinds
        word: str = _typed(value, str, "a string", where)
        if word not in self.words:
            known = ", ".join(self.words)
            raise bad(where, f"'{word}' is not one of {known}{suggest(word, self.words)}")
        return word


@dataclass(frozen=True)
class Number:
    """A finite number, from a least one up to the most, if there is one."""

    least: float
    whole: bool = False
    most: float = sys.float_info.max

    def read(self, value: Any, where: str, named: FileSystemNames) -> float:  # noqa: ARG002  # as all kinds
        if self.whole:
            number: float = _typed(value, int, "a whole number", where)
        else:
            number = _typed(value, (int, float), "a number", where)
        # Not below, infinite, not a number, or an integer beyond all floats.
        if not self.least <= number <= sys.float_info.max:
            raise bad(where, f"has to be a finite number of at least {self.least:g}, not {number}")
        if number > self.most:
            raise bad(where, f"has to be at most {self.most:.0f}, not {number}")
        return number if self.whole else float(number)


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def read(self, value: Any, where: str, named: FileSystemNames) -> bool:  # noqa: ARG002  # as all kinds
        if not isinstance(value, bool):
            raise bad(where, f"has to be true or false, not {_type(value)}")
        return value


FILE_SYSTEM_ID = r"fs-[0-9a-f]{8,40}"
FILE_SYSTEM_ARN = rf"arn:aws[-a-z]*:elasticfilesystem:[0-9a-z-:]+:file-system/{FILE_SYSTEM_ID}"
_FILE_SYSTEM = re.compile(f"{FILE_SYSTEM_ID}|{FILE_SYSTEM_ARN}")


@dataclass(frozen=True)
class FileSystemId:
    """The id or ARN of a file system; a name of one stands for its id."""

    def read(self, value: Any, where: str, named: FileSystemNames) -> str:
        text = named.id_of(_typed(value, str, "a string", where))
        if len(text) > 128 or not _FILE_SYSTEM.fullmatch(text):
            raise _no_id(text, where, named.malformed)
        return text


def _no_id(text: str, where: str, code: str) -> MalformedError:
    if code == "BadRequest":
        return bad(where, f"'{text}' is no id, ARN or name of a file system")
    return MalformedError(code, f"File system '{text}' does not exist.")  # the text was observed


ACCESS_POINT_ID = r"fsap-[0-9a-f]{8,40}"
ACCESS_POINT_ARN = rf"arn:aws[-a-z]*:elasticfilesystem:[0-9a-z-:]+:access-point/{ACCESS_POINT_ID}"
_ACCESS_POINT = re.compile(f"{ACCESS_POINT_ID}|{ACCESS_POINT_ARN}")


@dataclass(frozen=True)
class ResourceId:
    """The id or ARN of a file system or an access point; a name of a file system stands for it."""

    def read(self, value: Any, where: str, named: FileSystemNames) -> str:
        text: str = _typed(value, str, "a string", where)
        if len(text) <= 128 and _ACCESS_POINT.fullmatch(text):
            return text
        return FileSystemId().read(value, where, named)


@dataclass(frozen=True)
class TagText:
    """The key or value of a tag."""

    longest: int
    is_key: bool = False

    def read(self, value: Any, where: str, named: FileSystemNames) -> str:
        text = Text(self.longest, shortest=int(self.is_key)).read(value, where, named)
        if self.is_key and text[:4].lower() == "aws:":
            raise bad(where, "keys that begin with 'aws:' are reserved")
        for character in text:
            if unicodedata.category(character)[0] not in "LZN" and character not in "_.:/=+-@":
                raise bad(where, f"a tag has no character {character!r}")
        return text


@dataclass(frozen=True)
class ListOf:
    """A list of things of one kind."""

    member: Kind
    most: int | None = None
    least: int = 0

    def read(self, value: Any, where: str, named: FileSystemNames) -> list[Any]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise bad(where, f"has to be a list, not {_type(value)}")
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            bound = f"at most {self.most}" if value else f"at least {self.least}"
            raise bad(where, f"takes {bound} of them, not {len(value)}")
        return [self.member.read(part, f"{where}[{k}]", named) for k, part in enumerate(value)]


@dataclass(frozen=True)
class MapOf:
    """A mapping of any names to things of one kind."""

    member: Kind

    def read(self, value: Any, where: str, named: FileSystemNames) -> WireObject:
        if not isinstance(value, Mapping):
            raise bad(where, f"has to be a mapping, not {_type(value)}")
        return {
            Text().read(key, where, named): self.member.read(part, f"{where}.{key}", named)
            for key, part in value.items()
        }


@dataclass(frozen=True)
class Structure:
    """Members by name, of which some are required."""

    members: Mapping[str, Kind]
    required: tuple[str, ...] = field(default=())

    def read(self, value: Any, where: str, named: FileSystemNames) -> WireObject:
        """Read all members; `where` is empty for the parameters of an operation themselves."""
        if type(value) is not dict and not isinstance(value, Mapping):  # the first is quick
            raise bad(where or "parameters", f"has to be a mapping, not {_type(value)}")
        prefix = f"{where}." if where else ""
        for key in value:
            if key not in self.members:
                named_so = f"{prefix}{str(key).encode(errors='backslashreplace').decode()}"
                raise bad(named_so, f"unknown parameter{suggest(str(key), self.members)}")
        for key in self.required:
            if key not in value:
                raise bad(f"{prefix}{key}", "is required")
        return {
            key: self.members[key].read(part, f"{prefix}{key}", named)
            for key, part in value.items()
        }


def _typed(value: Any, kind: type | tuple[type, ...], words: str, where: str) -> Any:
    # True and False are integers in Python, but not in the API.
    if isinstance(value, bool) or not isinstance(value, kind):
        raise bad(where, f"has to be {words}, not {_type(value)}")
    if isinstance(value, str) and not is_unicode(value):
        raise bad(where, "half of a surrogate pair is no character")
    return value


def _type(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__

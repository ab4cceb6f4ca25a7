"""Changes of files as bytes: characters, lines, encodings, and what parsers are afraid of."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.fuzz import hostile
from benchmarks.fuzz.case import Random, pick

BYTES = (
    *(b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\x1b[31m", b"\t"),
    *(b"\r", b"\x85", b"\xe2\x80\xa8", b"\x7f", b"\xf0\x9f\x98\x80", b"{", b"}", b"[", b"]", b"\n"),
    *(b":", b": ", b"- ", b"#", b"&a ", b"*a", b"!x ", b"|", b">", b"'", b'"', b"%", b"@", b"`"),
    *(b"---\n", b"...\n", b"%YAML 9.9\n---\n", b"? ", b"<<: *a\n", b",", b";", b" " * 400, b"-"),
)
BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (97 + k, 97 + k, b", ".join([b"*%c" % (96 + k)] * 9)) for k in range(1, 12)
)


def _at(random: Random, text: bytes) -> int:
    return int(random.integers(len(text) + 1))


def _insert(random: Random, text: bytes) -> bytes:
    at = _at(random, text)
    return text[:at] + pick(random, BYTES) + text[at:]


def _flip(random: Random, text: bytes) -> bytes:
    at = _at(random, text)
    return text[:at] + bytes([int(random.integers(256))]) + text[at + 1 :]


def _cut(random: Random, text: bytes) -> bytes:
    return text[: _at(random, text)]


def _cut_out(random: Random, text: bytes) -> bytes:
    at = _at(random, text)
    return text[:at] + text[at + pick(random, (1, 2, 5, 20, 100)) :]


def _copy_part(random: Random, text: bytes) -> bytes:
    begin, at = _at(random, text), _at(random, text)
    return text[:at] + text[begin : begin + pick(random, (5, 50, 500))] + text[at:]


def _lines(random: Random, text: bytes) -> bytes:
    lines = text.splitlines(keepends=True) or [b""]
    at, other = int(random.integers(len(lines))), int(random.integers(len(lines)))
    choice = pick(random, ("drop", "double", "swap", "indent", "tab", "many"))
    if choice == "drop":
        del lines[at]
    elif choice == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    else:
        prefix = {"indent": b"  ", "tab": b"\t"}.get(choice, b"")
        times = {"double": 2, "many": 2000}.get(choice, 1)
        lines[at : at + 1] = [prefix + lines[at]] * times
    return b"".join(lines)


def _encoded(random: Random, text: bytes) -> bytes:
    whole = text.decode("utf-8", "replace")
    made: tuple[Callable[[], bytes], ...] = (
        lambda: whole.encode("utf-16"),
        lambda: whole.encode("utf-16-be"),
        lambda: whole.encode("utf-32"),
        lambda: b"\xef\xbb\xbf" + text,
        lambda: text.replace(b"\n", b"\r\n"),
        lambda: text.replace(b"\n", b"\r"),
        lambda: text.replace(b" ", b"\xc2\xa0"),
        lambda: text + b"\0" * 5000,
        lambda: b"",
    )
    return pick(random, made)()


def _token(random: Random, text: bytes) -> bytes:
    """Put a hostile value in the place of a number or a word."""
    begin = _at(random, text)
    end = begin
    while end < len(text) and text[end : end + 1].isalnum():
        end += 1
    return text[:begin] + hostile.value(random).encode("utf-8", "replace") + text[end:]


def _bomb(random: Random, text: bytes) -> bytes:
    at = text.find(b"\n", _at(random, text)) + 1
    deep = (
        BOMB,
        b"x: " + b"[" * 30_000,
        b"x: " + b"- " * 9000,
        b"x:\n" + b" " * 60_000 + b"y: 1\n",
    )
    return text[:at] + pick(random, deep) + text[at:]


_CHANGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(_insert, _insert, _flip, _flip, _cut, _cut_out, _copy_part, _lines, _lines, _encoded),
    *(_token, _token, _token, _bomb),
)


def changed(random: Random, text: bytes) -> bytes:
    """Return a file with one to four changes."""
    for _ in range(pick(random, (1, 1, 2, 4))):
        text = pick(random, _CHANGES)(random, text)
    return text

"""How far down its pages a PDF of Chromium is filled."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

Matrix = tuple[float, float, float, float, float, float]

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_TOKEN = re.compile(rb"\((?:\\.|[^\\)])*\)|<<|>>|<[0-9A-Fa-f\s]*>|[\[\]]|/?[^\s\[\]<>()/]+")
_NUMBER = re.compile(rb"[-+]?\d*\.?\d+")


def fills(pdf: bytes) -> list[float]:
    """Return for each page how far down something is drawn, as a share of its height."""
    objects = {int(number): content for number, content in _OBJECT.findall(pdf)}
    found = []
    for content in objects.values():
        if not re.search(rb"/Type\s*/Page\b", content):
            continue
        box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", content)
        drawn = re.search(rb"/Contents\s+(\d+)\s+0\s+R", content)
        assert box, content
        assert drawn, content
        high = float(box[2])
        lowest = min(_heights(_stream(objects[int(drawn[1])]), float(box[1]), high), default=high)
        found.append(1 - lowest / high)
    return found


def _stream(content: bytes) -> bytes:
    stream = _STREAM.search(content)
    assert stream is not None
    return zlib.decompress(stream[1]) if b"FlateDecode" in content else stream[1]


def _heights(content: bytes, wide: float, high: float) -> Iterator[float]:
    """Yield the heights above the lower edge of what is drawn; a background is nothing."""
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    text: Matrix = matrix
    saved: list[Matrix] = []
    path: list[float] = []
    numbers: list[float] = []
    for token in _TOKEN.findall(content):
        if _NUMBER.fullmatch(token):
            numbers.append(float(token))
            continue
        if token == b"q":
            saved.append(matrix)
        elif token == b"Q":
            matrix = saved.pop()
        elif token == b"cm":
            matrix = _product(numbers, matrix)
        elif token == b"Tm":
            text = _product(numbers, matrix)
        elif token in (b"Tj", b"TJ"):
            yield text[5]
        elif token in (b"m", b"l", b"c"):
            path.append(_height(matrix, *numbers[-2:]))
        elif token == b"re":
            x, y, across, up = numbers[-4:]
            if abs(matrix[0] * across) < 0.8 * wide or abs(matrix[3] * up) < 0.5 * high:
                path += [_height(matrix, x, y), _height(matrix, x + across, y + up)]
        elif token in (b"f", b"f*", b"S", b"B", b"B*"):
            yield from path
            path = []
        elif token == b"n":
            path = []
        elif token == b"Do":
            yield matrix[5]
        numbers = []


def _product(numbers: Sequence[float], matrix: Matrix) -> Matrix:
    a, b, c, d, e, f = numbers[-6:]
    p, q, r, s, t, u = matrix
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _height(matrix: Matrix, x: float, y: float) -> float:
    return matrix[1] * x + matrix[3] * y + matrix[5]

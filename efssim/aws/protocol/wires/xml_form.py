"""Values as XML in the shapes of botocore's service models, and back."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from botocore.model import ListShape, MapShape, Shape, StructureShape

from efssim.aws.protocol.wires.messages import MalformedRequestError
from efssim.aws.protocol.wires.scalars import text_of, value_of
from efssim.json_values import WireObject, WireValue

_NAMESPACE = re.compile(r"\{.*\}")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot have."""


def document(root: Element) -> bytes:
    """Return the bytes of a document; a carriage return, which readers would drop, is escaped."""
    made: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return made.replace(b"\r", b"&#13;")


def add_text(parent: Element, tag: str, text: str) -> None:
    """Add an element with a text to a parent."""
    SubElement(parent, tag).text = _FORBIDDEN.sub("\ufffd", text)


def add_members(parent: Element, shape: StructureShape, value: WireObject) -> None:
    """Add the members of a structure that stand in the body."""
    for name, part in value.items():
        member = shape.members[name]
        if member.serialization.get("location"):
            continue
        if member.serialization.get("xmlAttribute"):
            parent.set(_attribute(shape, member.serialization["name"]), str(part))
        else:
            add(parent, key_of(member, name), member, part)


def key_of(shape: Shape, name: str) -> str:
    """Return the tag of a member; that of a flattened list is the tag of its entries."""
    if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
        entries: str | None = shape.member.serialization.get("name")
        if entries is not None:
            return entries
    found: str = shape.serialization.get("name", name)
    return found


def add(parent: Element, tag: str, shape: Shape, value: Any) -> None:
    """Add a value to a parent, as an element or, where its shape is flattened, several."""
    if isinstance(shape, StructureShape):
        add_members(SubElement(parent, tag), shape, value)
    elif isinstance(shape, ListShape):
        flat = shape.serialization.get("flattened")
        holder = parent if flat else SubElement(parent, tag)
        entry = tag if flat else shape.member.serialization.get("name", "member")
        for part in value:
            add(holder, entry, shape.member, part)
    elif isinstance(shape, MapShape):
        flat = shape.serialization.get("flattened")
        holder = parent if flat else SubElement(parent, tag)
        for key, part in value.items():
            pair = SubElement(holder, tag if flat else "entry")
            add(pair, shape.key.serialization.get("name", "key"), shape.key, key)
            add(pair, shape.value.serialization.get("name", "value"), shape.value, part)
    else:
        add_text(parent, tag, text_of(shape, value, "iso8601"))


def _attribute(shape: Shape, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    uri = shape.serialization.get("xmlNamespace", {}).get("uri")
    return f"{{{uri}}}{local}" if prefix and uri else name


# --- reading --------------------------------------------------------------------------------------


def parsed(body: bytes) -> Element:
    """Return the root of a document; MalformedRequestError for anything else."""
    if b"<!DOCTYPE" in body:
        raise MalformedRequestError("a request has no document type")
    try:
        return ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MalformedRequestError(f"malformed XML: {error}") from None


def read_members(shape: StructureShape, node: Element) -> WireObject:
    """Return the members of a structure that an element has, and unknown ones by their tags."""
    made: WireObject = {}
    children: dict[str, list[Element]] = {}
    for child in node:
        children.setdefault(_tag(child), []).append(child)
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute"):
            local = member.serialization["name"].rpartition(":")[2]
            found = {_NAMESPACE.sub("", key): text for key, text in node.attrib.items()}
            if local in found:
                made[name] = value_of(member, found[local])
        elif not member.serialization.get("location"):
            nodes = children.pop(key_of(member, name), None)
            if nodes is not None:
                made[name] = _read(member, nodes)
    made.update({tag: nodes[0].text or "" for tag, nodes in children.items()})
    return made


def _read(shape: Shape, nodes: list[Element]) -> WireValue:
    """Return the value of the elements of a tag, of which there are several if it is flattened."""
    flat = shape.serialization.get("flattened")
    entries = nodes if flat else list(nodes[0])
    if isinstance(shape, StructureShape):
        return read_members(shape, nodes[0])
    if isinstance(shape, ListShape):
        return [_read(shape.member, [entry]) for entry in entries]
    if isinstance(shape, MapShape):
        return dict(_pair(shape, entry) for entry in entries)
    return _scalar(shape, nodes[0].text or "")


def _pair(shape: MapShape, entry: Element) -> tuple[str, WireValue]:
    parts = {_tag(part): part for part in entry}
    key = parts.get(shape.key.serialization.get("name", "key"))
    value = parts.get(shape.value.serialization.get("name", "value"))
    if key is None or value is None:
        raise MalformedRequestError(f"an entry of {shape.name} needs a key and a value")
    return key.text or "", _read(shape.value, [value])


def _scalar(shape: Shape, text: str) -> WireValue:
    found: WireValue = value_of(shape, text)
    return found


def _tag(node: Element) -> str:
    return _NAMESPACE.sub("", node.tag)

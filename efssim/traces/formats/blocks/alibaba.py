"""Block traces of Alibaba's cloud: microseconds since 1970, bytes, numbered devices."""

from __future__ import annotations

import re

from efssim.traces.formats.blocks.writes import BlockLayout, block_format

ALIBABA = block_format(
    BlockLayout(
        name="Alibaba block trace",
        row=re.compile(r"\d+,[RW],\d+,\d+,\d{15,16}"),
        header=("device_id", "opcode", "offset", "length", "timestamp"),
        time=4,
        volume=(0,),
        kind=1,
        offset=2,
        size=3,
        writes=("w",),
        reads=("r",),
        unit_bytes=1,
    )
)

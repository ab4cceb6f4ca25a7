"""Block traces of Tencent's CBS: seconds since 1970, sectors of 512 bytes, numbered volumes."""

from __future__ import annotations

import re

from efssim.traces.formats.blocks.writes import BlockLayout, block_format

TENCENT = block_format(
    BlockLayout(
        name="Tencent block trace",
        row=re.compile(r"\d{10},\d+,\d+,[01],\d+"),
        header=("timestamp", "offset", "size", "iotype", "volumeid"),
        time=0,
        volume=(4,),
        kind=3,
        offset=1,
        size=2,
        writes=("1",),
        reads=("0",),
        unit_bytes=512,
    )
)

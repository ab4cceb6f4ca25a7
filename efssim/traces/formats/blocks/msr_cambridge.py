"""Block traces of MSR Cambridge (SNIA IOTTA 388): Windows FILETIME, bytes, host and disk."""

from __future__ import annotations

import re

from efssim.traces.formats.blocks.writes import BlockLayout, block_format

MSR_CAMBRIDGE = block_format(
    BlockLayout(
        name="MSR Cambridge block trace",
        row=re.compile(r"\d{17,18},[^,]+,\d+,(?:Read|Write),\d+,\d+,\d+", re.IGNORECASE),
        header=("timestamp", "hostname", "disknumber", "type", "offset", "size", "responsetime"),
        time=0,
        volume=(1, 2),
        kind=3,
        offset=4,
        size=5,
        writes=("write",),
        reads=("read",),
        unit_bytes=1,
    )
)

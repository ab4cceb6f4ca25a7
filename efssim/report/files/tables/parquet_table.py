"""Tables as Parquet, written by pyarrow where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from efssim.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd


def require_pyarrow() -> None:
    """Raise MissingExtraError, with a sentence, unless pyarrow is there."""
    try:
        import pyarrow.parquet  # noqa: F401  # whether it is there
    except ImportError as error:
        message = "tables in Parquet need pyarrow: pip install 'efssim[parquet]'"
        raise MissingExtraError(message) from error


def write_parquet(table: pd.DataFrame, file: Path) -> None:
    """Write a table as Parquet: times in UTC, absent values null, no index.

    Each column has the type of the table's; a column that holds values of several types has their
    texts, as CSV has them. Raise MissingExtraError without pyarrow.
    """
    require_pyarrow()
    import pyarrow.parquet

    mixed = [str(name) for name in table if _is_mixed(table[name])]
    typed = table.assign(**{name: _texts(table[name]) for name in mixed})
    rows = pyarrow.Table.from_pandas(typed, preserve_index=False)
    pyarrow.parquet.write_table(rows, file)


def _is_mixed(column: pd.Series[Any]) -> bool:
    """Return whether the values of a column may be of any type."""
    return isinstance(column.dtype, np.dtype) and column.dtype.kind == "O"


def _texts(column: pd.Series[Any]) -> pd.Series[str]:
    """Return the values of a column as texts; an absent value stays absent."""
    return column.map(str, na_action="ignore").astype("string")

"""Many points as a picture, of which no more are drawn than change it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import allow_rasterization
from matplotlib.backend_bases import RendererBase
from matplotlib.lines import Line2D
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST = 128
"""Points on one pixel, each half transparent, beyond which another one changes nothing."""


class Cloud(Line2D):
    """Points of one colour and without a line: those on the same pixel are drawn so often at most.

    The renderer of pictures moves each point to the nearest pixel, so nothing moves that would not.
    """

    @allow_rasterization  # type: ignore[untyped-decorator]  # of matplotlib, which is not typed here
    def draw(self, renderer: RendererBase) -> None:
        """Draw the points that count on the pixels of a renderer."""
        data, transform = self.get_data(orig=True), self.get_transform()
        at: Floats = np.asarray(transform.transform(self.get_xydata()), dtype=np.float64)
        self.set_data(*thinned(at, _MOST).T)
        self.set_transform(IdentityTransform())
        try:
            super().draw(renderer)
        finally:
            self.set_data(*data)
            self.set_transform(transform)


def thinned(at: Floats, most: int) -> Floats:
    """Return points, of shape (points, 2), moved to their pixels, of each pixel at most so many."""
    pixels = np.column_stack((np.floor(at[:, 0] + 0.5), np.ceil(at[:, 1] - 0.5)))
    pixels = pixels[np.isfinite(pixels).all(axis=1)].astype(np.int64)
    if not len(pixels):
        return np.zeros((0, 2))
    corner = pixels.min(axis=0)
    height = int(pixels[:, 1].max() - corner[1]) + 1
    keys: NDArray[Any] = (pixels[:, 0] - corner[0]) * height + pixels[:, 1] - corner[1]
    counts = np.bincount(keys).clip(max=most)
    found = np.repeat(np.arange(len(counts)), counts)
    kept: Floats = np.column_stack((found // height, found % height)) + corner.astype(np.float64)
    return kept

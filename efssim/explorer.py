"""Sliders beside a figure: change a scenario by hand and see the lag at once, in Jupyter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from efssim.api.result import Result
from efssim.api.simulation import run
from efssim.errors import ArgumentError, MissingExtraError
from efssim.report.figures.run.live_age import LiveAge
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.study.varying.drawn_as import drawn_as

if TYPE_CHECKING:
    from ipywidgets import (  # type: ignore[import-untyped]  # ipywidgets has no types
        Image,
        SelectionSlider,
        VBox,
    )

Sliders = Mapping[str, tuple[str, Sequence[object]]]


class Explorer:
    """A scenario with a slider for each of some values, simulated anew whenever one is moved.

    `sliders` has, by label, a path as in `--set` and the values of the slider in their order, as
    a scenario has them: `{"interval": ("replications.dr.sync.interval", ["1 min", "5 min"])}`. A
    slider begins at the scenario's own value where that is one of them, else at the first.
    `replication` may be left out where there is only one. Where there are no widgets, as on a code
    host, an Explorer is its picture.

    Raise ImportError without ipywidgets (`pip install '.[notebook]'`), ScenarioError for a
    value that does not fit the scenario, ValueError for a slider without values or a scenario with
    `records: off`, and KeyError if it is not clear which replication is meant.
    """

    @checked("Explorer")
    def __init__(
        self, scenario: Scenario, sliders: Sliders, replication: str | None = None
    ) -> None:
        self._base, self._paths = scenario, {label: path for label, (path, _) in sliders.items()}
        self.sliders: dict[str, SelectionSlider] = {
            label: _slider(scenario, label, path, values)
            for label, (path, values) in sliders.items()
        }
        self.result: Result = run(self.scenario)
        """That of the sliders where they are."""
        self.image: Image = _image()
        self.result.age(replication)  # raises for an unknown name, or `records: off`
        self._live = LiveAge(self.result, replication or next(iter(self.result.outcomes)))
        self.redraw()
        for slider in self.sliders.values():
            slider.observe(lambda _: self.redraw(), names="value")

    @property
    def scenario(self) -> Scenario:
        """The scenario with the values of the sliders; streams with `drawn: auto` as they were."""
        chosen = {self._paths[label]: slider.value for label, slider in self.sliders.items()}
        return drawn_as(self._base, self._base.with_(chosen))

    def redraw(self) -> None:
        """Simulate the scenario with the values of the sliders and show its lag."""
        self.result = run(self.scenario)
        labels = (f"{label} {slider.label}" for label, slider in self.sliders.items())
        self.image.value = self._live.draw(self.result, ", ".join(labels))

    @property
    def widget(self) -> VBox:
        """The sliders above the figure."""
        from ipywidgets import VBox

        return VBox([*self.sliders.values(), self.image])

    def __repr__(self) -> str:
        return f"<efssim.Explorer of {self._base.name!r}: {', '.join(self.sliders)}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Show the widget, and its picture where there are no widgets."""
        live: dict[str, Any] = self.widget._repr_mimebundle_()
        return {**live, "text/plain": repr(self), "image/png": bytes(self.image.value)}


def _slider(scenario: Scenario, label: str, path: str, values: Sequence[object]) -> SelectionSlider:
    """Return a slider over values, each of which fits the scenario."""
    widgets = _ipywidgets()
    if not values:
        raise ArgumentError(f"the slider {label!r} needs at least one value")
    as_it_is = [scenario.with_({path: value}) == scenario for value in values]
    return widgets.SelectionSlider(
        options=[(str(value), value) for value in values],
        index=as_it_is.index(True) if any(as_it_is) else 0,
        description=label,
        style={"description_width": "10em"},
        layout={"width": "40em"},
    )


def _image() -> Image:
    return _ipywidgets().Image(format="png")


def _ipywidgets() -> Any:
    try:
        import ipywidgets
    except ImportError as error:
        message = "an Explorer needs ipywidgets: pip install '.[notebook]' in a checkout of efssim"
        raise MissingExtraError(message) from error
    return ipywidgets

"""What is measured, how good it must be, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from contrib.bench import work
from contrib.bench.work import Effort, Work


@dataclass(frozen=True)
class Measure:
    """A figure of both servers and the mark that their ratio must reach."""

    key: str
    title: str
    unit: str
    mark: float
    work: Work | None  # None: read while the server starts
    more_is_better: bool = True

    def reached(self, ratio: float) -> bool:
        """Tell whether the ratio of emulator to real Glance is good enough."""
        return ratio >= self.mark if self.more_is_better else ratio <= self.mark


MEASURES = (
    Measure("start", "cold start to the first authenticated answer", "s", 1 / 6, None, more_is_better=False),
    Measure("memory", "idle memory (PSS of all processes)", "MiB", 1 / 2, None, more_is_better=False),
    Measure("get", "GET an image", "/s", 8, work.get_image),
    Measure("list", "list 20 of {images:,} images", "/s", 8, work.list_images),
    Measure("members", "list members", "/s", 8, work.list_members),
    Measure("share", "member life cycle: POST PUT GET DELETE", "/s", 8, work.share),
    Measure("create", "create an image", "/s", 6, work.create_images),
    Measure("upload", "upload {size}, chunked", "MiB/s", 0.9, work.transfer),
    Measure("download", "download {size}", "MiB/s", 0.9, work.transfer),
)
KEYS = tuple(measure.key for measure in MEASURES)


@dataclass(frozen=True)
class Result:
    """The figures of a measure, round by round."""

    measure: Measure
    emulator: tuple[float, ...]
    real: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The emulator's median by the real Glance's."""
        return median(self.emulator) / median(self.real)

    @property
    def reached(self) -> bool:
        """Whether the mark is reached."""
        return self.measure.reached(self.ratio)


def table(results: Iterable[Result], effort: Effort) -> str:
    """Return the results as a table in Markdown, which reads well on a terminal too."""
    rows: list[tuple[str, ...]] = [("measure", "unit", "emulator", "real Glance", "ratio", "mark", "")]
    rows += [_row(result, effort) for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    left = 2  # columns of words; the others are numbers
    lines = [
        "| " + " | ".join(f"{cell:{'<' if at < left else '>'}{widths[at]}}" for at, cell in enumerate(row)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 1) + ("-" if at < left else ":") for at, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def document(results: Iterable[Result], effort: Effort) -> list[Mapping[str, Any]]:
    """Return the results for a machine to read."""
    return [
        {
            "key": result.measure.key,
            "title": _title(result.measure, effort),
            "unit": result.measure.unit,
            "emulator": result.emulator,
            "real": result.real,
            "ratio": result.ratio,
            "mark": result.measure.mark,
            "ok": result.reached,
        }
        for result in results
    ]


def _row(result: Result, effort: Effort) -> tuple[str, ...]:
    measure = result.measure
    sign = "≥" if measure.more_is_better else "≤"
    return (
        _title(measure, effort),
        measure.unit,
        _figure(median(result.emulator)),
        _figure(median(result.real)),
        _times(result.ratio),
        f"{sign} {_times(measure.mark)}",
        "ok" if result.reached else "MISS",
    )


def _title(measure: Measure, effort: Effort) -> str:
    mebibytes = effort.transfer_bytes >> 20
    size = f"{mebibytes >> 10} GiB" if mebibytes >= 1024 else f"{mebibytes} MiB"
    return measure.title.format(images=effort.images, size=size)


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:,.1f}" if number >= 10 else f"{number:.2f}"


def _times(ratio: float) -> str:
    """Return how many times, or which part of it where it is far less."""
    if ratio < 0.6:
        return f"1/{1 / ratio:.1f}".removesuffix(".0")
    return f"{ratio:.2f}".rstrip("0").rstrip(".") + " x"

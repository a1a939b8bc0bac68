"""The engine of a Spark cluster: a task a part through ``mapInArrow``, merged by Spark's aggregations.

Blocks are read and files are written by the executors, so driver and executors must see the same workspace; what goes
over the network are the partial sums.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Self

import polars as pl

from textmine.engines.engine import NOTHING, Step
from textmine.errors import EngineError, MissingExtraError

if TYPE_CHECKING:
    import pyarrow as pa

PARTS_A_CORE: Final = 2
"""Parts for each core: with more, more types are analysed several times; with fewer, cores wait for the last part."""

_BATCH_ROWS: Final = 10_000
_DONE: Final = pl.Schema({"blocks": pl.Int64()})
_TYPES: Final[dict[type[pl.DataType], str]] = {pl.String: "string", pl.Int64: "bigint"}
_SETTINGS: Final = {
    "spark.app.name": "textmine",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # A Python worker has one core: more threads would only get into each other's way.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    "spark.executorEnv.OMP_NUM_THREADS": "1",
}


class SparkEngine:
    """Runs steps on the executors of a Spark cluster.

    Parameters
    ----------
    session
        A ``SparkSession``; its executors have the same textmine, and see the same workspace.
    parts_a_core
        Tasks for each core.
    """

    elsewhere = True

    def __init__(self, session: Any, *, parts_a_core: int = PARTS_A_CORE) -> None:  # noqa: ANN401 - an extra
        self.session = session
        self._parts_a_core = parts_a_core

    @classmethod
    @contextlib.contextmanager
    def connect(
        cls,
        master: str | None = None,
        *,
        settings: dict[str, str] | None = None,
        parts_a_core: int = PARTS_A_CORE,
    ) -> Iterator[Self]:
        """Start a session, and stop it at the end; one that is there already is taken and left.

        Parameters
        ----------
        master
            URL of the cluster, such as ``spark://host:7077``, ``yarn`` or ``local[2]``; that of ``spark-submit`` or of
            ``spark-defaults.conf`` if None.
        settings
            Spark's own, such as ``spark.executor.memory``.
        parts_a_core
            Tasks for each core: with more, a worker keeps the vocabulary of fewer posts, and more is shuffled.

        Raises
        ------
        MissingExtraError
            PySpark is not installed.
        EngineError
            The session does not start.
        """
        for package in ("pyspark", "pyarrow"):
            if find_spec(package) is None:
                raise MissingExtraError("spark", package=package)
        with _without_future_warnings():
            from pyspark.sql import SparkSession

            present = SparkSession.getActiveSession()
            session = present or _start(master, settings or {})
        try:
            yield cls(session, parts_a_core=parts_a_core)
        finally:
            if present is None:
                session.stop()

    def split(self, n_blocks: int) -> list[range]:
        """Parts of nearly the same size."""
        n_parts = min(n_blocks, self._parts_a_core * self.session.sparkContext.defaultParallelism)
        edges = [n_blocks * part // n_parts for part in range(n_parts + 1)] if n_parts else [0]
        return [range(start, stop) for start, stop in itertools.pairwise(edges)]

    def each(self, step: Step, parts: Sequence[range], *, progress: Callable[[int], None] | None = None) -> None:
        """Do the parts on the executors."""
        with _translated(self.session):
            self._map(lambda blocks: map(_count, step(blocks)), parts, _DONE).agg({"blocks": "sum"}).collect()
        if progress is not None and parts:
            progress(parts[-1].stop)

    def add_up(
        self,
        step: Step,
        parts: Sequence[range],
        *,
        keys: pl.Schema,
        sums: pl.Schema,
        largest: pl.Schema = NOTHING,
        progress: Callable[[int], None] | None = None,
    ) -> pl.DataFrame:
        """Do the parts on the executors, and add up as a Spark aggregation: in each part, then over all."""
        from pyspark.sql import functions

        schema = pl.Schema({**keys, **sums, **largest})
        with _translated(self.session):
            mapped = self._map(step, parts, schema)
            merged = [functions.sum(name).alias(name) for name in sums.names()]
            merged += [functions.max(name).alias(name) for name in largest.names()]
            added = mapped.groupBy(*keys.names()).agg(*merged)
            table = pl.DataFrame(pl.from_arrow(added.toArrow()))
        if progress is not None and parts:
            progress(parts[-1].stop)
        return table.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort(keys.names())

    def _map(self, step: Step, parts: Sequence[range], schema: pl.Schema) -> Any:  # noqa: ANN401 - an extra
        """Table of what the step gives, not yet made."""
        parts = tuple(parts)

        def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for number in batch.column(0).to_pylist():
                    for frame in step(parts[number]):
                        yield from _to_arrow(frame, schema)

        columns = ", ".join(f"`{name}` {_TYPES[type(dtype)]}" for name, dtype in schema.items())
        tasks = self.session.range(0, len(parts), 1, max(len(parts), 1))
        return tasks.mapInArrow(work, columns)


def _count(_: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame({"blocks": [1]}, schema=_DONE)


def _to_arrow(frame: pl.DataFrame, schema: pl.Schema) -> Iterator[pa.RecordBatch]:
    """Arrow batches with the short strings that Spark expects."""
    import pyarrow as pa

    types = {pl.String: pa.string(), pl.Int64: pa.int64()}
    target = pa.schema([(name, types[type(dtype)]) for name, dtype in schema.items()])
    if frame.is_empty():
        return
    for rows in frame.select(schema.names()).iter_slices(_BATCH_ROWS):
        yield from rows.to_arrow().cast(target).to_batches()


def _start(master: str | None, settings: dict[str, str]) -> Any:  # noqa: ANN401 - an extra
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    if master is not None:
        builder = builder.master(master)
        if master.startswith("local"):
            # On this machine the executors are this Python; on a cluster PYSPARK_PYTHON says where theirs is.
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name, value in (_SETTINGS | settings).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError, RuntimeError, ValueError) as error:
        remedy = "it needs Java 17 or newer" if "JAVA_GATEWAY_EXITED" in str(error) else "is the master reached?"
        problem = _first_line(error).rstrip(".")
        raise EngineError(f"Spark does not start: {problem}; {remedy}", master=master) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextlib.contextmanager
def _without_future_warnings() -> Iterator[None]:
    """PySpark 4 warns that it does not know pandas 3, which nothing here uses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@contextlib.contextmanager
def _translated(session: Any) -> Iterator[None]:  # noqa: ANN401 - an extra
    """Turn the failure of a job into an EngineError of one line."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with _without_future_warnings():
        try:
            yield
        except (PySparkException, Py4JError) as error:
            raise EngineError(_cause(error), master=session.sparkContext.master) from error


def _cause(error: Exception) -> str:
    """What went wrong on an executor: the last line of Python's traceback, else the first line of Spark's message."""
    lines = [line.rstrip() for line in str(error).splitlines()]
    inside = [number for number, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    for line in lines[inside[-1] + 1 :] if inside else []:
        if line and not line.startswith((" ", "\t")):
            return f"a step failed on an executor: {line}{_remedy(line)}"
    return f"a job failed: {_first_line(error)}"


def _remedy(line: str) -> str:
    if line.startswith("ModuleNotFoundError"):
        return "; the executors need the same environment, see docs/spark.md"
    if line.startswith(("FileNotFoundError", "PermissionError")):
        return "; driver and executors must see the workspace under the same path"
    return ""


def _first_line(error: BaseException) -> str:
    """First line that tells something; of Java's errors the one that names the exception."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line.removeprefix(": ") for line in lines if line.startswith(": ")]
    return next(iter([*named, *lines]), type(error).__name__)

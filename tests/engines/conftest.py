"""A small cluster of real processes: a master, two workers with an executor each, and their Python workers."""

import getpass
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from filelock import FileLock

MASTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="package")
def spark(tmp_path_factory):
    """Engine of a cluster of two executors, for all tests here; processes of pytest-xdist wait for each other."""
    if find_spec("pyspark") is None or find_spec("pyarrow") is None:
        pytest.skip("PySpark is not installed; run: pip install --group spark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17 or newer, and there is no java here")
    from textmine.engines.spark import SparkEngine

    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "700m",
        "spark.executor.memory": "900m",
        "spark.sql.shuffle.partitions": "2",
        "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
    }
    one_at_a_time = FileLock(Path(tempfile.gettempdir()) / f"textmine-spark-tests-{getpass.getuser()}.lock")
    with one_at_a_time, SparkEngine.connect(MASTER, settings=settings) as engine:
        application = engine.session.sparkContext.applicationId
        yield engine
    import pyspark

    # The workers of local-cluster keep what their executors said beside Spark itself.
    shutil.rmtree(Path(pyspark.__file__).parent / "work" / application, ignore_errors=True)

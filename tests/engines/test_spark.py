import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from textmine.cli.main import root
from textmine.counting import store_document_term_matrix
from textmine.engines import LocalEngine
from textmine.engines.spark import SparkEngine
from textmine.errors import EngineError, MissingExtraError
from textmine.language.phrases import Phrases
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix
from textmine.report.figures import report_figures
from textmine.simulation import simulate
from textmine.store import Workspace, hash_path
from textmine.workflow import run

WORDS = (
    "pelayanan vaksin gratis untuk warga desa banjir hujan yg anak2 mksh petani pupuk menerima tanggap darurat".split()
)


@pytest.fixture(scope="module")
def posts(tmp_path_factory):
    """Posts in three files, whose edges are not those of blocks; the rare types differ from part to part."""
    folder = tmp_path_factory.mktemp("posts")
    for part, n_posts in enumerate((700, 1, 1299)):
        rows = range(part * 700, part * 700 + n_posts)
        captions = [
            " ".join(WORDS[(n * step) % len(WORDS)] for step in (1, 3, 5, 7)) + f" kata{n // 9}an 🎉" for n in rows
        ]
        tags = [[["Aku", "akU", "Bb", f"Hari{n // 50}"][n % 4]] for n in rows]
        frame = pl.DataFrame({"caption": captions, "hashtags": tags})
        frame.write_parquet(folder / f"{part}.parquet", row_group_size=100)
    return pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False)


def stored(posts, folder, engine, *, language=None, batch_rows=128):
    store_document_term_matrix(
        posts, folder, language=language or LanguageSettings(), batch_rows=batch_rows, engine=engine
    )
    return folder


@pytest.mark.parametrize(
    "language",
    [
        LanguageSettings(),
        LanguageSettings(
            phrases=Phrases(("tanggap darurat", "vaksin gratis"), keep_words=False), languages=["id", "en"]
        ),
    ],
    ids=["words", "phrases and languages"],
)
def test_the_matrix_is_the_same_to_the_byte(tmp_path, posts, spark, language):
    here = stored(posts, tmp_path / "here", LocalEngine(), language=language)
    there = stored(posts, tmp_path / "there", spark, language=language)
    files = sorted(path.relative_to(here) for path in here.rglob("*") if path.is_file())
    assert len(files) == 2 + 16 == len([path for path in there.rglob("*") if path.is_file()])
    assert [file for file in files if (here / file).read_bytes() != (there / file).read_bytes()] == []
    assert StoredMatrix.open(there).vocabulary["count"].sum() > 8_000


def executors(spark):
    """Processes of the executors of this cluster."""
    mine = spark.session.sparkContext.applicationId.encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mine in command and b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in command:
            found.append(int(folder.name))
    return sorted(found)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the executor's process in /proc")
def test_an_executor_killed_in_mid_run_changes_nothing(tmp_path, posts, spark):
    here = stored(posts, tmp_path / "here", LocalEngine(), batch_rows=16)
    before = executors(spark)
    assert len(before) == 2
    killed = []

    def kill_when_counting():
        draft = tmp_path / "there" / "draft"
        while not killed and not ended.is_set():
            if list(draft.glob(".*/part-*.parquet")):  # an attempt has begun, and none of its results is told
                os.kill(before[0], signal.SIGKILL)
                killed.append(len(list(draft.glob("[0-9]*"))))
            time.sleep(0.005)

    ended = threading.Event()
    watcher = threading.Thread(target=kill_when_counting)
    watcher.start()
    there = stored(posts, tmp_path / "there", spark, batch_rows=16)
    ended.set()
    watcher.join()
    assert killed and killed[0] < len(spark.split(125)), "the executor was to be killed before all parts were done"
    assert before[0] not in executors(spark)
    assert hash_path(there) == hash_path(here)


def fails(blocks):
    yield pl.DataFrame()
    raise FileNotFoundError(f"block {blocks.start} is not here")


def test_a_step_that_fails_is_said_in_one_line(spark):
    with pytest.raises(EngineError, match=r"^local-cluster.*FileNotFoundError: block \d+ is not here; .*same path$"):
        spark.each(fails, spark.split(1))  # tried four times, as Spark does with every task


def test_sums_over_parts_are_those_of_this_process(spark):
    keys, sums = pl.Schema({"word": pl.String(), "length": pl.Int64()}), pl.Schema({"times": pl.Int64()})

    def step(blocks):
        for number in blocks:
            yield pl.DataFrame(
                {"word": [None, "é", "z"], "length": [0, number % 2, 1], "times": [2**40, number, 1]},
                schema={**keys, **sums},
            )

    done = []
    there = spark.add_up(step, spark.split(9), keys=keys, sums=sums, progress=done.append)
    assert there.equals(LocalEngine().add_up(step, [range(9)], keys=keys, sums=sums))
    assert done == [9]
    assert [number for part in spark.split(9) for number in part] == list(range(9))
    assert spark.split(0) == [] and spark.add_up(step, [], keys=keys, sums=sums).is_empty()


def test_more_parts_a_core_change_no_byte(tmp_path, posts, spark):
    with SparkEngine.connect("local-cluster[2,1,1024]", parts_a_core=5) as finer:  # the session that is there
        assert finer.session is spark.session and len(finer.split(100)) == 10 != len(spark.split(100))
        assert hash_path(stored(posts, tmp_path / "finer", finer)) == hash_path(
            stored(posts, tmp_path / "here", LocalEngine())
        )


def test_a_missing_extra_is_said_with_the_line_that_installs_it(monkeypatch):
    from textmine.engines import spark as module

    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with (
        pytest.raises(MissingExtraError, match=r'pip install "textmine\[spark\]"'),
        module.SparkEngine.connect("local"),
    ):
        pass


LEFT = (
    "posts.parquet matrix keywords.parquet topics.parquet post_topics.parquet topic_groups.parquet "
    "topic_exemplars.parquet topic_model topic_selection.parquet topic_stability.parquet"
).split()


def test_a_run_leaves_the_same_bytes_on_a_cluster_as_here(tmp_path, spark, monkeypatch):
    """Also the shares of topics, which are floats: they are solved for block by block, on one thread of BLAS each."""
    # Blocks of 300 posts, so that there are several parts.
    monkeypatch.setitem(store_document_term_matrix.__kwdefaults__, "batch_rows", 300)
    simulate(tmp_path / "exports", n_posts=2_000)
    for name in ("here", "there"):
        (tmp_path / f"{name}.toml").write_text(
            f'workspace = "{name}"\n[ingest]\nsources = ["exports/*.csv"]\nagencies = "exports/agencies.csv"\n'
            '[keywords]\nby = ["agency", "platform"]\n'
            f'[report]\ndirectory = "{name}-reports"\nformats = ["csv", "md"]\n'
        )
    run(tmp_path / "here.toml")
    asked = ["run", str(tmp_path / "there.toml"), "--engine", "spark", "--master", "local-cluster[2,1,1024]"]
    result = CliRunner().invoke(root, asked, prog_name="textmine")
    assert result.exit_code == 0, result.output
    differ = [name for name in LEFT if hash_path(tmp_path / "here" / name) != hash_path(tmp_path / "there" / name)]
    assert differ == []
    assert hash_path(tmp_path / "here-reports") == hash_path(tmp_path / "there-reports")
    assert len(list((tmp_path / "there" / "matrix" / "counts.parquet").iterdir())) == 7
    posts = Workspace.open(tmp_path / "there").scan("posts.parquet", made_by="ingest")
    for name, table in report_figures(posts, spark, batch_rows=300).items():
        assert_frame_equal(table, report_figures(posts, LocalEngine())[name], check_exact=True)
    again = run(tmp_path / "there.toml")
    assert not any(stage.ran for stage in again.stages), "which engine ran is no setting: nothing is done again"


@pytest.mark.parametrize(
    "options",
    [["--master", "local[2]"], ["--spark", "a=b"], ["--parts-a-core", "4"], ["--engine", "spark", "--spark", "a"]],
)
def test_options_that_do_not_go_together_are_wrong_usage(tmp_path, options):
    result = CliRunner().invoke(root, ["run", str(tmp_path / "season.toml"), *options], prog_name="textmine")
    assert result.exit_code == 2
    assert "--spark" in result.stderr


def test_without_java_one_line_says_what_is_needed(tmp_path):
    pytest.importorskip("pyspark")
    (tmp_path / "season.toml").write_text('workspace = "w"\n[ingest]\nsources = ["posts.csv"]\n')
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": str(tmp_path)}
    command = [sys.executable, "-m", "textmine", "run", "season.toml", "--engine", "spark", "--master", "local[1]"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: local[1]: Spark does not start: ")
    assert "Java 17" in done.stderr

"""Fits one topic model with several seeds in a process of its own, so that its peak memory is its own.

Called by ``bench/topics.py``: a pickle with documents and settings comes in by name, JSON goes out.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import resource
import sys
import time
import warnings
from pathlib import Path

import topics_peers

warnings.simplefilter("ignore")


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    task = pickle.loads(Path(sys.argv[1]).read_bytes())
    fit = topics_peers.CONTENDERS[task["contender"]]
    vocabulary, counts, held_out = task["vocabulary"], task["counts"], task["held_out"]
    with contextlib.redirect_stdout(sys.stderr):
        fit(counts[:300], vocabulary, 2, 0)  # imports and compiles
        before, runs = resident_mb(), []
        for seed in task["seeds"]:
            started = time.process_time()
            model = fit(counts, vocabulary, task["k"], seed, **task["settings"])
            run = {"seed": seed, "seconds": time.process_time() - started, "tops": model.tops}
            if held_out is not None:
                run["largest"] = model.shares(held_out).argmax(axis=1).tolist()
            runs.append(run)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"runs": runs, "megabytes": max(peak - before, 0.0)}))


if __name__ == "__main__":
    main()

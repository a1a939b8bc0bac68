"""The page of the cost model: docs/scale.md."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from measure import wrapped
from scale import STEPS, Row, StepModel, checked, line, on_spark, serial, terms_at

ROWS_OF_POLARS = 2**32
RESULT_SIZE = 2**30
"""``spark.driver.maxResultSize``, as Spark has it where nobody set it."""

TEXT = """\
# Past one machine

What a run costs on a [Spark cluster](spark.md), from constants measured on a small one, and where it breaks. Written
by `python bench/scale.py` from these results:

```
python bench/spark.py --posts {arguments} --format json > bench/results/spark.json
python bench/scale_vocabulary.py --format json > bench/results/scale_vocabulary.json
python bench/run.py growth
python bench/scale.py
python bench/scale.py --posts 60000000 --cores 16 --parts 64 --print    # the same for others
```

Measured on {machine}, `{master}`, simulated posts of the demo's institutions in blocks of {block:,}. Other work ran
on the machine (load {load} on two cores), so the model is of processor seconds, which other work changes little. What
stands below for billions of posts is **calculated, not measured**.

## Model

A step works on parts of the posts. Each part analyses the words that it meets, so a part costs time for its posts and
time for the rows that it gives: its vocabulary, its pairs of group and term, or its accounts and days. The rows of a
part of n posts follow a power law. Rows are what is shuffled, what Java adds up, and, merged, what the driver sorts.
With P parts of n posts:

```
rows of parts   = P * k * n^b
processor       = start + posts * s1 + rows of parts * s2 (Java)
shuffled        = rows of parts * bytes
driver          = start + posts * s3 + merged rows * s4
```

{constants}

Shares of topics are left in files: nothing is merged. Java's seconds are those of its task threads, by Spark's event
log. To start Spark, its executors and their Python workers and to run 2,000 posts took {start_up:.0f} seconds by the
clock on this busy machine, once a run.

## Check

Fitted to {smaller} posts, the model says for {largest:,}:

{check}

{verdict}

{cuts}

## {posts:,.0f} posts on {cores} cores

Steps of the executors, {parts} parts, constants fitted to all sizes:

{plan}

This supposes parts of equal cost, and files that come as fast as they are read. Rows of a part are extrapolated to
parts {times_larger:,.0f} times as large as the largest that was measured. The time for words that a part meets for
the first time ({seconds_a_type:.0f} microseconds each, made-up words) is in the time of posts: in larger parts fewer
words are new, so this errs on the safe side. {written}

What the driver does alone, on one core, at the seconds that [performance.md](performance.md) measures for each
further million posts, with the memory that they take more:

{serial}

The memory is an upper bound: blocks that were not full yet and vocabularies, which grow ever more slowly, are in it.
How much of it goes on with the posts was not measured beyond a million.

**Here it breaks first**, by time and by memory. {hours:,.0f} hours of one core are {days:,.0f} days, against which
the steps above are short: more cores bring nothing until these steps run on executors too. All of them are passes
over posts or counts, block by block, so they can become steps of the engine as the others have. The driver's own
hours of keywords (a pass for TF-IDF means and examples) and of topics (the fit, coherence, tables) stand in the table
above. Until then a season of billions is cut by months or clusters of institutions into workspaces of their own,
whose runs stand side by side.

## Where else it breaks

{limits}

## Vocabulary

Terms of textmine's language layer by counted tokens, fitted to the last four of the doubling numbers of posts (Heaps'
law), and what the driver then has to merge, at {tokens_a_post:.1f} terms a post and {rows_a_term:.2f} rows a term.
The real text are the posts, tweets and sentences of the real sets that the benches use, each once: short, of few
topics, and far from billions. Take the larger figure.

{heaps}

{heaps_check}

The driver's memory and time are those of merging made-up vocabularies of {merged} terms ({megabytes} MB at their
peak, {seconds} processor seconds), without the copy that Spark holds in Java. They grow with the terms, not with the
posts.

### Pruning in each part

No term is pruned today. If each of P parts kept silent about terms in fewer than m of its posts, a term in P (m - 1)
+ 1 posts or more would never be lost: it is in m posts of some part (pigeonholes). A term that is kept would lack at
most (P - 1) (m - 1) posts, since the parts that told of it told all. Checked on {simulated:,} simulated posts in
order of time; the script fails where a bound does not hold. An entry is a term in a post.

{pruned}

A second pass would count the kept terms exactly: moving counts to the columns of the vocabulary is such a pass
already. Pruning makes the vocabulary depend on the cuts, so engines would no longer leave the same bytes; therefore
it is no option as long as the driver holds the vocabulary.

### A count-min sketch

A sketch of ln(1/δ) rows of e/ε cells counts without names, in memory that does not grow; sketches of parts add up. An
estimate is never too low, and with probability 1 - δ at most ε N too high (Cormode and Muthukrishnan 2005, An
improved data stream summary: the count-min sketch and its applications). Checked on the same posts:

{sketched}

{sketch_verdict}
"""


def page(spark: Row, vocabulary: Row, growth: Row, posts: float, cores: int, parts: int) -> str:
    models = {step: StepModel.fit(on_spark(spark, step)) for step in STEPS}
    of_matrix = on_spark(spark, "matrix")
    sizes, loads = [row["posts"] for row in of_matrix], [row["load"] for row in spark["rows"]]
    hours = sum(seconds for seconds, _ in serial(growth).values()) * posts / 1e6 / 3600
    merges = vocabulary["merge"]
    filled = TEXT.format(
        arguments=" ".join(map(str, sizes)),
        machine=spark["machine"],
        master=spark["master"],
        block=spark["block"],
        load=f"{min(loads):.0f} to {max(loads):.0f}",
        constants="\n".join(constants_table(models)),
        start_up=spark["start_up_seconds"],
        smaller=" and ".join(f"{size:,}" for size in sizes[:-1]),
        largest=sizes[-1],
        check="\n".join(check_table(spark)),
        verdict=verdict(spark),
        cuts=cuts(models["matrix"], vocabulary),
        posts=posts,
        cores=cores,
        parts=parts,
        plan="\n".join(plan_table(models, posts, cores, parts)),
        times_larger=posts / parts / (sizes[-1] / of_matrix[-1]["parts"]),
        seconds_a_type=line(vocabulary["learn"])[1] * 1e6,
        written=written(spark, posts),
        serial="\n".join(serial_table(growth, posts)),
        hours=hours,
        days=hours / 24,
        limits="\n".join(limits(vocabulary, posts, parts, models)),
        tokens_a_post=vocabulary["tokens_a_post"],
        rows_a_term=vocabulary["rows_a_term"],
        heaps="\n".join(heaps_table(vocabulary, posts)),
        heaps_check=heaps_check(vocabulary, growth),
        merged=", ".join(f"{each['terms']:,}" for each in merges),
        megabytes=", ".join(f"{each['peak_mb']:,.0f}" for each in merges),
        seconds=", ".join(f"{each['processor_seconds']:.1f}" for each in merges),
        simulated=vocabulary["posts"],
        pruned="\n".join(pruned_table(vocabulary)),
        sketched="\n".join(sketch_table(vocabulary)),
        sketch_verdict=sketch_verdict(vocabulary, posts),
    )
    blocks = filled.strip().split("\n\n")
    return "\n\n".join(block if block[0] in "#|`-" else "\n".join(wrapped(block)) for block in blocks) + "\n"


def verdict(spark: Row) -> str:
    figures = checked(spark)
    worst = max(figures, key=lambda each: abs(np.log(each["predicted"] / each["measured"])))
    near = [each for each in figures if abs(each["predicted"] / each["measured"] - 1) <= 0.2]
    peaks = [row["peak_mb"] for row in spark["rows"] if row["engine"] == "Spark"]
    return (
        f"{len(near)} of {len(figures)} figures are within a fifth. The furthest is {NAMES[worst['what']]} of"
        f" {worst['step']}, of which {worst['measured']:,.1f} were measured. Topics are fitted on at most 200,000"
        " distinct posts, so the driver's time of topics grows less beyond them. Workers had a peak memory of"
        f" {min(peaks):.0f} to {max(peaks):.0f} MB at all sizes."
    )


def cuts(model: StepModel, vocabulary: Row) -> str:
    """Rows of more parts, beside what the power law of a part says of them."""
    rows = {row["parts"]: row["rows"] for row in vocabulary["pruned"]}
    few, *more = sorted(rows)
    posts = vocabulary["posts"]
    found = [
        f"{rows[parts] / rows[few]:.2f} times as many terms for {parts} (by the law"
        f" {model.part_rows(posts, parts) / model.part_rows(posts, few):.2f})"
        for parts in more
    ]
    return f"Parts of {posts:,} other simulated posts gave, beside {few} parts, " + ", ".join(found) + "."


def limits(vocabulary: Row, posts: float, parts: int, models: Mapping[str, StepModel]) -> list[str]:
    rows = {step: model.merged_rows(posts) for step, model in models.items() if model.scale}
    fits = [RESULT_SIZE / model.bytes_a_row / 1e6 for model in models.values() if model.scale]
    _, seconds = line(vocabulary["merge"])
    kept, _ = line(vocabulary["learn"])
    laws, of_part = vocabulary["heaps"].values(), posts / parts
    terms = max(terms_at(law, of_part, vocabulary["tokens_a_post"]) for law in laws)
    needed = int(-(-posts // (ROWS_OF_POLARS - 1)))
    told = [
        "**Row numbers.** Polars counts rows in 32 bits, and so does the column `post` of the counts: a workspace holds"
        f" at most {ROWS_OF_POLARS - 1:,} posts, with more Polars ends with `Polars' maximum length reached`."
        f" {posts:,.0f} need {needed} workspace{'s' if needed > 1 else ''}.",
        "**Results of Spark.** `spark.driver.maxResultSize` is 1 GB where nobody set it: about"
        f" {min(fits):,.0f} to {max(fits):,.0f} million merged rows, at the bytes of a row that are shuffled. Here are"
        f" {rows['matrix'] / 1e6:,.0f} million of the vocabulary: set it with `--spark spark.driver.maxResultSize=0`"
        " and give the driver the memory.",
        f"**Memory of a worker.** {kept:,.0f} bytes a term of its part: {terms / 1e6:.1f} million terms and"
        f" {terms * kept / 1e9:.1f} GB a core at {parts} parts of {of_part:,.0f} posts, beside 0.4 GB of its own and"
        " outside of `spark.executor.memory`. More parts make it smaller and shuffle more: `--parts-a-core`.",
        f"**The sort of the vocabulary.** {seconds * 1e6:.1f} seconds of the driver a million terms: minutes, not"
        " hours.",
    ]
    return [line for each in told for line in wrapped("- " + each, indent="  ")]


def sketch_verdict(vocabulary: Row, posts: float) -> str:
    bytes_a_term, _ = line(vocabulary["merge"])
    tokens, error, delta = posts * vocabulary["tokens_a_post"], 100, 0.05
    cells = np.e / (error / tokens) * np.ceil(np.log(1 / delta))
    terms = max(terms_at(law, posts, vocabulary["tokens_a_post"]) for law in vocabulary["heaps"].values())
    pays = cells * 8 < terms * bytes_a_term
    return (
        f"For {posts:,.0f} posts, that is {tokens:,.0f} tokens, an error of at most {error} occurrences for 95 % of the"
        f" terms takes {cells * 8 / 1e9:,.0f} GB: {'less' if pays else 'more'} than the"
        f" {terms * bytes_a_term / 1e9:,.0f} GB that merge the exact vocabulary, with names and written forms besides."
        + ("" if pays else " Pruning in each part, not a sketch, is what a larger vocabulary would call for.")
    )


def heaps_check(vocabulary: Row, growth: Row) -> str:
    last = growth["growth"][-1]
    told = terms_at(vocabulary["heaps"]["simulated"], last["posts"], vocabulary["tokens_a_post"])
    return (
        f"For {last['posts']:,} simulated posts, {last['posts'] / vocabulary['posts']:.0f} times as many as it was"
        f" fitted to, the law says {told:,.0f} terms; {last['terms']:,} were counted"
        f" ({100 * (told / last['terms'] - 1):+.0f} %)."
    )


def written(spark: Row, posts: float) -> str:
    last = {step: on_spark(spark, step)[-1] for step in ("matrix", "topics")}
    each = {step: row["written"] / row["posts"] for step, row in last.items()}
    return (
        f"Executors write {each['matrix']:.0f} bytes a post of counts, and {each['topics']:.0f} of shares that are"
        f" deleted after the topics: {sum(each.values()) * posts / 1e12:.1f} TB in the folder that all see."
    )


NAMES = {
    "cpu": "processor s of Python workers",
    "part_rows": "rows that parts give",
    "shuffled": "bytes shuffled",
    "rows": "merged rows",
    "driver_cpu": "processor s of the driver's Python",
}


def check_table(spark: Row) -> list[str]:
    lines = ["| step | | predicted | measured | off by |", "|---|---|---:|---:|---:|"]
    for each in checked(spark):
        told, found = each["predicted"], each["measured"]
        digits = 1 if found < 1000 else 0
        lines.append(
            f"| {each['step']} | {NAMES[each['what']]} | {told:,.{digits}f} | {found:,.{digits}f}"
            f" | {100 * (told / found - 1):+.0f} % |"
        )
    return lines


def constants_table(models: Mapping[str, StepModel]) -> list[str]:
    lines = [
        "| step | Python, s a million posts | rows of a part of n posts | merged rows of n posts"
        " | Java, s a million rows | bytes shuffled a row | a post of 600,000"
        " | driver, s a million posts | and a million merged rows |",
        "|---|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    for step, model in models.items():
        rows = f"{model.scale:.1f} n^{model.exponent:.2f}" if model.scale else "none"
        merged = f"{model.merged_scale:.1f} n^{model.merged_exponent:.2f}" if model.scale else "none"
        each = model.costs(600_000, 4)["shuffled"] / 600_000
        lines.append(
            f"| {step} | {model.cpu_a_post * 1e6:.1f} | {rows} | {merged} | {model.java_a_row * 1e6:.1f}"
            f" | {model.bytes_a_row:.0f} | {each:.0f} | {model.driver_a_post * 1e6:.1f}"
            f" | {model.driver_a_row * 1e6:.1f} |"
        )
    return lines


def plan_table(models: Mapping[str, StepModel], posts: float, cores: int, parts: int) -> list[str]:
    lines = [
        f"| step | core hours | hours on {cores} cores | GB shuffled | million merged rows | driver, hours |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    whole = dict.fromkeys(("work", "shuffled", "driver"), 0.0)
    for step, model in models.items():
        cost = model.costs(posts, parts)
        work = (cost["cpu"] + cost["java_cpu"]) / 3600
        whole["work"] += work
        whole["shuffled"] += cost["shuffled"] / 1e9
        whole["driver"] += cost["driver_cpu"] / 3600
        lines.append(
            f"| {step} | {work:,.1f} | {work / cores:.2f} | {cost['shuffled'] / 1e9:,.1f} | {cost['rows'] / 1e6:,.0f}"
            f" | {cost['driver_cpu'] / 3600:.2f} |"
        )
    lines.append(
        f"| all | {whole['work']:,.1f} | **{whole['work'] / cores:.2f}** | {whole['shuffled']:,.1f} | |"
        f" {whole['driver']:.2f} |"
    )
    return lines


def serial_table(growth: Row, posts: float) -> list[str]:
    lines = [
        "| step | processor s a million posts | hours | MB a million posts | GB, if it went on so |",
        "|---|---:|---:|---:|---:|",
    ]
    each, millions = serial(growth), posts / 1e6
    for stage, (seconds, memory) in each.items():
        lines.append(
            f"| {stage} | {seconds:.1f} | {seconds * millions / 3600:,.0f} | {memory:,.0f}"
            f" | {memory * millions / 1024:,.0f} |"
        )
    whole = sum(seconds for seconds, _ in each.values())
    return [*lines, f"| all | {whole:.0f} | **{whole * millions / 3600:,.0f}** | | |"]


def heaps_table(vocabulary: Row, posts: float) -> list[str]:
    bytes_a_term, seconds_a_term = line(vocabulary["merge"])
    lines = [
        "| text | tokens | terms | terms of N tokens | exponent between doublings | "
        f"terms at {posts:,.0f} posts | rows for the driver | driver, GB | driver, s |",
        "|---|---:|---:|---|---|---:|---:|---:|---:|",
    ]
    for name, law in vocabulary["heaps"].items():
        last = law["points"][-1]
        terms = terms_at(law, posts, vocabulary["tokens_a_post"])
        slopes = ", ".join(f"{slope:.2f}" for slope in law["slopes"][-4:])
        lines.append(
            f"| {name} | {last['tokens']:,} | {last['terms']:,} | {law['scale']:.1f} N^{law['exponent']:.2f} | {slopes}"
            f" | **{terms / 1e6:,.0f} million** | {terms * vocabulary['rows_a_term'] / 1e6:,.0f} million"
            f" | {terms * bytes_a_term / 1e9:,.0f} | {terms * seconds_a_term:,.0f} |"
        )
    return lines


def pruned_table(vocabulary: Row) -> list[str]:
    lines = [
        "| parts | least posts of a part | never lost from | rows sent | terms kept | most posts of a lost term"
        " | entries lost | largest miss of a kept term | its bound | mean miss |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in vocabulary["pruned"]:
        lines.append(
            f"| {row['parts']} | {row['least']} | {row['never_lost_from']} | {row['rows_left'] / row['rows']:.0%}"
            f" | {row['terms_left'] / row['terms']:.0%} | {row['most_posts_of_a_lost_term']}"
            f" | {row['entries_lost']:.1%} | {row['largest_miss']} | {row['bound_of_misses']}"
            f" | {row['mean_miss']:.1f} |"
        )
    return lines


def sketch_table(vocabulary: Row) -> list[str]:
    lines = [
        "| ε | δ | MB | bound ε N | share of terms beyond it | largest error | mean error |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in vocabulary["sketched"]:
        lines.append(
            f"| {row['epsilon']:g} | {row['delta']:g} | {row['megabytes']:.2f} | {row['bound']:,.0f}"
            f" | {row['beyond_bound']:.4%} | {row['largest_error']:,.0f} | {row['mean_error']:,.2f} |"
        )
    return lines

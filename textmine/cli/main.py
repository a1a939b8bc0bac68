"""The root command."""

from __future__ import annotations

import click

import textmine
from textmine.cli.groups import RootGroup

COMMANDS = {
    "demo": ("textmine.cli.demo:demo", "Run everything on a small simulated corpus."),
    "simulate": ("textmine.cli.simulate:simulate", "Write simulated exports of any size."),
    "collect": ("textmine.cli.collect:collect", "Collect posts and figures from the platforms themselves."),
    "ingest": ("textmine.cli.ingest:ingest", "Read platform exports into a workspace."),
    "agencies": ("textmine.cli.agencies:agencies", "Check the agency register against the posts."),
    "languages": ("textmine.cli.languages:languages", "Say in which language posts are written; choose some."),
    "growth": ("textmine.cli.growth:growth", "Show how the figures of one post grew."),
    "duplicates": ("textmine.cli.duplicates:duplicates", "Find the same text posted by many accounts."),
    "phrases": ("textmine.cli.phrases:phrases", "Find multi-word expressions, and count them as terms."),
    "keywords": ("textmine.cli.keywords:keywords", "Rank words and hashtags by agency, cluster, platform or month."),
    "kwic": ("textmine.cli.kwic:kwic", "Show a word in its context, wherever it stands."),
    "hashtags": ("textmine.cli.hashtags:hashtags", "Find hashtags' adopters, trends, bursts, networks and campaigns."),
    "topics": ("textmine.cli.topics:topics", "Find topics, or apply saved ones to new posts."),
    "sentiment": ("textmine.cli.sentiment:sentiment", "Say how posts and comments lean, in shares with intervals."),
    "label": ("textmine.cli.label:label", "Let judges label posts, blind; measure agreement; merge."),
    "features": ("textmine.cli.features:features", "Write one documented row a post, for rankers and classifiers."),
    "integrity": (
        "textmine.cli.integrity:integrity",
        "Flag giveaways, bought likes and jumps of followers.",
    ),
    "quality": ("textmine.cli.quality:quality", "Tell good posts from poor ones, with reasons and doubt."),
    "engagement": ("textmine.cli.engagement:engagement", "Put published engagement rates side by side."),
    "export": ("textmine.cli.export:export", "Write matrix and topics for gensim, scikit-learn or pyLDAvis."),
    "awards": ("textmine.cli.awards:awards", "Show, check and start definitions of awards."),
    "rank": ("textmine.cli.rank:rank", "Rank agencies for an award and nominate, with doubt and reasons."),
    "judge": ("textmine.cli.judge:judge", "Let a jury score nominees, count, and write the minutes."),
    "report": ("textmine.cli.report:report", "Write a keyword report for each agency."),
    "text": ("textmine.cli.text:text", "Work on text in a pipe: normalise, stem, split."),
    "run": ("textmine.cli.run:run", "Run all stages from a configuration file."),
    "plugins": ("textmine.cli.plugins:plugins", "List what other packages add to textmine."),
    "doctor": ("textmine.cli.doctor:doctor", "Check keys, quotas, clock, disk and versions; say what to do."),
}

EPILOG = """\b
Exit codes: 0 done, 1 an input or workspace that cannot be used (one line says why),
2 wrong usage, 3 a check found something,
130 interrupted. NO_COLOR switches colours off.
Completion: eval "$(_TEXTMINE_COMPLETE=bash_source textmine)" (or zsh_source, fish_source)."""


@click.group(cls=RootGroup, lazy=COMMANDS, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(textmine.__version__, prog_name="textmine")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def root(debug: bool) -> None:
    """From social-media exports of Indonesian government agencies to evidence for award judges.

    \b
    Examples:
      textmine demo -o demo
      textmine ingest exports/*.csv --agencies agencies.csv -o season
      textmine keywords season --by agency
      textmine topics season -k 20
      textmine report season -o reports
    """


def main() -> None:
    """Run the command line."""
    root(prog_name="textmine")

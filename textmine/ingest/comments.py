"""Comments of the public: exports that hold what others wrote below the posts.

Comments are no posts: ``textmine ingest`` leaves them out and says so; here they are read instead. What counts is the
text and, where the export says so, the post that it belongs to. The author is read only to tell an agency's own
replies from the public's, and is not kept.

References
----------
YouTube Data API v3, commentThreads and comments; yt-dlp/yt-dlp, README.md, field ``comments``;
instaloader/instaloader: instaloader/instaloader.py, update_comments; Graph API, ``/{object-id}/comments``;
medialab/minet: docs/cli.md, youtube comments; YouTube Data Tools, video info and comments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.errors import MissingColumnError, NotPostsError, TextmineError
from textmine.ingest.encodings import Repairs, utf8_blocks
from textmine.ingest.formats import open_table
from textmine.ingest.identity import facebook_id, id_of_url, instagram_code, instagram_number, platform_of_url
from textmine.ingest.jsonfile import flatten
from textmine.ingest.sources import PACKED, blocks, expand, first_bytes, source_name
from textmine.ingest.synonyms import fold_name
from textmine.ingest.table import ROW
from textmine.platforms import PLATFORMS, Platform

COMMENT_SCHEMA: Final = pl.Schema(
    {
        "platform": pl.Enum(PLATFORMS),
        "post_id": pl.String(),
        "comment_id": pl.String(),
        "author": pl.String(),
        "by_owner": pl.Boolean(),
        "text": pl.String(),
        "source": pl.String(),
        "source_row": pl.UInt64(),
    }
)
"""Columns of comments; all but the text and the source may be null. ``by_owner`` is true where the export says that
the post's own account wrote it."""

_NAMES: Final[dict[str, str]] = {
    "text": "snippet.textOriginal textOriginal snippet.textDisplay textDisplay comment_text text comment message body"
    " content isi_komentar komentar teks isi full_text caption",
    "post_id": "snippet.videoId videoId video_id post_id media_id id_postingan id_unggahan parent_post_id"
    " in_reply_to_status_id_str in_reply_to_status_id conversation_id thread_id",
    "shortcode": "post_shortcode shortcode media_code code",
    "url": "post_url video_url media_url url permalink link tautan",
    "comment_id": "comment_id id_komentar id",
    "author": "snippet.authorDisplayName authorDisplayName author_handle owner.username from.username author_name"
    " authorName username user_name author from.name akun nama_akun pengguna",
    "by_owner": "author_is_uploader is_owner",
    "platform": "platform media_sosial medsos",
}
_FOLDED: Final = {target: [fold_name(name) for name in names.split()] for target, names in _NAMES.items()}
_SIGNS: Final = frozenset(
    fold_name(name)
    for name in "comment_id parent_comment_id id_komentar isi_komentar comment_text reply_count replyCount isReply"
    " isReplyTo parent_comment textOriginal snippet.textOriginal snippet.topLevelComment likes_count answers".split()
)
"""Columns that no export of posts has beside a text."""
_FIGURE: Final = r"^\s*[\d.,]+\s*$"
_ROWS: Final = 20_000
_BLOCK: Final = 1 << 23
_INSTALOADER: Final = "_comments.json"


def comment_files(sources: Sequence[str | Path]) -> tuple[list[Path], list[Path]]:
    """Files of comments that the sources name, and files of folders and patterns that hold none.

    A file that is named itself is taken for comments; in folders and patterns those are that look like it, by their
    name or their columns.

    Raises
    ------
    InputError
        A source is missing, or nothing there looks like comments.
    """
    taken: list[Path] = []
    left: list[Path] = []
    for source in sources:
        files = expand([source])
        named = [path for path in files if path == Path(source) or _looks_like_comments(path)]
        taken += named
        left += [path for path in files if path not in named]
    if not taken:
        raise NotPostsError("no file there looks like comments; name the file itself", path=left[0])
    return list(dict.fromkeys(taken)), left


def read_comments(path: Path, *, platform: Platform | None = None) -> Iterator[pl.DataFrame]:
    """Comments of a file, batch by batch.

    Parameters
    ----------
    path
        CSV, TSV, a spreadsheet, JSON, NDJSON or Parquet.
    platform
        Of all comments that do not say theirs.

    Yields
    ------
    polars.DataFrame
        Columns of :data:`COMMENT_SCHEMA`.

    Raises
    ------
    InputError
        The file cannot be read.
    MissingColumnError
        It has no column of texts.
    """
    columns: list[str] = []
    empty = True
    for frame in _frames(path):
        columns += [name for name in frame.columns if name not in columns]
        batch = _canonical(frame, path, platform)
        if batch is not None:
            empty = False
            yield batch
    if empty and columns:
        found = [name for name in columns if name != ROW]
        remedy = "a file of comments has one called text, comment, message or komentar"
        raise MissingColumnError("text", found=found, path=path, remedy=remedy)


def _looks_like_comments(path: Path) -> bool:
    name = path.name.lower()
    if "comment" in name or "komentar" in name:
        return True
    try:
        frame = next(_frames(path), None)
    except TextmineError:
        return False
    return frame is not None and bool(_SIGNS & {fold_name(column) for column in frame.columns})


def _frames(path: Path) -> Iterator[pl.DataFrame]:
    """Text cells with their row numbers."""
    head = first_bytes(path)
    if _is_json(path, head):
        yield from _json_frames(path)
        return
    for batch in open_table(path).batches():
        yield batch.frame


def _is_json(path: Path, head: bytes) -> bool:
    name = path.name.lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    return name.endswith((".json", ".jsonl", ".ndjson")) or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _json_frames(path: Path) -> Iterator[pl.DataFrame]:
    post = _post_of_instaloader(path)
    found = (flat for item in _documents(path) for flat in _comments_in(item, post))
    start = 1
    while chunk := list(islice(found, _ROWS)):
        columns = list(dict.fromkeys(name for row in chunk for name in row))
        frame = pl.DataFrame(chunk, schema=dict.fromkeys(columns, pl.String()), orient="row")
        numbers = pl.int_range(start, start + len(chunk), dtype=pl.UInt64, eager=True).alias(ROW)
        start += len(chunk)
        yield frame.with_columns(numbers)


def _documents(path: Path) -> Iterator[Any]:
    """The whole document; where there is one a line, line by line, and lines that are broken are passed over."""
    content = b"".join(utf8_blocks(blocks(path, _BLOCK), Repairs())).decode("utf-8", "replace")
    try:
        yield json.loads(content, parse_int=str, parse_float=str)
        return
    except ValueError:
        pass
    for line in content.split("\n"):
        try:
            yield json.loads(line, parse_int=str, parse_float=str)
        except ValueError:
            continue


def _comments_in(item: object, post: str | None) -> Iterator[dict[str, str | None]]:
    """Comments in an answer, a page, a list, a thread, or a post that brings its comments along."""
    if isinstance(item, list):
        for each in item:
            yield from _comments_in(each, post)
    if not isinstance(item, dict):
        return
    held = item.get("comments")
    inside = held.get("data") if isinstance(held, dict) else held
    if item.get("kind") == "youtube#commentThread":
        yield from _thread(item)
    elif isinstance(inside, list):  # a post with its comments
        yield from _comments_in(inside, str(item.get("id") or "") or post)
    elif (page := next((item[key] for key in ("items", "data") if isinstance(item.get(key), list)), None)) is not None:
        yield from _comments_in(page, post)
    else:
        replies = item.pop("answers", None) or item.pop("replies", None)
        belongs: dict[str, str | None] = {"post_id": post} if post else {}
        yield belongs | dict(flatten(item))
        yield from _comments_in(replies, post)


def _thread(thread: dict[str, Any]) -> Iterator[dict[str, str | None]]:
    snippet = thread.get("snippet", {})
    replies = thread.get("replies", {}).get("comments", [])
    for comment in (snippet.get("topLevelComment"), *replies):
        if isinstance(comment, dict):
            flat = dict(flatten(comment))
            flat["snippet.videoId"] = flat.get("snippet.videoId") or snippet.get("videoId")
            own = flat.get("snippet.authorChannelId.value") == (snippet.get("channelId") or "")
            yield flat | {"platform": "youtube", "is_owner": str(own)}


def _post_of_instaloader(path: Path) -> str | None:
    """Instaloader writes the comments of a post beside it, without saying of which post they are."""
    if not path.name.endswith(_INSTALOADER):
        return None
    stem = path.name.removesuffix(_INSTALOADER)
    for name in (f"{stem}.json", f"{stem}.json.xz"):
        if (path.parent / name).is_file():
            post: Any = next(_documents(path.parent / name), None)
            node = post.get("node") if isinstance(post, dict) else None
            return str(node["id"]) if isinstance(node, dict) and node.get("id") else None
    return None


def _canonical(frame: pl.DataFrame, path: Path, platform: Platform | None) -> pl.DataFrame | None:
    """Columns of :data:`COMMENT_SCHEMA`, or None where no column holds texts."""
    folded = {fold_name(name): name for name in reversed(frame.columns) if name != ROW}
    columns = {target: _column(frame, [folded[n] for n in names if n in folded]) for target, names in _FOLDED.items()}
    text = _texts(frame, [folded[name] for name in _FOLDED["text"] if name in folded])
    if text is None:
        return None
    cells = pl.DataFrame({**columns, "text": text})
    names = pl.col("platform").str.to_lowercase().str.strip_chars().replace({"twitter": "x", "ig": "instagram"})
    given = pl.lit("instagram") if path.name.endswith(_INSTALOADER) else pl.lit(platform, pl.String)
    known = pl.when(names.is_in(PLATFORMS)).then(names)
    cells = cells.with_columns(pl.coalesce(known, platform_of_url(pl.col("url")), given).alias("platform"))
    return cells.select(
        "platform",
        _post_id().alias("post_id"),
        "comment_id",
        pl.col("by_owner").str.to_lowercase().is_in(["true", "1"]),
        pl.col("author").str.strip_chars().str.strip_prefix("@").str.to_lowercase(),
        "text",
        pl.lit(source_name(path)).alias("source"),
        frame[ROW].alias("source_row"),
    ).select(pl.col(name).cast(dtype) for name, dtype in COMMENT_SCHEMA.items())


def _post_id() -> pl.Expr:
    """Id of the post as ``posts.parquet`` has it."""
    code = instagram_number(pl.coalesce(instagram_code(pl.col("url")), pl.col("shortcode")))
    on = pl.col("platform")
    return (
        pl.when(on == "instagram")
        .then(pl.coalesce(code, instagram_number(pl.col("post_id").str.replace(r"^(\d{8,})_\d+$", "$1"))))
        .when(on == "facebook")
        .then(pl.coalesce(facebook_id(pl.col("post_id")), id_of_url(pl.col("url"))))
        .otherwise(pl.coalesce(pl.col("post_id"), id_of_url(pl.col("url"))))
    )


def _column(frame: pl.DataFrame, names: list[str]) -> pl.Series:
    if not names:
        return pl.Series([None] * frame.height, dtype=pl.String)
    return frame.select(pl.coalesce(pl.col(name).cast(pl.String) for name in names)).to_series()


def _texts(frame: pl.DataFrame, names: list[str]) -> pl.Series | None:
    """The first column of texts; one of figures (*komentar* may count them) is none."""
    for name in names:
        cells = frame[name].cast(pl.String)
        filled = cells.drop_nulls()
        if not filled.len() or filled.str.contains(_FIGURE).mean() < 0.9:  # type: ignore[operator]
            return cells
    return None

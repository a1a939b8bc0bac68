"""Keys come from the environment or a file of mode 600, and go nowhere else."""

import traceback
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, quote_plus, unquote

import pytest
from click.testing import CliRunner

from tests.collect.season import BEGIN, END, register, run
from tests.collect.server import SECRETS, google_error, graph_error, posts_every
from textmine.cli.main import root
from textmine.collect import Keys, collect, forecast, parse, read_keys, refresh
from textmine.collect.scrubbing import Scrubber
from textmine.errors import ConfigError

ALL_AGES = (timedelta(hours=1), timedelta(days=1), timedelta(days=11))
FILE = f"""
[youtube]
api_key = "{SECRETS["youtube"]}"
daily_quota = 50000
[x]
bearer_token = "{SECRETS["x"]}"
[facebook]
access_token = "{SECRETS["facebook"]}"
[facebook.pages]
kemenkes = "{SECRETS["page"]}"
[instagram]
access_token = "{SECRETS["instagram"]}"
user_id = "17841400000000000"
"""


@pytest.fixture
def keys_file(tmp_path):
    path = tmp_path / "secret" / "keys.toml"
    path.parent.mkdir()
    path.write_text(FILE)
    path.chmod(0o600)
    return path


def forms():
    """Every way in which a key may stand in a file or an output."""
    for secret in SECRETS.values():
        for form in {secret, unquote(secret), quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/")}:
            yield form.encode()


def assert_no_key(content, where):
    content = content if isinstance(content, bytes) else content.encode()
    for form in forms():
        assert form not in content, f"a key in {where}"


def unpacked(folder):
    """Every byte of every file, packed ones unpacked too, and every cell of the journal."""
    import sqlite3

    from textmine.zstd import decompress

    for path in folder.rglob("*"):
        if not path.is_file() or path.parent.name == "secret":
            continue
        yield path.name, path.read_bytes()
        if path.suffix == ".zst":
            yield path.name, decompress(path.read_bytes())
        if path.suffix == ".sqlite":
            db = sqlite3.connect(path)
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
                for row in db.execute(f"SELECT * FROM {table}"):
                    yield f"{path.name}, {table}", repr(row)
            for (body,) in db.execute("SELECT body FROM answers"):
                yield f"{path.name}, a body", decompress(body)
            db.close()


def test_no_byte_of_any_file_output_or_log_holds_a_key(tmp_path, server, clock, keys_file, caplog, capfd):
    """A season with every kind of answer, the refusals that quote the key among them."""
    last = datetime(2026, 3, 31, 12, tzinfo=UTC)
    for number, platform in enumerate(server.accounts):
        for name in ("bnpb", "kemenkes"):
            posts = posts_every(6, 240, last=last, prefix=f"{number}{1 if name == 'bnpb' else 2}")
            server.accounts[platform][name] = posts
    faults = {
        5: (500, {}, SECRETS["youtube"].encode()),
        9: google_error(400, "badRequest", f"API key not valid: {SECRETS['youtube']}"),
        15: (401, {"x-transaction-id": SECRETS["x"]}, {"title": "Unauthorized", "detail": f"bad {SECRETS['x']}"}),
        30: graph_error(190, f"Malformed access token {SECRETS['facebook']}"),
        33: (503, {}, {"url": f"https://graph.facebook.com/x?access_token={quote(SECRETS['page'])}"}),
        40: ("cut", {}, SECRETS["instagram"].encode() * 50),
    }
    server.before.append(lambda number, platform, path: faults.get(number))
    keys = read_keys(keys_file, environment={})
    said = [repr(keys), str(keys), repr(Scrubber(keys.secrets()))]
    for _ in range(5):
        result = run(tmp_path, server, keys, clock)
        for problem in result.problems:
            said += [str(problem), repr(problem), *traceback.format_exception(problem)]
        said += [
            repr(result),
            str(forecast(tmp_path / "agencies.csv", tmp_path / "out", begin=BEGIN, end=END, keys=keys)),
        ]
    assert result.complete, result.problems
    assert server.keys_seen >= set(SECRETS.values()), "each key was sent"
    assert any("access_token=[key]" in repr(content) for _, content in unpacked(tmp_path)), "and was written back"
    clock.move(days=1)
    said.append(repr(refresh(tmp_path / "out", keys=keys, clock=clock, hosts=server.hosts, ages=ALL_AGES)))
    said += [str(path) for path in parse(tmp_path / "out")]
    for text in said:
        assert_no_key(text, "what is said")
    assert "HTTP Request: GET" in caplog.text, "the log is full"
    assert_no_key(caplog.text, "the log")
    assert_no_key("".join(capfd.readouterr()), "the output")
    for where, content in unpacked(tmp_path):
        assert_no_key(content, where)


def test_no_address_holds_a_key(tmp_path, server, clock, keys_file):
    for name in server.accounts:
        server.accounts[name]["kemenkes"] = posts_every(6, 30, last=datetime(2026, 3, 31, 12, tzinfo=UTC), prefix="1")
    assert run(tmp_path, server, read_keys(keys_file, environment={}), clock).complete
    for _, path in server.requests:
        assert_no_key(path, path)


def test_the_command_shows_no_key_even_with_its_traceback(tmp_path, server, keys_file, monkeypatch):
    from textmine.collect.youtube import YouTube

    server.accounts["youtube"]["kemenkes"] = []
    monkeypatch.setattr(YouTube, "host", server.hosts["youtube"])
    server.before.append(lambda *_: google_error(403, "forbidden", f"refused: {SECRETS['youtube']}"))
    path = register(tmp_path, youtube=["kemenkes"])
    span = ["--from", "2026-03-01", "--to", "2026-03-31", "--keys", str(keys_file), "-o", str(tmp_path / "out")]
    for debug in ([], ["--debug"]):
        result = CliRunner().invoke(root, [*debug, "collect", str(path), *span], prog_name="textmine")
        assert result.exit_code == 1
        assert_no_key(result.output, "the output")
        assert_no_key("".join(traceback.format_exception(result.exception)), "the traceback")
    assert "refused: [key]" in repr(result.exception)


def test_a_page_is_asked_with_its_own_token(tmp_path, server, clock, keys_file):
    server.accounts["facebook"]["kemenkes"] = posts_every(6, 3, last=datetime(2026, 3, 31, 12, tzinfo=UTC), prefix="1")
    run(tmp_path, server, read_keys(keys_file, environment={}), clock)
    assert server.keys_seen == {SECRETS["page"]}


# Where they come from


def test_a_file_of_mode_600_is_read(keys_file):
    keys = read_keys(keys_file, environment={})
    assert sorted(keys.secrets()) == sorted(SECRETS.values())
    assert keys.youtube.daily_quota == 50_000
    assert keys.of("facebook", "kemenkes").get_secret_value() == SECRETS["page"]
    assert keys.of("facebook", "bnpb").get_secret_value() == SECRETS["facebook"]


def test_the_environment_wins(keys_file):
    keys = read_keys(keys_file, environment={"TEXTMINE_YOUTUBE_API_KEY": "AIza-other"})
    assert keys.of("youtube").get_secret_value() == "AIza-other"
    assert keys.youtube.daily_quota == 50_000


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610, 0o777])
def test_a_file_that_others_can_read_is_refused_with_the_remedy(keys_file, mode):
    keys_file.chmod(mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {keys_file}"):
        read_keys(keys_file, environment={})


@pytest.mark.parametrize(
    "content",
    [
        FILE.replace("api_key", "apikey"),
        FILE + f'\n[tiktok]\nkey = "{SECRETS["x"]}"',
        f'[youtube]\napi_key = ["{SECRETS["youtube"]}"]',
        f'[youtube]\napi_key = "{SECRETS["youtube"]}',
        '[youtube]\napi_key = "short"',
        f"[youtube]\napi_key = {SECRETS['youtube']}",
        f'[youtube]\ndaily_quota = "{SECRETS["youtube"]}"',
    ],
)
def test_a_broken_file_is_refused_without_a_word_of_its_keys(keys_file, content):
    keys_file.write_text(content)
    with pytest.raises(ConfigError) as error:
        read_keys(keys_file, environment={})
    text = "".join(traceback.format_exception(error.value))
    assert_no_key(text, "the error")
    assert str(keys_file) in str(error.value)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        read_keys(tmp_path / "no.toml", environment={})


def test_no_option_takes_a_key():
    import click

    from textmine.cli.collect import collect as group

    context = click.Context(group)
    for name in group.list_commands(context):
        options = {option for parameter in group.get_command(context, name).params for option in parameter.opts}
        assert not [option for option in options if "token" in option or ("key" in option and option != "--keys")]


def test_without_any_key_the_variables_are_named(tmp_path, server, clock):
    server.accounts["x"]["kemenkes"] = []
    with pytest.raises(ConfigError, match="TEXTMINE_X_BEARER_TOKEN"):
        collect(
            register(tmp_path, x=["kemenkes"]), tmp_path / "out", begin=BEGIN, end=END, keys=Keys(), clock=clock,
            hosts=server.hosts,
        )  # fmt: skip


@pytest.mark.parametrize("secret", ["abc%2Fdef%3D", "a|b/c+d=", 'q"uote\\s', "plain0123"])
def test_a_key_is_found_however_it_is_written(secret):
    import json

    scrub = Scrubber([secret])
    written = [secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret), json.dumps(unquote(secret))]
    for text in written:
        shown = scrub.text(f"<{text}>")
        assert secret not in shown and unquote(secret) not in shown and "[key]" in shown

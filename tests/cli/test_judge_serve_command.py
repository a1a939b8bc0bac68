import re
import signal
import subprocess
import sys
import time

import httpx
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import ConfigError
from textmine.judging.web.settings import serve_settings
from textmine.store import Workspace

FREE = 18_734


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_prints_a_link_that_lets_the_organiser_in(tmp_path, workers):
    Workspace.create(tmp_path / "ws")
    command = [sys.executable, "-m", "textmine", "judge", "serve", "ws", "--port", str(FREE), "--workers", workers]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        link = re.search(r"http://127\.0\.0\.1:\d+/sign-in/\S+", process.stderr.readline())[0]
        assert f"page is at http://127.0.0.1:{FREE} " in process.stderr.readline()
        assert f"links to it with --address http://127.0.0.1:{FREE}\n" in process.stderr.readline()
        with httpx.Client(follow_redirects=True, trust_env=False) as client:
            page = answer(client, link)
            csrf = re.search(r'name="csrf" value="(\w+)"', page.text)[1]
            assert "/organisers" in client.post(link, data={"csrf": csrf}).text
            assert client.post(link, data={"csrf": csrf}).status_code in (403, 410)
    finally:
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert out == ""


def answer(client, address):
    for _ in range(300):
        try:
            return client.get(address)
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the page does not come up")


def test_on_every_address_it_wants_a_name(tmp_path):
    Workspace.create(tmp_path / "ws")
    done = CliRunner().invoke(root, ["judge", "serve", str(tmp_path / "ws"), "--host", "0.0.0.0"])
    assert done.exit_code == 1 and "--name" in done.output


def test_beyond_this_machine_it_says_what_tls_needs(tmp_path):
    bare = serve_settings(tmp_path, host="192.0.2.7")
    assert "192.0.2.7" in bare.hosts and "without TLS" in bare.warnings("192.0.2.7")[0]
    assert "--trust-proxy" in bare.warnings("192.0.2.7")[1]
    behind = serve_settings(tmp_path, host="127.0.0.1", names=("jury.example.org",), https=True, proxies=("127.0.0.1",))
    assert behind.warnings("127.0.0.1") == [] and behind.base("127.0.0.1", 8000) == "https://jury.example.org"
    assert serve_settings(tmp_path, host="::1").base("::1", 8000) == "http://localhost:8000"
    assert "[2001:db8::1]" in serve_settings(tmp_path, host="2001:db8::1").hosts


@pytest.mark.parametrize(
    "wrong", [{"names": ("https://x",)}, {"names": ("x:80",)}, {"proxies": ("proxy.example",)}, {"host": "example.org"}]
)
def test_what_cannot_be_an_address_is_refused(tmp_path, wrong):
    with pytest.raises(ConfigError):
        serve_settings(tmp_path, **{"host": "127.0.0.1", **wrong})

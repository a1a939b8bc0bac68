"""A PostgreSQL server of the tests' own: its own folder, a unix socket, no port, gone when they end."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

OTHER_USERS = ("postgres", "nobody")


def programs():
    """Folder of initdb and postgres, or None."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class PostgresServer:
    """Started on construction; ``stop`` ends it. PostgreSQL refuses to run as root, so root takes another user."""

    def __init__(self, folder, *, durable=False):
        self.root = Path(tempfile.mkdtemp(prefix="textmine-pg-"))  # short: a socket's path has at most 107 bytes
        self.as_user = {}
        if os.getuid() == 0:
            user = next(pwd.getpwnam(name) for name in OTHER_USERS if _exists(name))
            os.chown(self.root, user.pw_uid, user.pw_gid)
            self.as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.root.chmod(0o700)
        data = self.root / "data"
        run = {"cwd": self.root, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **self.as_user}
        made = subprocess.run(
            [folder / "initdb", "-D", data, "-U", "jury", "-A", "trust", "-E", "UTF8", "--no-sync"],
            capture_output=True, text=True, **run,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr}")
        settings = [f"-cunix_socket_directories={self.root}", "-clisten_addresses=", "-cmax_connections=300"]
        settings += [] if durable else ["-cfsync=off", "-cfull_page_writes=off"]
        self.log = (self.root / "log").open("wb")
        self.process = subprocess.Popen(
            [folder / "postgres", "-D", data, *settings], stdout=self.log, stderr=self.log, **run
        )
        self.names = (f"jury{number}" for number in itertools.count(1))
        self._wait()

    def url(self, name="postgres"):
        return f"postgresql://jury@/{name}?host={self.root}"

    def new_database(self):
        """URL of an empty database."""
        name = next(self.names)
        self._execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def stop(self):
        self.process.send_signal(signal.SIGINT)  # fast shutdown: open connections are cut
        self.process.wait(timeout=30)
        self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def _execute(self, statement):
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def _wait(self):
        import psycopg

        for _ in range(150):
            try:
                return self._execute("SELECT 1")
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError(f"postgres does not start: {(self.root / 'log').read_text()}")


def _exists(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True

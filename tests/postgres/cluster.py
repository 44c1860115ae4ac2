"""A PostgreSQL cluster of a test's own: in a temporary folder, on a Unix socket and a free port of 127.0.0.1, stopped and removed in any case."""

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77


def binaries():
    """The folder of initdb and pg_ctl of the newest version, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    return os.path.dirname(found[-1]) if found else None


def server_user():
    """initdb refuses to be root: whom it runs as then, else None."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("neither postgres nor nobody is a user here")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """with Cluster() as cluster: cluster.uri(), cluster.sql("...")."""

    def __init__(self, **settings):
        self.bin = binaries()
        if self.bin is None:
            print("PostgreSQL's server is not installed")
            sys.exit(SKIPPED)
        self.user = server_user()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tolmuur-pg-", dir="/tmp"))
        self.port = free_port()
        self.settings = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "64MB", "max_wal_size": "4GB",
                         "listen_addresses": "'127.0.0.1'", "port": self.port, "unix_socket_directories": f"'{self.folder}'",
                         "log_statement": "all", "log_min_messages": "warning", "autovacuum": "off", "log_line_prefix": "'%p '", **settings}

    def run_server_tool(self, *command):
        drop = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, env=environment, **drop)

    def __enter__(self):
        try:
            if self.user:
                os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
            self.folder.chmod(0o755)
            self.run_server_tool(f"{self.bin}/initdb", "-D", f"{self.folder}/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                                 "--no-sync")
            with open(self.folder / "data/postgresql.conf", "a", encoding="utf-8") as configuration:
                configuration.writelines(f"{name} = {value}\n" for name, value in self.settings.items())
            self.run_server_tool(f"{self.bin}/pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "-t", "60", "start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        pid_file = self.folder / "data/postmaster.pid"
        if pid_file.exists():
            with contextlib.suppress(subprocess.CalledProcessError):
                self.run_server_tool(f"{self.bin}/pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")
        if pid_file.exists():
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(pid_file.read_text(encoding="utf-8").split("\n")[0]), signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def uri(self, database="postgres", user="tester", port=None, options=""):
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}{options}"

    def psql(self, text, database="postgres", user="tester", check=True):
        """A script through psql; its rows unaligned, fields split by |."""
        done = subprocess.run([f"{self.bin}/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.uri(database, user), "-f", "-"],
                              input=text, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr}\n{text[:400]}")
        return done.stdout

    def sql(self, text, **where):
        return self.psql(text, **where).rstrip("\n")

    def session(self, database="postgres", user="tester"):
        return Session(self, database, user)

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


class Session:
    """psql kept open: run() returns when its commands are done."""

    def __init__(self, cluster, database, user):
        self.process = subprocess.Popen([f"{cluster.bin}/psql", "-X", "-q", "-A", "-t", "-d", cluster.uri(database, user)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def run(self, text):
        self.process.stdin.write(f"{text};\n\\echo done-with-it\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "done-with-it\n":
                break
            lines.append(line)
        return "".join(lines).rstrip("\n")


def wait_until(what, seconds=60):
    """Until what() is true; a test never waits for ever."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        time.sleep(0.02)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'

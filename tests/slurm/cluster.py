#!/usr/bin/env python3
"""A run on a real Slurm cluster of one machine, slurmctld and two slurmd, of which one dies while it solves the network, and again in mid-run, with all that runs on
it: the merged run must have the bytes of one that was never cut.

usage: cluster.py PROGRAM GENERATOR SCRIPT
TOLMUUR_LONG=1 only; needs slurmctld, slurmd and munged (./dev test --long installs them).
"""

import json
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

DAEMONS = ("munged", "slurmctld", "slurmd")
NODES = ("node1", "node2")
SHARDS = 9
NETWORKS = 4
DAYS = ["2025-02-04", "2025-03-04", "2025-03-12", "2025-04-05", "2025-04-12", "2025-08-10", "2025-11-14", "2026-03-01"]
OPTIONS = [word for day in DAYS for word in ("--on", day)] + ["--part-rows", "4000", "--draws", "100"]
PATIENCE = 600  # seconds that the cluster may take, on a busy machine
SKIPPED = 77


class Broken(Exception):
    """What must hold does not."""


def expect(holds, message):
    if not holds:
        raise Broken(message)


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Cluster:
    """Daemons of the user who runs the test, in a folder of their own: nothing of the system's configuration is read or written."""

    def __init__(self, folder):
        self.folder, self.running = folder, {}
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.configuration = folder / "slurm.conf"
        self.socket = folder / "munge.socket"
        self.environment = dict(os.environ, SLURM_CONF=str(self.configuration))
        self.write()

    def write(self):
        nodes = "\n".join(f"NodeName={node} NodeHostname=localhost NodeAddr=127.0.0.1 Port={free_port()} CPUs=1 RealMemory=4000 State=UNKNOWN" for node in NODES)
        self.configuration.write_text(f"""ClusterName=tolmuur
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={free_port()}
SlurmUser={self.user}
SlurmdUser={self.user}
AuthType=auth/munge
AuthInfo=socket={self.socket}
CredType=cred/munge
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/%n
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/%n.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
MpiDefault=none
JobRequeue=1
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=30
InactiveLimit=0
KillWait=2
MinJobAge=3600
MaxArraySize=1001
{nodes}
PartitionName=all Nodes={",".join(NODES)} Default=YES MaxTime=INFINITE State=UP
""", encoding="utf-8")

    def start(self, name, *command):
        log = open(self.folder / f"{name}.out", "ab")
        self.running[name] = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        log.close()

    def start_munge(self):
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        self.start("munged", "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.socket}", f"--pid-file={self.folder}/munged.pid",
                   f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munged.seed")

    def start_node(self, node):
        (self.folder / node).mkdir(exist_ok=True)
        self.start(node, "slurmd", "-D", "-N", node, "-f", str(self.configuration))

    def up(self):
        (self.folder / "state").mkdir()
        self.start_munge()
        self.wait(self.socket.exists, "munged does not listen")
        self.start("slurmctld", "slurmctld", "-D", "-i", "-f", str(self.configuration))
        for node in NODES:
            self.start_node(node)
        self.wait(lambda: self.ask("sinfo", "--noheader", "--format=%T").split() == ["idle"], "the nodes do not become idle")

    def ask(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout

    def wait(self, holds, message):
        end = time.monotonic() + PATIENCE
        while not holds():
            expect(time.monotonic() < end, f"{message}\n{self.said()}")
            for name, process in self.running.items():
                expect(process.poll() is None, f"{name} ended with {process.returncode}\n{self.said()}")
            time.sleep(0.1)

    def said(self):
        logs = [self.folder / f"{name}.log" for name in ("munged", "slurmctld", *NODES)] + sorted(self.folder.glob("*.out"))
        return "\n".join(f"{path.name}:\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:]) for path in logs if path.exists())

    def processes_of(self, node):
        """The node's daemon, its steps and all that they have started. A slurmstepd leaves its parent, and its title lies over its environment: it is known by its
        children, which have the node's name in theirs."""
        found = {self.running[node].pid}
        marks = (f"SLURM_CONF={self.configuration}".encode(), f"SLURMD_NODENAME={node}".encode())
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and set(marks) <= set((entry / "environ").read_bytes().split(b"\0")):
                    parent = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
                    found.add(int(entry.name))
                    if pathlib.Path("/proc", parent, "comm").read_text(encoding="utf-8").startswith("slurmstepd"):
                        found.add(int(parent))
            except OSError:
                continue  # it has just ended
        return found

    def kill_node(self, node):
        """As a node that loses its power: all at once, and nobody is told."""
        processes = self.processes_of(node)
        for sent in (signal.SIGSTOP, signal.SIGKILL):  # none sees another one die
            for pid in processes:
                try:
                    os.kill(pid, sent)
                except ProcessLookupError:
                    pass
        self.running.pop(node).wait()

    def down(self):
        for node in NODES:
            if node in self.running:
                self.kill_node(node)
        for process in self.running.values():
            process.kill()
            process.wait()


class Stage:
    """A book, one run of it, and a cluster."""

    def __init__(self, program, generator, script, folder):
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        # The script looks for the program beside itself.
        shutil.copy(script, self.programs / "tolmuur-slurm")
        (self.programs / "tolmuur").symlink_to(pathlib.Path(program).resolve())
        self.environment = dict(os.environ, LC_ALL="C", TOLMUUR_CACHE="")
        self.cluster_environment = {name: value for name, value in self.environment.items() if name != "TOLMUUR_CACHE"}
        tables = str(pathlib.Path(__file__).resolve().parents[2] / "datasets/demo")
        subprocess.run([generator, "--tables", tables, "--firms", "20000", "--lines", "600000", "--named", "27", "--seed", "5", str(folder / "input")], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.book = folder / "p.book"
        subprocess.run([program, "build", str(folder / "input"), "-o", str(self.book)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run([program, "score", str(self.book), *OPTIONS, "-o", str(folder / "single")], check=True, env=self.environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def contents(self, name):
        root = self.folder / name
        files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        files["manifest.json"] = files["manifest.json"].partition(b'"execution"')[0]
        return files

    def submit(self, cluster, *more):
        environment = dict(self.cluster_environment, SLURM_CONF=str(cluster.configuration), SLURM_SHARDS=str(SHARDS), SLURM_NETWORK_SHARDS=str(NETWORKS), SLURM_CPUS="1",
                           SBATCH_OPTIONS="")
        done = subprocess.run([self.programs / "tolmuur-slurm", str(self.book), str(self.folder / "run"), *OPTIONS, *more], env=environment, capture_output=True,
                              text=True, check=False)
        expect(done.returncode == 0, f"tolmuur-slurm: exit {done.returncode}: {done.stderr}{cluster.said()}")
        return done.stdout.split()


def states(cluster, job):
    """State by task, as Slurm has it."""
    shown = json.loads(cluster.ask("scontrol", "show", "job", job, "--json") or '{"jobs": []}')["jobs"]
    return {entry.get("array_task_id") or 0: (entry["job_state"], entry.get("restart_cnt", 0)) for entry in shown}


def logs(stage):
    return "\n".join(f"{path.name}:\n{path.read_text(errors='replace')[-800:]}" for path in sorted((stage.folder / "run.shards").glob("*.log")))


def running_on(cluster, node, job):
    """Numbers of the job's tasks that run there."""
    entries = [entry.split() for entry in cluster.ask("squeue", "--noheader", "--states=R", "--format=%F %K %N").splitlines()]
    return [entry[1] for entry in entries if entry[0] == job and entry[2] == node]


def kill_network(cluster, node, job):
    """Kills the node while it solves a share of the network, and brings it back. Returns the task."""
    cluster.wait(lambda: running_on(cluster, node, job), "no task of the network runs on the node that is to die")
    task = running_on(cluster, node, job)[0]
    cluster.kill_node(node)
    cluster.wait(lambda: "Restarts=1" in cluster.ask("scontrol", "show", "job", f"{job}_{task}"), f"task {task} of the network is not put back")
    cluster.start_node(node)
    return task


def try_cluster(stage, cluster):
    array, merge, network = stage.submit(cluster, "--fail-if", "firms<1")
    victim = NODES[1]
    share = kill_network(cluster, victim, network)
    busy = lambda: running_on(cluster, victim, array)
    cluster.wait(busy, "no task runs on the node that is to die")
    running = busy()
    partial = lambda: any((stage.folder / "run.shards").glob(f"{running[0]}.partial/run/scores/part-*.parquet"))
    end = time.monotonic() + 20
    while not partial() and time.monotonic() < end:  # in mid-run: a part is written, the shard is not whole
        time.sleep(0.01)
    written = partial()
    cluster.kill_node(victim)
    cluster.wait(lambda: cluster.ask("squeue", "--noheader", "--array", "--states=all", "--jobs", merge, "--format=%T").strip() in ("COMPLETED", "FAILED", "CANCELLED"),
                 "the merge does not end")
    ended = cluster.ask("squeue", "--noheader", "--states=all", "--jobs", merge, "--format=%T").strip()
    tasks = cluster.ask("squeue", "--noheader", "--array", "--states=all", "--jobs", array, "--format=%K %T").splitlines()
    expect(ended == "COMPLETED", f"the merge is {ended}, tasks {tasks}\n{cluster.said()}\n{logs(stage)}")
    expect(sorted(tasks) == sorted(f"{number} COMPLETED" for number in range(1, SHARDS + 1)), f"tasks: {tasks}")
    detail = cluster.ask("scontrol", "show", "job", f"{array}_{running[0]}")
    expect("Restarts=1" in detail, f"the task of the dead node was not put back: {detail}")
    expect(stage.contents("run") == stage.contents("single"), "the merged run is not the single run")
    said = "".join(path.read_text(errors="replace") for path in (stage.folder / "run.shards").glob("shard-*.log"))
    expect(said.count("network: taken from") >= SHARDS and "network: solved" not in said, f"shards did not take the network: {logs(stage)}")
    state = cluster.ask("sinfo", "--noheader", "--Node", "--format=%N %T")
    return f"{NETWORKS} shares of the network, {share} killed; {SHARDS} shards, {running[0]} killed with {victim} {'with a part written' if written else 'before its first part'}; {' '.join(state.split())}; same bytes"


def main():
    if os.environ.get("TOLMUUR_LONG") != "1":
        print("skipped: only with TOLMUUR_LONG=1")
        return SKIPPED
    missing = [name for name in DAEMONS if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") is None]
    if missing:
        print(f"{' '.join(missing)} not installed: ./dev test --long installs slurmctld, slurmd and munge", file=sys.stderr)
        return 1
    os.environ["PATH"] += ":/usr/sbin"
    with tempfile.TemporaryDirectory(prefix="tolmuur-slurm-") as name:
        folder = pathlib.Path(name)
        stage = Stage(*sys.argv[1:4], folder)
        (folder / "cluster").mkdir()
        cluster = Cluster(folder / "cluster")
        try:
            cluster.up()
            print(try_cluster(stage, cluster))
        except Broken as broken:
            print(f"slurm: {broken}", file=sys.stderr)
            return 1
        finally:
            cluster.down()
    return 0


sys.exit(main())

"""Obey Parascope's switch and report batches from Python 3.9 or later, with nothing but the standard library.

Copy this file into your program and change it as you like. Three classes:

    Switch    the mode, by OFREP: asked at the start of a run, kept fresh in the background, kept on disk
    Reporter  what happened, by POST /api/v1/batches, in the background
    Runner    runs the tool calls of one turn under the mode, and times them

None of them ever raises into your program because of Parascope, or makes it wait for longer than `timeout_s`.
"""

from __future__ import annotations

import atexit
import contextvars
import dataclasses
import json
import os
import queue
import random
import secrets
import tempfile
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

MODES = ("parallel", "reads-only", "serial")
FLAG = "parallel-tool-calls"


def post(url: str, body: Any, headers: Mapping[str, str], timeout_s: float) -> Tuple[int, Mapping[str, str], Any]:
    """Status, headers and JSON of an answer, also of one that says no. Raises OSError without an answer."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"content-type": "application/json", **headers}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            text = answer.read()
            return answer.status, answer.headers, json.loads(text) if text else None
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code, refusal.headers, None
    except ValueError as error:
        raise OSError(f"the answer is not JSON: {error}") from error


@dataclasses.dataclass(frozen=True)
class Decision:
    """What the switch says for a run. `source`: server, memory, disk or default."""

    mode: str
    tools: Mapping[str, str]
    revision: Optional[int]
    source: str


def as_decision(mode: Any, tools: Any, revision: Any, source: str) -> Decision:
    """Raises ValueError and its like for anything that the server would not have said."""
    for held in (mode, *tools.values()):
        if held not in MODES:
            raise ValueError(f"{held} is no mode")
    return Decision(mode, dict(tools), int(revision), source)


class Switch:
    """The mode of each run, evaluated by the server with the run as targeting key, so that a share of runs sticks.

    What was last heard holds while the server is away: for a run that is known its own answer, for a new one the
    answer of the run before, after a restart the one on disk, and `default` when there is none.
    """

    def __init__(
        self,
        url: str,
        agent: str,
        environment: str = "default",
        *,
        default: str = "parallel",
        cache_file: Optional[str] = None,
        poll_s: float = 2.0,
        timeout_s: float = 1.0,
        token: Optional[str] = None,
    ) -> None:
        self._base = url.rstrip("/")
        self._names = {"agent": agent, "environment": environment}
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._cache_file, self._poll_s, self._timeout_s = cache_file, poll_s, timeout_s
        self._executor_id = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._runs: Dict[str, Tuple[str, Decision]] = {}  # run -> the tag of its answer, and what it came to
        self._last = self._recall() or Decision(default, {}, None, "default")
        self._closed = threading.Event()
        threading.Thread(target=self._poll, name="parascope-switch", daemon=True).start()

    def decide(self, run_id: str) -> Decision:
        """From memory for a run that is known; a new one is asked for once, for at most `timeout_s`."""
        with self._lock:
            known = self._runs.get(run_id)
        if known is None:
            self._refresh(run_id, is_new=True)
            with self._lock:
                known = self._runs.setdefault(run_id, ("", self._last))
        return known[1]

    def forget(self, run_id: str) -> None:
        """The run is over: it is asked for no longer."""
        with self._lock:
            self._runs.pop(run_id, None)

    def close(self) -> None:
        self._closed.set()

    def _poll(self) -> None:
        # At a moment of its own each time, so that a fleet does not ask all at once.
        while not self._closed.wait(self._poll_s * (0.75 + random.random() / 2)):
            with self._lock:
                runs = list(self._runs)
            if all(self._refresh(run_id) for run_id in runs):
                self._tell_applied()

    def _refresh(self, run_id: str, is_new: bool = False) -> bool:
        """Asks for one run; an unchanged answer is a 304 without a body. False when there was no answer."""
        with self._lock:
            tag = self._runs[run_id][0] if run_id in self._runs else ""
        condition = {"if-none-match": tag} if tag else {}
        context = {**self._names, "targetingKey": run_id}
        try:
            status, headers, body = post(
                f"{self._base}/ofrep/v1/evaluate/flags",
                {"context": context},
                {**self._headers, **condition},
                self._timeout_s,
            )
            if status == 200:
                self._take(run_id, is_new, headers.get("etag") or "", body)
            return status in (200, 304)
        except OSError:
            return False
        except (ValueError, KeyError, TypeError, AttributeError):
            return False  # an answer, but not one of OFREP: what is known holds

    def _take(self, run_id: str, is_new: bool, tag: str, body: Any) -> None:
        values = {flag["key"]: flag["value"] for flag in body["flags"] if "value" in flag}
        decision = as_decision(values[FLAG], values[f"{FLAG}.tools"], values[f"{FLAG}.revision"], "server")
        with self._lock:
            if not is_new and run_id not in self._runs:
                return  # forgotten while the question was under way
            is_news = dataclasses.replace(decision, source=self._last.source) != self._last
            self._runs[run_id] = (tag, decision)
            self._last = dataclasses.replace(decision, source="memory")
        if is_news:
            self._keep(decision)

    def _tell_applied(self) -> None:
        """For the page that shows how far a change has come, and that this program is there."""
        revision = self._last.revision
        if revision is None:
            return
        word = {**self._names, "executor_id": self._executor_id, "revision": revision, "applied_at": time.time() * 1000}
        try:
            post(f"{self._base}/api/v1/mode/applied", word, self._headers, self._timeout_s)
        except OSError:
            pass  # said again at the next turn of the loop

    def _recall(self) -> Optional[Decision]:
        try:
            with open(self._cache_file or os.devnull, encoding="utf-8") as file:
                kept = json.load(file)
            if {name: kept[name] for name in self._names} == self._names:
                return as_decision(kept["mode"], kept["tools"], kept["revision"], "disk")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # no file, or not one of ours: as if there were none
        return None

    def _keep(self, decision: Decision) -> None:
        if self._cache_file is None:
            return
        kept = {**self._names, "mode": decision.mode, "tools": dict(decision.tools), "revision": decision.revision}
        try:
            folder = os.path.dirname(os.path.abspath(self._cache_file))
            with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as draft:
                json.dump(kept, draft)
            os.replace(draft.name, self._cache_file)  # whole, or not at all
        except OSError:
            pass  # memory is enough until the next start


class Reporter:
    """Sends batches in the background. Counts what it had to drop."""

    def __init__(self, url: str, *, token: Optional[str] = None, timeout_s: float = 5.0) -> None:
        self._url = f"{url.rstrip('/')}/api/v1/batches"
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = timeout_s
        self._queue: "queue.Queue[Dict[str, Any]]" = queue.Queue(maxsize=2048)
        self.dropped = 0
        threading.Thread(target=self._work, name="parascope-reporter", daemon=True).start()
        atexit.register(self.flush, 2.0)

    def add(self, batch: Dict[str, Any]) -> None:
        try:
            self._queue.put_nowait(batch)
        except queue.Full:
            self.dropped += 1

    def flush(self, timeout_s: float = 5.0) -> bool:
        """True when nothing is left."""
        until = time.monotonic() + timeout_s
        while self._queue.unfinished_tasks > 0 and time.monotonic() < until:
            time.sleep(0.01)
        return self._queue.unfinished_tasks == 0

    def _work(self) -> None:
        while True:
            batch = self._queue.get()
            failures = 0
            # A batch keeps its id: one that arrives twice counts once.
            while (wait_s := self._send(batch, failures)) is not None:
                failures += 1
                time.sleep(wait_s)
            self._queue.task_done()

    def _send(self, batch: Dict[str, Any], failures: int) -> Optional[float]:
        """None when there is no more to do for this batch, else after how long to try again."""
        spread_s = random.random() * min(30.0, 0.5 * 2 ** min(failures, 10))
        try:
            status, headers, _ = post(self._url, {"batches": [batch]}, self._headers, self._timeout_s)
        except OSError:
            return spread_s
        if status == 429 or status >= 500:
            after = headers.get("retry-after") or ""
            return float(after) if after.isdigit() else spread_s
        if status != 200:
            self.dropped += 1  # it would be refused again
        return None


@dataclasses.dataclass(frozen=True)
class Tool:
    """`effect` is read, write or read-modify-write; an unknown one counts as a write."""

    run: Callable[..., Any]
    effect: str = "unknown"


# A call is of one kind: 0 a read, 1 a write, both unrestricted; 2 a read in reads-only; 3 whatever runs alone.
# For each kind the kinds that it must not overlap, as bits.
APART = (0b1000, 0b1100, 0b1010, 0b1111)


def kind_of(mode: str, reads: bool) -> int:
    if mode == "parallel":
        return 0 if reads else 1
    return 2 if mode == "reads-only" and reads else 3


class Runner:
    """Runs the calls of one turn: as many at once as the mode lets, in the order in which the model emitted them."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        switch: Switch,
        reporter: Reporter,
        *,
        agent: str,
        environment: str = "default",
        version: Optional[str] = None,
        concurrency: int = 8,
    ) -> None:
        self._tools, self._switch, self._reporter, self._concurrency = tools, switch, reporter, concurrency
        self._facts = {"agent": agent, "environment": environment, "version": version, "concurrency": concurrency}
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="tool")

    def run_batch(self, calls: List[Dict[str, Any]], *, run_id: str, turn: int) -> List[Dict[str, Any]]:
        """One answer a call, in their order: {"call_id", "status": "ok", "data"} or {…, "status": "error", "error"}.

        A call is {"call_id", "tool", "args"}, its args the keyword arguments of the tool.
        """
        decision = self._switch.decide(run_id)
        started_at, origin = time.time() * 1000, time.perf_counter()
        kinds = [self._kind(call["tool"], decision) for call in calls]
        state = ["waiting"] * len(calls)
        answers: List[Dict[str, Any]] = [{} for _ in calls]
        records: List[Dict[str, Any]] = [{} for _ in calls]
        turnstile = threading.Condition()

        def work(i: int) -> None:
            answer, record = self._call(calls[i], origin)
            with turnstile:
                answers[i], records[i], state[i] = answer, record, "ended"
                turnstile.notify()

        with turnstile:
            while "waiting" in state or "running" in state:
                for i in self._startable(kinds, state):
                    state[i] = "running"
                    # Its own copy of the context: nothing that one tool sets is seen by its siblings.
                    self._pool.submit(contextvars.copy_context().run, work, i)
                turnstile.wait()
        self._report(records, calls, decision, run_id, turn, started_at)
        return answers

    def _kind(self, tool: str, decision: Decision) -> int:
        held = decision.tools.get(tool, "parallel")
        mode = max(decision.mode, held, key=MODES.index)
        return kind_of(mode, self._effect(tool) == "read")

    def _effect(self, tool: str) -> str:
        return self._tools[tool].effect if tool in self._tools else "unknown"

    def _startable(self, kinds: List[int], state: List[str]) -> List[int]:
        """Those that may start now: apart from what runs, and from what waits before them."""
        running = state.count("running")
        taken = sum({1 << kinds[i] for i, at in enumerate(state) if at == "running"})
        chosen = []
        for i, at in enumerate(state):
            if at != "waiting":
                continue
            if running + len(chosen) >= self._concurrency:
                break
            if APART[kinds[i]] & taken:
                taken |= 1 << kinds[i]  # it waits, and holds back what must not overtake it
                continue
            taken |= 1 << kinds[i]
            chosen.append(i)
        return chosen

    def _call(self, call: Dict[str, Any], origin: float) -> Tuple[Dict[str, Any], Dict[str, Any]]:
        begin = time.perf_counter()
        outcome, code = "ok", None
        try:
            data = self._tools[call["tool"]].run(**call.get("args", {}))
            answer = {"call_id": call["call_id"], "status": "ok", "data": data}
        except BaseException as error:  # the model is told, the batch goes on
            outcome, code = "error", type(error).__name__
            answer = {"call_id": call["call_id"], "status": "error", "error": str(error)}
        end = time.perf_counter()
        times = {"start_ms": (begin - origin) * 1000, "duration_ms": (end - begin) * 1000}
        return answer, {"outcome": outcome, "error_code": code, **times}

    def _report(
        self,
        records: List[Dict[str, Any]],
        calls: List[Dict[str, Any]],
        decision: Decision,
        run_id: str,
        turn: int,
        started_at: float,
    ) -> None:
        told = [
            {
                "call_id": call["call_id"],
                "tool": call["tool"],
                "effect": self._effect(call["tool"]),
                "mode": decision.tools.get(call["tool"]),
                **record,
            }
            for call, record in zip(calls, records)
        ]
        # Ids that rise with time keep the index small; arguments and results stay here.
        batch_id = f"{int(started_at):012x}-{secrets.token_hex(10)}"
        self._reporter.add(
            {
                **self._facts,
                "batch_id": batch_id,
                "run_id": run_id,
                "turn": turn,
                "mode": decision.mode,
                "mode_revision": decision.revision,
                "started_at": started_at,
                "calls": told,
            }
        )

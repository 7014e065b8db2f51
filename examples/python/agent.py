"""An agent whose model emits the same tool calls in every turn: `python3 agent.py --turns 30`.

Run it beside Parascope, press "serial now" on the page Parallel mode, and watch its next batches change shape.
"""

from __future__ import annotations

import argparse
import json
import secrets
import time

from parascope import Reporter, Runner, Switch, Tool


def look_up(what: str, seconds: float) -> str:
    time.sleep(seconds)  # the latency of some service
    return f"{what}: found"


def refund(order: int) -> str:
    time.sleep(0.1)
    if order == 13:
        raise LookupError(f"there is no order {order}")
    return f"order {order}: refunded"


TOOLS = {
    "get_order": Tool(lambda order: look_up(f"order {order}", 0.15), effect="read"),
    "get_customer": Tool(lambda name: look_up(f"customer {name}", 0.12), effect="read"),
    "search": Tool(lambda query: look_up(query, 0.2), effect="read"),
    "refund": Tool(refund, effect="write"),
}


def emitted_calls(turn: int) -> list:
    """What a model would have answered: four independent calls."""
    calls = [
        ("get_order", {"order": 1000 + turn}),
        ("get_customer", {"name": "Ada"}),
        ("search", {"query": "terms of return"}),
        ("refund", {"order": 13 if turn % 5 == 4 else 1000 + turn}),
    ]
    return [{"call_id": f"call_{turn}_{i}", "tool": tool, "args": args} for i, (tool, args) in enumerate(calls)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:3000")
    parser.add_argument("--agent", default="python-agent")
    parser.add_argument("--environment", default="production")
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--poll", type=float, default=2.0, help="seconds between two questions for the mode")
    parser.add_argument("--cache", default=None, help="a file in which the last known mode outlives the process")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds in which the model thinks")
    options = parser.parse_args()

    switch = Switch(
        options.url, options.agent, options.environment, cache_file=options.cache, poll_s=options.poll
    )
    reporter = Reporter(options.url)
    runner = Runner(TOOLS, switch, reporter, agent=options.agent, environment=options.environment)
    run_id = f"run-{secrets.token_hex(4)}"
    for turn in range(options.turns):
        began = time.perf_counter()
        answers = runner.run_batch(emitted_calls(turn), run_id=run_id, turn=turn)
        took_ms = (time.perf_counter() - began) * 1000
        decision = switch.decide(run_id)
        statuses = [answer["status"] for answer in answers]
        line = {"turn": turn, "mode": decision.mode, "source": decision.source, "revision": decision.revision}
        print(json.dumps({**line, "ms": round(took_ms), "statuses": statuses}), flush=True)
        time.sleep(options.pause)
    switch.forget(run_id)
    left = 0 if reporter.flush(2.0) else 1
    print(json.dumps({"sent": not left, "dropped": reporter.dropped}), flush=True)


if __name__ == "__main__":
    main()

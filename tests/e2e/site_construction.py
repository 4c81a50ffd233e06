"""Measure the construction of sites without an engine, in a process of its own; prints the milliseconds as JSON."""

import asyncio
import gc
import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pulumi
from pulumi.runtime import mocks, settings, stack

from tests.unit import harness, sites


def milliseconds(count: int) -> float:
    """Return how long a program takes that declares so many sites."""
    with harness.event_loop():
        loop = asyncio.get_event_loop()
        # The harness runs everything in line, which nests too deeply for a hundred sites.
        loop.set_default_executor(ThreadPoolExecutor())
        settings.ROOT.set(None)
        mocks.set_mocks(harness.Provider(), preview=False)
        pulumi.runtime.set_all_config({})

        async def declare() -> None:
            sites.program(*(f"site-{number}" for number in range(count)))()

        started = time.perf_counter()
        loop.run_until_complete(stack.run_pulumi_func(declare))
        return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    gc.disable()  # as the program does
    milliseconds(1)
    figures = {"one": statistics.median(milliseconds(1) for _ in range(9)), "hundred": milliseconds(100)}
    sys.stdout.write(json.dumps(figures))

"""Freed memory goes back to the system."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from textmine.allocator import give_back_memory

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

kept = [bytes(4000) for _ in range(50_000)]  # small: the C library takes them from its heap
last = bytes(4000)
del kept[:-1]  # the last one stands at the end of the heap, so that nothing is given back by itself
before = resident()
give_back_memory()
print(before - resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc; other systems have no malloc_trim")
def test_memory_that_is_free_goes_back():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 100_000_000

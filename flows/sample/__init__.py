"""The sample portal: two small government sites with their faults, served on loopback, for a harvest without a network.

with start_sample() as sample:
    harvest(sample.portals)     # two pages stay broken
    sample.mend()
    rerun(sample.portals)       # and are recovered
"""

from flows.sample.content import SamplePage, sample_pages
from flows.sample.server import Asked, SampleServer

__all__ = ["Asked", "SamplePage", "SampleServer", "sample_pages", "start_sample"]


def start_sample(port: int = 0, *, mended: bool = False) -> SampleServer:
    """Serve the sample portal on 127.0.0.1; port 0 takes a free one. Raises OSError where the port is taken."""
    return SampleServer(port, mended=mended)

"""The workloads, one file each."""

from __future__ import annotations

from benchmarks.workloads import chain, network, rosenbrock, sigmoid
from benchmarks.workloads.workload import Workload

WORKLOADS: dict[str, Workload] = {
    workload.key: workload
    for workload in (sigmoid.WORKLOAD, network.WORKLOAD, chain.WORKLOAD, rosenbrock.WORKLOAD)
}

__all__ = ["WORKLOADS", "Workload"]

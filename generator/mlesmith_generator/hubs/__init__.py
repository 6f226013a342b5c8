"""Hosts of datasets: each turns `<scheme>:<name>` into a record that pins the published files."""

from mlesmith_generator.hubs.hub import HUBS, Hub, hub_of

__all__ = ["HUBS", "Hub", "hub_of"]

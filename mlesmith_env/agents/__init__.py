"""Agents that play any task."""

from mlesmith_env.agents.protocol import Agent, load_agent
from mlesmith_env.agents.scripted import ProgramsAgent, ScriptedAgent

__all__ = ["Agent", "ProgramsAgent", "ScriptedAgent", "load_agent"]

"""What runs on the far side of the fence: standard library only, nothing of the host.

These modules are loaded by a clean Python process of their own (see `launcher.py`), under another
package name and without importing `mlesmith_env`.
"""

"""`python -m mlesmith_env.cli`, where the console script is not on the path."""

from mlesmith_env.cli.app import main

main()

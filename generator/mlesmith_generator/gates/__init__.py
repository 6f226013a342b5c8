"""The three gates that a task has to pass: assertions, review, execution."""

"""Pictures and recordings: what can be asked of files that come as they are."""

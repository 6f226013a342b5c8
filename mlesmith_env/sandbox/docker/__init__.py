"""The `docker` sandbox: the same fork server and the same fence, in a container of their own."""

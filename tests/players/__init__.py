"""Players: scripted models that read what they are told, use the tools, and answer by the schema.

They stand where a language model would, behind a server that speaks its protocol, so that the
whole way is tested: the client, the tools, the gates. Each plays every role.
"""

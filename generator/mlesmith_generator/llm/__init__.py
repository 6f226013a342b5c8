"""The pipeline's stages on a language model: calls, money, tools, roles."""

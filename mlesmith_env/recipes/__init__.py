"""Declarative data preparation: raw files in, `public/` and `private/` out."""

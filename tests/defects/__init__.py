"""The corpus that the gates are measured on: seeded defects, and legitimate but odd tasks."""

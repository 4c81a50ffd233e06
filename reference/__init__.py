"""Write the reference documents from the code: docs/configuration.md and docs/components.md."""

"""What is lost while a site changes, and while things break under it."""

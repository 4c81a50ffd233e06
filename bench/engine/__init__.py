"""What is left when an update is killed, and whether the documented command makes it whole again."""

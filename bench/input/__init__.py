"""What bad input does: to the settings, and to a site."""

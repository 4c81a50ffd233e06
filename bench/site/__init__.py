"""What a site carries: nginx as this project configures it, beside what the tutorials and the distribution have."""

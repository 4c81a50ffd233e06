"""Every case of the tutorials behind this project as a stack, and the runner that deploys, checks and removes them."""

"""What scanners of Kubernetes manifests ask, as rules on what a stack declares; `catalogue` has all of them."""

"""The lab: a real Pulumi engine and a real Kubernetes cluster on one Linux machine, from package registries alone.

The program that it serves knows nothing of it; whoever has a cluster and the official `pulumi`
needs no lab.
"""

"""What stands in the way of a figure, or of a better one, by the figure's name."""

from collections.abc import Mapping

EXPLANATIONS: Mapping[str, str] = {
    "Faults: node lost for 60 s, until the last failure": (
        "A lost node keeps its place among the Service's endpoints until the cluster calls it not ready, 50 seconds "
        "after its last word (`--node-monitor-grace-period` of the controller manager, the default); a client "
        "that was sent there just before waits 5 more. Nothing in the site's own objects shortens that."
    ),
    "This project against the others: tutorials, new connections for a second of processor": (
        "The signature is all that the kind of key changes. With RSA 2048 it is about 0.25 ms of a handshake (`openssl "
        "speed`: 4,000 a second), with ECDSA P-256 about 0.02 ms; the rest, some 0.4 ms for the key agreement, the key "
        "schedule, tickets and the connection itself, is the same for both. So even a signature for nothing would not "
        "bring four times the connections."
    ),
    "New connections against `openssl speed`, each for a second of processor: this project, of the signatures": (
        "A core signs 40,000 to 50,000 times a second with ECDSA P-256, and a handshake is some twenty times the work "
        "of its signature. The limit is the handshake, not the signature."
    ),
}

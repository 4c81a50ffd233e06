# What the scripts of all ways share. Each is called with one step: deliver, check, rotate or remove.
# Environment: KUBECONFIG, NAMESPACE, SITES (names), WORK (folder with the files that the step needs).
set -eu
cd "$WORK"

kube() {
    kubectl --namespace="$NAMESPACE" "$@"
}

for_sites() {
    for site in $SITES; do
        "$@" "$site"
    done
}

rolled_out() {
    kube rollout status "deployment/$1" --timeout=180s
}

remove() {
    kubectl delete namespace "$NAMESPACE"
}

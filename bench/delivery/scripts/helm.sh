# Helm: a chart with the same objects, which waits for them, and its test with curl.
. "$(dirname "$0")/common.sh"

names="{$(echo "$SITES" | tr ' ' ',')}"

settle() {
    helm upgrade bench chart --install --create-namespace --namespace="$NAMESPACE" --wait --timeout=180s \
        --set="sites=$names" --set-string="revision=$1"
    helm test bench --namespace="$NAMESPACE" --timeout=60s
}

deliver() {
    settle 1
}

# Shows what would be sent, as far as Helm can: it does not tell what differs.
check() {
    helm upgrade bench chart --namespace="$NAMESPACE" --dry-run=server --set="sites=$names" --set-string=revision=1
}

rotate() {
    settle 2
}

# Helm does not remove the namespace that it made.
remove() {
    helm uninstall bench --namespace="$NAMESPACE" --wait
    kubectl delete namespace "$NAMESPACE"
}

"$1"

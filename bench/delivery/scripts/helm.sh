# Helm: a chart with the same objects, which waits for them, and its test with curl.
. "$(dirname "$0")/common.sh"

names="{$(echo "$SITES" | tr ' ' ',')}"

settle() {
    helm upgrade bench chart --install --create-namespace --namespace="$NAMESPACE" --wait --timeout="$PATIENCE" \
        --set="sites=$names" --set-string="revision=$1"
    helm test bench --namespace="$NAMESPACE" --timeout="$PATIENCE"
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
    helm uninstall bench --namespace="$NAMESPACE" --cascade=foreground --wait --timeout="$PATIENCE"
    remove_namespace
}

"$1"

# What the scripts of all ways share. Each is called with one step: deliver, check, rotate or remove.
# Environment: KUBECONFIG, NAMESPACE, SITES (names), WORK (folder with the files that the step needs), PATIENCE (how long
# to wait for each of what is waited for).
# What is waited for begins for all sites first: they share the cluster, and one site's wait must not hold up the next.
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

# Arguments, one for each site: the site's name between two texts.
of_sites() {
    for site in $SITES; do
        printf '%s ' "$1$site$2"
    done
}

# Whether the Deployments, with this after the sites' names, run what they were told last.
rolled_out() {
    kube rollout status $(of_sites deployment/ "$1") --timeout="$PATIENCE"
}

# After its objects: to a namespace that still has pods, the cluster comes back only after half of their grace period.
remove_namespace() {
    kubectl delete namespace "$NAMESPACE"
}

# Kustomize and server-side apply: the same objects as this project's, all at once, then a Job with curl for each site.
. "$(dirname "$0")/common.sh"

authority() {
    openssl req -x509 -nodes -days 365 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj "/CN=$1 authority" \
        -keyout "$1-ca.key" -out "$1-ca.crt"
}

certificate() {
    local="$1.$NAMESPACE.svc.cluster.local"
    openssl req -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" \
        -addext "subjectAltName=DNS:$1,DNS:$1.$NAMESPACE,DNS:$1.$NAMESPACE.svc,DNS:$local"
    openssl x509 -req -in "$1.csr" -CA "$1-ca.crt" -CAkey "$1-ca.key" -days 90 -copy_extensions copy -out "$1.crt"
}

prove() {
    kube delete $(of_sites job/ -proof) --ignore-not-found
    kube create $(of_sites --filename= -proof.yaml)
    kube wait --for=condition=complete $(of_sites job/ -proof) --timeout="$PATIENCE"
}

settle() {
    kubectl apply --server-side --kustomize=.
    rolled_out ""
    prove
}

deliver() {
    kubectl create namespace "$NAMESPACE"
    for_sites authority
    for_sites certificate
    settle
}

check() {
    kubectl diff --server-side --kustomize=.
}

rotate() {
    for_sites certificate
    settle
}

remove() {
    kube delete job --all --cascade=foreground --wait
    kubectl delete --kustomize=. --cascade=foreground --wait
    remove_namespace
}

"$1"

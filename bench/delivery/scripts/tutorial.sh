# The tutorials' way: openssl, kubectl, a look whether it runs, and curl in a pod that mounts the certificate.
. "$(dirname "$0")/common.sh"

certificate() {
    openssl req -x509 -nodes -days 365 -newkey rsa:2048 -keyout "$1.key" -out "$1.crt" -subj "/CN=$1/O=$1"
    kube create secret generic "$1-secret" --from-file="nginx.key=$1.key" --from-file="nginx.crt=$1.crt" \
        --dry-run=client --output=yaml | kube apply --filename=-
}

ask() {
    attempts=0
    until kube exec "deployment/$1-curl" -- curl --silent --show-error --fail --max-time 5 \
        --cacert /etc/nginx/ssl/nginx.crt "https://$1/" | grep 'Welcome to nginx!'; do
        attempts=$((attempts + 1))
        [ "$attempts" -lt 100 ]
        sleep 0.2
    done
}

one_site() {
    certificate "$1"
    kube create configmap "$1-config" --from-file=default.conf --from-file=main
    kube apply --filename="$1.yaml"
    rolled_out "$1"
    kube apply --filename="$1-curl.yaml"
    rolled_out "$1-curl"
    ask "$1"
}

deliver() {
    kubectl create namespace "$NAMESPACE"
    for_sites one_site
}

compare() {
    kube diff --filename="$1.yaml" --filename="$1-curl.yaml"
}

check() {
    for_sites compare
}

# nginx reads a new certificate when it starts, and so does the pod of curl.
renew() {
    certificate "$1"
    kube rollout restart "deployment/$1" "deployment/$1-curl"
    rolled_out "$1"
    rolled_out "$1-curl"
    ask "$1"
}

rotate() {
    for_sites renew
}

"$1"

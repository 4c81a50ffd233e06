# The tutorials' way: openssl, kubectl, a look whether it runs, and curl in a pod that mounts the certificate.
. "$(dirname "$0")/common.sh"

certificate() {
    openssl req -x509 -nodes -days 365 -newkey rsa:2048 -keyout "$1.key" -out "$1.crt" -subj "/CN=$1/O=$1"
}

secret() {
    kube create secret generic "$1-secret" --from-file="nginx.key=$1.key" --from-file="nginx.crt=$1.crt" \
        --dry-run=client --output=yaml
    echo ---
}

certificates() {
    for_sites certificate
    for_sites secret | kube apply --filename=-
}

configuration() {
    kube create configmap "$1-config" --from-file=default.conf --from-file=main
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

deliver() {
    kubectl create namespace "$NAMESPACE"
    certificates
    for_sites configuration
    kube apply $(of_sites --filename= .yaml)
    rolled_out ""
    kube apply $(of_sites --filename= -curl.yaml)
    rolled_out -curl
    for_sites ask
}

check() {
    kube diff $(of_sites --filename= .yaml) $(of_sites --filename= -curl.yaml)
}

# nginx reads a new certificate when it starts, and so does the pod of curl.
rotate() {
    certificates
    kube rollout restart $(of_sites deployment/ "") $(of_sites deployment/ -curl)
    rolled_out ""
    rolled_out -curl
    for_sites ask
}

remove() {
    kube delete $(of_sites --filename= .yaml) $(of_sites --filename= -curl.yaml) --cascade=foreground --wait
    remove_namespace
}

"$1"

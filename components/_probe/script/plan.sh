# shellcheck shell=sh disable=SC2034,SC2154
# The plan's files, as variables; part of probe.sh.

# Reads the plan's files `$@` by one process, into `settings` and `target_1` and so on, since
# `read` would ask the kernel for every single character.
read_plan() {
    kept=settings settings='' targets=0
    IFS=$newline
    # The files are meant to be split into lines.
    # shellcheck disable=SC2046
    set -- $(grep -h '' "$@")
    unset IFS
    for line in "$@"; do
        case $line in
        'name '*)
            targets=$((targets + 1))
            kept=target_$targets
            eval "$kept=''"
            ;;
        esac
        # The line is no part of what is evaluated, only its variable's name is.
        eval "$kept=\$$kept\$line\$newline"
    done
}

read_settings() {
    connect_seconds=3 request_seconds=10 wait_seconds=30 settle_seconds=5 run_seconds=45 negative=on
    certificate='' fingerprint=''
    IFS=$newline
    # Meant to be split into lines, as below.
    # shellcheck disable=SC2086
    set -- $settings
    unset IFS
    for line in "$@"; do
        value=${line#* }
        case ${line%% *} in
        connect-seconds) connect_seconds=$value ;;
        request-seconds) request_seconds=$value ;;
        wait-seconds) wait_seconds=$value ;;
        settle-seconds) settle_seconds=$value ;;
        run-seconds) run_seconds=$value ;;
        negative) negative=$value ;;
        certificate) certificate=$value ;;
        fingerprint) fingerprint=$value ;;
        *) give_up "unknown key in settings: $line" ;;
        esac
    done
}

# Reads the target of the unit `$1`.
read_target() {
    case ${1#target-} in '' | *[!0-9]*) give_up "not a target: $1" ;; esac
    eval "lines=\$target_${1#target-}"
    name='' host='' port=443 path=/ address='' address_port='' http_address_port='' every=0
    trust=given pinned=no tls_minimum=1.2 statuses=200 body_text='' body_regex='' headers=''
    header_findings='' http_version='' days_left='' latency_ms='' http=ignored http_port=80
    IFS=$newline
    # shellcheck disable=SC2086
    set -- $lines
    unset IFS
    for line in "$@"; do
        value=${line#* }
        case ${line%% *} in
        name) name=$value ;;
        host) host=$value ;;
        port) port=$value ;;
        path) path=$value ;;
        address) address=$value ;;
        address-port) address_port=$value ;;
        http-address-port) http_address_port=$value ;;
        every-address) every=$value ;;
        trust) trust=$value ;;
        pinned) pinned=$value ;;
        tls-minimum) tls_minimum=$value ;;
        statuses) statuses=$value ;;
        body-text) body_text=$value ;;
        body-regex) body_regex=$value ;;
        header)
            headers="$headers$value$newline"
            header_findings="$header_findings${mark}header=${value%% *}=%header{${value%% *}}\\n"
            ;;
        http-version) http_version=$value ;;
        days-left) days_left=$value ;;
        latency-ms) latency_ms=$value ;;
        http) http=$value ;;
        http-port) http_port=$value ;;
        *) give_up "unknown key of target $name: $line" ;;
        esac
    done
    url="https://$host:$port$path"
    [ -n "$address_port" ] || address_port=$port
    [ -n "$http_address_port" ] || http_address_port=$http_port
}

# shellcheck shell=sh disable=SC2034,SC2154
# What curl says of each request, as variables; part of probe.sh.

# What curl's exit codes mean.
explain() {
    case $1 in
    6) words='name not resolved' ;;
    7) words='connection refused or no route' ;;
    23) words='no room left to keep the body' ;;
    28) words='timed out' ;;
    35) words='TLS handshake failed' ;;
    52) words='empty answer' ;;
    56) words='connection broken' ;;
    60) words='certificate or host name not trusted' ;;
    63) words='body larger than 1 MiB' ;;
    77) words='CA file not readable' ;;
    *) words='see the exit codes of curl' ;;
    esac
}

# Whether a site that is only late may cause this exit code. Mistrust (60) is none of them, but for a certificate that
# begins in a moment: the clock of a node can be behind that of the machine that issued it.
is_late() {
    case $1 in
    6 | 7 | 28 | 52 | 56) return 0 ;;
    # A proxy without a backend accepts and hangs up; a refusal of ours comes as an alert.
    35) case $error in *reset* | *SYSCALL* | *EOF* | *eof*) return 0 ;; esac ;;
    60) case $error in *'not yet valid'*) return 0 ;; esac ;;
    esac
    return 1
}

forget() {
    exit_code='' error='' status=000 version='' handshake=0 total=0 reached='' redirect='' connected=0
    tls='' served='' served_blocks=0 served_count=0 expires='' header_values='' in_certificate=no
}

# Leaves in `answers` those lines of what a command says that match `$1`. It runs beside the shell, which could do
# nothing about a signal before the command has ended.
listen() {
    pattern=$1
    shift
    "$@" >"$work/answers" &
    asking=$!
    [ -z "$stopped" ] || stop
    # A signal ends the first one, before the command has. Some shells tell whoever waits how the command ended.
    { wait "$asking" || wait "$asking"; } 2>/dev/null
    asking=''
    answers=$(grep -a -e "$pattern" "$work/answers")
    # It takes up memory.
    true >"$work/answers"
}

# Does what a signal asks for: whoever listens goes on with what has been said by now.
stop() {
    stopped=yes
    [ -z "$asking" ] || kill "$asking" 2>/dev/null
}

# Writes down the requests `$1`, each with its limit.
write_requests() {
    IFS='|'
    # Meant to be split into requests.
    # shellcheck disable=SC2086
    set -- $1
    unset IFS
    before=''
    for block in "$@"; do
        printf '%smax-time = %s\n%s' "$before" "$limit" "$block"
        before="next$newline"
    done >"$work/requests"
}

# Leaves in `missing` the names of those whose requests, of `$1`, come after the first `$answered` ones.
name_missing() {
    rest=$1 missing=''
    while [ -n "$rest" ]; do
        about=${rest#*"${mark}about="}
        rest=${rest#*|}
        answered=$((answered - 1))
        [ "$answered" -lt 0 ] || continue
        name=${about%% *}
        case $name in target-*) read_target "$name" ;; esac
        case "$missing, " in *", $name, "*) ;; *) missing="$missing, $name" ;; esac
    done
    missing=${missing#, }
}

# Makes the requests `$1` by one curl, and has each answer judged as soon as it has been read.
hear() {
    write_requests "$1"
    requests=$1
    listen '' curl --disable --silent --verbose --stderr - --config "$work/requests"
    # Not by `read`, which asks the kernel for every single character.
    IFS=$newline
    # The answers are meant to be split into lines.
    # shellcheck disable=SC2086
    set -- $answers
    unset IFS
    answered=0
    for line in "$@"; do
        [ "$line" != "${mark}end" ] || answered=$((answered + 1))
    done
    # Before anything is judged. Whoever is stopped judges what was answered before.
    [ "$answered" = "$asked" ] || [ -n "$stopped" ] || distrust
    forget
    for line in "$@"; do
        case $line in
        '> '* | '< '* | '{ '* | '} '*) ;;
        "$mark"*) note "${line#"$mark"}" ;;
        # The first one: a name of the certificate could hold another, and comes later.
        '* SSL connection using '*) [ -n "$tls" ] || tls=${line#'* SSL connection using '} ;;
        '* '*) ;;
        '-----BEGIN CERTIFICATE-----'*)
            in_certificate=yes
            served_blocks=$((served_blocks + 1))
            ;;
        '-----END CERTIFICATE-----'*) in_certificate=no ;;
        # The last one before the leaf itself; a name of the leaf could hold another.
        [Ee]'xpire '[Dd]'ate:'*) [ "$served_blocks" != 0 ] || expires=${line#*:} ;;
        *) if [ "$in_certificate$served_blocks" = yes1 ]; then served="$served$line"; fi ;;
        esac
    done
    [ "$answered" != "$asked" ] || return 0
    name_missing "$requests"
    end_early "$missing"
}

# Takes note of one line that curl wrote for the script: `KEY=VALUE`, or that an answer ends.
note() {
    value=${1#*=}
    case ${1%%=*} in
    about) about=$value ;;
    exit) exit_code=$value ;;
    error) error=$value ;;
    status) status=$value ;;
    version) version=$value ;;
    handshake) handshake=$value ;;
    total) total=$value ;;
    reached) reached=$value ;;
    redirect) redirect=$value ;;
    connected) connected=$value ;;
    header) header_values="$header_values$newline$value$newline" ;;
    certificates) served_count=$value ;;
    end)
        judge
        forget
        ;;
    esac
}

distrust() {
    give_up "curl does not do what it must: $(printf '%.300s' "$answers")"
}

# Judges one answer by what it is about: `UNIT KIND NUMBER ADDRESS`.
judge() {
    unit=${about%% *}
    about=${about#* }
    kind=${about%% *}
    about=${about#* }
    number=${about%% *}
    address=${about#* }
    # What is reckoned with has digits: some shells would evaluate anything else.
    case ,$number,$exit_code,$status,$version,$handshake,$total,$served_count, in
    *,,* | *[!0-9.,]*) distrust ;;
    esac
    outcome=passed reason='' fact=''
    [ "$exit_code" != 0 ] || [ "${total%%.*}" -le "$slowest" ] || slowest=${total%%.*}
    case $unit in
    target-*) judge_target ;;
    *) judge_refusal ;;
    esac
    conclude
}

judge_target() {
    at=$address
    read_target "$unit"
    address=$at
    where="$name $url"
    if [ "$kind" = http ]; then
        [ -z "$address" ] || where="$where via $address:$http_address_port"
        check_http
    else
        [ -z "$address" ] || where="$where via $address:$address_port"
        case $tls in *[!A-Za-z0-9._/\ -]*) tls='' ;; esac
        check_https
        # Only what was looked at has facts, and nothing else may pass.
        [ "$outcome" != passed ] || [ -n "$fact" ] || give_up "$where passed without any facts"
    fi
    [ "$outcome" = passed ] || reason="$where: $reason"
}

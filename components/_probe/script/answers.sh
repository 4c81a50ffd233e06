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

# Makes the requests `$1` by one curl, and has each answer judged as soon as it has been read.
hear() {
    printf '%s' "${1#next}" >"$work/requests"
    answers=$(curl --disable --silent --verbose --stderr - --config "$work/requests")
    # Not by `read`, which asks the kernel for every single character.
    IFS=$newline
    # The answers are meant to be split into lines.
    # shellcheck disable=SC2086
    set -- $answers
    unset IFS
    answered=0
    forget
    for line in "$@"; do
        value=${line#probe:*=}
        case $line in
        '> '* | '< '* | '{ '* | '} '*) ;;
        'probe:about='*) about=$value ;;
        'probe:exit='*) exit_code=$value ;;
        'probe:error='*) error=$value ;;
        'probe:status='*) status=$value ;;
        'probe:version='*) version=$value ;;
        'probe:handshake='*) handshake=$value ;;
        'probe:total='*) total=$value ;;
        'probe:reached='*) reached=$value ;;
        'probe:redirect='*) redirect=$value ;;
        'probe:connected='*) connected=$value ;;
        'probe:header='*) header_values="$header_values$newline$value$newline" ;;
        'probe:certificates='*) served_count=$value ;;
        'probe:end')
            answered=$((answered + 1))
            judge
            forget
            ;;
        '* SSL connection using '*) tls=${line#'* SSL connection using '} ;;
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
    [ "$answered" = "$asked" ] || give_up "curl does not do what it must: $(printf '%.300s' "$answers")"
}

# Judges one answer by what it is about: `UNIT KIND NUMBER ADDRESS`.
judge() {
    unit=${about%% *}
    about=${about#* }
    kind=${about%% *}
    about=${about#* }
    number=${about%% *}
    address=${about#* }
    outcome=passed reason='' fact=''
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
    fi
    [ "$outcome" = passed ] || reason="$where: $reason"
}

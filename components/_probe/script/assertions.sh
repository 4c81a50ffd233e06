# shellcheck shell=sh disable=SC2034,SC2154
# The assertions on one answer; part of probe.sh.

not_as_expected() {
    outcome=failed
    reason="$1: expected $2, found $3"
}

# Days from 1970-01-01 to the day `year month day`, by the civil calendar.
days_since_epoch() {
    y=$1 m=$2 d=$3
    [ "$m" -gt 2 ] || y=$((y - 1))
    shifted=$(((m + 9) % 12))
    of_year=$(((153 * shifted + 2) / 5 + d - 1))
    days=$((365 * y + y / 4 - y / 100 + y / 400 + of_year - 719468))
}

# Whole days, from "Nov  4 05:43:11 2027 GMT" (OpenSSL) or "2027-11-04 05:43:11 GMT" (GnuTLS).
measure_days_left() {
    # The words of the date are meant to be split.
    # shellcheck disable=SC2086
    set -- $expires
    case ${1:-} in
    [0-9]*-*-*)
        year=${1%%-*} day=${1##*-} month=${1#*-} month=${month%-*} instant=${2:-}
        ;;
    *)
        months='JanFebMarAprMayJunJulAugSepOctNovDec'
        before=${months%%"${1:-none}"*}
        month=$((${#before} / 3 + 1)) day=${2:-} year=${4:-} instant=${3:-}
        ;;
    esac
    left='' month=${month#0} day=${day#0}
    # A name of the certificate can look like a date, and some shells would evaluate anything but digits.
    case $month,$day in [0-9],[0-9] | [0-9],[0-9][0-9] | 1[0-2],[0-9] | 1[0-2],[0-9][0-9]) ;; *) return ;; esac
    case $year,$instant in [0-9][0-9][0-9][0-9],[0-9][0-9]:[0-9][0-9]:[0-9][0-9]) ;; *) return ;; esac
    days_since_epoch "$year" "$month" "$day"
    hours=${instant%%:*} minutes=${instant#*:} minutes=${minutes%:*} seconds=${instant##*:}
    of_day=$((${hours#0} * 3600 + ${minutes#0} * 60 + ${seconds#0}))
    left=$(((days * 86400 + of_day - now) / 86400))
}

# curl's seconds ("0.004123", or with fewer digits) as microseconds.
microseconds() {
    fraction=${1#*.}000000
    while [ ${#fraction} -gt 6 ]; do fraction=${fraction%?}; done
    while [ "${fraction#0}" != "$fraction" ]; do fraction=${fraction#0}; done
    us=$((${1%%.*} * 1000000 + ${fraction:-0}))
}

check_headers() {
    rest=$headers
    while [ -n "$rest" ] && [ "$outcome" = passed ]; do
        line=${rest%%"$newline"*}
        rest=${rest#*"$newline"}
        field=${line%% *}
        wanted=${line#* }
        found=${header_values##*"$newline$field="}
        found=${found%%"$newline"*}
        case $found in
        '') not_as_expected "header $field" "${wanted:-any value}" none ;;
        *"$wanted"*) ;;
        *) not_as_expected "header $field" "$wanted" "$found" ;;
        esac
    done
}

# Whether the target must serve one certificate and no other.
is_pinned() {
    [ "$pinned" = yes ] && [ -n "$certificate" ]
}

# The assertions on an answer over TLS, the most telling first; the first failure counts.
check_https() {
    if [ "$exit_code" != 0 ]; then
        explain "$exit_code"
        reason="curl exit $exit_code ($words): $error"
        outcome=failed
        if is_late "$exit_code"; then
            outcome=late
        # While routing settles, an old pod's certificate can be of the CA before, or without a new name. curl shows the
        # one without the name: if that is the issued one, it is no old one, and no waiting helps.
        elif [ "$exit_code" = 60 ] && is_pinned && [ "$served" != "$certificate" ]; then
            outcome=stale
        fi
        return
    fi
    known=false
    measure_days_left
    check_status
    [ "$outcome" = passed ] && check_certificate
    [ "$outcome" = passed ] && check_headers
    [ "$outcome" = passed ] && check_body
    [ "$outcome" = passed ] && check_latency
    fact="{\"target\":\"$name\",\"url\":\"$url\",\"address\":\"$reached\",\"status\":$status"
    fact="$fact,\"http\":\"$version\",\"tls\":\"$tls\",\"handshake_s\":$handshake"
    fact="$fact,\"total_s\":$total,\"days_left\":${left:-null},\"pinned\":$known}"
}

check_status() {
    case " $statuses " in
    *" $status "*)
        [ -z "$http_version" ] || [ "$version" = "$http_version" ] ||
            not_as_expected 'HTTP version' "$http_version" "$version"
        ;;
    *)
        not_as_expected status "$statuses" "$status${redirect:+ (redirect to $redirect)}"
        case $status in 5?? | 429) outcome=late ;; esac
        ;;
    esac
}

# The whole certificate is compared, not its hash, for which there may be no tool in the image.
check_certificate() {
    if is_pinned; then
        known=true
        if [ "$served" != "$certificate" ]; then
            not_as_expected 'served certificate' "the issued one (SHA-256 $fingerprint)" \
                "another one that the same CA trusts, which expires $expires"
            outcome=stale
            return
        fi
    fi
    # More certificates than curl counted: a name in one of them pretends to be another.
    if [ "$served_blocks" != "$served_count" ]; then
        not_as_expected 'served certificates' "$served_count" "$served_blocks"
    elif [ -n "$days_left" ] && [ "${left:--1}" -lt "$days_left" ]; then
        not_as_expected 'days left' "at least $days_left" "${left:-none} (expires $expires)"
    fi
}

check_body() {
    if [ -n "$body_text" ] && ! grep -Fq -e "$body_text" "$work/body-$number"; then
        not_as_expected body "the text \"$body_text\"" 'a body without it'
    elif [ -n "$body_regex" ]; then
        grep -Eq -e "$body_regex" "$work/body-$number" 2>/dev/null
        case $? in
        0) ;;
        1) not_as_expected body "a line that matches $body_regex" 'a body without one' ;;
        *) give_up "not a regular expression: $body_regex" ;;
        esac
    fi
}

check_latency() {
    [ -n "$latency_ms" ] || return
    microseconds "$total"
    [ "$us" -le $((latency_ms * 1000)) ] ||
        not_as_expected latency "at most $latency_ms ms" "$((us / 1000)) ms"
}

# Whether nothing has answered the wish to connect: a port that accepts and is silent is open, and a name that could not
# be resolved in time says nothing of a port.
is_dropped() {
    [ "$exit_code" = 28 ] || return 1
    case $connected in *[1-9]*) return 1 ;; esac
    case $error in *[Rr]esolv*) return 1 ;; esac
}

# Whether the status over plain HTTP is one that is expected over TLS, or of 2xx as one of these is.
is_served() {
    case " $statuses $status" in *" $status "* | *" 2"*" 2"??) ;; *) return 1 ;; esac
}

# The plain HTTP port beside the target: closed, redirecting to HTTPS, or serving.
check_http() {
    found="status $status${redirect:+, redirect to $redirect}"
    if [ "$exit_code" != 0 ]; then
        explain "$exit_code"
        found="curl exit $exit_code ($words)"
    fi
    case $http:$exit_code:$status:$redirect in
    closed:7:* | redirect:0:30[12378]:https://*) ;;
    served:0:*) is_served || not_as_expected "HTTP on port $http_port" "$http" "$found" ;;
    *)
        [ "$http" != closed ] || ! is_dropped || return 0
        not_as_expected "HTTP on port $http_port" "$http" "$found"
        ! is_late "$exit_code" || outcome=late
        ;;
    esac
}

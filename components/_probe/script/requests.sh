# shellcheck shell=sh disable=SC2034,SC2154
# Requests, as blocks of curl's own configuration; part of probe.sh.

# Leaves in `mark` how the lines begin that curl writes for the script, and in `findings` those of every request. Names
# in certificates can hold line feeds, and so any line; but the mark is made up for this run, and no server gets to know
# it.
make_mark() {
    # A pair of hexadecimal digits from each of sixteen lines at least. Meant to be split into them.
    # shellcheck disable=SC2046
    set -- $(grep -a -o -m 16 '[0-9a-f][0-9a-f]' /dev/urandom)
    [ $# -ge 16 ] || give_up '/dev/urandom gives no random number'
    IFS=''
    mark="probe-$*:"
    unset IFS
    findings=''
    for finding in 'exit=%{exitcode}' 'error=%{errormsg}' 'status=%{http_code}' 'version=%{http_version}' \
        'handshake=%{time_appconnect}' 'total=%{time_total}' 'reached=%{remote_ip}' 'redirect=%{redirect_url}' \
        'connected=%{time_connect}' end; do
        findings="$findings\\n$mark$finding"
    done
}

# Leaves in `block` a request: its URL, `UNIT KIND` and address that it is about, more to write
# out before, more lines of configuration. It ends with `|`, which is in none of these.
describe() {
    # Bodies take up memory until all requests of the round have ended: only those that are looked at.
    body=/dev/null
    case $2 in *' https') [ -z "$body_text$body_regex" ] || body=$work/body-$asked ;; esac
    # curl leaves the file alone if there is no body, and an older one must not count.
    : >"$body"
    block="url = \"$1\"
write-out = \"$4${mark}about=$2 $asked $3$findings\\n\"
noproxy = \"*\"
connect-timeout = $connect_limit
max-filesize = 1048576
output = \"$body\"
$5
|"
}

# Adds a request over plain HTTP. All of these come first: after an answer with HSTS, curl would
# turn them into HTTPS.
request_plain() {
    asked=$((asked + 1))
    describe "$1" "$2" "$3" '' "proto = \"=http\"$newline$4"
    plain_requests="$plain_requests$block"
}

# Leaves in `authority` the CA file that alone is trusted, or `public` for those that curl was built with. An image may
# name others to curl in a variable, which is not heard once curl is given a folder.
choose_authority() {
    authority=$ca
    [ "$trust" = given ] || authority=${CURL_CA_BUNDLE:-${SSL_CERT_FILE:-public}}
}

# Adds a request over TLS: its URL, what it is about, the address, the CA file that alone is
# trusted or `public`, more to write out before, more lines of configuration.
request_tls() {
    asked=$((asked + 1))
    # A folder of its own, which does not exist: so the system's authorities do not count, and
    # no connection of a request before can be taken over, without a handshake.
    trusted="capath = \"$work/none-$asked\""
    [ "$4" = public ] || trusted="$trusted${newline}cacert = \"$4\""
    describe "$1" "$2" "$3" "$5" "proto = \"=https\"$newline$trusted$newline$6"
    tls_requests="$tls_requests$block"
}

# Leaves in `moved` the line that connects to $address and the port given.
move_to() {
    moved=''
    [ -z "$address" ] || moved="connect-to = \"::$address:$1\""
}

# Asks the target of $unit: once, or at each of its addresses.
ask_target() {
    read_target "$unit"
    kind=https
    if [ "$address" = - ]; then
        outcome=failed reason="$name $url: no address (not assigned, or not known yet)"
        conclude
        return
    fi
    if [ "$every" = 0 ]; then
        ask_at
        return
    fi
    named=${address:-$host}
    resolve "$named"
    ipv4=0 ipv6=0
    for word in $addresses; do
        case $word in
        *:*) address="[$word]" ipv6=$((ipv6 + 1)) ;;
        *) address=$word ipv4=$((ipv4 + 1)) ;;
        esac
        ask_at
    done
    # A pod of a dual-stack Service has an address of either family: together they would stand for twice the pods.
    fewest=$ipv4
    if [ "$ipv4" = 0 ] || { [ "$ipv6" != 0 ] && [ "$ipv6" -lt "$ipv4" ]; }; then fewest=$ipv6; fi
    if [ "$fewest" -lt "$every" ]; then
        not_as_expected "$name $url: addresses of $named" "at least $every of each family it has" \
            "$ipv4 of IPv4 and $ipv6 of IPv6$unlisted"
        outcome=late
        conclude
    fi
}

ask_at() {
    choose_authority
    move_to "$address_port"
    request_tls "$url" "$unit https" "$address" "$authority" \
        "%{certs}\\n${mark}certificates=%{num_certs}\\n$header_findings" \
        "tlsv$tls_minimum$newline${http_version:+http$http_version$newline}$moved"
    [ "$http" != ignored ] || return 0
    move_to "$http_address_port"
    request_plain "http://$host:$http_port$path" "$unit http" "$address" "$moved"
}

# All addresses of the name `$1`; from curl's own trace where there is no getent.
resolve() {
    unlisted=''
    if command -v getent >/dev/null; then
        listen '' getent ahosts "$1"
    else
        listen '^\* IPv[46]: ' curl --disable --silent --verbose --stderr - --noproxy '*' --output /dev/null \
            --max-time "$limit" "http://$1:$port/"
        [ -n "$answers" ] || unlisted='; the image has no getent, and curl lists addresses from 8.6 on'
    fi
    [ -z "$stopped" ] || end_early "$name"
    addresses=' '
    for word in $answers; do
        word=${word%,}
        case $word in
        *[!0-9a-f.:]*) continue ;;
        *:*:*) ;;
        *[!0-9.]*) continue ;;
        *.*.*.*) ;;
        *) continue ;;
        esac
        case $addresses in *" $word "*) ;; *) addresses="$addresses$word " ;; esac
    done
}

# shellcheck shell=sh disable=SC2034,SC2154
# Requests, as blocks of curl's own configuration; part of probe.sh.

findings='\nprobe:exit=%{exitcode}\nprobe:error=%{errormsg}\nprobe:status=%{http_code}'
findings="$findings"'\nprobe:version=%{http_version}\nprobe:handshake=%{time_appconnect}'
findings="$findings"'\nprobe:total=%{time_total}\nprobe:reached=%{remote_ip}'
findings="$findings"'\nprobe:redirect=%{redirect_url}\nprobe:connected=%{time_connect}'

# Leaves in `block` a request: its URL, `UNIT KIND` and address that it is about, more to write
# out before, more lines of configuration. It ends with `|`, which is in none of these.
describe() {
    # Bodies take up memory until all requests of the round have ended: only those that are looked at.
    body=/dev/null
    case $2 in *' https') [ -z "$body_text$body_regex" ] || body=$work/body-$asked ;; esac
    # curl leaves the file alone if there is no body, and an older one must not count.
    : >"$body"
    block="url = \"$1\"
write-out = \"$4probe:about=$2 $asked $3$findings\\nprobe:end\\n\"
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
    count=0
    for word in $addresses; do
        case $word in *:*) address="[$word]" ;; *) address=$word ;; esac
        ask_at
        count=$((count + 1))
    done
    if [ "$count" -lt "$every" ]; then
        not_as_expected "$name $url: addresses of $named" "at least $every" "$count"
        outcome=late
        conclude
    fi
}

ask_at() {
    authority=$ca
    [ "$trust" = given ] || authority=public
    move_to "$address_port"
    # Certificates come first, as later lines override earlier ones: a name in a certificate can
    # hold a line feed, and so any line.
    request_tls "$url" "$unit https" "$address" "$authority" \
        "%{certs}\\nprobe:certificates=%{num_certs}\\n$header_findings" \
        "tlsv$tls_minimum$newline${http_version:+http$http_version$newline}$moved"
    [ "$http" != ignored ] || return 0
    move_to "$http_address_port"
    request_plain "http://$host:$http_port$path" "$unit http" "$address" "$moved"
}

# All addresses of the name `$1`; from curl's own trace where there is no getent.
resolve() {
    if command -v getent >/dev/null; then
        listen '' getent ahosts "$1"
    else
        listen '^\* IPv[46]: ' curl --disable --silent --verbose --stderr - --noproxy '*' --output /dev/null \
            --max-time "$limit" "http://$1:$port/"
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

# shellcheck shell=sh disable=SC2034,SC2154
# Requests with one thing wrong, at the first target: they must fail, or the passes of the
# others mean nothing. Part of probe.sh.

ask_refusal() {
    read_target "$first"
    if [ "$address" = - ]; then return; fi
    choose_authority
    place="${address:-$host}:$address_port"
    moved="connect-to = \"::$place\""
    case $unit in
    unrelated-ca)
        request_tls "$url" "$unit 60" "$place" "$here/unrelated.crt" '' "$moved"
        ;;
    wrong-host)
        request_tls "https://wrong-host.invalid:$port$path" "$unit 60" "$place" "$authority" '' \
            "$moved"
        ;;
    tls-1.1)
        # Security level 0, or OpenSSL would not even offer TLS 1.1 and the site never be asked.
        request_tls "$url" "$unit 35" "$place" "$here/unrelated.crt" '' "$moved
tlsv1.0
tls-max = 1.1
ciphers = \"DEFAULT:@SECLEVEL=0\""
        ;;
    esac
}

judge_refusal() {
    # The first target has been judged before in this round. Until it answers, a proxy without a backend may hang up.
    answers=yes
    case $waiting in *" $first "*) answers=no ;; esac
    how=refused
    case $answers:$unit:$exit_code:$error in
    *:tls-1.1:35:*alert*) ;;
    *:tls-1.1:35:*reset* | *:tls-1.1:35:*SYSCALL* | *:tls-1.1:35:*[Ee][Oo][Ff]*)
        [ "$answers" = yes ] ||
            outcome=late reason="$unit at $address: the connection is broken off, and nothing answers yet"
        ;;
    # Some TLS libraries cannot speak TLS 1.1 any more: then there is nothing to be said.
    *:tls-1.1:35:* | *:tls-1.1:2:* | *:tls-1.1:4:* | *:tls-1.1:59:*) how='not offered by this curl' ;;
    # A site may know its names and refuse others before curl can.
    yes:wrong-host:35:*alert* | *:wrong-host:35:*unrecognized*) how='refused by the site' ;;
    *:"$unit:$kind":*) ;;
    *)
        explain "$exit_code"
        reason="$unit at $address: expected curl exit $kind, found $exit_code ($words): "
        reason="$reason${error:-status $status}"
        outcome=failed
        ! is_late "$exit_code" || outcome=late
        ;;
    esac
    fact="{\"refusal\":\"$unit\",\"how\":\"$how\",\"exit\":$exit_code}"
}

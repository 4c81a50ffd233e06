#!/bin/sh
# Judges HTTPS endpoints by curl: sh probe.sh PLAN_FOLDER REPORT_FILE CA_FILE WORK_FOLDER
#
# PLAN_FOLDER  holds `settings` and one `target-NNN` for each target: lines of a key, a blank
#              and a value. Values are data; none of them is ever evaluated.
# REPORT_FILE  gets the result too: in a pod the termination message, which is all that Pulumi
#              and `kubectl get` show of a failure.
# CA_FILE      the only trust there is for a target with `trust given`.
# WORK_FOLDER  an empty folder that nobody else can write to.
#
# Ends with 0 if every target passed every assertion, with 1 if not, with 2 if it cannot judge.
# Needs sh, curl 7.88 or later, date, grep and sleep (of coreutils or busybox), and /dev/urandom.
#
# With a twentieth of a CPU a second process is what costs time, so that one curl makes all
# requests of a round, and the shell itself does the rest.
set -u
export LC_ALL=C

here=${0%/*}
plan=$1
report=$2
ca=$3
work=$4
newline='
'

say() {
    printf '%s\n' "$1"
    printf '%s\n' "$1" >>"$report"
}

give_up() {
    say "CANNOT JUDGE: $1"
    exit 2
}

# Reads the clock: `now` in seconds, `stamp` as text, `remaining` seconds of the wait.
clock() {
    stamp=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')
    now=${stamp%% *}
    stamp=${stamp#* }
    remaining=$((${deadline:-$now} - now))
}

# shellcheck source=plan.sh
. "$here/plan.sh"
# shellcheck source=requests.sh
. "$here/requests.sh"
# shellcheck source=answers.sh
. "$here/answers.sh"
# shellcheck source=assertions.sh
. "$here/assertions.sh"
# shellcheck source=refusals.sh
. "$here/refusals.sh"

# Takes note of one judged answer: `outcome` is passed (with a `fact`), late, stale or failed.
conclude() {
    case $outcome in
    passed) [ -z "$fact" ] || facts="$facts$unit $fact$newline" ;;
    failed)
        failed=yes
        tell
        ;;
    *)
        waiting="$waiting$unit "
        [ "$outcome" = late ] || settling=yes
        tell
        ;;
    esac
}

# Sorts a reason: first what HTTPS said, then plain HTTP, then whatever could not be refused.
tell() {
    case $unit:${kind:-} in
    target-*:http) plain_reasons="$plain_reasons$reason$newline" ;;
    target-*) reasons="$reasons$reason$newline" ;;
    *) refusal_reasons="$refusal_reasons$reason$newline" ;;
    esac
}

# Leaves in `limit` the seconds of each of the `$asked` requests, so that silence at all of them ends before the pod does.
# A slow target that did not answer in time has more of it when it is asked again, and keeps as much from then on.
share_out() {
    tenths=$(((run_end - now) * 10 / asked))
    least=$((slowest * 10 + 20))
    [ "$tenths" -ge "$least" ] || tenths=$least
    [ "$tenths" -ge "${limit}0" ] || limit=$((tenths / 10)).$((tenths % 10))
}

# Asks every unit that is still pending, a target or a refusal, and judges the answers.
judge_round() {
    said=$reasons$plain_reasons
    said=${said:-$refusal_reasons}
    [ -z "$stopped" ] || end_early ''
    waiting=' ' failed=no settling=no facts='' reasons='' plain_reasons='' refusal_reasons=''
    asked=0 plain_requests='' tls_requests=''
    # A first try has its time, whatever the wait; what is asked again has to end with it.
    limit=$request_seconds spell=$remaining
    if [ "$tried" = yes ]; then
        [ "$remaining" -ge "$limit" ] || limit=$remaining
        [ "$limit" -ge 1 ] || limit=1
    elif [ "$wait_seconds" = 0 ]; then
        spell=$run_seconds
    fi
    tried=yes
    # So that silence at every target together lasts no longer than the wait, or than the run if there is no waiting.
    connect_limit=$((spell / units))
    [ "$connect_limit" -le "$connect_seconds" ] || connect_limit=$connect_seconds
    [ "$connect_limit" -ge 1 ] || connect_limit=1
    for unit in $pending; do
        case $unit in
        target-*) ask_target ;;
        *) ask_refusal ;;
        esac
    done
    if [ "$asked" != 0 ]; then
        share_out
        hear "$plain_requests$tls_requests"
    fi
    # A target with one late address is asked again as a whole, and then has all its facts.
    while [ -n "$facts" ]; do
        case $waiting in
        *" ${facts%% *} "*) ;;
        *)
            line=${facts%%"$newline"*}
            verified="$verified${line#* }$newline"
            ;;
        esac
        facts=${facts#*"$newline"}
    done
    still=''
    for unit in $pending; do
        case $waiting in *" $unit "*) still="$still $unit" ;; esac
    done
    pending=$still
}

# Reports all reasons, each with `$1` after it.
say_reasons() {
    reasons="$reasons$plain_reasons"
    # If the site cannot be reached at all, nor can it refuse anything: that is said once.
    [ "$failed" = no ] && [ -n "$reasons" ] || reasons="$reasons$refusal_reasons"
    while [ -n "$reasons" ]; do
        reason=${reasons%%"$newline"*}
        reasons=${reasons#*"$newline"}
        reason=$(printf '%.400s' "$reason")
        # Some have words of a server, and none of these may steer the terminal of who reads them.
        case $reason in *[[:cntrl:]]*) reason="${reason%%[[:cntrl:]]*} (cut off at a control character)" ;; esac
        say "FAILED $reason$1"
    done
}

fail() {
    say_reasons "$1"
    exit 1
}

# Reports what is known though there is no verdict, and that nothing is known of `$1`.
end_early() {
    [ -n "$reasons$plain_reasons$refusal_reasons" ] || reasons=$said
    say_reasons ''
    give_up "stopped from outside before the verdict${1:+; no answer is known yet of $1}"
}

# Not by `:`, at which the shell ends if it cannot write.
{ true >"$report"; } 2>/dev/null || report=/dev/null
for tool in curl date grep sleep; do
    command -v "$tool" >/dev/null || give_up "the image has no $tool"
done
stopped='' asking='' failed=no reasons='' plain_reasons='' refusal_reasons=''
trap stop INT TERM
make_mark

set -- "$plan/settings" "$plan"/target-*
set -f
read_plan "$@"
[ "$targets" != 0 ] || give_up 'the plan has no target'
read_settings
pending='' number=0
while [ "$number" -lt "$targets" ]; do
    number=$((number + 1))
    pending="$pending target-$number"
done
first=target-1
# Three refusals, and two requests for each target, over TLS and over plain HTTP.
units=$((3 + 2 * targets))
[ "$negative" = off ] || pending="$pending unrelated-ca wrong-host tls-1.1"

everybody=$pending

clock
deadline=$((now + wait_seconds))
run_end=$((now + run_seconds))
remaining=$wait_seconds
verified='' tried=no unsure=no confirmations=0 settling_since='' slowest=-1
# Everybody is asked once before anybody is asked again, so that one dead target hides no other.
while :; do
    judge_round
    [ "$failed" = no ] || fail ''
    if [ -z "$pending" ]; then
        [ "$unsure" = yes ] || break
        # A site of which some pods fail answers well at some time: after a bad answer, all of them must be good at once.
        pending=$everybody verified='' unsure=no
        confirmations=$((confirmations + 1))
        clock
        continue
    fi
    unsure=yes
    clock
    if [ "$settling" = yes ]; then
        [ -n "$settling_since" ] || settling_since=$now
        [ $((now - settling_since)) -lt "$settle_seconds" ] || fail ''
    fi
    [ "$confirmations" -lt 3 ] || fail ' (it answers, but not each time)'
    [ "$remaining" -gt 0 ] || fail " (after $wait_seconds s)"
    sleep 0.5
done
sha256=null
[ -z "$fingerprint" ] || sha256="\"$fingerprint\""
say "{\"verdict\":\"verified\",\"at\":\"$stamp\",\"sha256\":$sha256}$newline${verified%"$newline"}"

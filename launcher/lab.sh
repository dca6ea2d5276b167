# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin lab ...: several overlay hosts on one machine, each in a network namespace of its own.

use karaf net underlay clean call

lab() {
    action=${1:-status}
    [ $# -eq 0 ] || shift
    [ "$LAB" != "$LOCAL" ] || die "VIOLIN_LAB=$LOCAL is kept for 'violin host'"
    case $action in
        up) lab_up "$@" ;;
        down) need_root 'lab down'; lock "$LAB" 120; lab_down "$@" ;;
        status) lab_status "$@" ;;
        exec) lab_exec "$@" ;;
        kill) lab_kill "$@" ;;
        start) lab_start "$@" ;;
        delays) lab_delays "$@" ;;
        *) usage "lab $action: the words are up, down, status, exec, kill, start, delays. See: violin help lab" ;;
    esac
}

lab_up() {
    count='' mbit='' delays='' rows=''
    while [ $# -gt 0 ]; do
        case $1 in
            -n) count=${2:-}; shift ;;
            -n*) count=${1#-n} ;;
            --underlay) [ $# -ge 2 ] || usage "--underlay needs mbit=..,delay=.. or delays=.."; read_underlay "$2"; shift ;;
            --underlay=*) read_underlay "${1#--underlay=}" ;;
            --labels) [ $# -ge 2 ] || usage "--labels needs 'HOST,HOST:NAME=VALUE,...;...'"; lab_labels="$lab_labels;$2"; shift ;;
            --labels=*) lab_labels="$lab_labels;${1#--labels=}" ;;
            *) usage "lab up $1: unknown option. See: violin help lab" ;;
        esac
        shift
    done
    # As many hosts as rows were chosen, unless said otherwise.
    [ -n "$count" ] || { count=3 && [ -z "$rows" ] || count=$(echo "$rows" | tr ':' '\n' | wc -l); }
    is_number "$count" 1 250 || usage "lab up -n $count: give 1 to 250 hosts"
    labels_check_lab "$count" "$lab_labels"
    need_root 'lab up'
    use build
    bootstrap --quiet
    net_check "$mbit"
    lock "$LAB"
    if [ -e "$DIR" ] || [ -n "$(lab_spaces)" ]; then
        die "the lab '$LAB' exists already (perhaps half-built). See: violin lab status; away with it: violin lab down"
    fi
    if [ -n "$delays" ]; then
        delays_check "$DIST" "$count" "$delays" "$STATE/.delays-$LAB" || { unlock "$LAB"; exit 2; }
    fi
    begin=$(millis)
    trap 'trap - INT TERM EXIT; warn "interrupted: taking the lab down"; lab_down --quiet || true; exit 130' INT TERM
    trap 'up_status=$?; [ "$up_status" -eq 0 ] || { trap - EXIT; keep_logs; lab_down --quiet || true; }' EXIT
    say "lab $LAB: building $count namespaces and the network between them"
    new_cluster "$DIR"
    echo "count=$count mbit=$mbit" >"$DIR/lab.conf"
    raise_sysctls
    net_up "$count" "$mbit" "$delays"
    copy_dist "$DIR"
    if [ -n "$delays" ]; then
        mkdir "$WIRE"
        delays_store "$delays" "$STATE/.delays-$LAB"
        relay_start "$DIR/dist"
    fi
    for h in $(host_names); do
        LABELS=$(labels_of "$lab_labels" "$h")
        join=
        [ "$h" = host1 ] || join=$(address_of host1)
        token=
        [ "$h" = host1 ] || token=$(offer_token "$DIR/host1" "$h" "$join")
        new_host "$DIR" "$h" "$(address_of "$h")" "$join" "$(netns_of "$h")" "$token"
    done
    say "lab $LAB: starting $count containers"
    for h in $(host_names); do start_host "$DIR" "$h"; done
    wait_hosts "$DIR" "$(host_names)" "$begin"
    trap - INT TERM EXIT
    lab_status
}

host_names() {
    i=1
    . "$DIR/lab.conf"
    while [ "$i" -le "$count" ]; do
        echo "host$i"
        i=$((i + 1))
    done
}

# A failed start: its log goes with the state, so show the end of it.
keep_logs() {
    for h in $(host_names 2>/dev/null); do
        host_pid "$DIR" "$h" >/dev/null && continue
        [ -f "$DIR/$h/out.log" ] || continue
        warn "$h ended; the last lines of its output and log:"
        tail -n 5 "$DIR/$h/out.log" >&2
        tail -n 15 "$DIR/$h/data/log/karaf.log" >&2 || true
    done
}

# wait_hosts CLUSTER NAMES BEGIN: until each answers and sees all the others; at most VIOLIN_START_SECONDS (120).
wait_hosts() {
    waiting=$2 answering='' limit=$(($(millis) + ${VIOLIN_START_SECONDS:-120} * 1000))
    while [ -n "$waiting" ]; do
        still=
        for h in $waiting; do
            p=$(host_pid "$1" "$h") || die "$h: its container ended during start; log: $1/$h/data/log/karaf.log"
            if listens "$p" "$(sed -n 's/^ssh_port=//p' "$1/$h/host.conf")" && joined "$1" "$h" "$2"; then
                say "  $h answers after $(seconds $(($(millis) - $3)))"
            else
                still="$still $h"
            fi
        done
        waiting=${still# }
        [ -z "$waiting" ] || [ "$(millis)" -lt "$limit" ] || die "not ready in time: $waiting; logs: $1/HOST/data/log/karaf.log"
        [ -z "$waiting" ] || sleep 0.2
    done
}

# joined CLUSTER NAME ALL: whether that host answers and lists all hosts of the lab as alive.
joined() {
    cluster=$1 picked=$2 netns=
    . "$1/$2/host.conf"
    seen=$(far -n hosts -o json 2>&1) || return 1
    for other in $3; do
        case $seen in *"\"$other\""*) ;; *) return 1 ;; esac
    done
}

lab_status() {
    format=${2:-}
    case "${1:-} $format" in
        ' ') format=table ;;
        '-o json') ;;
        *) usage "lab status ${1:-} ${2:-}: the only option is -o json" ;;
    esac
    if [ ! -f "$DIR/lab.conf" ]; then
        if [ "$format" = json ]; then say "{\"lab\":\"$LAB\",\"hosts\":[]}"; return 0; fi
        [ -z "$(lab_spaces)" ] || die "remains of a lab '$LAB': away with them by: violin lab down"
        die "no lab '$LAB' is up. Start one: violin lab up -n 3"
    fi
    [ "$format" = json ] || printf '%s%-10s %-14s %-9s %-8s %-9s %s%s\n' "$bold" HOST ADDRESS STATE PID MEMORY NETNS "$plain"
    rows=
    for h in $(host_names); do
        rss=0 state=down
        if p=$(host_pid "$DIR" "$h"); then
            state=starting
            ! listens "$p" "$SSH_PORT" || state=up
            rss=$(awk '/^VmRSS/ {print int($2 / 1024)}' "/proc/$p/status" 2>/dev/null || echo 0)
        else
            p=0
        fi
        if [ "$format" = json ]; then
            rows="$rows${rows:+,}{\"name\":\"$h\",\"address\":\"$(address_of "$h")\",\"state\":\"$state\",\"pid\":$p,\"rssMegabytes\":${rss:-0},\"netns\":\"$(netns_of "$h")\"}"
        else
            printf '%-10s %-14s %-9s %-8s %-9s %s\n' "$h" "$(address_of "$h")" "$state" "$p" "${rss:-0} MB" "$(netns_of "$h")"
        fi
    done
    if [ "$format" = json ]; then
        say "{\"lab\":\"$LAB\",\"hosts\":[$rows]$(underlay_status json)}"
    else
        underlay_status table
    fi
}

# lab exec HOST -- CMD...: in the namespace of that overlay host, as root of the machine.
lab_exec() {
    [ $# -ge 2 ] || usage "lab exec HOST -- COMMAND...: for example: violin lab exec host1 -- ping -c 1 $UNDERLAY.2"
    need_root 'lab exec'
    space=$(netns_of "$1")
    [ -e "/run/netns/$space" ] || die "no overlay host '$1' in lab '$LAB'. See: violin lab status"
    shift
    [ "$1" != -- ] || shift
    [ $# -gt 0 ] || usage "lab exec: which command?"
    exec nsenter "--net=/run/netns/$space" "$@"
}

lab_host() {
    if [ -n "${1:-}" ] && [ -f "$DIR/$1/host.conf" ]; then return 0; fi
    die "no overlay host '${1:-}' in lab '$LAB'. See: violin lab status"
}

# lab kill HOST: kill -9 of its container, as a crash would do; guests go on.
lab_kill() {
    need_root 'lab kill'
    lab_host "${1:-}"
    host_pid "$DIR" "$1" >/dev/null || die "$1 does not run"
    end_host "$DIR" "$1" KILL 5
    say "$1: container killed; start it again: violin lab start $1"
}

lab_start() {
    need_root 'lab start'
    lab_host "${1:-}"
    use build
    find_java || die "no JDK 17 or 21 found. Run: violin bootstrap"
    begin=$(millis)
    for h in "$@"; do
        lab_host "$h"
        ! host_pid "$DIR" "$h" >/dev/null || die "$h runs already"
        start_host "$DIR" "$h"
    done
    wait_hosts "$DIR" "$*" "$begin"
}

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Routing protocols in vRouters: how long 50 of them take to start and to know each other, what one costs, how long traffic stops when a
# link is cut, how soon a grafted link is used, and networks of the Topology Zoo. Called by "violin bench routing", see "violin help bench".
# Result on standard output, progress on standard error. Status 1 when something did not work at all.
# The parts are called by their names.
# shellcheck disable=SC2317
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
ME=$ROOT/violin
PARTS=$ROOT/launcher
export VIOLIN_LAB="${VIOLIN_LAB:-ro}"
. "$PARTS/base.sh"
use build lab call
. "$here/../lab.sh"
. "$here/zoo-click.sh"

runs=3 parts="grid cut graft swap zoo"
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage "bench routing $1: a value is missing, or it is unknown. See: violin help bench"
    case $1 in
        --runs) runs=$2 ;;
        --only) parts=$(echo "$2" | tr ',' ' ') ;;
        *) usage "bench routing $1: unknown option. See: violin help bench" ;;
    esac
    shift 2
done
is_number "$runs" 1 100 || usage "bench routing --runs $runs: 1 to 100"
for part in $parts; do
    case $part in grid | cut | graft | swap | zoo | click) ;; *) usage "bench routing --only $part: grid, cut, graft, swap, zoo (with click) or click" ;; esac
done
DATA=${VIOLIN_DATA:-$ROOT/../shared/data}

# field NAME: numbers of that field in the JSON on standard input, one a line.
field() { awk -F: -v n="\"$1\"" '{gsub(/ /, "", $1)} $1 == n {gsub(/[^0-9.-]/, "", $2); print $2}'; }

# median: of the numbers on standard input.
median() { sort -n | awk '{v[NR] = $1} END {if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; else print "?"}'; }

note() { echo "$*" >>"$work/result"; progress "  $*"; }

# full VIOLIN ROUTERS ROUTES: all vRouters are there and each uses so many routes.
full() {
    "$ME" routers "$1" -o json 2>/dev/null | awk -v routers="$2" -v routes="$3" '
        /"routerId"/ {n++} /"selected" : true/ {used[n]++} END {for (i = 1; i <= n; i++) full += used[i] >= routes; exit full != routers}'
}

# awaited SECONDS WORDS...: whether that came true.
awaited() {
    until=$(($(millis) + $1 * 1000))
    shift
    while ! "$@"; do
        [ "$(millis)" -lt "$until" ] || return 1
        sleep 0.1
    done
}

grid() {
    awk -v rows=5 -v columns=10 'BEGIN {
        print "name: grid\nrouting: ospf\naddressing: {ipv6: none}\ntopology:\n  nodes:"
        for (r = 0; r < rows; r++) for (c = 0; c < columns; c++) print "    r" r "x" c ": {kind: vrouter, host: host1}"
        print "  links:"
        for (r = 0; r < rows; r++) for (c = 0; c < columns; c++) {
            if (c + 1 < columns) print "    - {endpoints: [r" r "x" c ", r" r "x" c + 1 "], cost: 10}"
            if (r + 1 < rows) print "    - {endpoints: [r" r "x" c ", r" r + 1 "x" c "], cost: 10}"
        }
    }' >"$work/grid.yaml"
    run=1
    while [ "$run" -le "$runs" ]; do
        begin=$(millis)
        "$ME" apply "$work/grid.yaml" >&2
        applied=$(millis)
        awaited 60 full grid 50 85 || { note "grid: NOT full after 60 s"; return 1; }
        took=$(($(millis) - begin))
        echo "$took" >>"$work/grid"
        sleep 2
        memory=$("$ME" routers grid -o json | field memoryBytes | awk '{s += $1} END {printf "%.1f", s / 50 / 1048576}')
        note "grid run $run: applied in $((applied - begin)) ms, all 50 tables full after $took ms, $memory MiB private memory a router"
        "$ME" destroy grid >&2
        run=$((run + 1))
    done
}

# square BFD: four vRouters in a ring, a vHost at two of them; the short way is r1 - r2 - r3.
square() {
    cat <<YAML
name: square
routing: {protocols: ospf, bfd: $1}
addressing: {ipv6: none}
topology:
  nodes:
    r1: {kind: vrouter, host: host1}
    r2: {kind: vrouter, host: host2}
    r3: {kind: vrouter, host: host1}
    r4: {kind: vrouter, host: host2}
    a: {kind: vhost, host: host1, interfaces: {eth0: {ipv4: 10.77.1.2}}}
    b: {kind: vhost, host: host2, interfaces: {eth0: {ipv4: 10.77.2.2}}}
  links:
    - {endpoints: ["a:eth0", "r1:eth0"], subnet: 10.77.1.0/24}
    - {endpoints: ["b:eth0", "r3:eth0"], subnet: 10.77.2.0/24}
    - {endpoints: ["r1:eth1", "r2:eth1"], cost: 10}
    - {endpoints: ["r2:eth2", "r3:eth2"], cost: 10}
    - {endpoints: ["r1:eth3", "r4:eth3"], cost: 15}
    - {endpoints: ["r4:eth4", "r3:eth4"], cost: 15}
YAML
}

reaches() { at ga ping -c 1 -W 1 10.77.2.2 >/dev/null 2>&1; }

# outage NAME CUT MEND: numbered packets, 1,000 a second, while the link r1 - r2 is cut; the longest silence.
outage() {
    in_space gb
    # shellcheck disable=SC2086
    $in "$work/numbered" sink 9990 >"$work/sink" 2>&1 &
    sink=$!
    rm -f "$work/end"
    sleep 0.3
    in_space ga
    # shellcheck disable=SC2086
    $in "$work/numbered" send 10.77.2.2 9990 1000 "$work/end" >"$work/send" 2>&1 &
    sending=$!
    started="$started $sink $sending"
    sleep 2
    "$2"
    sleep 7
    touch "$work/end"
    wait "$sending" || true
    wait "$sink" || true
    "$3"
    # shellcheck disable=SC2046
    set -- "$1" $(tail -n 1 "$work/sink")
    echo "${15}" >>"$work/cut-$1"
    note "cut $1: longest silence ${15} ms, lost $(($3 - $5)) of $3"
}

cut_carrier() {
    at gr1 ip link set eth1 down &
    at gr2 ip link set eth1 down
    wait $!
}
mend_carrier() { for g in gr1 gr2; do at "$g" ip link set eth1 up; done; }
cut_silent() {
    for g in gr1 gr2; do
        printf 'table netdev cut {\n chain c {\n type filter hook ingress device eth1 priority 0\n drop\n }\n}\n' >"$work/cut.nft"
        at "$g" nft -f "$work/cut.nft"
    done
}
mend_silent() { for g in gr1 gr2; do at "$g" nft delete table netdev cut; done; }

cut_links() {
    for bfd in false true; do
        square "$bfd" >"$work/square.yaml"
        "$ME" apply "$work/square.yaml" >&2
        guest square a ga
        guest square b gb
        guest square r1 gr1
        guest square r2 gr2
        run=1
        while [ "$run" -le "$runs" ]; do
            awaited 30 reaches || { note "cut: the vHosts do not reach each other"; return 1; }
            sleep 6
            if [ "$bfd" = true ]; then outage bfd cut_silent mend_silent; else
                outage silent cut_silent mend_silent
                sleep 6
                outage carrier cut_carrier mend_carrier
            fi
            run=$((run + 1))
        done
        for g in ga gb gr1 gr2; do ip netns delete "$(netns_of "$g")"; done
        "$ME" destroy square >&2
    done
}

# neighbours COUNT: so many adjacencies of r2 are Full.
neighbours() { [ "$("$ME" routers square r2 -o json 2>/dev/null | grep -c '"state" : "Full')" -eq "$1" ]; }

graft() {
    square false >"$work/square.yaml"
    "$ME" apply "$work/square.yaml" >&2
    run=1
    while [ "$run" -le "$runs" ]; do
        awaited 30 neighbours 2 || { note "graft: r2 has no two neighbours"; return 1; }
        sleep 2
        old=$("$ME" routers square r2 -o json | field upMillis | sort -n | head -n 1)
        { square false; echo '    - {endpoints: ["r2:eth9", "r4:eth9"], cost: 10}'; } >"$work/more.yaml"
        "$ME" apply "$work/more.yaml" >&2
        begin=$(millis)
        awaited 20 neighbours 3 || { note "graft: the new neighbour did not come"; return 1; }
        took=$(($(millis) - begin))
        kept=$("$ME" routers square r2 -o json | field upMillis | sort -n | sed -n 2p)
        word=untouched
        [ "${kept:-0}" -ge "$old" ] || word=TOUCHED
        echo "$took" >>"$work/graft"
        note "graft run $run: Full $took ms after apply returned; the other adjacencies $word"
        "$ME" apply "$work/square.yaml" >&2
        run=$((run + 1))
    done
    "$ME" destroy square >&2
}

# swap: r2's forwarding between its kernel and Click, 20 times, under 2,000 numbered packets a second and a TCP stream.
swap() {
    [ -x "${VIOLIN_CLICK:-}" ] || { note "swap: skipped, VIOLIN_CLICK names no click"; return 0; }
    square false >"$work/square.yaml"
    "$ME" apply "$work/square.yaml" >&2
    guest square a ga
    guest square b gb
    awaited 30 reaches || { note "swap: the vHosts do not reach each other"; return 1; }
    sleep 6
    in_space gb
    # shellcheck disable=SC2086
    $in "$work/numbered" sink 9990 >"$work/sink" 2>&1 &
    sink=$!
    # shellcheck disable=SC2086
    $in iperf3 -s -1 >"$work/server" 2>&1 &
    server=$!
    rm -f "$work/end"
    sleep 0.5
    in_space ga
    # shellcheck disable=SC2086
    $in "$work/numbered" send 10.77.2.2 9990 2000 "$work/end" >"$work/send" 2>&1 &
    sending=$!
    # shellcheck disable=SC2086
    $in iperf3 -c 10.77.2.2 -b 20M -t 600 -i 1 --forceflush >"$work/client" 2>&1 &
    client=$!
    started="$started $sink $server $sending $client"
    sleep 2
    i=0
    while [ "$i" -lt 10 ]; do
        for kind in click kernel; do "$ME" swap routing "$kind" square r2 >&2 || return 1; done
        i=$((i + 1))
    done
    sleep 2
    alive=BROKEN
    if kill -0 "$client" 2>/dev/null && tail -n 1 "$work/client" | grep -q 'bits/sec' && ! tail -n 1 "$work/client" | grep -q ' 0.00 bits/sec'; then alive=alive; fi
    touch "$work/end"
    wait "$sending" || true
    kill "$client" 2>/dev/null || true
    wait "$sink" || true
    kill "$server" 2>/dev/null || true
    # shellcheck disable=SC2046
    set -- $(tail -n 1 "$work/sink")
    note "swap: 20 swaps, lost $6 of $2, doubled $8, reordered ${10}, longest silence ${14} ms, the TCP connection is $alive"
    for g in ga gb; do ip netns delete "$(netns_of "$g")"; done
    "$ME" destroy square >&2
}

all_answer() { "$ME" ping-all "$1" >"$work/pings" 2>&1; }

zoo() {
    [ -d "$DATA/topology-zoo" ] || { note "zoo: skipped, no folder $DATA/topology-zoo"; return 0; }
    for name in Abilene Geant2012 Bellcanada Cesnet201006; do
        begin=$(millis)
        "$ME" apply --routing ospf "$DATA/topology-zoo/$name.graphml" >"$work/applied" 2>&1 || { cat "$work/applied" >&2; note "zoo $name: NOT applied"; return 1; }
        applied=$(millis)
        violin=$("$ME" list -o json | awk -F'"' '$2 == "name" {print $4; exit}')
        awaited 60 all_answer "$violin" || { note "zoo $name: NOT all pairs answer"; return 1; }
        note "zoo $name: applied in $((applied - begin)) ms, after $(($(millis) - begin)) ms $(sed -n 's/.*: \([0-9]* of [0-9]* pairs\).*/\1/p' "$work/pings" | tail -n 1) answer"
        "$ME" destroy "$violin" >&2
    done
    zoo_clicks
}

begin
: >"$work/result"
gcc -O2 -o "$work/numbered" "$here/../swap/numbered.c" || die "gcc could not compile numbered.c"
"$ME" lab up -n 3 >&2
bad=0
for part in $parts; do
    progress "$part"
    case $part in cut) cut_links ;; click) zoo_clicks ;; *) "$part" ;; esac || bad=1
done
cat "$work/result"
[ ! -f "$work/grid" ] || echo "50 routers, all tables full: median $(median <"$work/grid") ms (wanted 13000)"
for cut in carrier bfd silent; do
    [ ! -f "$work/cut-$cut" ] || echo "cut, $cut: median outage $(median <"$work/cut-$cut") ms (wanted $(case $cut in carrier) echo 150 ;; bfd) echo 500 ;; silent) echo 4000 ;; esac))"
done
[ ! -f "$work/graft" ] || echo "graft: median $(median <"$work/graft") ms to Full (wanted 1500)"
exit $bad

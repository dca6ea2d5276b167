#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A flood of key exchanges from strange addresses at the tunnel of an overlay host, while a sealed TCP flow runs to it and another host
# joins; beside it the same flood at another port of that host, which costs the machine the same and the tunnel nothing. Called by "violin
# bench flood", see "violin help bench". Result on standard output, progress on standard error. Status 1 when a stranger was believed, the
# flow broke or the host did not join. All that is started lives in namespaces vio-LAB-* and goes with the lab.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
ME=$ROOT/violin
PARTS=$ROOT/launcher
export VIOLIN_LAB="${VIOLIN_LAB:-fl}"
. "$PARTS/base.sh"
use build lab call
. "$here/../lab.sh"

runs=3 rate=50000 seconds=4
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage "bench flood $1: a value is missing, or it is unknown. See: violin help bench"
    case $1 in
        --runs) runs=$2 ;;
        --rate) rate=$2 ;;
        *) usage "bench flood $1: unknown option. See: violin help bench" ;;
    esac
    shift 2
done
is_number "$runs" 1 100 || usage "bench flood --runs $runs: 1 to 100"
is_number "$rate" 1 1000000 || usage "bench flood --rate $rate: 1 to 1000000 a second"

# strangers PORT SECONDS: sets "flood".
strangers() {
    in_space strange
    # shellcheck disable=SC2086
    $in "$work/strangers" "$(address_of host2)" "$1" "$rate" "$2" $sources >"$work/sent" 2>&1 &
    flood=$!
    started="$started $flood"
}

# counted NAME: a counter of host2's cipher.
counted() { "$ME" --host host2 tunnels -o json | awk -F: -v n="\"$1\"" '{gsub(/ /, "", $1)} $1 == n {gsub(/[^0-9]/, "", $2); s += $2} END {print s + 0}'; }

# goodput WORD: Mbit/s of one TCP stream from a to b while that goes on.
goodput() {
    case $1 in
        tunnel) strangers "$TUNNEL_PORT" $((seconds + 2)) ;;
        elsewhere) strangers 4999 $((seconds + 2)) ;;
        quiet) flood='' ;;
    esac
    sleep 1
    in_space g1
    # shellcheck disable=SC2086
    mbit=$($in timeout 30 iperf3 -c 10.77.0.2 -C cubic -t "$seconds" -J 2>/dev/null |
        awk '/"sum_received"/ {f = 1} f && /"bits_per_second"/ {gsub(/[^0-9.e+]/, "", $2); printf "%d", $2 / 1e6; exit}')
    [ -z "$flood" ] || wait "$flood" || true
    echo "$1 ${mbit:-0}" >>"$work/raw"
    progress "  $1: ${mbit:-0} Mbit/s $([ -z "$flood" ] || cat "$work/sent")"
}

begin
: >"$work/raw"
gcc -O2 -o "$work/strangers" "$here/strangers.c" || die "gcc could not compile $here/strangers.c"
gcc -O2 -o "$work/numbered" "$here/../swap/numbered.c" || die "gcc could not compile numbered.c"
"$ME" lab up -n 3 >&2
cat >"$work/fl.yaml" <<'YAML'
name: fl
addressing: {ipv6: none}
topology:
  nodes:
    a: {kind: vhost, host: host1, interfaces: {eth0: {ipv4: 10.77.0.1}}}
    b: {kind: vhost, host: host2, interfaces: {eth0: {ipv4: 10.77.0.2}}}
    c: {kind: vhost, host: host3, interfaces: {eth0: {ipv4: 10.77.0.3}}}
  lans:
    lan: {members: ["a:eth0", "b:eth0", "c:eth0"], host: host2, subnet: 10.77.0.0/24}
YAML
"$ME" apply "$work/fl.yaml" >&2
guest fl a g1
guest fl b g2
strange=$(netns_of strange)
ip netns add "$strange"
ip -n "$strange" link set lo up
ip -n "$strange" link add eth0 type veth peer name strange netns "$(netns_of net)"
ip -n "$(netns_of net)" link set strange master internet up
ip -n "$strange" link set eth0 up
sources=
i=100
while [ "$i" -lt 164 ]; do
    ip -n "$strange" address add "$UNDERLAY.$i/24" dev eth0
    sources="$sources $UNDERLAY.$i"
    i=$((i + 1))
done
in_space g2
$in iperf3 -s >"$work/server" 2>&1 &
started="$started $!"
in_space host2
$in "$work/numbered" sink 4999 >"$work/sink" 2>&1 &
started="$started $!"
sleep 1
in_space g1
$in iperf3 -c 10.77.0.2 -C cubic -t 3 >/dev/null 2>&1 || true # the compiler of the JVM has seen the path
before=$(counted handshakes)
run=1
while [ "$run" -le "$runs" ]; do
    for word in quiet elsewhere tunnel; do goodput "$word"; done
    run=$((run + 1))
done
progress "host3 is started anew while the flood goes on"
"$ME" lab kill host3 >&2
strangers "$TUNNEL_PORT" 60
sleep 1
begin=$(millis)
joined=no
if VIOLIN_START_SECONDS=50 "$ME" lab start host3 >&2; then
    for try in $(seq 1 100); do
        in_space g1
        if $in ping -c 1 -W 1 10.77.0.3 >/dev/null 2>&1; then joined=$(seconds $(($(millis) - begin))); break; fi
        [ "$try" -lt 100 ] || break
    done
fi
kill "$flood" 2>/dev/null || true
awk -v joined="$joined" -v rate="$rate" -v bad_mac="$(counted bad-mac)" -v new="$(($(counted handshakes) - before))" '
    function median(w,    i, j, x, l, n) {
        n = 0
        for (i = 1; i <= count[w]; i++) l[++n] = v[w, i]
        for (i = 2; i <= n; i++) { x = l[i]; for (j = i - 1; j >= 1 && l[j] > x; j--) l[j + 1] = l[j]; l[j + 1] = x }
        return n % 2 ? l[(n + 1) / 2] : (l[n / 2] + l[n / 2 + 1]) / 2
    }
    { v[$1, ++count[$1]] = $2 }
    END {
        printf "%d key exchanges of strangers a second, from 64 addresses; sealed TCP, medians of %d runs in turn\n", rate, count["quiet"]
        printf "  no flood                        %6d Mbit/s\n", median("quiet")
        printf "  flood at another port           %6d Mbit/s  %.2f of none\n", median("elsewhere"), median("elsewhere") / median("quiet")
        printf "  flood at the tunnel             %6d Mbit/s  %.2f of none, %.2f of the flood elsewhere\n", median("tunnel"), median("tunnel") / median("quiet"), median("tunnel") / median("elsewhere")
        printf "  refused (bad mac)               %d; keys agreed on meanwhile, with members: %d\n", bad_mac, new
        printf "  a host started anew meanwhile   %s\n", joined == "no" ? "DID NOT JOIN" : "joined, and its guest answers, after " joined
        exit joined == "no" || median("tunnel") == 0
    }' "$work/raw"

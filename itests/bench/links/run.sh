#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How exactly vLinks impose their conditions: rates, delays, losses, a long fat pipe, a thousand links at once; between vHosts of one
# overlay host, so that one clock measures. Called by "violin bench links", see "violin help bench". Result on standard output, progress on
# standard error. All that is started lives in namespaces vio-LAB-* and goes with the lab.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
ME=$ROOT/violin
PARTS=$ROOT/launcher
export VIOLIN_LAB="${VIOLIN_LAB:-lk}"
. "$PARTS/base.sh"
use build lab call
. "$here/../lab.sh"

format=table runs=3 parts="rate delay loss pipe many"
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage "bench links $1: a value is missing, or it is unknown. See: violin help bench"
    case $1 in
        -o) format=$2 ;;
        --runs) runs=$2 ;;
        --only) parts=$(echo "$2" | tr ',' ' ') ;;
        *) usage "bench links $1: unknown option. See: violin help bench" ;;
    esac
    shift 2
done
case $format in table | json) ;; *) usage "bench links -o $format: table or json" ;; esac
is_number "$runs" 1 100 || usage "bench links --runs $runs: 1 to 100"
for part in $parts; do
    case $part in rate | delay | loss | pipe | many) ;; *) usage "bench links --only $part: rate, delay, loss, pipe, many" ;; esac
done
case " $parts " in *" rate "* | *" pipe "*) command -v iperf3 >/dev/null || die "iperf3 is missing: apt-get install iperf3" ;; esac

# wire WORDS...: what the link from a to b (both directions) does from now on.
wire() {
    "$ME" link lk a b reset >/dev/null
    [ $# -eq 0 ] || "$ME" link lk a b set "$@" >/dev/null
}

# ticks: processor time of the overlay host's JVM so far, hundredths of a second.
ticks() { awk '{sub(/.*\) /, ""); print $12 + $13}' "/proc/$(host_pid "$DIR" host1)/stat"; }

# oneway RATE COUNT BYTES: sets "line" to what the receiver printed.
oneway() {
    in_space b
    $in "$work/oneway" receive 9990 60 >"$work/received" 2>&1 &
    receiver=$!
    started="$started $receiver"
    sleep 0.3
    in_space a
    # shellcheck disable=SC2086
    $in "$work/oneway" send 9990 "$1" "$2" "$3" $addresses
    wait "$receiver" || true
    line=$(cat "$work/received")
}

# word NAME: the figure behind that word in "line".
word() { echo "$line" | awk -v w="$1" '{for (i = 1; i < NF; i++) if ($i == w) print $(i + 1)}'; }

# iperf WORDS...: Mbit/s received, of payload.
iperf() {
    in_space a
    $in timeout 60 iperf3 -c 10.79.0.2 -J "$@" 2>/dev/null |
        awk '/"sum"|"sum_received"/ {f = 1} f && /"bits_per_second"/ {gsub(/[^0-9.e+]/, "", $2); v = $2} END {printf "%.3f", v / 1e6}'
}

rate() {
    for mbit in ${rates:-1 10 100 1000}; do
        wire "rate=${mbit}M"
        # Payload of a segment with time stamps, and of a datagram of 1,472 bytes, of what counts: Ethernet frames of 1,514.
        tcp=$(iperf -t 10 -O 2)
        in_space b
        $in "$work/oneway" count 9991 10 >"$work/counted" &
        counter=$!
        started="$started $counter"
        sleep 0.3
        in_space a
        $in "$work/oneway" flood 9991 "$(awk -v m="$mbit" 'BEGIN {print m * 1.2}')" 12 10.79.0.2
        wait "$counter" || true
        udp=$(cat "$work/counted")
        echo "rate $mbit $(awk -v t="$tcp" -v u="$udp" -v m="$mbit" 'BEGIN {printf "%.2f %.2f", (t * 1514 / 1448 / m - 1) * 100, (u * 1514 / 1472 / m - 1) * 100}')" >>"$work/raw"
        progress "  rate $mbit Mbit/s: TCP $tcp, UDP $udp Mbit/s of payload"
    done
}

delay() {
    for millis in 0.5 1 5 20 100 200; do
        wire
        oneway 10000 50000 200
        base=$(word mean)
        wire "delay=${millis}ms"
        oneway 10000 50000 200
        echo "delay $millis $(echo "$line" | awk -v b="$base" -v d="$millis" '{for (i = 1; i < NF; i++) v[$i] = $(i + 1)
            printf "%.1f %.1f %.1f %d %d", v["mean"] - b - d * 1000, v["p99"] - d * 1000, b, v["lost"], v["reordered"]}')" >>"$work/raw"
        progress "  delay $millis ms: $line; without: mean $base"
    done
}

loss() {
    for percent in 0.1 1 10; do
        wire "loss=$percent%"
        oneway 20000 100000 100
        echo "loss $percent $(word lost) $(word bursts) $(word received)" >>"$work/raw"
        progress "  loss $percent %: $line"
    done
    wire "loss=ge 1 10 100 0"
    oneway 20000 100000 100
    echo "ge 1/10 $(word lost) $(word bursts) $(word received)" >>"$work/raw"
    progress "  Gilbert-Elliott 1 % in, 10 % out: $line"
}

pipe() {
    wire rate=100M delay=50ms queue=100ms
    mbit=$(iperf -t 15 -O 5 -w 8M)
    held=$("$ME" link lk a b -o json | awk -F: '/"peak-bytes"/ {gsub(/[^0-9]/, "", $2); if ($2 + 0 > m) m = $2 + 0} END {print m + 0}')
    echo "pipe $mbit $held" >>"$work/raw"
    progress "  100 Mbit/s x 100 ms: TCP $mbit Mbit/s of payload, at most $held bytes kept in one direction"
}

many() {
    links=1000
    awk -v n="$links" 'BEGIN {
        print "name: many\naddressing: {ipv6: none}\ntopology:\n  nodes:\n    a: {kind: vhost, host: host1}\n    b: {kind: vhost, host: host1}\n  links:"
        for (i = 0; i < n; i++) printf "    - {endpoints: [{node: a, interface: e%d, ipv4: 10.90.%d.1/30}, {node: b, interface: e%d, ipv4: 10.90.%d.2/30}], delay: %.1fms, loss: 1}\n",
            i, 0, i, 0, 5 + i % 40
    }' | awk '/interface/ {i = n++; hi = int(i / 64); lo = (i % 64) * 4; gsub(/10\.90\.0\.1\/30/, "10.90." hi "." (lo + 1) "/30"); gsub(/10\.90\.0\.2\/30/, "10.90." hi "." (lo + 2) "/30")} {print}' >"$work/many.yaml"
    "$ME" apply "$work/many.yaml" >&2
    guest many a ma
    guest many b mb
    addresses=$(awk -v n="$links" 'BEGIN {for (i = 0; i < n; i++) printf "10.90.%d.%d ", int(i / 64), (i % 64) * 4 + 2}')
    before=$(ticks) begin=$(millis)
    in_space mb
    $in "$work/oneway" receive 9990 60 >"$work/received" 2>&1 &
    receiver=$!
    started="$started $receiver"
    sleep 0.3
    in_space ma
    # shellcheck disable=SC2086
    $in "$work/oneway" send 9990 1000 2000 100 $addresses
    wait "$receiver" || true
    in_space mb
    $in "$work/oneway" receive 9990 60 >"$work/received" 2>&1 &
    receiver=$!
    started="$started $receiver"
    sleep 0.3
    before=$(ticks) begin=$(millis)
    in_space ma
    # shellcheck disable=SC2086
    $in "$work/oneway" send 9990 $((links * 100)) $((links * 1000)) 100 $addresses
    share=$(awk -v t="$(($(ticks) - before))" -v m="$(($(millis) - begin))" 'BEGIN {printf "%.0f", t * 1000 / m}')
    wait "$receiver" || true
    line=$(cat "$work/received")
    late=$("$ME" link many a b | awk '/late/ {for (i = 1; i < NF; i++) if ($i == "p99") print $(i + 1)}')
    echo "many $links $share ${late:-?} $(word lost) $(word received)" >>"$work/raw"
    progress "  $links links: $line; $share % of a processor; late p99 ${late:-?} us"
}

begin
: >"$work/raw"
gcc -O2 -o "$work/oneway" "$here/oneway.c" || die "gcc could not compile $here/oneway.c"
"$ME" lab up -n 1 >&2
cat >"$work/lk.yaml" <<'YAML'
name: lk
addressing: {ipv6: none}
topology:
  nodes:
    a: {kind: vhost, host: host1}
    b: {kind: vhost, host: host1}
  links:
    - {endpoints: [{node: a, interface: eth0, ipv4: 10.79.0.1}, {node: b, interface: eth0, ipv4: 10.79.0.2}], subnet: 10.79.0.0/30}
YAML
"$ME" apply "$work/lk.yaml" >&2
guest lk a a
guest lk b b
addresses=10.79.0.2
in_space b
$in iperf3 -s >"$work/server" 2>&1 &
started="$started $!"
sleep 0.5
[ -z "${parts##*rate*}" ] && [ "$parts" != many ] && iperf -t 3 >/dev/null
run=1
while [ "$run" -le "$runs" ]; do
    for part in $parts; do
        [ "$part" = many ] || { progress "run $run of $runs: $part"; $part; }
    done
    run=$((run + 1))
done
case " $parts " in *" many "*) progress "many"; many ;; esac
awk -v format="$format" -f "$here/report.awk" "$work/raw"

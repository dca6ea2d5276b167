#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Swaps each data-plane plugin many times under a TCP flow and a numbered UDP flow of 10,000 packets a second, between two overlay hosts,
# sealed, and tells what was lost, doubled, reordered, and what a JVM keeps of it; called by "violin bench swap", see "violin help bench".
# Result on standard output, progress on standard error. Status 1 when a frame was lost or reordered or the connection broke.
# All that is started lives in namespaces vio-LAB-* and goes with the lab.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
ME=$ROOT/violin
PARTS=$ROOT/launcher
export VIOLIN_LAB="${VIOLIN_LAB:-sw}"
. "$PARTS/base.sh"
use build lab call
. "$here/../lab.sh"

format=table swaps=1000 roles="none switching tunnel cipher"
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage "bench swap $1: a value is missing, or it is unknown. See: violin help bench"
    case $1 in
        -o) format=$2 ;;
        --swaps) swaps=$2 ;;
        --roles) roles=$(echo "$2" | tr ',' ' ') ;;
        *) usage "bench swap $1: unknown option. See: violin help bench" ;;
    esac
    shift 2
done
case $format in table | json) ;; *) usage "bench swap -o $format: table or json" ;; esac
is_number "$swaps" 1 100000 || usage "bench swap --swaps $swaps: 1 to 100000"
for role in $roles; do
    case $role in none | switching | tunnel | cipher | routing | placement | runtime) ;; *) usage "bench swap --roles $role: none, switching, tunnel, cipher, routing, placement or runtime" ;; esac
done

bundle_of() {
    case $1 in
        switching) echo org.violin.switching.learning ;;
        tunnel) echo org.violin.tunnel.udp ;;
        cipher) echo org.violin.cipher.aead ;;
        routing) echo org.violin.routing.kernel ;;
        placement) echo org.violin.placement.greedy ;;
        runtime) echo org.violin.runtime.netns ;;
    esac
}

# kept HOST: what its JVM keeps after a full collection: heap KiB, classes, class loaders, threads, file descriptors.
kept() {
    jvm=$(host_pid "$DIR" "$1")
    "$JAVA_HOME/bin/jcmd" "$jvm" GC.run >/dev/null
    "$JAVA_HOME/bin/jcmd" "$jvm" GC.run >/dev/null
    heap=$("$JAVA_HOME/bin/jcmd" "$jvm" GC.heap_info | awk '/generation|tenured/ {for (i = 1; i < NF; i++) if ($i == "used") {gsub(/[K,]/, "", $(i + 1)); sum += $(i + 1)}} END {print sum}')
    classes=$("$JAVA_HOME/bin/jcmd" "$jvm" VM.metaspace | awk '/Total Usage/ {gsub(/[^0-9 ]/, " "); print $2, $1; exit}')
    # shellcheck disable=SC2012
    echo "$heap ${classes:-0 0} $(ls "/proc/$jvm/task" | wc -l) $(ls "/proc/$jvm/fd" | wc -l)"
}

# dropped: what the kernels dropped so far: of guests' frames before the containers read them, of datagrams before the tunnels did.
# shellcheck disable=SC2016
dropped() {
    vnics=0 datagrams=0
    for g in g1 g2; do vnics=$((vnics + $(at "$g" awk '$1 == "eth0:" {print $13}' /proc/net/dev))); done
    for h in host1 host2; do datagrams=$((datagrams + $(at "$h" awk '$1 == "Udp:" && $6 ~ /^[0-9]/ {print $6}' /proc/net/snmp))); done
    echo "$vnics $datagrams"
}

# swap ROLE: on host1 and host2 in turn, ten at a time by one call of the container's shell. From the file itself: Karaf's resolver of mvn:
# locations keeps 8 KiB for each that it resolved.
swap() {
    bundle=$(bundle_of "$1") made=0
    artifact=$(echo "$bundle" | sed 's/^org\.//; s/\./-/g')
    jar=$(find "$DIR/dist/system/org/violin/$artifact" -name '*.jar')
    [ -f "$jar" ] || die "no file of the bundle $bundle below $DIR/dist/system"
    while [ "$made" -lt "$swaps" ]; do
        for h in host1 host2; do
            step=$((swaps - made < 10 ? swaps - made : 10))
            [ "$step" -gt 0 ] || break
            line='' i=0
            while [ "$i" -lt "$step" ]; do
                line="$line${line:+; }bundle:update $bundle file:$jar"
                i=$((i + 1))
            done
            choose_host "$h"
            far_shell -n "$line" >>"$work/shell" 2>&1 || { warn "$h: $(tail -n 1 "$work/shell")"; return 1; }
            made=$((made + step))
            [ $((made % 100)) -ne 0 ] || progress "  $1: $made of $swaps"
        done
    done
}

# one_role ROLE: a line "ROLE SWAPS SECONDS sent received lost doubled reordered damaged gap-ms tcp-mbit tcp-least tcp-alive vnic-drops
# datagram-drops" in $work/raw.
one_role() {
    rm -f "$work/end"
    # shellcheck disable=SC2086
    in_space g2; $in "$work/numbered" sink 9990 >"$work/sink" 2>&1 &
    sink=$!
    $in iperf3 -s -1 >"$work/server" 2>&1 &
    server=$!
    started="$started $sink $server"
    sleep 0.5
    in_space g1
    $in iperf3 -c 10.77.0.2 -C cubic -b 200M -t 86400 -i 1 --forceflush >"$work/client" 2>&1 &
    client=$!
    $in "$work/numbered" send 10.77.0.2 9990 10000 "$work/end" >"$work/send" 2>&1 &
    sending=$!
    started="$started $client $sending"
    sleep 2
    # shellcheck disable=SC2046
    set -- "$1" $(dropped)
    begin=$(millis)
    swapped=yes
    if [ "$1" = none ]; then sleep 20; else swap "$1" || swapped=no; fi
    took=$(($(millis) - begin))
    sleep 2
    alive=no
    [ "$swapped" = yes ] || alive=unswapped
    if [ "$swapped" = yes ] && kill -0 "$client" 2>/dev/null && tail -n 1 "$work/client" | grep -q 'bits/sec' && ! tail -n 1 "$work/client" | grep -q ' 0.00 bits/sec'; then alive=yes; fi
    touch "$work/end"
    wait "$sending" || true
    kill "$client" 2>/dev/null || true
    wait "$client" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    wait "$sink" || true
    # shellcheck disable=SC2046
    set -- "$1" "$2" "$3" $(dropped)
    drops="$(($4 - $2)) $(($5 - $3))"
    tcp=$(awk '/bits\/sec/ && !/sender|receiver/ {for (i = 2; i <= NF; i++) if ($i ~ /bits\/sec/) {v = $(i - 1); if ($i ~ /^M/) v *= 1; if ($i ~ /^K/) v /= 1000; if ($i ~ /^G/) v *= 1000; if (n == 0 || v < least) least = v; n++; sum += v}} END {if (n) printf "%.1f %.1f", sum / n, least; else print "0 0"}' "$work/client")
    # shellcheck disable=SC2046
    set -- "$1" $(tail -n 1 "$work/sink")
    count=$swaps
    [ "$1" != none ] || count=0
    # shellcheck disable=SC2086
    set -- "$1" "$count" "$((took / 100))" "$3" "$5" "$7" "$9" "${11:-?}" "${13:-?}" "${15:-?}" $tcp "$alive" $drops
    echo "$*" >>"$work/raw"
    progress "  $*"
}

begin
: >"$work/raw"
gcc -O2 -o "$work/numbered" "$here/numbered.c" || die "gcc could not compile $here/numbered.c"
"$ME" lab up -n 2 >&2
find_java || die "no JDK"
cat >"$work/sw.yaml" <<'YAML'
name: sw
addressing: {ipv6: none}
topology:
  nodes:
    a: {kind: vhost, host: host1, interfaces: {eth0: {ipv4: 10.77.0.1}}}
    b: {kind: vhost, host: host2, interfaces: {eth0: {ipv4: 10.77.0.2}}}
  lans:
    lan: {members: ["a:eth0", "b:eth0"], host: host1, subnet: 10.77.0.0/24}
YAML
"$ME" apply "$work/sw.yaml" >&2
guest sw a g1
guest sw b g2
at g1 ping -c 20 -i 0.2 10.77.0.2 >/dev/null
for role in $roles; do
    progress "role $role"
    before=$(kept host1)
    one_role "$role"
    progress "  a minute for the threads of the shell's sessions to end"
    sleep 65
    echo "$role $before $(kept host1)" >>"$work/kept"
done
"$ME" tunnels -o json >"$work/tunnels" 2>/dev/null || true
awk -v format="$format" -v bold="$bold" -v plain="$plain" -v red="$red" -v green="$green" '
    FILENAME ~ /kept$/ { kept[$1] = sprintf("%+d KiB heap, %+d classes, %+d loaders, %+d threads, %+d fds", $7 - $2, $8 - $3, $9 - $4, $10 - $5, $11 - $6); next }
    { line[++n] = $0 }
    END {
        if (format == "table") printf "%s%-10s %6s %7s %10s %6s %8s %10s %8s %9s %11s %6s %10s %10s  %s%s\n", bold, "ROLE", "SWAPS", "SECONDS", "PACKETS", "LOST", "DOUBLED", "REORDERED", "DAMAGED", "GAP MS", "TCP MBIT/S", "ALIVE", "VNIC DROPS", "UDP DROPS", "KEPT BY THE JVM OF HOST1", plain
        else printf "["
        for (i = 1; i <= n; i++) {
            split(line[i], f, " ")
            good = f[6] == 0 && f[7] == 0 && f[8] == 0 && f[9] == 0 && f[13] == "yes"
            bad += !good
            if (format == "table") printf "%s%-10s%s %6d %7.1f %10d %6d %8d %10d %8d %9.1f %11s %6s %10d %10d  %s\n", (good ? green : red), f[1], plain, f[2], f[3] / 10, f[4], f[6], f[7], f[8], f[9], f[10], f[11], f[13], f[14], f[15], kept[f[1]]
            else printf "%s\n {\"role\":\"%s\",\"swaps\":%d,\"seconds\":%.1f,\"packets\":%d,\"lost\":%d,\"doubled\":%d,\"reordered\":%d,\"damaged\":%d,\"longestGapMillis\":%s,\"tcpMbit\":%s,\"tcpLeastMbit\":%s,\"connectionAlive\":%s,\"vnicDrops\":%d,\"datagramDrops\":%d,\"kept\":\"%s\"}", (i > 1 ? "," : ""), f[1], f[2], f[3] / 10, f[4], f[6], f[7], f[8], f[9], f[10], f[11], f[12], (f[13] == "yes" ? "true" : "false"), f[14], f[15], kept[f[1]]
        }
        if (format != "table") print "\n]"
        exit bad > 0
    }' "$work/kept" "$work/raw"

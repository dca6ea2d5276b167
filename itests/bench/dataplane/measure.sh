# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Starting and ending a peer, and one function for each thing measured. A result is a line "SETTING MEASURE PEER RUN VALUE"
# in $work/raw. A function that fails sets "reason".

# load_peer NAME: what peers/NAME.sh may set: packages ("package:program ..."), segments (yes, no, -: whether it uses
# segmentation offload on the wire and towards the guest; "-" for what is no user-space program), space1 and space2 (the
# namespaces with the ends), nic (the end in space2), pids (of the tunnel); and the functions peer_version, peer_start and peer_extra_stop.
load_peer() {
    packages='' segments=no pids='' servers='' reason='' dir=''
    nic=dpbnic2 target=10.77.0.2
    space1=$(netns_of v1) space2=$(netns_of v2)
    # shellcheck disable=SC2317 # called by those who load a peer
    peer_version() { echo -; }
    peer_extra_stop() { :; }
    # shellcheck source=/dev/null
    . "$here/peers/$1.sh"
}

peer_up() {
    dir=$(mktemp -d "$work/peer.XXXXXX")
    : >"$dir/log"
    if ! peer_start; then
        [ -n "$reason" ] || reason="does not start: $(last_words)"
        return 1
    fi
    until_true 100 at 1 ping -q -c 1 -W 1 "$target" || { reason="starts, but no ping comes through: $(last_words)"; return 1; }
    at 2 iperf3 -s >/dev/null 2>&1 &
    servers=$!
    until_true 50 server_listens || { reason="iperf3 -s does not listen"; return 1; }
}

server_listens() { at 2 ss -Hltn 'sport = :5201' | grep -q .; }

last_words() { tr -d '\r' <"$dir/log" | grep -v '^ *$' | tail -n 1 | cut -c1-120; }

# peer_down: ends what runs for the loaded peer, in whatever state it is. Devices of ours are called dpb*.
peer_down() {
    peer_extra_stop
    if [ -n "$pids$servers" ] && [ "$segments" != violin ]; then end_all "$servers $(family "$pids")"; else end_all "$servers"; fi
    pids='' servers=''
    for space in $(netns_of v1) $(netns_of v2) $(netns_of host1) $(netns_of host2); do
        [ -e "/run/netns/$space" ] || continue
        for device in $(ip -n "$space" -o link show 2>/dev/null | sed -n 's/^[0-9]*: \(dpb[a-z0-9]*\).*/\1/p'); do
            ip -n "$space" link delete "$device" 2>/dev/null || true
        done
    done
    [ -z "$dir" ] || rm -rf "$dir"
    dir=
}

# end_all PIDS...: TERM, and KILL after two seconds.
end_all() {
    for p in $1; do kill "$p" 2>/dev/null || true; done
    for p in $1; do
        until_true 20 gone "$p" || kill -KILL "$p" 2>/dev/null || true
        wait "$p" 2>/dev/null || true
    done
}

# gone PID: ended, even if nobody has asked for its status yet.
gone() { ! grep -q '^State:[[:space:]]*[^ZX]' "/proc/$1/status" 2>/dev/null; }

# at SIDE COMMAND...: where the vNIC of that side is. on HOST COMMAND...: where the tunnel's process of that side is.
at() {
    if [ "$1" = 1 ]; then space=$space1; else space=$space2; fi
    shift
    nsenter "--net=/run/netns/$space" "$@"
}
on() {
    space=$(netns_of "host$1")
    shift
    nsenter "--net=/run/netns/$space" "$@"
}

# tunnel HOST COMMAND...: a process of the peer, in the background, ended by peer_down.
tunnel() {
    space=$(netns_of "host$1")
    shift
    nsenter "--net=/run/netns/$space" "$@" >>"$dir/log" 2>&1 </dev/null &
    pids="$pids $!"
}

# take_nics MTU: moves the devices dpbnic1 and dpbnic2, which the tunnels made, to the two ends.
take_nics() {
    for side in 1 2; do
        until_true 50 on $side ip link show "dpbnic$side" || { reason="makes no device: $(last_words)"; return 1; }
        ip -n "$(netns_of "host$side")" link set "dpbnic$side" netns "$(netns_of v$side)" &&
            ip -n "$(netns_of v$side)" link set "dpbnic$side" mtu "$1" up &&
            ip -n "$(netns_of v$side)" address replace 10.77.0.$side/24 dev "dpbnic$side" || return 1
    done
}

result() { echo "$1 $2 $3 $4 $5" >>"$work/raw"; }

# measure SETTING RUN PEER: all that this setting asks for.
measure() {
    said=
    case $1 in
        whole | segmented) tcp "$1" "$2" "$3" 1 "$tcp_seconds" "$omit" && tcp "$1" "$2" "$3" 4 "$tcp_seconds" "$omit" ;;
        shaped) tcp "$1" "$2" "$3" 1 "$tcp_seconds" "$omit" ;;
        loss*) tcp "$1" "$2" "$3" 1 "$loss_seconds" 0 ;;
        pps) flood "$1" "$2" "$3" 1 && flood "$1" "$2" "$3" 50 ;;
        rtt) round_trips "$1" "$2" "$3" ;;
        many) many "$1" "$2" '' && many "$1" "$2" 500mbit ;;
        mtu*) full_ping "$1" "$2" "$3" && tcp "$1" "$2" "$3" 1 "$tcp_seconds" "$omit" ;;
    esac && progress "  run $2/$runs $3:$said"
}

# tcp SETTING RUN PEER STREAMS SECONDS OMIT: goodput at the receiver, and processor time of the tunnel per 10^9 bytes
# that came out of the vNIC, both with the start that iperf3 leaves out of its figure.
tcp() {
    family=$(family "$pids") ticks=$(ticks "$family") bytes=$(nic_bytes)
    if ! at 1 timeout $(($5 + $6 + 30)) iperf3 -J -c "$target" -C cubic -P "$4" -t "$5" -O "$6" --connect-timeout 5000 >"$dir/iperf" 2>&1; then
        reason="iperf3: $(sed -n 's/.*"error":[^"]*"\(.*\)".*/\1/p' "$dir/iperf" | head -n 1)"
        return 1
    fi
    mbit=$(awk '/"sum_received"/ {f = 1} f && /"bits_per_second"/ {gsub(/[^0-9.e+]/, "", $2); printf ($2 < 1e10 ? "%.4g" : "%.0f"), $2 / 1e6; exit}' "$dir/iperf")
    if [ -z "$mbit" ] || [ "$mbit" = 0 ]; then reason="no byte of $4 TCP streams arrived"; return 1; fi
    result "$1" "tcp$4" "$3" "$2" "$mbit"
    said="$said tcp$4 $mbit Mbit/s"
    [ -n "$pids" ] || return 0
    spent=$(($(ticks "$family") - ticks)) carried=$(($(nic_bytes) - bytes))
    # With little data a tick of 10 ms is too coarse.
    cost=$(awk -v t="$spent" -v hz="$(getconf CLK_TCK)" -v b="$carried" 'BEGIN {if (b > 2e7) printf "%.3g", t / hz / (b / 1e9)}')
    [ -n "$cost" ] || return 0
    result "$1" "cpu$4" "$3" "$2" "$cost"
    said="$said ($cost s/GB)"
}

nic_bytes() { at 2 cat /proc/net/dev | tr ':' ' ' | awk -v nic="$nic" '$1 == nic {print $2}'; }

# family PIDS: these and all that descend from them.
family() {
    [ -n "$1" ] || return 0
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v roots="$1" '
        { pid = $1; sub(/.*\) /, ""); parent[pid] = $2 }
        END {
            count = split(roots, root, " ")
            for (i = 1; i <= count; i++) ours[root[i]] = 1
            do { grown = 0; for (p in parent) if (!(p in ours) && parent[p] in ours) { ours[p] = 1; grown = 1 } } while (grown)
            for (p in ours) printf "%s ", p
        }'
}

# ticks PIDS: processor time, user and system, in ticks, with that of ended and awaited children.
ticks() {
    total=0
    for p in $1; do
        read -r stat 2>/dev/null <"/proc/$p/stat" || continue
        # shellcheck disable=SC2086
        set -- ${stat##*) }
        total=$((total + ${12} + ${13} + ${14} + ${15}))
    done
    echo "$total"
}

# flood SETTING RUN PEER FLOWS: 64-byte frames at full speed; what arrives, in thousands a second.
flood() {
    at 2 "$work/flood" sink 9999 "$4" 4 >"$dir/sink" 2>&1 &
    sink=$!
    servers="$servers $sink"
    until_true 50 grep -q ready "$dir/sink" || { reason="the sink does not start: $(cat "$dir/sink")"; return 1; }
    sent=$(at 1 timeout 20 "$work/flood" send "$target" 9999 22 "$4" "$flood_seconds") || { reason="the flood does not start"; return 1; }
    wait "$sink" || true
    # shellcheck disable=SC2046
    set -- "$@" $(tail -n 1 "$dir/sink")
    if [ $# -ne 8 ] || [ "$6" -eq 0 ]; then reason="none of $sent datagrams arrived"; return 1; fi
    [ "$7" -eq 0 ] || { reason="$7 of $6 datagrams arrived damaged"; return 1; }
    result "$1" "udp$4" "$3" "$2" "$(awk -v r="$5" 'BEGIN {printf "%.4g", r / 1000}')"
    result "$1" "udp$4-loss" "$3" "$2" "$(awk -v s="$sent" -v r="$6" 'BEGIN {printf "%.3g", s ? 100 * (s - r) / s : 0}')"
    said="$said udp$4 $(($5 / 1000)) kpps ($8 flows)"
}

# round_trips SETTING RUN PEER: percentiles in microseconds, nothing else going on.
round_trips() {
    at 1 ping -c 20 -i 0.01 -q "$target" >/dev/null 2>&1 || true
    at 1 timeout 60 ping -i 0.002 -c "$pings" "$target" >"$dir/ping" 2>&1 || true
    sed -n 's/.*time=\([0-9.]*\) ms$/\1/p' "$dir/ping" | sort -n >"$dir/times"
    # shellcheck disable=SC2046
    set -- "$@" $(awk '{v[NR] = $1 * 1000} END {if (NR) print v[1], v[int((NR + 1) / 2)], v[int(NR * 0.99 + 0.5)], NR}' "$dir/times")
    if [ $# -ne 7 ] || [ "$7" -lt $((pings * 9 / 10)) ]; then reason="${7:-0} of $pings pings came back"; return 1; fi
    result "$1" min "$3" "$2" "$4"
    result "$1" p50 "$3" "$2" "$5"
    result "$1" p99 "$3" "$2" "$6"
    said="$said min $4 p50 $5 p99 $6 us"
}

# full_ping SETTING RUN PEER: a frame as large as the vNIC allows, which must not be cut: 1 if it passes.
full_ping() {
    device=$(at 1 ip -o route get "$target" | sed 's/.* dev \([^ ]*\).*/\1/')
    size=$(at 1 ip -o link show dev "$device" | sed 's/.* mtu \([0-9]*\).*/\1/')
    passes=0
    for try in 1 2 3 4 5; do
        if at 1 ping -q -M 'do' -s $((size - 28)) -c 1 -W 1 "$target" >/dev/null 2>&1; then passes=1; break; fi
    done
    result "$1" "df-ping" "$3" "$2" "$passes"
    said="$said ping of $size bytes with DF: $([ "$passes" = 1 ] && echo passes || echo "lost $try times")"
}

# busy_percent: of all cores, over a third of a second in which nothing of ours should run.
busy_percent() {
    { grep '^cpu ' /proc/stat; sleep 0.3; grep '^cpu ' /proc/stat; } |
        awk '{idle = $5 + $6; all = 0; for (i = 2; i <= 9; i++) all += $i; if (NR == 2) printf "%d\n", (all > a ? 100 * (1 - (idle - d) / (all - a)) : 0); a = all; d = idle}'
}

# many SETTING RUN RATE: 200 vNICs on 20 tunnels in one JVM of their own, on a wire of that rate or, without, over loopback.
many() {
    direction=both
    [ -z "$3" ] || direction=out
    if ! { [ -f "$work/many/org/violin/itests/bench/Many.class" ] || build_many; } >"$work/many.log" 2>&1 ||
        ! timeout $((many_seconds + 90)) "$JAVA_HOME/bin/java" -Dorg.ops4j.pax.logging.DefaultServiceLog.level=ERROR -cp "$work/many:$many_path" org.violin.itests.bench.Many \
            200 20 "$many_seconds" "$direction" raw "$3" >"$work/many.out" 2>>"$work/many.log"; then
        reason="many: $(grep -v '^ *at ' "$work/many.log" | tail -n 1)"
        return 1
    fi
    while read -r name value; do
        result "$1" "$name${3:+-slow}" violin "$2" "$value"
        case $name in jain | total) said="$said $name${3:+-slow} $value" ;; esac
    done <"$work/many.out"
}

# build_many: compiles that measurement against the built bundles; no Maven.
build_many() {
    many_path=$(find "$DIST/system/org/ops4j/pax/logging/pax-logging-api" "$DIST/system/org/apache/felix/org.apache.felix.framework" -name '*.jar' | tr '\n' ':')
    for bundle in api frame linux engine tunnel-udp cipher-none testkit; do
        many_path=$many_path$(ls "$ROOT/bundles/$bundle/target/violin-$bundle"-[0-9]*.jar):
    done
    mkdir -p "$work/many"
    "$JAVA_HOME/bin/javac" -proc:none -nowarn -d "$work/many" -cp "$many_path" -sourcepath "$ROOT/itests/src/test/java" \
        "$ROOT/itests/src/test/java/org/violin/itests/bench/Many.java"
}

# violin_idle_percent: what both containers take while no frame moves, in per cent of one core.
violin_idle_percent() {
    load_peer violin
    peer_start
    before=$(ticks "$pids")
    sleep 3
    echo $((($(ticks "$pids") - before) * 100 / 3 / $(getconf CLK_TCK)))
}

# warm_up: the compiler of the JVM has seen the path before the first figure.
warm_up() {
    for one in violin sealed; do
        load_peer "$one"
        peer_up || die "VIOLIN ($one) carries no traffic: $reason"
        at 1 timeout 30 iperf3 -c "$target" -C cubic -t $((tcp_seconds + omit)) >/dev/null 2>&1 || true
        peer_down
    done
}

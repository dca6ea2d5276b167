#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures the data plane against its peers over one and the same underlay; called by "violin bench dataplane", see
# "violin help bench". Result on standard output, progress on standard error. A missed goal is status 0; a VIOLIN that
# carries no traffic is status 1. All that is started lives in namespaces vio-LAB-* and goes with the lab.
#   run.sh        options, set-up, the loop, the end      underlay.sh   how the wire behaves in each setting
#   measure.sh    one measurement each                    peers/NAME.sh how to start one peer
#   goals         what is to be reached                   report.awk    medians, ratios, verdicts
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
ME=$ROOT/violin
PARTS=$ROOT/launcher
export VIOLIN_LAB="${VIOLIN_LAB:-dp}"
. "$PARTS/base.sh"
use build lab
. "$here/underlay.sh"
. "$here/measure.sh"

ALL_PEERS="direct vxlan sealed wireguard-go tinc fastd openvpn nebula vde n2n"
ALL_SETTINGS="whole segmented shaped loss0.1 loss1 pps rtt mtu9000 mtu1280 many"
SOME_PEERS="direct vxlan sealed wireguard-go" # where all would take long and show nothing more

format=table runs=5 only=$ALL_PEERS settings=$ALL_SETTINGS quick=
options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --quick) quick=yes; shift; continue ;;
            -o | --runs | --only | --settings) [ $# -ge 2 ] || usage "bench dataplane $1: a value is missing. See: violin help bench" ;;
            *) usage "bench dataplane $1: unknown option. See: violin help bench" ;;
        esac
        case $1 in
            -o) format=$2 ;;
            --runs) runs=$2 ;;
            --only) only=$(words "$2" "$ALL_PEERS violin") ;;
            --settings) settings=$(words "$(echo ",$2," | sed 's/,loss,/,loss0.1,loss1,/; s/,mtu,/,mtu9000,mtu1280,/; s/^,//; s/,$//')" "$ALL_SETTINGS") ;;
        esac
        shift 2
    done
    case $format in table | json) ;; *) usage "bench dataplane -o $format: table or json" ;; esac
    is_number "$runs" 1 1000 || usage "bench dataplane --runs $runs: 1 to 1000"
    # Seconds of a TCP test, of its start that is left out, of a TCP test with loss, of a flood; pings.
    tcp_seconds=3 omit=1 loss_seconds=8 flood_seconds=2 pings=1000 many_seconds=10
    [ -z "$quick" ] || runs=1 tcp_seconds=1 omit=0 loss_seconds=2 flood_seconds=1 pings=200 many_seconds=3
}

# words LIST ALLOWED: the words between commas, each of which must be allowed.
words() {
    for word in $(echo "$1" | tr ',' ' '); do
        case " $2 " in *" $word "*) echo "$word" ;; *) usage "bench dataplane: '$word' is none of: $2" ;; esac
    done
}

progress() { printf '%s\n' "$*" >&2; }
violin() { "$ME" "$@"; }

finish() {
    trap - EXIT
    trap '' INT TERM
    peer_down
    impair_off
    progress "bench: taking the lab $LAB down"
    violin lab down >&2 || true
    rm -rf "$work"
}

# guest VIOLIN NODE NAME: makes the network namespace of a guest known as vio-LAB-NAME.
guest() {
    space=$(violin exec "$1" "$2" -- readlink /proc/self/ns/net | tr -dc 0-9) # of "net:[NUMBER]"
    guest_pid=$(find /proc -maxdepth 3 -path "/proc/[0-9]*/ns/net" -lname "net:?$space?" 2>/dev/null | cut -d/ -f3 | head -n 1)
    [ -n "$guest_pid" ] || die "the guest $2 of $1 has no process"
    ip netns attach "$(netns_of "$3")" "$guest_pid"
}

# pair NAME MTU CIPHER: a violin of two vHosts on a vSwitch, one at each overlay host.
pair() {
    cat >"$work/$1.yaml" <<EOF
name: $1
mtu: $2
cipher: $3
addressing: {ipv6: none}
topology:
  nodes:
    a: {kind: vhost, host: host1, interfaces: {eth0: {ipv4: 10.77.0.1}}}
    b: {kind: vhost, host: host2, interfaces: {eth0: {ipv4: 10.77.0.2}}}
  lans:
    lan: {members: ["a:eth0", "b:eth0"], host: host1, subnet: 10.77.0.0/24, mtu: $2}
EOF
    violin apply "$work/$1.yaml" >&2
    guest "$1" a "$1-1"
    guest "$1" b "$1-2"
}

set_up() {
    violin lab up -n 2 >&2
    for side in 1 2; do
        ip netns add "$(netns_of v$side)"
        ip -n "$(netns_of v$side)" link set lo up
        nsenter "--net=/run/netns/$(netns_of v$side)" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    done
    pair vb 1500 none
    pair vs 1500 aead
    case " $settings " in *mtu9000*) pair vb9000 9000 none ;; esac
    wire_up
    underlay whole
    for tool in flood impair; do
        gcc -O2 -pthread -o "$work/$tool" "$here/$tool.c" || die "gcc could not compile $here/$tool.c"
    done
}

# Packages of all peers in one go, as bootstrap does it; if that fails, peer by peer, so that one costs not the others.
install_peers() {
    wanted=
    for peer in $only; do
        load_peer "$peer"
        wanted="$wanted $packages"
    done
    # shellcheck disable=SC2086
    [ -z "${wanted# }" ] || (PACKAGES=$wanted install_packages) >&2 2>/dev/null || for peer in $only; do
        load_peer "$peer"
        [ -z "$packages" ] || (PACKAGES=$packages install_packages) >&2 || not_run "$peer" all "its Debian packages cannot be installed"
    done
}

not_run() {
    progress "  $1: not run: $3"
    echo "$2 $1 $3" >>"$work/not-run"
}

# peers_of SETTING: who is measured there, VIOLIN in the middle of the others being nobody's advantage.
peers_of() {
    case $1 in
        loss* | shaped) set -- "$SOME_PEERS" ;;
        mtu9000) set -- "direct vxlan violin-1500" ;;
        mtu1280) set -- "direct vxlan" ;;
        many) set -- "" ;;
        *) set -- "$ALL_PEERS" ;;
    esac
    listed=
    for peer in $1; do
        case " $(echo "$only" | tr '\n' ' ') violin-1500 " in *" $peer "*) listed="$listed $peer" ;; esac
        [ "$peer" != vxlan ] || { listed="$listed violin"; }
    done
    case $listed in *' violin'*) echo "$listed" ;; *) echo "$listed violin" ;; esac
}

# reverse WORD...: every second run goes backwards, so that a drift of the machine favours nobody.
reverse() {
    reversed=
    for word in "$@"; do reversed="$word $reversed"; done
    echo "$reversed"
}

describe() {
    {
        echo "date $(date -u +%Y-%m-%dT%H:%M:%SZ)"
        echo "commit $(git -C "$ROOT" describe --always --dirty 2>/dev/null || echo unknown)"
        echo "cores $(nproc)"
        echo "cpu $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
        echo "memoryGiB $(awk '/MemTotal/ {print int($2 / 1048576)}' /proc/meminfo)"
        echo "kernel $(uname -r)"
        echo "jdk $("$JAVA_HOME/bin/java" -version 2>&1 | tail -n 2 | head -n 1)"
        echo "jvmOptions ${VIOLIN_JAVA_OPTS:-(none added)}"
        echo "iperf3 $(iperf3 --version | head -n 1)"
        echo "runs $runs"
        echo "tcpSeconds $tcp_seconds"
        echo "loadBefore $(cut -d' ' -f1-3 /proc/loadavg)"
    } >"$work/about"
}

bench_setting() {
    progress "setting $1"
    if ! underlay "$1"; then
        for peer in $(peers_of "$1"); do not_run "$peer" "$1" "$reason"; done
        underlay whole
        return 0
    fi
    run=1
    while [ "$run" -le "$runs" ]; do
        busy_percent >>"$work/foreign"
        order=$(peers_of "$1")
        # shellcheck disable=SC2086
        [ $((run % 2)) -eq 1 ] || order=$(reverse $order)
        for peer in $order; do
            ! grep -q "^all $peer " "$work/not-run" || continue
            load_peer "$peer"
            impair_on "$1" "$run"
            if peer_up; then
                measure "$1" "$run" "$peer" || not_run "$peer" "$1" "run $run: $reason"
            else
                not_run "$peer" "$1" "run $run: $reason"
            fi
            peer_down
            impair_off
        done
        run=$((run + 1))
    done
    underlay whole
}

options "$@"
need_root bench
if [ -e "$DIR" ] || [ -n "$(lab_spaces)" ]; then die "the lab '$LAB' exists already. Away with it: VIOLIN_LAB=$LAB violin lab down"; fi
find_java || true
install_packages >&2
work=$(mktemp -d)
: >"$work/raw"
: >"$work/not-run"
: >"$work/peers"
trap finish EXIT
trap 'exit 130' INT TERM
install_peers
describe
set_up
for peer in violin $only; do
    load_peer "$peer"
    echo "$peer $segments $(peer_version 2>/dev/null | head -n 1 | cut -c1-40)" >>"$work/peers"
done
warm_up
echo "jvmIdle $(violin_idle_percent) % of one core, both overlay hosts" >>"$work/about"
for setting in $settings; do bench_setting "$setting"; done
echo "loadAfter $(cut -d' ' -f1-3 /proc/loadavg)" >>"$work/about"
echo "busyBeforeRuns $(sort -n "$work/foreign" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)] " % of all cores, median; at most " v[NR] " %"}')" >>"$work/about"
awk -v format="$format" -v bold="$bold" -v plain="$plain" -v red="$red" -v green="$green" -f "$here/report.awk" \
    "$work/about" "$work/peers" "$here/goals" "$work/not-run" "$work/raw"
grep -q ' violin [0-9]* ' "$work/raw" && ! grep -q '^[^ ]* violin ' "$work/not-run"

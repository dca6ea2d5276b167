#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what the README quotes: start, apply, change, destroy, a call, memory, goodput. Prints medians of RUNS runs.
#   itests/bench/speed.sh [RUNS]        as root, on an idle machine; VIOLIN_LAB=bench is taken up and down
# Nothing here is asserted: the figures are for people, together with the machine they were measured on.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
runs=${1:-3}
VIOLIN_LAB=bench
export VIOLIN_LAB
work=$(mktemp -d)
trap '"$root/violin" lab down >/dev/null 2>&1 || true; rm -rf "$work"' EXIT INT TERM

violin() { "$root/violin" "$@"; }
now() { date +%s%N | cut -c1-13; }
median() { sort -n "$1" | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
# timed NAME COMMAND...: appends the milliseconds to NAME's list.
timed() {
    list=$1
    shift
    start=$(now)
    "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
    echo $(($(now) - start)) >>"$work/$list"
}
# lan NAME COUNT HOST EXTRA: a violin of COUNT vHosts on vLANs of at most 100, at HOST or, when it is -, anywhere.
lan() {
    awk -v name="$1" -v count="$2" -v host="$3" -v extra="$4" 'BEGIN {
        pin = host == "-" ? "" : ", host: " host
        print "name: " name "\ntopology:\n  nodes:"
        for (i = 1; i <= count; i++) print "    n" i ": {kind: vhost" pin "}"
        if (extra == "host") print "    extra: {kind: vhost" pin "}"
        print "  lans:"
        for (l = 0; l * 100 < count; l++) {
            members = l == 0 && extra == "host" ? "extra" : ""
            for (i = l * 100 + 1; i <= count && i <= l * 100 + 100; i++) members = members (members == "" ? "" : ", ") "n" i
            print "    lan" l ": {members: [" members "]" pin "}"
        }
        if (extra == "link") print "  links:\n    - endpoints: [\"n1:eth7\", \"n2:eth7\"]"
    }'
}
first_ping() {
    violin lab up -n 3
    violin apply "$root/examples/figure2.yaml"
    violin exec figure2 vHost1 -- ping -c 1 -W 5 vHost3
}

lan hundred 100 - '' >"$work/hundred.yaml"
lan big 1000 host3 '' >"$work/big.yaml"
lan big 1000 host3 host >"$work/big-host.yaml"
lan big 1000 host3 link >"$work/big-link.yaml"
violin bootstrap
run=1
while [ "$run" -le "$runs" ]; do
    echo "run $run of $runs, load $(cut -d' ' -f1 /proc/loadavg)"
    timed up-to-ping first_ping
    sleep 5
    violin lab status | awk '/MB/ {for (i = 1; i <= NF; i++) if ($i == "MB") print $(i - 1)}' | sort -n | tail -n 1 >>"$work/rss-mb"
    i=0
    while [ $i -lt 10 ]; do timed call violin list; i=$((i + 1)); done
    timed apply-100-on-3 violin apply "$work/hundred.yaml"
    timed destroy-100 violin destroy hundred
    timed apply-1000-on-1 violin apply "$work/big.yaml"
    timed nothing-to-do violin apply "$work/big.yaml"
    timed add-one-vhost violin apply "$work/big-host.yaml"
    timed remove-one-vhost violin apply "$work/big.yaml"
    timed add-one-link violin apply "$work/big-link.yaml"
    timed destroy-1000 violin destroy big
    for pair in 1 2 3; do
        violin lab exec host2 -- iperf3 -s -1 -D >/dev/null
        sleep 0.5
        address=$(violin lab status | awk '$1 == "host2" {print $2}')
        violin lab exec host1 -- iperf3 -c "$address" -t 3 -C cubic | awk '/receiver/ {print $7 * ($8 ~ /^G/ ? 1000 : 1)}' >>"$work/mbit-hosts"
        violin exec figure2 vHost2 -- sh -c 'iperf3 -s -1 -D >/dev/null'
        sleep 0.5
        violin exec figure2 vHost1 -- iperf3 -c vHost2 -t 3 -C cubic | awk '/receiver/ {print $7 * ($8 ~ /^G/ ? 1000 : 1)}' >>"$work/mbit-vhosts"
    done
    timed lab-down violin lab down
    run=$((run + 1))
done
echo
echo "$(nproc) cores, $(awk '/MemTotal/ {print int($2 / 1048576)}' /proc/meminfo) GiB, Linux $(uname -r), $(java -version 2>&1 | head -n 1)"
printf '%-18s %10s %10s %10s\n' WHAT MEDIAN MIN MAX
for list in up-to-ping rss-mb call apply-100-on-3 destroy-100 apply-1000-on-1 nothing-to-do add-one-vhost remove-one-vhost add-one-link destroy-1000 \
    lab-down mbit-hosts mbit-vhosts; do
    unit=ms
    case $list in rss-mb) unit=MB ;; mbit-*) unit=Mbit/s ;; esac
    printf '%-18s %10s %10s %10s %s\n' "$list" "$(median "$work/$list")" "$(sort -n "$work/$list" | head -n 1)" "$(sort -n "$work/$list" | tail -n 1)" "$unit"
done

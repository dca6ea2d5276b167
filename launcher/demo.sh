# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin demo: the main job, step by step, with the launcher's own verbs only. Each step prints what it does and what
# came of it; each check ends in the table. The lab is taken down at the end, after an error and after Ctrl-C.

use build net

demo() {
    keep='' zoo='' hosts=3
    while [ $# -gt 0 ]; do
        case $1 in
            --keep) keep=yes ;;
            --zoo) [ $# -ge 2 ] || usage "--zoo needs a folder"; zoo=$2; shift ;;
            -n) hosts=${2:-}; shift ;;
            *) usage "demo $1: unknown option. See: violin help demo" ;;
        esac
        shift
    done
    is_number "$hosts" 3 250 || usage "demo -n $hosts: 3 to 250 hosts; Figure 2 is spread over three"
    [ -z "$zoo" ] || [ -r "$zoo/Geant2012.graphml" ] || die "--zoo $zoo: there is no Geant2012.graphml in it"
    need_root demo
    began=$(millis) checks='' bad=0 total=0 number=0
    bootstrap --quiet
    step "$hosts overlay hosts on this machine, joined by an emulated Internet"
    [ -z "$(lab_spaces)$(ls -d "$DIR" 2>/dev/null)" ] || die "the lab '$LAB' exists already. Away with it: violin lab down"
    trap 'trap - INT TERM EXIT; finish_early; exit 130' INT TERM
    v lab up -n "$hosts" || exit 1
    trap 'trap - EXIT; finish_early' EXIT
    figure2
    same_addresses
    goodput
    real_network "$ROOT/examples/abilene.yaml"
    [ -z "$zoo" ] || real_network "$zoo/Geant2012.graphml"
    trap - INT TERM EXIT
    if [ -n "$keep" ]; then next_commands; else tear_down; fi
    result_table
    [ "$bad" -eq 0 ]
}

v() { "$ME" "$@"; }

finish_early() {
    warn "the demo stopped before its end"
    if [ -n "$keep" ]; then warn "the lab goes on (--keep); away with it: violin lab down"; else v lab down; fi
}

step() {
    number=$((number + 1))
    say ""
    say "${bold}[$number] $*$plain"
}

# check WHAT STATUS DETAIL: one line of the final table; status 0 is good.
check() {
    total=$((total + 1))
    if [ "$2" -eq 0 ]; then mark=pass colour=$green; else mark=FAIL colour=$red bad=$((bad + 1)); fi
    say "    $colour$mark$plain  $1${3:+: $3}"
    checks="$checks$mark|$1|${3:-}
"
}

# timed COMMAND...: runs it with its output indented; sets outcome and took (milliseconds).
timed() {
    start=$(millis) outcome=0
    output=$("$@" 2>&1) || outcome=$?
    took=$(($(millis) - start))
    printf '%s\n' "$output" | sed 's/^/    /'
}

apply_and_ping() {
    timed v apply "$1"
    check "apply ${1##*/}" "$outcome" "$(seconds "$took")"
    timed v ping-all "$2"
    check "$2: all vHosts reach all" "$outcome" "$(printf '%s\n' "$output" | tail -n 1 | sed "s/^$2: //")"
}

figure2() {
    step "the paper's Figure 2: two vLANs of two vHosts each, one vRouter, over three overlay hosts"
    timed v apply "$ROOT/examples/figure2.yaml"
    check 'apply figure2.yaml' "$outcome" "$(seconds "$took")"
    timed v show figure2
    spread=0
    for h in host1 host2 host3; do case $output in *"$h"*) ;; *) spread=1 ;; esac done
    check 'spread over all three overlay hosts' "$spread" ''
    timed v ping-all figure2
    check 'figure2: all vHosts reach all' "$outcome" "$(printf '%s\n' "$output" | tail -n 1 | sed 's/^figure2: //')"
    timed v exec figure2 vHost1 -- traceroute -w 2 -q 1 vHost3
    hops=$(printf '%s\n' "$output" | awk '$1 ~ /^[0-9]+$/ {n++; name[n] = $2} END {print n + 0, name[1], name[2]}')
    case $hops in '2 vRouter1'*' vHost3'*) found=0 ;; *) found=1 ;; esac
    check 'traceroute vHost1 to vHost3: two hops, the first is vRouter1' "$found" "$hops"
}

same_addresses() {
    step "a second violin with the same addresses at the same time, one vHost more"
    apply_and_ping "$ROOT/examples/figure2-b.yaml" figure2-b
    timed v ping-all figure2
    check 'figure2 still works beside it' "$outcome" ''
    extra=$(v show figure2-b | awk '$1 == "vHost5" {for (i = 2; i <= NF; i++) if ($i ~ /^[0-9.]+\/[0-9]+$/) {sub(/\/.*/, "", $i); print $i; exit}}')
    # shellcheck disable=SC2016
    tries='for a in "$@"; do if ping -c 1 -W 1 "$a" >/dev/null 2>&1; then echo "$a"; fi; done'
    reached=$(v exec figure2-b vHost1 -- sh -c "$tries" - "$extra") || true
    if [ -n "$extra" ] && [ "$reached" = "$extra" ]; then found=0; else found=1; fi
    check "figure2-b: vHost1 reaches its vHost5" "$found" "$extra"
    found=0
    v exec figure2 vHost1 -- sh -c "$tries; echo tried" - "$extra" >"$DIR/reached" 2>&1 || found=1
    [ "$(cat "$DIR/reached")" = tried ] || found=1
    check "figure2: vHost1 does not reach that vHost5" "$found" "$extra"
    machine=$(ip -o -4 address show scope global | awk '{sub(/\/.*/, "", $4); print $4}' | sort -u | head -n 5)
    underlay=''
    for h in $(seq 1 "$hosts"); do underlay="$underlay $UNDERLAY.$h"; done
    for node in vHost1 vHost2 vHost3 vRouter1; do
        found=0
        # shellcheck disable=SC2086
        v exec figure2 "$node" -- sh -c "$tries; echo tried" - $underlay $machine >"$DIR/reached" 2>&1 || found=1
        [ "$(cat "$DIR/reached")" = tried ] || found=1
        check "$node reaches no overlay host and no address of this machine" "$found" "$(echo "$underlay" "$machine" | tr '\n' ' ')"
    done
    for one in figure2 figure2-b; do v exec "$one" vHost1 -- sh -c "echo $one >/tmp/world" || true; done
    worlds="$(v exec figure2 vHost1 -- cat /tmp/world) $(v exec figure2-b vHost1 -- cat /tmp/world)" || true
    if [ "$worlds" = 'figure2 figure2-b' ]; then found=0; else found=1; fi
    check 'the two vHost1 are two machines' "$found" "a file of each says: $worlds"
}

# Between two overlay hosts, then between two vHosts on them, in turns, so that a slow moment hits both.
goodput() {
    step "TCP goodput by iperf3, 3 runs of 3 s each, in turns: host1 to host2, then vHost1 to vHost2 on them"
    cubic=''
    if grep -qw cubic /proc/sys/net/ipv4/tcp_available_congestion_control; then cubic='-C cubic'; fi
    below='' inside=''
    inner=$(v exec figure2 vHost2 -- hostname -I | tr ' ' '\n' | grep -m 1 '^[0-9.]*$') || true
    for run in 1 2 3; do
        below="$below $(one_run lab exec host2 -- @ lab exec host1 -- @ "$UNDERLAY.2")"
        inside="$inside $(one_run exec figure2 vHost2 -- @ exec figure2 vHost1 -- @ "$inner")"
        say "    run $run, Mbit/s: overlay hosts ${below##* }, vHosts ${inside##* }"
    done
    # shellcheck disable=SC2086
    low=$(median $below) high=$(median $inside)
    if [ "$low" -gt 0 ] && [ "$high" -gt 0 ]; then found=0; else found=1; fi
    ratio=$(awk -v a="$high" -v b="$low" 'BEGIN {printf "%.2f", b ? a / b : 0}')
    check 'goodput, medians' "$found" "overlay hosts $low Mbit/s, vHosts $high Mbit/s, ratio $ratio"
}

# one_run SERVER... @ CLIENT... @ ADDRESS: words before the program on each side; prints Mbit/s, 0 when it failed.
one_run() {
    server=''
    while [ "$1" != @ ]; do server="$server $1"; shift; done
    shift
    client=''
    while [ "$1" != @ ]; do client="$client $1"; shift; done
    # shellcheck disable=SC2086
    v $server timeout 20 iperf3 -s -1 >/dev/null 2>&1 </dev/null &
    served=$!
    mbit=0
    for try in 1 2 3 4 5 6 7 8 9 10; do
        sleep 0.3
        # shellcheck disable=SC2086
        if v $client timeout 15 iperf3 -c "$2" -t 3 $cubic -J >"$DIR/iperf" 2>/dev/null </dev/null; then
            mbit=$(awk '/"sum_received"/ {found = 1} found && /"bits_per_second"/ {gsub(/[^0-9.e+]/, "", $2); printf "%d", $2 / 1e6; exit}' "$DIR/iperf")
            break
        fi
    done
    if [ "${mbit:-0}" -eq 0 ]; then kill "$served" 2>/dev/null || true; fi
    wait "$served" 2>/dev/null || true
    echo "${mbit:-0}"
}

median() { printf '%s\n' "$@" | sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)] + 0}'; }

real_network() {
    step "a real network: ${1##*/}"
    earlier=$(names)
    timed v apply "$1"
    check "apply ${1##*/}" "$outcome" "$(seconds "$took")"
    net=$(names | while read -r n; do printf '%s\n' "$earlier" | grep -qxF "$n" || echo "$n"; done | head -n 1)
    [ -n "$net" ] || return 0
    v list | awk -v n="$net" 'NR == 1 || $1 == n' | sed 's/^/    /'
    timed v ping-all "$net"
    check "$net: all vHosts reach all" "$outcome" "$(printf '%s\n' "$output" | tail -n 1 | sed "s/^$net: //")"
    timed v destroy "$net"
    check "destroy $net" "$outcome" "$(seconds "$took")"
}

names() { v list | awk 'NR > 1 {print $1}'; }

tear_down() {
    step "away with everything"
    for n in $(names); do
        timed v destroy "$n"
        check "destroy $n" "$outcome" "$(seconds "$took")"
    done
    use clean
    guests=$(guest_processes "$DIR" | wc -l)
    check 'no guest runs any more' "$guests" ''
    timed v lab down
    check 'lab down: no process, namespace, mount, control group or file is left' "$outcome" "$(seconds "$took")"
}

next_commands() {
    step "the lab goes on (--keep); try"
    cat <<EOF
    violin list
    violin connect figure2 vHost1
    violin exec figure2 vHost1 -- traceroute vHost3
    violin ports figure2
    violin lab kill host2; violin lab start host2; violin ping-all figure2
    violin lab down
EOF
}

result_table() {
    say ""
    say "${bold}VIOLIN demo, $(seconds $(($(millis) - began)))$plain"
    if [ -t 1 ]; then good="$green✔$plain" wrong="$red✘$plain"; else good=pass wrong=FAIL; fi
    printf '%s' "$checks" | while IFS='|' read -r mark what detail; do
        if [ "$mark" = pass ]; then sign=$good; else sign=$wrong; fi
        printf ' %s  %-64s %s%s%s\n' "$sign" "$what" "$dim" "$detail" "$plain"
    done
    if [ "$bad" -eq 0 ]; then say "$green$total checks passed$plain"; else say "$red$bad of $total checks failed$plain"; fi
}

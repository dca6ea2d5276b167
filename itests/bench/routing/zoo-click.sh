# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2013,SC2016
# A network of the Topology Zoo whose vRouters all forward by Click: that the packets go by Click, and by the paths of its tables. Sourced by run.sh.

# zoo_yaml VIOLIN ROUTING: the violin as it is, as a violin file with other words, and a counter of what is forwarded out of each vNIC.
zoo_yaml() {
    "$ME" show "$1" -o json | awk -v violin="$1" -v routing="$2" -F'"' '
        BEGIN { print "name: " violin "\nrouting: {" routing ", click.paths: 1, click.splice: \"counted :: Counter\"}\ntopology:\n  nodes:" }
        $2 == "name" { name = $4 }
        $2 == "kind" { kind = $4 }
        $2 == "host" { printf "    %s: {kind: %s, host: %s}\n", name, kind, $4 }
        $2 == "a" { a = $4; if (!links++) print "  links:" }
        $2 == "b" { b = $4 }
        $2 == "cost" { gsub(/[^0-9.]/, "", $3); printf "    - {endpoints: [\"%s\", \"%s\"], cost: %s}\n", a, b, $3 }'
}

# zoo_tables VIOLIN: what Click forwards by, of all vRouters: "fib ROUTER NETWORK LENGTH GATEWAY NIC", and "own ADDRESS NODE KIND" of all nodes.
zoo_tables() {
    "$ME" show "$1" -o json >"$work/shown"
    awk -F'"' '$2 == "name" {name = $4} $2 == "kind" {kind = $4}
        $2 == "addresses" { n = split($0, part, "\""); for (i = 4; i < n; i += 2) { split(part[i], w, "[ /]"); if (w[2] !~ /:/) print "own", w[2], name, kind, w[1], w[3] } }
        ' "$work/shown" >"$work/own"
    cat "$work/own"
    for r in $(awk '$4 == "vrouter" {print $3}' "$work/own" | sort -u); do
        "$ME" click "$1" "$r" read rt.table | awk -v r="$r" '$1 ~ /^[0-9.]+\// {split($1, p, "/"); print "fib", r, p[1], p[2], $2, $3}'
    done
}

# zoo_paths: from those tables, for all pairs of vHosts: "HOPS FROM TO ADDRESS ROUTER:OUT-NIC...". Each route has one next hop.
zoo_paths() {
    awk '
        function number(a, p) { split(a, p, "."); return ((p[1] * 256 + p[2]) * 256 + p[3]) * 256 + p[4] }
        function look(r, to,  i, best, long) {
            long = -1
            for (i = 1; i <= routes[r]; i++) if (length_of[r, i] > long && int(to / 2 ^ (32 - length_of[r, i])) == net[r, i]) { best = i; long = length_of[r, i] }
            return best
        }
        $1 == "own" { node[$2] = $3; if ($4 == "vhost" && !($3 in address)) { address[$3] = $2; hosts[++count] = $3 }
            if ($4 == "vrouter") { subnet = int(number($2) / 2 ^ (32 - $6)) "/" $6; at[subnet] = at[subnet] " " $3; nic[$3, subnet] = $5 } 
            lengths[$6]; if ($4 == "vhost") length_at[$3] = $6 }
        $1 == "fib" { i = ++routes[$2]; length_of[$2, i] = $4; net[$2, i] = int(number($3) / 2 ^ (32 - $4)); via[$2, i] = $5 }
        END {
            for (x = 1; x <= count; x++) for (y = 1; y <= count; y++) {
                if (x == y) continue
                from = hosts[x]; to = address[hosts[y]]; n = number(to); line = ""; hops = 0
                split(at[int(number(address[from]) / 2 ^ (32 - length_at[from])) "/" length_at[from]], first, " ")
                r = first[1]
                while (r != "" && hops < 64) {
                    hops++
                    i = look(r, n); gate = i ? via[r, i] : ""
                    next_hop = gate == "" || gate == "-" || gate == "0.0.0.0" ? n : number(gate)
                    out = ""
                    for (l in lengths) if ((r, int(next_hop / 2 ^ (32 - l)) "/" l) in nic) out = nic[r, int(next_hop / 2 ^ (32 - l)) "/" l]
                    line = line " " r ":" out
                    if (next_hop == n) { r = ""; break }
                    r = node[gate]
                }
                print hops, from, hosts[y], to line
            }
        }'
}

# zoo_forwarded VIOLIN: IPv4 packets that the kernels of all its vRouters forwarded.
zoo_forwarded() {
    for r in $(awk '$4 == "vrouter" {print $3}' "$work/own" | sort -u); do "$ME" exec "$1" "$r" -- grep '^Ip: [0-9]' /proc/net/snmp; done | awk '{s += $7} END {print s + 0}'
}

# zoo_counted VIOLIN ROUTER:NIC...: what Click counted there, on one line.
zoo_counted() {
    of=$1
    shift
    for hop in "$@"; do printf '%s ' "$("$ME" click "$of" "${hop%:*}" read "svc_${hop#*:}/counted.count")"; done
}

# zoo_traced VIOLIN FROM ADDRESS: the vRouters that traceroute names.
zoo_traced() {
    "$ME" exec "$1" "$2" -- traceroute -4 -n -q 1 -w 2 -m 40 "$3" | awk 'NR == FNR {node[$2] = $3; next} $1 ~ /^[0-9]+$/ {printf "%s ", ($2 in node ? node[$2] : $2)}' "$work/own" -
}

# zoo_click WORDS NAME: all of it for a network that runs with these words.
zoo_click() {
    awaited 120 all_answer "$violin" || { note "zoo $2: NOT all pairs answer"; return 1; }
    note "zoo $2: $(sed -n 's/.*: \([0-9]* of [0-9]* pairs\).*/\1/p' "$work/pings" | tail -n 1) answer"
    zoo_tables "$violin" >"$work/tables"
    zoo_paths <"$work/tables" | sort -n >"$work/paths"
    kernels=$(zoo_forwarded "$violin")
    good=0 sampled=0
    awk '{line[NR] = $0} END {for (i = 1; i <= 9; i++) print line[int((NR - 1) * i / 10) + 1]; print line[NR]}' "$work/paths" >"$work/sample"
    while read -r _ from to address path; do
        sampled=$((sampled + 1))
        # shellcheck disable=SC2086
        wanted="$(printf '%s ' $path | sed 's/:[^ ]*//g')$to "
        traced=$(zoo_traced "$violin" "$from" "$address" </dev/null)
        if [ "$traced" = "$wanted" ]; then good=$((good + 1)); else progress "  traceroute $from $to: $traced, not $wanted"; fi
    done <"$work/sample"
    note "zoo $2: traceroute goes by Click's tables for $good of $sampled pairs"
    # shellcheck disable=SC2046
    set -- "$1" "$2" $(tail -n 1 "$work/paths")
    hops=$3 from=$4 to=$5 address=$6 name=$2
    shift 6
    before=$(zoo_counted "$violin" "$@")
    "$ME" exec "$violin" "$from" -- ping -4 -q -c 500 -i 0.005 -W 2 "$address" >"$work/ping500" || true
    after=$(zoo_counted "$violin" "$@")
    counts=$(echo "$before $after" | awk '{for (i = 1; i <= NF / 2; i++) print $(i + NF / 2) - $i}' | sort -u | tr '\n' ' ')
    note "zoo $name: $(grep -o '[0-9]* received' "$work/ping500") of 500 pings by the $hops vRouters from $from to $to; each Click there counted $counts"
    "$ME" exec "$violin" "$to" -- sh -c 'rm -f /tmp/sum; perl -MIO::Socket::INET -e '"'"'my $l = IO::Socket::INET->new(Listen => 1, LocalPort => 7070, ReuseAddr => 1) or die; exit if fork; open(STDIN, "</dev/null"); open(STDERR, ">/dev/null"); open(STDOUT, "| sha256sum >/tmp/sum.new && mv /tmp/sum.new /tmp/sum"); my $c = $l->accept; while (sysread($c, my $b, 65536)) { print $b }'"'"' >/dev/null'
    sent=$("$ME" exec "$violin" "$from" -- sh -c 'head -c 20000000 /dev/urandom >/tmp/bytes && sha256sum </tmp/bytes')
    begin=$(millis)
    "$ME" exec "$violin" "$from" -- perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => shift, PeerPort => 7070) or die "connect: $@"; open(F, "<", "/tmp/bytes"); while (sysread(F, my $b, 65536)) { print $s $b } shutdown($s, 1); sysread($s, my $end, 1)' "$address" || true
    took=$(($(millis) - begin))
    # shellcheck disable=SC2016
    got=$("$ME" exec "$violin" "$to" -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do [ -s /tmp/sum ] && break; sleep 0.2; done; cat /tmp/sum' || true)
    same=WRONG
    [ -z "$got" ] || [ "$got" != "$sent" ] || same=right
    note "zoo $name: 20 MB by TCP over that path in $took ms, checksum $same; kernels forwarded $(($(zoo_forwarded "$violin") - kernels)) packets"
    [ "$good" = "$sampled" ] && [ "$same" = right ] && [ "$counts" = "500 " ]
}

# Computed routes with Click, then OSPF by FRR with Click, changed while it runs.
zoo_clicks() {
    [ -x "${VIOLIN_CLICK:-}" ] || { note "zoo with Click: skipped, VIOLIN_CLICK names no click"; return 0; }
    "$ME" apply --routing click "$DATA/topology-zoo/Cesnet201006.graphml" >&2 || return 1
    violin=$("$ME" list -o json | awk -F'"' '$2 == "name" {print $4; exit}')
    bad_click=0
    for words in "forwarding: click" "protocols: ospf, forwarding: click"; do
        zoo_yaml "$violin" "$words" >"$work/zoo.yaml"
        begin=$(millis)
        "$ME" apply "$work/zoo.yaml" >&2 || { note "zoo $words: NOT applied"; return 1; }
        note "zoo $violin, $words: applied in $(($(millis) - begin)) ms; load $(cut -d' ' -f1 /proc/loadavg)"
        case $words in protocols*) awaited 120 neighbours_full "$violin" || note "zoo $words: NOT all neighbours are up" ;; esac
        zoo_click "$words" "$violin, $words" || bad_click=1
    done
    "$ME" destroy "$violin" >&2
    return $bad_click
}

# neighbours_full VIOLIN: all vRouters are ready and all their neighbours up.
neighbours_full() {
    "$ME" routers "$1" 2>/dev/null | awk 'NR > 1 {n++; split($7, p, "/"); if ($6 == "ready" && p[1] == p[2] && p[2] > 0) full++} END {exit !(n > 0 && full == n)}'
}

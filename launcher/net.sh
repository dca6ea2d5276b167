# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The emulated Internet of a lab: one namespace with a bridge, one namespace per overlay host, a veth pair between
# them. No device of it exists in the machine's own namespace, so nothing leads out.

UNDERLAY=198.18.0 # RFC 2544: for tests between devices, never on the Internet, rarely on a LAN

netns_of() { echo "vio-$LAB-$1"; }
address_of() { echo "$UNDERLAY.${1#host}"; }

# net_check MBIT
net_check() { [ -z "$1" ] || is_number "$1" 1 100000 || usage "underlay mbit=$1: give a whole number from 1 to 100000"; }

# net_up HOSTS MBIT DELAYS: with delays the cables end loose, for the relay (underlay.sh).
net_up() {
    middle=$(netns_of net)
    ip netns add "$middle"
    ip -n "$middle" link set lo up
    ip -n "$middle" link add internet mtu 1500 type bridge stp_state 0 mcast_snooping 0
    ip -n "$middle" link set internet up
    i=1
    while [ "$i" -le "$1" ]; do
        space=$(netns_of "host$i")
        ip netns add "$space"
        ip -n "$space" -batch - <<EOF
link set lo up
link add eth0 mtu 1500 type veth peer name host$i mtu 1500 netns $middle
address add $(address_of "host$i")/24 dev eth0
link set eth0 up
EOF
        # The middle is no neighbour of anyone: no address there, not even a link-local one.
        ip -n "$middle" link set "host$i" addrgenmode none up
        shape "$space" eth0 "$2"
        shape "$middle" "host$i" "$2"
        i=$((i + 1))
    done
    if [ -z "$3" ]; then net_cables "$1" internet; fi
}

# net_cables HOSTS BRIDGE: plugs all hosts into the bridge, or out of it with an empty name.
net_cables() {
    i=1
    while [ "$i" -le "$1" ]; do
        # shellcheck disable=SC2086
        ip -n "$(netns_of net)" link set "host$i" ${2:+master} ${2:-nomaster}
        i=$((i + 1))
    done
}

# shape NETNS DEVICE MBIT: a bucket of 4 ms, a queue of 50 ms.
shape() {
    [ -n "$3" ] || return 0
    burst=$(($3 * 500))
    [ "$burst" -ge 65536 ] || burst=65536
    tc -n "$1" qdisc add dev "$2" root tbf rate "$3mbit" burst "$burst" latency 50ms
}

# lab_spaces: the namespaces of this lab that exist.
lab_spaces() {
    for space in /run/netns/vio-"$LAB"-*; do
        [ ! -e "$space" ] || echo "${space##*/}"
    done
}

# Neighbour tables are shared by all namespaces of a kernel: a thousand guests need more than the usual 1024 entries.
# The old values are kept for the whole machine, not in the state folder, and come back with the last lab of whatever state folder.
SYSCTLS=/run/violin-neighbours

raise_sysctls() {
    [ ! -f "$SYSCTLS" ] || return 0
    for family in ipv4 ipv6; do
        for pair in gc_thresh1=8192 gc_thresh2=32768 gc_thresh3=65536; do
            file=/proc/sys/net/$family/neigh/default/${pair%=*}
            [ -w "$file" ] || continue
            old=$(cat "$file") # not "read": sh reads single bytes and sysctl files answer only the first
            [ "$old" -lt "${pair#*=}" ] || continue
            echo "$file $old" >>"$SYSCTLS"
            echo "${pair#*=}" >"$file"
        done
    done
}

restore_sysctls() {
    [ -f "$SYSCTLS" ] || return 0
    for space in /run/netns/vio-*; do
        [ ! -e "$space" ] || return 0
    done
    while read -r file old; do echo "$old" >"$file" || true; done <"$SYSCTLS"
    rm -f "$SYSCTLS"
}

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The wire between the two overlay hosts. Usually it is one veth pair, "wire0" in both namespaces: the lab's own way, veth -
# bridge - veth, would charge each packet of a segmented wire with processor time that no network card takes. With loss it is
# the lab's veths "eth0" and, where the bridge was, the relay impair. The addresses of the hosts move to what is in use.

wire=eth0 # the device in use

wire_up() {
    ip -n "$(netns_of host1)" link add wire0 mtu 1500 type veth peer name wire0 mtu 1500 netns "$(netns_of host2)"
    for side in 1 2; do ip -n "$(netns_of "host$side")" link set wire0 up; done
}

# use_wire DEVICE
use_wire() {
    [ "$wire" != "$1" ] || return 0
    for side in 1 2; do
        # New before old: there is no moment without the address, which would end connections.
        ip -n "$(netns_of "host$side")" address add "$(address_of "host$side")/24" dev "$1"
        ip -n "$(netns_of "host$side")" address del "$(address_of "host$side")/24" dev "$wire"
    done
    wire=$1
}

# underlay SETTING: brings the wire into that state from any other. False, and "reason" set, if it cannot.
underlay() {
    impair_off
    for side in 1 2; do
        tc -n "$(netns_of "host$side")" qdisc del dev wire0 root 2>/dev/null || true
    done
    case $1 in
        loss*)
            use_wire eth0
            # The relay must see single packets, or many would be lost as one.
            for side in 1 2; do
                offloads "host$side" eth0 off on
                offloads net "host$side" off off
                ip -n "$(netns_of net)" link set "host$side" nomaster
            done
            return 0
            ;;
    esac
    for side in 1 2; do
        ip -n "$(netns_of net)" link set "host$side" master internet
        case $1 in
            segmented | shaped) offloads "host$side" wire0 off on ;;
            *) offloads "host$side" wire0 on off ;;
        esac
        case $1 in
            mtu1280) ip -n "$(netns_of "host$side")" link set wire0 mtu 1280 ;;
            *) ip -n "$(netns_of "host$side")" link set wire0 mtu 1500 ;;
        esac
    done
    use_wire wire0
    [ "$1" = shaped ] || return 0
    for side in 1 2; do
        # 1 ms of bucket: a late timer costs no rate; 25 ms of queue.
        tc -n "$(netns_of "host$side")" qdisc add dev wire0 root tbf rate 1gbit burst 125kb latency 25ms ||
            { reason="this kernel has no tbf queue"; return 1; }
    done
}

# offloads NAMESPACE DEVICE on|off GRO: whether it passes super-frames whole, and joins what it receives as a network card
# would. Checksums stay offloaded: without that the kernel refuses UDP_SEGMENT.
offloads() {
    nsenter "--net=/run/netns/$(netns_of "$1")" ethtool -K "$2" gso "$3" tso "$3" tx-udp-segmentation "$3" gro "$4" >/dev/null
}

# impair_on SETTING RUN: for loss*, 10 ms each way and the loss of the setting. The relay starts anew for each measurement
# with the number of the run as seed: each peer of a run meets the same dice.
impair_on() {
    case $1 in
        loss0.1) per_million=1000 ;;
        loss1) per_million=10000 ;;
        *) return 0 ;;
    esac
    : >"$work/impair.out"
    nsenter "--net=/run/netns/$(netns_of net)" "$work/impair" host1 host2 10000 "$per_million" "$2" >"$work/impair.out" 2>&1 &
    impair_pid=$!
    until_true 50 grep -q ready "$work/impair.out" || die "the lossy wire did not start: $(cat "$work/impair.out")"
}

impair_pid=
impair_off() {
    [ -n "$impair_pid" ] || return 0
    kill "$impair_pid" 2>/dev/null || true
    wait "$impair_pid" 2>/dev/null || true
    impair_pid=
    grep -v ready "$work/impair.out" | sed 's/^/    wire from /' >&2 || true
}

# until_true TENTHS COMMAND...: tries every tenth of a second.
until_true() {
    tries=$1
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

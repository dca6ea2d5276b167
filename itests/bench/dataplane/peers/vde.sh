# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Virtual Distributed Ethernet: a vde_switch with a TAP at each host, joined by vde_plug over UDP, no cipher.
packages="vde2:vde_switch vdeplug:vde_plug"
peer_version() { vde_switch --version; }
peer_start() {
    for side in 1 2; do
        # In the foreground it reads commands from its standard input and ends with it.
        on $side vde_switch --daemon --pidfile "$dir/pid$side" --sock "$dir/switch$side" --tap dpbnic$side >>"$dir/log" 2>&1 </dev/null || return 1
        until_true 50 test -s "$dir/pid$side" && until_true 50 test -S "$dir/switch$side/ctl" || return 1
        pids="$pids $(cat "$dir/pid$side")"
        tunnel $side vde_plug "vde://$dir/switch$side" "udp://$(address_of host$side):7000->$(address_of host$((3 - side))):7000"
    done
    take_nics 1400
}

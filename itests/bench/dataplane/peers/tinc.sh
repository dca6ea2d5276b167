# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# tinc as a switch, without cipher and digest.
packages=tinc:tincd
peer_version() { tincd --version; }
peer_start() {
    for side in 1 2; do
        mkdir -p "$dir/$side/hosts"
        printf '%s\n' "Name = h$side" "Mode = switch" "DeviceType = tap" "Interface = dpbnic$side" "AddressFamily = ipv4" \
            "ConnectTo = h$((3 - side))" >"$dir/$side/tinc.conf"
        printf '%s\n' "Address = $(address_of host$side)" "Cipher = none" "Digest = none" "Compression = 0" >"$dir/$side/hosts/h$side"
        tincd -c "$dir/$side" -K 2048 >>"$dir/log" 2>&1 </dev/null || return 1
    done
    for side in 1 2; do
        cp "$dir/$((3 - side))/hosts/h$((3 - side))" "$dir/$side/hosts/"
        tunnel $side tincd -c "$dir/$side" -D --pidfile="$dir/$side/pid"
    done
    take_nics 1400
}

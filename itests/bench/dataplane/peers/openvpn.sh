# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# OpenVPN with a TAP, point to point, AES-128-GCM: version 2.6 does not start without a cipher.
packages="openvpn:openvpn openssl:openssl"
peer_version() { openvpn --version; }
peer_start() {
    for side in 1 2; do
        (umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=h$side" \
            -keyout "$dir/key$side" -out "$dir/cert$side") >>"$dir/log" 2>&1 || return 1
    done
    : >"$dir/log"
    for side in 1 2; do
        role=--tls-client
        [ $side = 1 ] || role="--tls-server --dh none"
        # shellcheck disable=SC2086
        tunnel $side openvpn --verb 1 --dev dpbnic$side --dev-type tap --proto udp4 --port 1194 --local "$(address_of host$side)" \
            --remote "$(address_of host$((3 - side)))" $role --cert "$dir/cert$side" --key "$dir/key$side" --peer-fingerprint \
            "$(openssl x509 -in "$dir/cert$((3 - side))" -noout -fingerprint -sha256 | sed 's/.*=//')" --data-ciphers AES-128-GCM --cipher AES-128-GCM
    done
    take_nics 1400
}

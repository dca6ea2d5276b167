# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# WireGuard in user space: layer 3, always encrypted. Versions from 2023 on use segmentation offload; the first
# wireguard-go on the PATH is taken.
packages="wireguard-go:wireguard-go wireguard-tools:wg"
case $(wireguard-go --version 2>/dev/null | head -n 1) in
    *0.0.2020* | *0.0.2021* | *0.0.2022*) segments=no ;;
    *) segments=yes ;;
esac
peer_version() { wireguard-go --version; }
peer_start() {
    for side in 1 2; do
        (umask 077; wg genkey >"$dir/key$side") || return 1
        tunnel $side wireguard-go -f dpbnic$side
    done
    for side in 1 2; do
        until_true 50 on $side ip link show dpbnic$side && until_true 50 on $side wg show dpbnic$side || return 1
        on $side wg set dpbnic$side private-key "$dir/key$side" listen-port 51820 \
            peer "$(wg pubkey <"$dir/key$((3 - side))")" allowed-ips 10.77.0.0/24 endpoint "$(address_of host$((3 - side))):51820" || return 1
    done
    take_nics 1420
}

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The kernel's VXLAN behind the kernel's bridge; the guest's veth is another port of it.
segments=-
peer_version() { echo "Linux $(uname -r)"; }
peer_start() {
    vxlan_mtu=$(($(ip -n "$(netns_of host1)" -o link show "$wire" | sed 's/.* mtu \([0-9]*\).*/\1/') - 50))
    for side in 1 2; do
        ip -n "$(netns_of "host$side")" -batch - <<EOF || return 1
link add dpbr mtu $vxlan_mtu type bridge stp_state 0 mcast_snooping 0
link add dpbx mtu $vxlan_mtu type vxlan id 77 local $(address_of host$side) remote $(address_of host$((3 - side))) dstport 4789 dev $wire
link add dpbport mtu $vxlan_mtu type veth peer name dpbnic$side mtu $vxlan_mtu
link set dpbx master dpbr up
link set dpbport master dpbr up
link set dpbr up
EOF
    done
    take_nics "$vxlan_mtu"
}

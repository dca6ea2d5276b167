# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# VIOLIN: vHost, TAP, vSwitch, tunnel. It runs all the time; the pids are those of the containers, never ended here.
segments=violin
space1=$(netns_of vb-1) space2=$(netns_of vb-2) nic=eth0
[ "${setting:-}" != mtu9000 ] || space1=$(netns_of vb9000-1) space2=$(netns_of vb9000-2)
peer_version() { "$ME" version; }
peer_start() { pids="$(host_pid "$DIR" host1) $(host_pid "$DIR" host2)"; }

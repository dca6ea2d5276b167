# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# VIOLIN with vNICs of 1500 bytes, as a peer of VIOLIN with larger ones.
segments=violin
space1=$(netns_of vb-1) space2=$(netns_of vb-2) nic=eth0
peer_start() { pids="$(host_pid "$DIR" host1) $(host_pid "$DIR" host2)"; }

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# VIOLIN as it is by default: the same hosts and tunnels, a violin of cipher aead beside the one in the clear.
segments=violin
space1=$(netns_of vs-1) space2=$(netns_of vs-2) nic=eth0 target=10.77.0.2
peer_start() { pids="$(host_pid "$DIR" host1) $(host_pid "$DIR" host2)"; }

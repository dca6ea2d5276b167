# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# No overlay: between the overlay hosts themselves, over the same wire.
segments=-
space1=$(netns_of host1) space2=$(netns_of host2)
nic=$wire target=$(address_of host2)
peer_start() { :; }

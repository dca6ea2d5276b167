# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# fastd with method null: keys are exchanged, payload is plain.
packages=fastd:fastd
peer_version() { fastd --version; }
peer_start() {
    for side in 1 2; do (umask 077; fastd --machine-readable --generate-key >"$dir/key$side" 2>>"$dir/log") || return 1; done
    for side in 1 2; do
        public=$(fastd --machine-readable --show-key --config - 2>>"$dir/log" <<EOF
secret "$(cat "$dir/key$((3 - side))")";
EOF
        ) || return 1
        (umask 077; cat >"$dir/$side.conf") <<EOF
log level warn;
mode tap;
interface "dpbnic$side";
mtu 1426;
method "null";
bind $(address_of host$side):10000;
secret "$(cat "$dir/key$side")";
peer "other" { key "$public"; remote $(address_of host$((3 - side))):10000; }
EOF
        tunnel $side fastd --config "$dir/$side.conf"
    done
    take_nics 1426
}

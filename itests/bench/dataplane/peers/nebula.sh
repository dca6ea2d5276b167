# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Nebula: layer 3, always encrypted (AES-256-GCM); host 1 is the lighthouse.
packages=nebula:nebula
peer_version() { nebula -version; }
peer_start() {
    (
        umask 077
        cd "$dir" && nebula-cert ca -name bench -duration 48h && for side in 1 2; do nebula-cert sign -name h$side -ip 10.77.0.$side/24 || exit 1; done
    ) >>"$dir/log" 2>&1 || return 1
    for side in 1 2; do
        cat >"$dir/$side.yml" <<EOF
pki: {ca: $dir/ca.crt, cert: $dir/h$side.crt, key: $dir/h$side.key}
static_host_map: {"10.77.0.$((3 - side))": ["$(address_of host$((3 - side))):4242"]}
lighthouse: {am_lighthouse: $([ $side = 1 ] && echo true || echo false), interval: 60, hosts: [$([ $side = 1 ] || echo '"10.77.0.1"')]}
listen: {host: $(address_of host$side), port: 4242}
tun: {dev: dpbnic$side, mtu: 1440}
logging: {level: warning, format: text}
firewall:
  outbound: [{port: any, proto: any, host: any}]
  inbound: [{port: any, proto: any, host: any}]
EOF
        tunnel $side nebula -config "$dir/$side.yml"
    done
    # It sets the address of the device itself; only then may it be moved.
    for side in 1 2; do until_true 50 nebula_ready $side || return 1; done
    take_nics 1440
}
nebula_ready() { on "$1" ip -4 -o address show dev "dpbnic$1" up | grep -q 10.77; }

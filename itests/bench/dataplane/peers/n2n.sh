# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# n2n: two edges, the supernode at host 1; always encrypted with its own cipher (Twofish).
packages="n2n:edge net-tools:ifconfig"
peer_version() { edge -h; }
peer_start() {
    tunnel 1 supernode -l 7654
    N2N_KEY=$(random_word 8)
    export N2N_KEY
    for side in 1 2; do
        tunnel $side edge -d dpbnic$side -a 10.77.0.$side -s 255.255.255.0 -c bench -l "$(address_of host1):7654" -p 5000$side
    done
    for side in 1 2; do until_true 50 n2n_ready $side || return 1; done
    take_nics 1400
}
n2n_ready() { on "$1" ip -4 -o address show dev "dpbnic$1" up | grep -q 10.77; }

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin bench dataplane|swap|flood|routing|placement|links: the measurements below itests/bench, which are only in a source tree.

bench() {
    case ${1:-} in
        dataplane) space=dp ;;
        swap) space=sw ;;
        flood) space=fl ;;
        routing) space=ro ;;
        placement) space=pl ;;
        links) space=lk ;;
        *) usage "bench ${1:-}: the words are dataplane, swap, flood, routing, placement, links. See: violin help bench" ;;
    esac
    program=$ROOT/itests/bench/$1/run.sh
    [ -x "$program" ] || die "benchmarks run in a source tree; this is an unpacked distribution"
    [ "$1" = placement ] || need_root "bench $1"
    shift
    VIOLIN_LAB=${VIOLIN_LAB:-$space} exec "$program" "$@"
}

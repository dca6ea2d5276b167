# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin bench dataplane: the measurements below itests/bench, which are only in a source tree.

bench() {
    case ${1:-} in
        dataplane) shift ;;
        *) usage "bench ${1:-}: the only word is dataplane. See: violin help bench" ;;
    esac
    [ -x "$ROOT/itests/bench/dataplane/run.sh" ] || die "benchmarks run in a source tree; this is an unpacked distribution"
    need_root 'bench dataplane'
    VIOLIN_LAB=${VIOLIN_LAB:-dp} exec "$ROOT/itests/bench/dataplane/run.sh" "$@"
}

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Placement: how near to proven bounds, how fast, how often a request is accepted, how little is moved. Called by "violin bench placement", see
# "violin help bench". Compiles itests/src/test/java/org/violin/itests/bench/placement against the sources of the bundles placement*.
# Result on standard output, progress on standard error. Status 1 when the independent checker found a fault.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
ME=$ROOT/violin
PARTS=$ROOT/launcher
. "$PARTS/base.sh"
use build

runs=1 only=zoo,sndlib,scale,vne,tight,moves format=table proof=60
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage "bench placement $1: a value is missing, or it is unknown. See: violin help bench"
    case $1 in
        --runs) runs=$2 ;;
        --only) only=$2 ;;
        --proof) proof=$2 ;;
        -o) format=$2 ;;
        *) usage "bench placement $1: unknown option. See: violin help bench" ;;
    esac
    shift 2
done
is_number "$runs" 1 100 || usage "bench placement --runs $runs: 1 to 100"
is_number "$proof" 0 86400 || usage "bench placement --proof $proof: 0 to 86400 seconds"
case $format in table | json) ;; *) usage "bench placement -o $format: table or json" ;; esac
for part in $(echo "$only" | tr ',' ' '); do
    case $part in zoo | sndlib | scale | vne | tight | moves) ;; *) usage "bench placement --only $part: zoo, sndlib, scale, vne, tight or moves" ;; esac
done
[ -n "$only" ] || usage "bench placement --only: zoo, sndlib, scale, vne, tight or moves"
DATA=${VIOLIN_DATA:-$ROOT/../shared/data}
find_java || die "no JDK 17 or 21 found. Run: $ME bootstrap"

# The libraries come from what was built; the sources of placement itself are compiled here, so that a change is measured at once.
# jar FOLDER: the newest one below that folder of the distribution or of Maven's repository.
jar() { find "$DIST/system/$1" "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/$1" -name '*.jar' 2>/dev/null | sort | tail -n 1; }
path=
for one in com/fasterxml/jackson/core/jackson-databind com/fasterxml/jackson/core/jackson-core com/fasterxml/jackson/core/jackson-annotations \
    org/osgi/org.osgi.service.component.annotations org/osgi/org.osgi.service.metatype.annotations org/osgi/org.osgi.annotation.versioning \
    org/osgi/org.osgi.annotation.bundle; do
    found=$(jar "$one")
    [ -n "$found" ] || die "no library $one. Run: $ME bootstrap"
    path=$path$found:
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
find "$ROOT/bundles/api/src/main/java/org/violin/api/placement" "$ROOT"/bundles/placement*/src/main/java \
    "$ROOT/itests/src/test/java/org/violin/itests/bench/placement" -name '*.java' ! -name '*IT.java' >"$work/sources"
"$JAVA_HOME/bin/javac" -proc:none -nowarn -d "$work/classes" -cp "$path" -sourcepath "$ROOT/bundles/api/src/main/java" "@$work/sources" >&2
status=0
"$JAVA_HOME/bin/java" -Xmx6g -cp "$work/classes:$path" org.violin.itests.bench.placement.PlacementBench "$DATA" "$only" "$format" "$runs" "$proof" || status=$?
exit $status

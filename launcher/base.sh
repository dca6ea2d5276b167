# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Names, folders and messages that all parts of the launcher share. Sourced by "violin" at every call: no forks here.

STATE=${VIOLIN_STATE:-/var/lib/violin}
LAB=${VIOLIN_LAB:-lab}
LOCAL=local # the "lab" that holds the overlay hosts of a real machine
DIR=$STATE/$LAB
SSH_PORT=8101
JMX_PORT=1099
ZOOKEEPER_PORT=2181
TUNNEL_PORT=4790
ENROLMENT_PORT=4791
CONTROL_PORT=4792

case $LAB in
    '' | *[!a-z0-9]* | ?????????*) echo "violin: VIOLIN_LAB is '$LAB': use 1 to 8 of a-z and 0-9" >&2; exit 2 ;;
esac

# The distribution: built here, or this folder itself when it is an unpacked archive.
if [ -f "$ROOT/pom.xml" ]; then
    DIST=$ROOT/karaf-assembly/target/assembly
    SEED=$ROOT/karaf-assembly/target/seed
else
    DIST=$ROOT
    SEED=$ROOT/seed
fi

bold="" dim="" red="" green="" yellow="" plain=""
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    esc=$(printf '\033')
    bold="${esc}[1m" dim="${esc}[2m" red="${esc}[31m" green="${esc}[32m" yellow="${esc}[33m" plain="${esc}[0m"
fi

# use PART...: loads launcher/PART.sh once.
use() {
    for part in "$@"; do
        case " ${used:-} " in *" $part "*) continue ;; esac
        used="${used:-} $part"
        # shellcheck source=/dev/null
        . "$PARTS/$part.sh"
    done
}

say() { printf '%s\n' "$*"; }
note() { printf '%s\n' "$dim$*$plain"; }
warn() { printf '%s\n' "violin: $*" >&2; }
die() { warn "$@"; exit 1; }
usage() { warn "$@"; exit 2; }

# millis: wall clock, for the times that are printed.
millis() { echo $(($(date +%s%N) / 1000000)); }

# seconds MILLIS: "1234" -> "1.2 s".
seconds() { echo "$(($1 / 1000)).$(($1 % 1000 / 100)) s"; }

have() { command -v "$1" >/dev/null 2>&1; }

# need_root VERB: everything that touches namespaces needs it; said before anything is changed.
need_root() {
    [ "$(id -u)" -eq 0 ] || die "'$1' needs root (namespaces, TAP devices, cgroups). Run: sudo $ME $1"
}

# is_number TEXT LOW HIGH
is_number() {
    case $1 in '' | *[!0-9]* | ??????????*) return 1 ;; esac
    [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# is_name TEXT: 1 to 32 of a-z, 0-9 and "-", a letter first; is also a host name and a file name.
is_name() {
    case $1 in [!a-z]* | '' | *[!a-z0-9-]* | *-) return 1 ;; esac
    [ ${#1} -le 32 ]
}

# lock NAME [SECONDS]: one change of a state folder at a time; ended with the process. Waits so long for whoever is at
# it. Descriptor 9 is closed for what stays behind.
lock() {
    mkdir -p "$STATE"
    chmod 700 "$STATE"
    exec 9>"$STATE/.lock-$1"
    flock -w "${2:-0}" 9 || die "another violin command is changing '$1' now; wait for it to end"
    # Who held it may have removed the file on its way out (unlock): then this is the lock of nobody.
    [ "$(stat -Lc %i "/proc/$$/fd/9")" = "$(stat -c %i "$STATE/.lock-$1" 2>/dev/null)" ] || lock "$@"
}

# unlock NAME: the lock's file goes, too, and the folder with the last of them.
unlock() {
    rm -f "$STATE/.lock-$1"
    rmdir "$STATE" 2>/dev/null || true
}

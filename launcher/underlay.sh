# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Distances in a lab's emulated Internet: a relay of our own takes the bridge's place and carries each frame a time that the
# pair of hosts has (bundles/underlay). The same on every kernel, and a matrix of any size; netem knows one delay per device.
# Folder LAB/underlay: delays (we write, it reads), state (it writes, we read), words, pid, out.log.

use karaf net

WIRE=$DIR/underlay

# read_underlay WORDS: sets mbit, and delays: the words that say the distances; both were set before.
read_underlay() {
    old=$IFS
    IFS=,
    for word in $1; do
        case $word in
            mbit=*) mbit=${word#mbit=} ;;
            delay=?* | delays=?*)
                case $delays in *delay*=*) usage "--underlay $word: one of delay= and delays= is enough" ;; esac
                [ "${word%%=*}" = delay ] || word=delays=$(path_of "${word#delays=}")
                delays="$word$delays"
                ;;
            hosts=?*) delays="$delays $word" rows=${word#hosts=} ;;
            *) usage "--underlay $word: the words are mbit=NUMBER, delay=TIME or delays=FILE, hosts=ROW:ROW:..." ;;
        esac
    done
    IFS=$old
    delays=${delays% }
    case $delays in
        ' hosts='*) usage "--underlay $1: hosts= chooses rows of the matrix that delays=FILE names" ;;
        'delay='*hosts=*) usage "--underlay $1: hosts= chooses rows of a matrix; delay= has none" ;;
    esac
}

# path_of FILE: as others see it who work elsewhere.
path_of() {
    case $1 in *[[:space:],]*) usage "$1: no blanks and commas in the name, please" ;; esac
    readlink -f "$1" || echo "$1"
}

# relay_java DIST: sets JAVA_HOME and classes.
relay_java() {
    use build
    find_java || die "no JDK 17 or 21 found. Run: violin bootstrap"
    classes=
    for part in api linux underlay; do
        for jar in "$1/system/org/violin/violin-$part"/*/*.jar; do
            [ -f "$jar" ] || die "$1 lacks the jar of '$part'; build again: violin bootstrap"
            classes=$classes:$jar
        done
    done
    classes=${classes#:}
}

relay_run() { "$JAVA_HOME/bin/java" -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp "$classes" org.violin.underlay.Main "$@"; }

# delays_check DIST HOSTS WORDS FILE: writes the delays into FILE; or says what is wrong with them, and status 2.
delays_check() {
    relay_java "$1"
    # shellcheck disable=SC2086
    if relay_run check "$2" $3 >"$4"; then return 0; fi
    rm -f "$4"
    warn "these delays are refused; nothing was changed"
    return 2
}

# delays_store WORDS CHECKED: the relay sees both or none; sets id.
delays_store() {
    id=$(random_word 4)
    { echo "# $id"; cat "$2"; } >"$WIRE/delays.new"
    rm -f "$2"
    echo "$1" >"$WIRE/words"
    mv "$WIRE/delays.new" "$WIRE/delays"
}

# relay_start DIST: waits until it carries frames.
relay_start() {
    relay_java "$1"
    rm -f "$WIRE/state"
    set -- "$JAVA_HOME/bin/java" -Xms16m -Xmx64m -XX:MaxDirectMemorySize=160m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -cp "$classes" org.violin.underlay.Main relay "$WIRE"
    # It goes before all else where that is allowed: a lab's containers keep a machine busy, and a late frame is a wrong distance.
    if chrt -r 1 true 2>/dev/null; then set -- chrt -r 1 "$@"; elif nice -n -10 true 2>/dev/null; then set -- nice -n -10 "$@"; fi
    (
        cd "$WIRE" || exit 1
        exec setsid nsenter "--net=/run/netns/$(netns_of net)" "$@" >"$WIRE/out.log" 2>&1 </dev/null 9>&-
    ) &
    remember_pid $! "$WIRE/pid"
    relay_wait "$id"
}

# relay_wait ID: until it works with those delays.
relay_wait() {
    for try in $(seq 1 200); do
        [ "$(sed -n 's/^id=//p' "$WIRE/state" 2>/dev/null)" != "$1" ] || return 0
        host_pid "$DIR" underlay >/dev/null || die "the relay of the underlay ended: $(tail -n 5 "$WIRE/out.log")"
        sleep 0.05
    done
    die "the relay of the underlay does not answer: $(tail -n 5 "$WIRE/out.log")"
}

# lab delays FILE [hosts=I:J..] | TIME | off: another matrix in a running lab; guests and containers go on.
lab_delays() {
    case ${1:-} in
        '') usage "lab delays: give FILE [hosts=ROW:ROW:...], TIME or off. See: violin help lab" ;;
        -*) usage "lab delays $1: unknown option. See: violin help lab" ;;
    esac
    need_root 'lab delays'
    [ -f "$DIR/lab.conf" ] || die "no lab '$LAB' is up. Start one: violin lab up -n 3"
    lock "$LAB" 120
    . "$DIR/lab.conf"
    if [ "$1" = off ]; then
        [ $# -eq 1 ] || usage "lab delays off takes no more words"
        end_host "$DIR" underlay KILL 5
        rm -rf "$WIRE"
        net_cables "$count" internet
        say "lab $LAB: no delays"
        return 0
    fi
    case $1 in
        [0-9]*s) words=delay=$1 ;;
        *)
            [ -f "$1" ] || usage "lab delays $1: no such file, and no time such as 20ms"
            words=delays=$(path_of "$1")
            ;;
    esac
    case ${2:-} in
        hosts=?*) words="$words $2" ;;
        '') ;;
        *) usage "lab delays $1 $2: the only word behind a file is hosts=ROW:ROW:..." ;;
    esac
    case $words in delay=*hosts=*) usage "lab delays $1 $2: hosts= chooses rows of a matrix" ;; esac
    delays_check "$DIR/dist" "$count" "$words" "$DIR/.delays" || exit 2
    mkdir -p "$WIRE"
    delays_store "$words" "$DIR/.delays"
    if host_pid "$DIR" underlay >/dev/null; then
        relay_wait "$id"
    else
        net_cables "$count" ''
        relay_start "$DIR/dist"
    fi
    say "lab $LAB: $words"
}

# underlay_status FORMAT: a line, or a JSON member with a comma before it; nothing without delays.
underlay_status() {
    [ -f "$WIRE/words" ] || return 0
    words=$(cat "$WIRE/words")
    p=$(host_pid "$DIR" underlay) || p=0
    if [ "$1" = json ]; then
        printf ',"underlay":{"delays":"%s","pid":%s%s}' "$(printf '%s' "$words" | sed 's/[\\"]/\\&/g')" "$p" \
            "$(sed -n '/^id=/d; s/^\([a-z_]*\)=\([0-9]*\)$/,"\1":\2/p' "$WIRE/state" 2>/dev/null | sed 's/_\([a-z]\)/\U\1/g' | tr -d '\n')"
    elif [ "$p" = 0 ]; then
        say "underlay   $words: ${red}its relay is down$plain, hosts do not reach each other. Again: violin lab delays ..."
    else
        say "underlay   $words; relay $p: $(sed '/^id=/d; y/=_/  /' "$WIRE/state" | awk '{v = $NF; $NF = ""; printf "%s%s%s", (NR > 1 ? ", " : ""), $0, v}')"
    fi
}

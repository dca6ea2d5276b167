# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin host ...: one overlay host on a real machine. Its folder lies in STATE/local, or in the one given by --state.

use karaf clean call net lab

host() {
    action=${1:-status}
    [ $# -eq 0 ] || shift
    case $action in
        token | remove) DIR=$STATE/$LOCAL; host_call "host-$action" "$@"; return ;;
    esac
    host_name='' host_address='' host_join='' token_file='' place=$STATE/$LOCAL wipe='' JMX_ADDRESS=127.0.0.1 LABELS='' new_labels=''
    while [ $# -gt 0 ]; do
        case $1 in
            --wipe) wipe=yes; shift; continue ;;
            --*) [ $# -ge 2 ] || usage "host $action $1 needs a value" ;;
            *) usage "host $action $1: unknown word. See: violin help host" ;;
        esac
        case $1 in
            --name) host_name=$2 ;;
            --address) host_address=$2 ;;
            --join) host_join=$2 ;;
            --token-file) token_file=$2 ;;
            --state) mkdir -p "$2"; place=$(cd "$2" && pwd) ;;
            --ssh-port) SSH_PORT=$(port_of "$1" "$2") ;;
            --ssh-address) SSH_ADDRESS=$2 ;;
            --control-port) CONTROL_PORT=$(port_of "$1" "$2") ;;
            --enrolment-port) ENROLMENT_PORT=$(port_of "$1" "$2") ;;
            --jmx-port) JMX_PORT=$(port_of "$1" "$2") ;;
            --jmx-address) JMX_ADDRESS=$2 ;;
            --tunnel-port) TUNNEL_PORT=$(port_of "$1" "$2") ;;
            --zookeeper-port) ZOOKEEPER_PORT=$(port_of "$1" "$2") ;;
            --cpus) CPUS=$2 ;;
            --memory-megabytes) MEMORY=$2 ;;
            --labels) labels_check "$1" "$2"; LABELS=$2 new_labels=yes ;;
            *) usage "host $action $1: unknown option. See: violin help host" ;;
        esac
        shift 2
    done
    case $action in
        start) host_start ;;
        stop) host_stop ;;
        status) host_status ;;
        *) usage "host $action: the words are start, stop, status, token, remove. See: violin help host" ;;
    esac
}

port_of() {
    is_number "$2" 1 65535 || usage "$1 $2: a port is a number from 1 to 65535"
    echo "$2"
}

# A host that was started before keeps its settings: "host start" without options starts it again.
host_start() {
    need_root 'host start'
    if [ -z "$host_name" ]; then only_host; fi
    is_name "$host_name" || usage "host start --name '$host_name': 1 to 32 of a-z, 0-9 and -, a letter first"
    if [ ! -f "$place/$host_name/host.conf" ]; then
        [ -n "$host_address" ] || usage "host start --name $host_name --address IP: the address of this machine that the others reach"
        ip -o address show | grep -qF " $host_address/" || die "--address $host_address: no interface of this machine has it. See: ip -br address"
        token=
        if [ -n "$token_file" ]; then read_token "$token_file"; fi
        if [ -n "$host_join" ] && [ -z "$token" ]; then
            usage "--join needs --token-file F: on the first host, 'violin host token >F' makes it"
        fi
    elif [ -n "$host_join$token_file$host_address" ]; then
        warn "$host_name exists and keeps its settings ($place/$host_name/etc/org.violin.members.cfg)"
    fi
    if [ -n "$new_labels" ] && host_pid "$place" "$host_name" >/dev/null; then
        set_labels "$place/$host_name/etc/org.violin.members.cfg"
        say "$host_name has other labels: ${LABELS:-none}"
        return 0
    fi
    ! host_pid "$place" "$host_name" >/dev/null || die "$host_name runs already. See: violin host status"
    use build
    bootstrap --quiet
    lock "$LOCAL"
    begin=$(millis)
    mkdir -p "$place"
    chmod 700 "$place"
    new_cluster "$place"
    before=$(cat "$place/dist/.violin-stamp" 2>/dev/null || true)
    copy_dist "$place"
    if [ ! -f "$place/$host_name/host.conf" ]; then
        new_host "$place" "$host_name" "$host_address" "$host_join" '' "$token"
    elif [ "$before" != "$(cat "$place/dist/.violin-stamp")" ]; then
        # Another build: the cache of bundles is of the old one, settings and stored state stay.
        rm -rf "$place/$host_name/data/cache"
        [ ! -d "$place/seed/cache" ] || cp -r "$place/seed/cache" "$place/$host_name/data/cache"
    fi
    if [ -n "$new_labels" ]; then set_labels "$place/$host_name/etc/org.violin.members.cfg"; fi
    start_host "$place" "$host_name"
    wait_hosts "$place" "$host_name" "$begin"
    [ -n "$host_join" ] || note "others join with: violin host start --name N --address IP --token-file F; F: violin host token >F"
}

# set_labels FILE: also of a host that exists; its other settings stay.
set_labels() {
    (umask 077; { sed '/^labels *=/d' "$1"; echo "labels = $LABELS"; } >"$1.new" && mv "$1.new" "$1")
}

# only_host: the one host of this folder, when there is just one.
only_host() {
    for conf in "$place"/*/host.conf; do
        [ -f "$conf" ] || continue
        [ -z "$host_name" ] || usage "several overlay hosts in $place: say which by --name"
        host_name=${conf%/host.conf}
        host_name=${host_name##*/}
    done
    [ -n "$host_name" ] || usage "no overlay host in $place yet: violin host start --name N --address IP"
}

# Guests outlive their container: "stop" leaves them running, "stop --wipe" removes them and all state.
host_stop() {
    need_root 'host stop'
    lock "$LOCAL"
    if [ -z "$host_name" ]; then only_host; fi
    [ -f "$place/$host_name/host.conf" ] || die "no overlay host '$host_name' in $place"
    end_host "$place" "$host_name" TERM 20
    if [ -z "$wipe" ]; then
        say "$host_name stopped; its guests go on. Start: violin host start; away with guests and state: violin host stop --wipe"
        return 0
    fi
    end_guests "$place/$host_name"
    unmount_below "$place/$host_name"
    remove_uplinks
    remove_cgroups
    rm -rf --one-file-system "${place:?}/$host_name"
    left=$(guest_processes "$place/$host_name")
    [ -z "$left" ] || die "guests still run: $left"
    # The last one takes keys, token and copied program with it.
    for conf in "$place"/*/host.conf; do [ ! -f "$conf" ] || break; done
    if [ ! -f "$conf" ]; then
        rm -rf --one-file-system "${place:?}"
        unlock "$LOCAL"
    fi
    say "$host_name stopped, its guests and its folder are gone"
}

end_guests() {
    for round in 1 2 3 4 5; do
        strays="$(guest_processes "$1") $(working_processes "$1")"
        [ -n "${strays## }" ] || return 0
        # shellcheck disable=SC2086
        kill -KILL $strays 2>/dev/null || true
        sleep "0.$round"
    done
}

host_status() {
    found='' status=0
    for conf in "$place"/*/host.conf; do
        [ -f "$conf" ] || continue
        found=${conf%/host.conf}
        found=${found##*/}
        . "$conf"
        if p=$(host_pid "$place" "$found"); then
            state=starting
            ! listens "$p" "$ssh_port" || state=up
            say "$found: $state, address $address, ssh $ssh_port, jmx $jmx_port, process $p, $(awk '/^VmRSS/ {print int($2 / 1024)}' "/proc/$p/status") MB, folder $place/$found"
        else
            say "$found: down, address $address, folder $place/$found. Start: violin host start --name $found"
            status=1
        fi
    done
    [ -n "$found" ] || die "no overlay host in $place. Start one: violin host start --name N --address IP"
    return "$status"
}

# host_call VERB WORDS...: token and remove are verbs of a running host.
host_call() {
    need_root "host ${1#host-}"
    call "$@"
}

# read_token FILE: sets token, and host_join to the place it names.
read_token() {
    [ -r "$1" ] || die "$1: cannot be read"
    token=$(grep -v '^#' "$1" | tr -d ' \t\r\n')
    case $token in
        violin1.*.*.*.*:*) ;;
        *) die "$1: holds no token; 'violin host token >F' on the first host makes one" ;;
    esac
    # violin1.ID.SECRET.EXPIRY.HOST:PORT
    rest=${token#*.*.*.}
    expiry=${rest%%.*} rest=${rest#*.}
    case $expiry in '' | *[!0-9]*) die "$1: the token is damaged; make another: violin host token >F" ;; esac
    [ "$expiry" -gt "$(date +%s)" ] || die "$1: the token has expired; make another: violin host token >F"
    [ -n "$host_join" ] || host_join=${rest%:*}
    JOIN_PORT=${rest##*:}
}

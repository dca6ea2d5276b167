# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin host ...: one overlay host on a real machine. Its folder lies in STATE/local, or in the one given by --state.

use karaf clean call net lab

host() {
    action=${1:-status}
    [ $# -eq 0 ] || shift
    host_name='' host_address='' host_join='' token_file='' place=$STATE/$LOCAL wipe='' JMX_ADDRESS=127.0.0.1
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
            --jmx-port) JMX_PORT=$(port_of "$1" "$2") ;;
            --jmx-address) JMX_ADDRESS=$2 ;;
            --tunnel-port) TUNNEL_PORT=$(port_of "$1" "$2") ;;
            --zookeeper-port) ZOOKEEPER_PORT=$(port_of "$1" "$2") ;;
            --cpus) CPUS=$2 ;;
            --memory-megabytes) MEMORY=$2 ;;
            *) usage "host $action $1: unknown option. See: violin help host" ;;
        esac
        shift 2
    done
    case $action in
        start) host_start ;;
        stop) host_stop ;;
        status) host_status ;;
        token) host_token ;;
        *) usage "host $action: the words are start, stop, status, token. See: violin help host" ;;
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
        if [ -n "$host_join" ]; then
            [ -n "$token_file" ] || usage "--join needs --token-file F: on the first host, 'violin host token' prints what belongs there"
            [ -r "$token_file" ] || die "$token_file: cannot be read"
        fi
    elif [ -n "$host_join$token_file$host_address" ]; then
        warn "$host_name exists and keeps its settings ($place/$host_name/etc/org.violin.members.cfg)"
    fi
    ! host_pid "$place" "$host_name" >/dev/null || die "$host_name runs already. See: violin host status"
    use build
    bootstrap --quiet
    lock "$LOCAL"
    begin=$(millis)
    mkdir -p "$place"
    chmod 700 "$place"
    if [ -n "$token_file" ] && [ ! -f "$place/token" ]; then read_token "$token_file"; fi
    new_cluster "$place"
    before=$(cat "$place/dist/.violin-stamp" 2>/dev/null || true)
    copy_dist "$place"
    if [ ! -f "$place/$host_name/host.conf" ]; then
        new_host "$place" "$host_name" "$host_address" "$host_join" ''
    elif [ "$before" != "$(cat "$place/dist/.violin-stamp")" ]; then
        # Another build: the cache of bundles is of the old one, settings and stored state stay.
        rm -rf "$place/$host_name/data/cache"
        [ ! -d "$place/seed/cache" ] || cp -r "$place/seed/cache" "$place/$host_name/data/cache"
    fi
    start_host "$place" "$host_name"
    wait_hosts "$place" "$host_name" "$begin"
    [ -n "$host_join" ] || note "others join with: violin host start --name N --address IP --join ${address:-$host_address} --token-file F; F: violin host token"
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
    remove_cgroups
    rm -rf --one-file-system "${place:?}/$host_name"
    left=$(guest_processes "$place/$host_name")
    [ -z "$left" ] || die "guests still run: $left"
    # The last one takes keys, token and copied program with it.
    for conf in "$place"/*/host.conf; do [ ! -f "$conf" ] || break; done
    if [ ! -f "$conf" ]; then rm -rf --one-file-system "${place:?}"; fi
    say "$host_name stopped, its guests and its folder are gone"
}

end_guests() {
    for round in 1 2 3 4 5; do
        strays=$(guest_processes "$1")
        [ -n "$strays" ] || return 0
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

# What another machine needs to join: the token and the keys of the cluster. Whoever has it is root on all hosts.
host_token() {
    need_root 'host token'
    [ -f "$place/token" ] || die "no cluster in $place yet: violin host start --name N --address IP makes it"
    [ ! -t 1 ] || warn "this is a secret; better: violin host token >violin-token, then copy it by scp and keep it at mode 600"
    echo "# VIOLIN: what a host needs to join. Secret."
    echo "token $(cat "$place/token")"
    echo "cluster-key $(base64 -w0 <"$place/cluster-key")"
    echo "host-key $(base64 -w0 <"$place/host-key")"
}

read_token() {
    (
        umask 077
        for word in token cluster-key host-key; do
            value=$(sed -n "s/^$word //p" "$1")
            [ -n "$value" ] || die "$1: no line '$word'; make the file by 'violin host token' on the first host"
            if [ "$word" = token ]; then
                printf %s "$value" >"$place/token.new"
            else
                echo "$value" | base64 -d >"$place/$word" 2>/dev/null || die "$1: line '$word' is damaged"
                ssh-keygen -y -f "$place/$word" >"$place/$word.pub" 2>/dev/null || die "$1: line '$word' holds no key"
            fi
        done
        known_hosts "$place"
        mv "$place/token.new" "$place/token"
    )
}

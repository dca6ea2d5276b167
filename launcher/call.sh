# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Hands a verb to a running overlay host: OpenSSH with the key of the cluster, the arguments in base64 (NUL between
# them), standard input, output, error and the exit status passed through.

# call [--host H] VERB ARGS...
call() {
    wanted=${VIOLIN_HOST:-}
    while :; do
        case ${1:-} in
            --host) [ $# -ge 2 ] || usage "--host needs a name"; wanted=$2; shift 2 ;;
            --host=*) wanted=${1#--host=}; shift ;;
            *) break ;;
        esac
    done
    [ $# -gt 0 ] || usage "which verb? See: violin help"
    known_verb "$1" || { use help; unknown_verb "$1"; }
    # The option may also stand behind the verb, but never behind "--": that belongs to the guest's program.
    if [ "${2:-}" = --host ] && [ $# -ge 3 ]; then
        wanted=$3 word=$1
        shift 3
        set -- "$word" "$@"
    fi
    choose_host "$wanted"
    case $1 in
        apply | plan) call_apply "$@" ;;
        connect) call_connect "$@" ;;
        exec) far '' "$@" ;;
        run) call_run "$@" ;;
        *) far -n "$@" ;;
    esac
}

known_verb() {
    case $1 in
        apply | click | connect | destroy | doors | drain | events | exec | host-remove | host-token | host-tokens | hosts | link | list | ping-all | place | plan | plugins | ports | routers | routes | run | show | swap | tunnels | verify) ;;
        *) return 1 ;;
    esac
}

# choose_host NAME: sets cluster, name, address, netns, ssh_address, ssh_port.
choose_host() {
    cluster=
    for folder in "$DIR" "$STATE/$LOCAL"; do
        if [ -n "$1" ]; then
            [ ! -f "$folder/$1/host.conf" ] || { cluster=$folder picked=$1; break; }
        else
            for conf in "$folder/host1/host.conf" "$folder"/*/host.conf; do
                [ ! -f "$conf" ] || { cluster=$folder picked=${conf%/host.conf} picked=${picked##*/}; break 2; }
            done
        fi
    done
    if [ -z "$cluster" ]; then
        [ -z "$1" ] || die "no overlay host '$1' below $STATE. Which there are: violin lab status, violin host status"
        [ -r "$STATE" ] || [ "$(id -u)" -eq 0 ] || need_root "$verb"
        die "no overlay host runs on this machine. Start some: violin lab up, or: violin host start --name N --address IP"
    fi
    netns=
    . "$cluster/$picked/host.conf"
}

# far FLAGS WORD...: runs "violin:call" there. -n: the verb reads no input, so leave ours to whoever owns it.
far() {
    flags=$1
    shift
    far_shell "$flags" "violin:call $(printf '%s\0' "$@" | base64 -w0)"
}

# far_shell FLAGS COMMAND: any command of the container's shell.
far_shell() {
    flags=$1
    # shellcheck disable=SC2086
    set -- ssh -F /dev/null $1 -q -i "$cluster/cluster-key" -p "$ssh_port" -o BatchMode=yes -o IdentitiesOnly=yes \
        -o IdentityAgent=none -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$cluster/known_hosts" \
        -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias=violin -o ConnectTimeout=5 -o CheckHostIP=no \
        -o PreferredAuthentications=publickey -o ServerAliveInterval=15 "violin@$ssh_address" "$2"
    [ -z "$netns" ] || set -- nsenter "--net=/run/netns/$netns" "$@"
    # Karaf ends the connection with each command, which OpenSSH reports on standard error whatever its log level.
    if [ "$flags" = -tt ]; then
        if "$@" 2>/dev/null; then far_status=0; else far_status=$?; fi
    else
        {
            far_status=$(
                {
                    { if "$@" 2>&1 >&3 3>&-; then echo 0 >&4; else echo $? >&4; fi; } |
                        sed -u '/^Connection to .* closed by remote host\.\r*$/d' >&2 3>&- 4>&-
                } 4>&1
            )
        } 3>&1
    fi
    if [ "$far_status" -eq 255 ] && ! far_listens; then
        warn "overlay host $name does not answer at $ssh_address:$ssh_port. See: violin lab status, violin host status; log: $cluster/$picked/data/log/karaf.log"
    fi
    return "$far_status"
}

far_listens() {
    use karaf
    far_pid=$(host_pid "$cluster" "$picked") && listens "$far_pid" "$ssh_port"
}

# The file is here and the host may be elsewhere: it travels on standard input.
call_apply() {
    file='' before='' first=yes
    for word in "$@"; do
        if [ -z "$first" ] && [ -z "$file" ] && [ "$before" != -o ] && [ "$before" != --part ] && [ "$before" != --routing ] && [ "$before" != --emulate ] && [ "$before" != --pin ]; then
            case $word in -?*) ;; *) file=$word ;; esac
        fi
        first='' before=$word
    done
    case " $* " in *' --help '*) far -n "$1" --help; return ;; esac
    [ -n "$file" ] || usage "$1 which file? For example: violin $1 examples/figure2.yaml"
    # Rebuild the words with the file's name replaced.
    count=$# replaced=
    while [ "$count" -gt 0 ]; do
        word=$1
        shift
        count=$((count - 1))
        if [ "$word" = "$file" ] && [ -z "$replaced" ]; then
            replaced=yes
            set -- "$@" --stdin "$file"
        else
            set -- "$@" "$word"
        fi
    done
    if [ "$file" = - ]; then
        far '' "$@"
    else
        [ -f "$file" ] || die "$file: no such file"
        [ -r "$file" ] || die "$file: cannot be read"
        far '' "$@" <"$file"
    fi
}

# Results and the files that a timeline names are here, in the user's folder: the container gets whole paths.
call_run() {
    violin_name='' to='' data='' plain='' before='' first=yes count=$#
    while [ "$count" -gt 0 ]; do
        word=$1
        shift
        count=$((count - 1))
        case $before in
            --to) to=$word before='' ; continue ;;
            --data) data=$word before='' ; continue ;;
        esac
        case $word in
            --to | --data) before=$word; continue ;;
            --to=*) to=${word#--to=}; continue ;;
            --data=*) data=${word#--data=}; continue ;;
            --help | --stop) plain=yes ;;
            -*) ;;
            *) [ -n "$first" ] || [ "$before" = --seed ] || [ "$before" = -o ] || [ "$before" = --output ] || violin_name=${violin_name:-$word} ;;
        esac
        first='' before=$word
        set -- "$@" "$word"
    done
    case $before in --to | --data) usage "$before needs a folder" ;; esac
    if [ -n "$plain" ]; then
        far -n "$@"
        return
    fi
    [ -n "$violin_name" ] || usage "run which violin? For example: violin run ospf-ring"
    to=${to:-$violin_name-run-$(date +%Y%m%d-%H%M%S)}
    data=${data:-.}
    case $to in /*) ;; *) to=$PWD/$to ;; esac
    case $data in /*) ;; *) data=$PWD/$data ;; esac
    far -n "$@" --to "$to" --data "$data"
}

# A terminal of the guest's own: ours goes to raw mode, its size travels as arguments.
call_connect() {
    if [ -t 0 ] && [ -t 1 ]; then
        size=$(stty size)
        shift
        far -tt connect --rows "${size% *}" --columns "${size#* }" "$@"
    else
        far '' "$@"
    fi
}

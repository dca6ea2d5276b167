# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin doctor [-o json]: looks at kernel, tools, rights, memory, limits, ports and leftovers; changes nothing.

use net build

doctor() {
    json=
    case "${1:-} ${2:-}" in
        ' ') ;;
        '-o json') json=yes ;;
        *) usage "doctor $*: the only option is -o json" ;;
    esac
    rows='' bad=0 sep=''
    [ -z "$json" ] || printf '{"checks":['
    check_rights
    check_kernel
    check_tools
    check_limits
    check_leftovers
    if [ -n "$json" ]; then
        printf '],"problems":%s}\n' "$bad"
    elif [ "$bad" -eq 0 ]; then
        say "${green}ready$plain: nothing required is missing"
    else
        say "${red}$bad required missing$plain"
    fi
    [ "$bad" -eq 0 ]
}

# finding ok|warn|bad WHAT FOUND CURE
finding() {
    [ "$1" != bad ] || bad=$((bad + 1))
    if [ -n "$json" ]; then
        printf '%s{"state":"%s","what":"%s","found":"%s","cure":"%s"}' "$sep" "$1" "$(escape "$2")" "$(escape "$3")" "$(escape "$4")"
        sep=,
        return 0
    fi
    case $1 in ok) colour=$green ;; warn) colour=$yellow ;; *) colour=$red ;; esac
    printf '%s%-4s%s  %-26s %s\n' "$colour" "$1" "$plain" "$2" "$3"
    if [ "$1" != ok ] && [ -n "$4" ]; then printf '      %-26s cure: %s\n' '' "$4"; fi
}

escape() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# probe WHAT CURE COMMAND...: ok when the command succeeds.
probe() {
    what=$1 cure=$2
    shift 2
    if "$@" >/dev/null 2>&1; then finding ok "$what" works ''; else finding bad "$what" 'does not work' "$cure"; fi
}

check_rights() {
    if [ "$(id -u)" -eq 0 ]; then finding ok rights root ''; else finding bad rights "user $(id -un)" "sudo $ME doctor"; fi
    caps=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
    # CAP_NET_ADMIN is bit 12, CAP_SYS_ADMIN bit 21.
    if [ $((0x$caps >> 12 & 1)) -eq 1 ] && [ $((0x$caps >> 21 & 1)) -eq 1 ]; then
        finding ok capabilities 'NET_ADMIN, SYS_ADMIN' ''
    else
        finding bad capabilities "0x$caps" 'in a container: start it with --privileged, or --cap-add NET_ADMIN --cap-add SYS_ADMIN'
    fi
}

check_kernel() {
    case $(uname -s) in Linux) finding ok kernel "$(uname -r)" '' ;; *) finding bad kernel "$(uname -s)" 'run it on Linux 5.10 or later' ;; esac
    if [ -c /dev/net/tun ]; then
        finding ok 'TUN/TAP' /dev/net/tun ''
    else
        finding bad 'TUN/TAP' 'no /dev/net/tun' 'modprobe tun; in a container: --device /dev/net/tun'
    fi
    if [ "$(id -u)" -eq 0 ]; then
        probe namespaces 'a kernel with CONFIG_NET_NS, CONFIG_PID_NS, CONFIG_UTS_NS, CONFIG_IPC_NS' unshare -n -m -p -u -i -f true
        probe 'veth and bridge' 'modprobe veth bridge' \
            unshare -n sh -c 'ip link add name va type veth peer name vb && ip link add name br type bridge && ip link set dev va master br'
        probe 'TAP device' 'modprobe tun' unshare -n ip tuntap add dev t mode tap
        # shellcheck disable=SC2016
        probe overlayfs 'modprobe overlay' unshare -m sh -c 'mount -t tmpfs none /mnt && cd /mnt && mkdir l u w m && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w none m'
    fi
    most=$(cat /proc/sys/user/max_user_namespaces 2>/dev/null || echo 0)
    if [ "$most" -ge 100 ]; then finding ok 'user namespaces' "at most $most" ''; else finding bad 'user namespaces' "at most $most" 'sysctl -w user.max_user_namespaces=15000'; fi
    groups=$(awk '$9 == "cgroup2" || $9 == "cgroup" || $(NF-2) == "cgroup2" || $(NF-2) == "cgroup" {n++} END {print n + 0}' /proc/self/mountinfo)
    if [ "$groups" -gt 0 ]; then finding ok cgroups "$groups mounted" ''; else finding warn cgroups none 'mount -t cgroup2 none /sys/fs/cgroup; without it CPU and memory limits of guests are not enforced'; fi
}

check_tools() {
    if find_java; then finding ok JDK "$JAVA_HOME" ''; else finding bad JDK 'no 17 or 21' 'apt-get install openjdk-17-jdk-headless'; fi
    absent=
    for pair in $PACKAGES; do
        case ${pair#*:} in
            /*) [ -e "${pair#*:}" ] || absent="$absent ${pair%%:*}" ;;
            *) have "${pair#*:}" || absent="$absent ${pair%%:*}" ;;
        esac
    done
    if [ -z "$absent" ]; then finding ok tools 'all there' ''; else finding bad tools "missing:$absent" "apt-get install$absent"; fi
}

check_limits() {
    free=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
    if [ "$free" -ge 1500 ]; then finding ok memory "$free MB available" ''; else finding warn memory "$free MB available" 'a lab of three hosts takes about 600 MB; use fewer: lab up -n 1'; fi
    folder=$STATE
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    disk=$(df -Pm "$folder" | awk 'NR == 2 {print $4}')
    if [ "$disk" -ge 500 ]; then finding ok "disk of $STATE" "$disk MB free" ''; else finding bad "disk of $STATE" "$disk MB free" 'set VIOLIN_STATE to a folder with 500 MB'; fi
    # shellcheck disable=SC3045 # dash and bash have it
    files=$(ulimit -H -n)
    if [ "$files" = unlimited ] || [ "$files" -ge 16384 ]; then finding ok 'open files' "$files" ''; else finding warn 'open files' "$files" 'ulimit -Hn 65536 (each vNIC takes one); a big violin needs more'; fi
    pids=$(cat /proc/sys/kernel/pid_max)
    if [ "$pids" -ge 32768 ]; then finding ok 'processes' "pid_max $pids" ''; else finding warn processes "pid_max $pids" 'sysctl -w kernel.pid_max=131072'; fi
    most=$(cat /proc/sys/net/ipv4/neigh/default/gc_thresh3)
    finding ok 'neighbour table' "$most entries; 'lab up' raises it to 65536 and sets it back" ''
    for pair in "$SSH_PORT ssh" "$JMX_PORT jmx" "$ENROLMENT_PORT enrolment" "$CONTROL_PORT control" "$ZOOKEEPER_PORT zookeeper"; do
        if listens self "${pair% *}"; then
            finding warn "port ${pair% *}" 'in use in the main namespace' "only 'violin host start' needs it: --${pair#* }-port"
        fi
    done
}

check_leftovers() {
    old=
    for space in /run/netns/vio-*; do
        [ -e "$space" ] || continue
        labname=${space##*/vio-}
        labname=${labname%-*}
        if [ ! -f "$STATE/$labname/lab.conf" ]; then old="$old ${space##*/}"; fi
    done
    if [ -z "$old" ]; then
        finding ok leftovers none ''
    else
        first=${old# vio-}
        finding warn leftovers "namespaces without a lab here:$old" "VIOLIN_LAB=${first%%-*} violin lab down (and the VIOLIN_STATE it was made with)"
    fi
}

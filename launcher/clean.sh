# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Takes a lab down, whatever state it is in: running, half-built, killed, interrupted. Can be repeated; ends with a
# look at what is left. Nothing is found by name alone: a process is ours by its namespace or by a mount of our state.

# lab_down [--quiet]
lab_down() {
    begin=$(millis)
    for conf in "$DIR"/*/pid; do
        [ -f "$conf" ] || continue
        h=${conf%/pid}
        end_host "$DIR" "${h##*/}" KILL 5 &
    done
    wait
    kill_strays
    for space in $(lab_spaces); do ip netns delete "$space" || true; done
    unmount_below "$DIR"
    remove_uplinks
    remove_cgroups
    if [ -d "$DIR" ]; then rm -rf --one-file-system "$DIR" || true; fi
    if ! other_labs; then restore_sysctls; fi
    left=$(leftovers)
    if [ -n "$left" ]; then
        warn "left of lab '$LAB':"
        printf '%s\n' "$left" >&2
        return 1
    fi
    unlock "$LAB"
    [ "${1:-}" = --quiet ] || say "lab $LAB is down, nothing is left ($(seconds $(($(millis) - begin))))"
}

other_labs() {
    for conf in "$STATE"/*/lab.conf "$STATE/$LOCAL"/*/host.conf; do
        [ ! -f "$conf" ] || return 0
    done
    return 1
}

# lab_processes: numbers of all processes in the lab's namespaces, of the guests whose root lies in our state folder, and of what works
# there, such as Click.
lab_processes() {
    for space in $(lab_spaces); do ip netns pids "$space" 2>/dev/null || true; done
    guest_processes "$DIR"
    working_processes "$DIR"
}

# working_processes FOLDER: those of Click, by their working folder, also when it is gone. (No other: it may be where a person is.)
working_processes() { find /proc -maxdepth 2 -path "/proc/[0-9]*/cwd" -lname "$1/*data/click/*" 2>/dev/null | cut -d/ -f3; }

# guest_processes FOLDER: the first process of each guest of hosts below FOLDER; its death ends the guest's namespaces.
guest_processes() {
    candidates=
    for p in /proc/[0-9]*; do
        read -r word 2>/dev/null <"$p/comm" || continue
        case $word in violin-*) candidates="$candidates $p/mountinfo $p/cmdline" ;; esac
    done
    # shellcheck disable=SC2086
    [ -z "$candidates" ] || grep -lsaF "$1/" $candidates | cut -d/ -f3 | sort -u
}

# Returns when they are gone from the process table, too: a guest with many processes takes a moment to die.
kill_strays() {
    killed=
    for round in 1 2 3 4 5 6 7 8 9 10; do
        strays=$(lab_processes)
        [ -n "$strays" ] || break
        killed="$killed $strays"
        for p in $strays; do
            [ "$p" = $$ ] || kill -KILL "$p" 2>/dev/null || true
        done
        sleep "0.$round"
    done
    for round in 1 2 3 4 5 6 7 8 9; do
        dying=
        for p in $killed; do [ ! -d "/proc/$p" ] || dying=yes; done
        [ -n "$dying" ] || return 0
        sleep "0.$round"
    done
}

# unmount_below FOLDER: deepest first; lazily when busy.
unmount_below() {
    awk -v below="$1/" 'index($5, below) == 1 {print $5}' /proc/self/mountinfo | sort -r | while read -r place; do
        umount "$place" 2>/dev/null || umount -l "$place" || true
    done
}

# Control groups of guests: a folder with processes in it (of another lab) cannot be removed, so this is safe.
remove_cgroups() {
    for p in 1 2 3 4 5; do
        find /sys/fs/cgroup -depth -type d -path '*violin*' -exec rmdir {} + 2>/dev/null || true
        [ -n "$(lab_cgroups)" ] || return 0
        sleep "0.$p"
    done
}

# remove_uplinks: what ways out of guests left in this namespace: nftables tables whose interface ended with its guest.
# An interface that forwarded for them alone is set back with the last of them.
remove_uplinks() {
    have nft || return 0
    for table in $(nft list tables inet 2>/dev/null | sed -n 's/^table inet \(violin-uplink-[0-9a-f]*\)$/\1/p'); do
        [ ! -e "/sys/class/net/vup${table#violin-uplink-}" ] || continue
        guarded=$(nft list table inet "$table" | sed -n 's/.*comment "violin guard \([^"]*\)".*/\1/p')
        for nic in $guarded; do
            [ "$(nft list ruleset inet | grep -cF "violin guard $nic\"")" -gt 1 ] || echo 0 >"/proc/sys/net/ipv4/conf/$nic/forwarding" || true
        done
        nft delete table inet "$table"
    done
}

lab_cgroups() {
    other_labs || find /sys/fs/cgroup -type d -path '*violin*' 2>/dev/null
}

leftovers() {
    for p in $(lab_processes); do echo "  process $p $(tr '\0' ' ' <"/proc/$p/cmdline" 2>/dev/null | cut -c1-100)"; done
    for space in $(lab_spaces); do echo "  namespace $space"; done
    awk -v below="$DIR/" 'index($5, below) == 1 {print "  mount " $5}' /proc/self/mountinfo
    for group in $(lab_cgroups); do echo "  control group $group"; done
    [ ! -e "$DIR" ] || echo "  folder $DIR"
}

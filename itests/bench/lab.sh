# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the benchmarks that run a lab of their own share. Sourced after launcher/base.sh, with "work" and "started" set by begin.

progress() { printf '%s\n' "$*" >&2; }

# begin: a work folder, and all goes when the script ends.
begin() {
    need_root bench
    if [ -e "$DIR" ] || [ -n "$(lab_spaces)" ]; then die "the lab '$LAB' exists already. Away with it: VIOLIN_LAB=$LAB violin lab down"; fi
    work=$(mktemp -d)
    started=
    trap finish EXIT
    trap 'exit 130' INT TERM
}

finish() {
    trap - EXIT
    trap '' INT TERM
    for p in $started; do kill "$p" 2>/dev/null || true; done
    progress "bench: taking the lab $LAB down"
    "$ME" lab down >&2 || true
    rm -rf "$work"
}

# guest VIOLIN NODE NAME: makes the network namespace of a guest known as vio-LAB-NAME.
guest() {
    space=$("$ME" exec "$1" "$2" -- readlink /proc/self/ns/net | tr -dc 0-9)
    guest_pid=$(find /proc -maxdepth 3 -path "/proc/[0-9]*/ns/net" -lname "net:?$space?" 2>/dev/null | cut -d/ -f3 | head -n 1)
    [ -n "$guest_pid" ] || die "the guest $2 has no process"
    ip netns attach "$(netns_of "$3")" "$guest_pid"
}

# in_space NAME: sets "in" to the words that put a program there; the process started by them is the program itself.
in_space() { in="nsenter --net=/run/netns/$(netns_of "$1")"; }

# at NAME WORDS...: runs a program there.
at() {
    space=$(netns_of "$1")
    shift
    nsenter "--net=/run/netns/$space" "$@"
}

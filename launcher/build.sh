# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin bootstrap: JDK, packages, build, and one boot ahead whose bundle cache every host starts from.

use karaf

PACKAGES="maven:mvn gcc:gcc libc6-dev:/usr/include/stdlib.h iproute2:ip iputils-ping:ping traceroute:traceroute iperf3:iperf3
 fping:fping nftables:nft dnsmasq-base:dnsmasq openssh-client:ssh-keygen procps:ps util-linux:nsenter ethtool:ethtool
 frr:/usr/lib/frr/zebra"

bootstrap() {
    quiet=
    [ "${1:-}" != --quiet ] || quiet=yes
    need_root bootstrap
    install_packages
    if [ -f "$ROOT/pom.xml" ]; then build; else stamp_unpacked; fi
    [ -n "$quiet" ] || say "ready: $JAVA_HOME, $DIST. Next: $ME demo, or: $ME lab up -n 3"
}

# The package frr starts routing on the machine itself; vRouters run their own daemons, and nobody asked for those.
no_frr_of_the_machine() {
    have systemctl && systemctl is-active -q frr 2>/dev/null || return 0
    systemctl disable -q --now frr
    say "bootstrap: turned off the service frr, which routes for this machine; vRouters start daemons of their own"
}

# find_java: JAVA_HOME, then "java" on the PATH, then the usual folder; sets JAVA_HOME to a JDK 17 or 21.
find_java() {
    path_java=
    ! have java || path_java=$(readlink -f "$(command -v java)")
    for home in "${JAVA_HOME:-}" "${path_java%/bin/java}" /usr/lib/jvm/*; do
        if [ -z "$home" ] || [ ! -x "$home/bin/javac" ] || [ ! -x "$home/bin/java" ]; then continue; fi
        case $(grep '^JAVA_VERSION=' "$home/release" 2>/dev/null) in
            'JAVA_VERSION="17'* | 'JAVA_VERSION="21'*) JAVA_HOME=$home; export JAVA_HOME; return 0 ;;
        esac
    done
    return 1
}

install_packages() {
    missing=
    find_java || missing=openjdk-17-jdk-headless
    for pair in $PACKAGES; do
        case ${pair#*:} in
            /*) [ -e "${pair#*:}" ] || missing="$missing ${pair%%:*}" ;;
            mvn) [ ! -f "$ROOT/pom.xml" ] || have mvn || missing="$missing maven" ;;
            *) have "${pair#*:}" || missing="$missing ${pair%%:*}" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    have apt-get || die "missing: $missing. Install them with this system's package tool"
    say "bootstrap: installing $missing"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing >"${TMPDIR:-/tmp}/violin-apt.$$" 2>&1 ||
        { apt-get -q update >>"${TMPDIR:-/tmp}/violin-apt.$$" 2>&1 &&
            DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing >>"${TMPDIR:-/tmp}/violin-apt.$$" 2>&1; } ||
        { tail -n 20 "${TMPDIR:-/tmp}/violin-apt.$$" >&2; die "apt-get could not install: $missing"; }
    rm -f "${TMPDIR:-/tmp}/violin-apt.$$"
    case $missing in *frr*) no_frr_of_the_machine ;; esac
    find_java || die "no JDK 17 or 21 found after the installation. Set JAVA_HOME to one"
}

# stale: whether a source is newer than the distribution.
stale() {
    [ -f "$DIST/.violin-stamp" ] || return 0
    [ -n "$(find "$ROOT/pom.xml" "$ROOT/bundles" "$ROOT/features" "$ROOT/karaf-assembly" -name target -prune -o \
        -type f -newer "$DIST/.violin-stamp" ! -name '*.md' -print -quit)" ]
}

build() {
    exec 8<"$ROOT/pom.xml"
    flock 8 # two launchers do not build at once
    if stale; then
        begin=$(millis)
        say "bootstrap: building with Maven (a cold local repository is filled first: some minutes)"
        # shellcheck disable=SC2086
        (cd "$ROOT" && mvn -q -B -Dstyle.color=never ${VIOLIN_MAVEN_OPTS:-} ${MAVEN_ARGS:-} -DskipTests -pl karaf-assembly -am package 8<&-) ||
            die "the build failed; its messages are above"
        random_word 8 >"$DIST/.violin-stamp"
        say "bootstrap: built in $(seconds $(($(millis) - begin)))"
    fi
    seed
    exec 8<&-
}

stamp_unpacked() {
    [ -f "$DIST/.violin-stamp" ] || random_word 8 >"$DIST/.violin-stamp"
    seed
}

# seed: boots one host in an empty network namespace and keeps its bundle cache. A host that starts from it needs
# about a fifth less processor time. Configurations are dropped: they name that host's folder.
seed() {
    [ "$(cat "$SEED/stamp" 2>/dev/null)" != "$(cat "$DIST/.violin-stamp")" ] || return 0
    begin=$(millis)
    nursery=$SEED.tmp
    rm -rf "$SEED" "$nursery"
    (
        new_cluster "$nursery"
        ln -s "$DIST" "$nursery/dist"
        ip netns add "vio-seed-$$"
        trap 'end_host "$nursery" seed KILL 1; ip netns delete "vio-seed-$$"' EXIT
        trap 'exit 130' INT TERM
        ip -n "vio-seed-$$" link set lo up
        new_host "$nursery" seed 127.0.0.1 '' "vio-seed-$$"
        start_host "$nursery" seed
        use call
        cluster=$nursery picked=seed
        . "$nursery/seed/host.conf"
        for try in $(seq 1 300); do
            host_pid "$nursery" seed >/dev/null || exit 1
            if listens "$(host_pid "$nursery" seed)" "$ssh_port" && far_shell -n 'bundle:list -t 0' >/dev/null 2>&1; then break; fi
            [ "$try" -lt 300 ] || exit 1
            sleep 0.2
        done
        end_host "$nursery" seed TERM 20
        find "$nursery/seed/data/cache" -path '*/data/config' -prune -exec rm -rf {} +
        mkdir -p "$SEED"
        mv "$nursery/seed/data/cache" "$SEED/cache"
        cp "$DIST/.violin-stamp" "$SEED/stamp"
    ) || warn "the boot ahead failed (log: $nursery/seed/data/log/karaf.log); hosts start without it, more slowly"
    if [ -f "$SEED/stamp" ]; then
        rm -rf "$nursery"
        say "bootstrap: booted once ahead in $(seconds $(($(millis) - begin)))"
    fi
}

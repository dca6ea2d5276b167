# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# One overlay host = one Karaf with its own folder: etc, data, deploy. host.conf there says how to reach it, "pid"
# holds process number and start time, so that a number used again by the system is never taken for ours.

# Serial collector and C1 only: for quick starts and small memory, not for throughput; VIOLIN_JAVA_OPTS is added behind and wins.
JAVA_DEFAULTS="-Xms32m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40
 -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr"

use labels
lab_labels=''

# new_cluster DIR: keys by which this launcher and its containers know each other, on this machine only.
new_cluster() {
    [ ! -f "$1/known_hosts" ] || return 0
    mkdir -p "$1"
    chmod 700 "$1"
    (
        umask 077
        rm -f "$1/cluster-key" "$1/host-key"
        # ECDSA in PEM: what OpenSSH and Apache MINA SSHD both read without further libraries, and quick to sign.
        ssh-keygen -q -t ecdsa -b 256 -m PEM -N '' -C violin -f "$1/cluster-key"
        ssh-keygen -q -t ecdsa -b 256 -m PEM -N '' -C violin-host -f "$1/host-key"
        known_hosts "$1"
    )
}

known_hosts() { echo "violin $(cut -d' ' -f1,2 "$1/host-key.pub")" >"$1/known_hosts"; }

random_word() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# new_host CLUSTER NAME ADDRESS JOIN NETNS [TOKEN]: writes the folder CLUSTER/NAME; ports come from *_PORT, *_ADDRESS, CPUS, MEMORY, LABELS.
# JOIN: the first host's address, for which TOKEN is good; empty: this is the first, and the authority.
new_host() {
    base=$1/$2
    rm -rf "${base:?}/etc" "$base/data/cache"
    mkdir -p "$base/data/log" "$base/data/tmp" "$base/deploy"
    chmod 700 "$base"
    cp -r "$1/dist/etc" "$base/etc"
    if [ -d "$1/seed/cache" ]; then cp -r "$1/seed/cache" "$base/data/cache"; fi
    (
        umask 077
        etc=$base/etc
        cp "$1/host-key" "$etc/host.key"
        [ -z "${6:-}" ] || echo "$6" >"$etc/violin-token"
        echo "violin = $(cut -d' ' -f2 "$1/cluster-key.pub"),_g_:admingroup" >>"$etc/keys.properties"
        password=$(random_word 16)
        echo "violin:$password" >"$base/jmx-password"
        echo "violin = $password,_g_:jmxgroup" >>"$etc/users.properties"
        sed -i "s/^sshPort *=.*/sshPort = $SSH_PORT/; s/^sshHost *=.*/sshHost = ${SSH_ADDRESS:-127.0.0.1}/" "$etc/org.apache.karaf.shell.cfg"
        sed -i "s/^rmiRegistryPort *=.*/rmiRegistryPort = $JMX_PORT/; s/^rmiServerPort *=.*/rmiServerPort = $((JMX_PORT + 1))/
            s/^\(rmi[RS][a-z]*Host\) *=.*/\1 = ${JMX_ADDRESS:-127.0.0.1}/" "$etc/org.apache.karaf.management.cfg"
        sed -i "s/^karaf.name *=.*/karaf.name = $2/" "$etc/system.properties"
        cat >"$etc/org.violin.members.cfg" <<EOF
name = $2
address = $3
join = $4
zookeeperPort = $ZOOKEEPER_PORT
tunnelPort = $TUNNEL_PORT
controlPort = $CONTROL_PORT
jmxPort = $JMX_PORT
cpus = ${CPUS:-0}
memoryMegabytes = ${MEMORY:-0}
labels = ${LABELS:-}
EOF
        cat >"$etc/org.violin.trust.cfg" <<EOF
name = $2
address = $3
join = ${4:+$4:${JOIN_PORT:-$ENROLMENT_PORT}}
port = $ENROLMENT_PORT
tokenFile = $etc/violin-token
EOF
        cat >"$base/host.conf" <<EOF
name=$2
address=$3
join=$4
netns=$5
ssh_port=$SSH_PORT
ssh_address=${SSH_ADDRESS:-127.0.0.1}
jmx_port=$JMX_PORT
EOF
    )
}

# offer_token FOLDER NAME ADDRESS: lets the host NAME join, once, the authority whose host has that folder and address; prints the token.
# The authority need not run yet. Written under another name first, because it may.
offer_token() {
    (
        umask 077
        mkdir -p "$1/keys/tokens"
        id=$(random_word 8) secret=$(random_word 32) expires=$(($(date +%s) + 3600))
        printf 'secret %s\nexpires %s\nhost %s\n' "$secret" "$expires" "$2" >"$1/keys/.token"
        mv "$1/keys/.token" "$1/keys/tokens/$id"
        echo "violin1.$id.$secret.$expires.$3:$ENROLMENT_PORT"
    )
}

# start_host CLUSTER NAME: in the background, in a session of its own; returns at once.
start_host() {
    home=$1/dist base=$1/$2
    netns=
    . "$base/host.conf"
    classes=
    for jar in "$home"/lib/boot/*.jar "$home"/lib/jdk9plus/*.jar; do classes=$classes:$jar; done
    locator=$(echo "$home"/lib/endorsed/org.apache.karaf.specs.locator-*.jar)
    xml=$(echo "$home"/lib/endorsed/org.apache.karaf.specs.java.xml-[0-9]*.jar)
    opens='' exports=''
    for o in java.base/java.security java.base/java.net java.base/java.lang java.base/java.util java.naming/javax.naming.spi \
        java.rmi/sun.rmi.transport.tcp; do
        opens="$opens --add-opens=$o=ALL-UNNAMED"
    done
    for e in java.base/sun.net.www.protocol.file java.base/sun.net.www.protocol.jar java.base/sun.net.www.protocol.http \
        java.base/sun.net.www.protocol.https java.base/sun.net.www.content.text jdk.xml.dom/org.w3c.dom.html \
        jdk.naming.rmi/com.sun.jndi.url.rmi java.rmi/sun.rmi.registry java.security.sasl/com.sun.security.sasl \
        java.naming/com.sun.jndi.ldap; do
        exports="$exports --add-exports=$e=ALL-UNNAMED"
    done
    # shellcheck disable=SC2086
    set -- $JAVA_DEFAULTS -Djava.security.manager=allow $opens $exports ${VIOLIN_JAVA_OPTS:-} \
        --add-reads=java.xml=java.logging --add-exports=java.base/org.apache.karaf.specs.locator=java.xml,ALL-UNNAMED \
        --patch-module "java.base=$locator" --patch-module "java.xml=$xml" \
        "-Dkaraf.instances=$base/instances" "-Dkaraf.home=$home" "-Dkaraf.base=$base" "-Dkaraf.data=$base/data" \
        "-Dkaraf.etc=$base/etc" "-Dkaraf.log=$base/data/log" "-Djava.io.tmpdir=$base/data/tmp" \
        "-Djava.util.logging.config.file=$base/etc/java.util.logging.properties" \
        -Dkaraf.startLocalConsole=false -Dkaraf.startRemoteShell=true \
        -classpath "${classes#:}" org.apache.karaf.main.Main
    set -- "$JAVA_HOME/bin/java" "$@"
    [ -z "$netns" ] || set -- nsenter "--net=/run/netns/$netns" "$@"
    rm -f "$base/data/port" "$base/lock"
    (
        # shellcheck disable=SC3045 # dash and bash have it
        ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
        cd "$base" || exit 1
        exec setsid "$@" >"$base/out.log" 2>&1 </dev/null 9>&-
    ) &
    remember_pid $! "$base/pid"
}

# remember_pid PID FILE
remember_pid() { (umask 077; echo "$1 $(start_time "$1")" >"$2"); }

# start_time PID: field 22 of /proc/PID/stat, in clock ticks since boot; the name in brackets may hold spaces.
start_time() {
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    echo "${20}"
}

# host_pid CLUSTER NAME: prints the process number if that very process still runs.
host_pid() {
    [ -f "$1/$2/pid" ] || return 1
    read -r pid started <"$1/$2/pid" || return 1
    [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ] && echo "$pid"
}

# end_host CLUSTER NAME SIGNAL WAIT_SECONDS: signal, wait, then kill -9.
end_host() {
    victim=$(host_pid "$1" "$2") || { rm -f "$1/$2/pid"; return 0; }
    kill "-$3" "$victim" 2>/dev/null || true
    tenths=$(($4 * 10))
    while host_pid "$1" "$2" >/dev/null; do
        if [ "$tenths" -le 0 ]; then kill -KILL "$victim" 2>/dev/null || true; fi
        tenths=$((tenths - 1))
        sleep 0.1
    done
    rm -f "$1/$2/pid"
}

# listens PID PORT: whether a TCP socket waits on PORT in the network namespace of PID.
listens() {
    cat "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null | grep -q ":$(printf %04X "$2") 0*:0000 0A"
}

# copy_dist CLUSTER: hosts run from a copy, so that a rebuild does not pull the jars from under them.
copy_dist() {
    stamp=$(cat "$DIST/.violin-stamp" 2>/dev/null || echo unknown)
    [ "$(cat "$1/dist/.violin-stamp" 2>/dev/null)" != "$stamp" ] || return 0
    rm -rf "$1/dist" "$1/seed"
    mkdir -p "$1/dist"
    cp -r "$DIST/etc" "$DIST/lib" "$DIST/system" "$1/dist/"
    if [ -f "$SEED/stamp" ] && [ "$(cat "$SEED/stamp")" = "$stamp" ]; then cp -r "$SEED" "$1/seed"; fi
    echo "$stamp" >"$1/dist/.violin-stamp"
}

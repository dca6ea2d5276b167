// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Component;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceStatus;

/**
 * The dnsmasq processes of vRouters, one for each, whichever of {@code dhcp} and {@code dns} it does. A keeper in the guest starts it again
 * when it dies, also while this container is down. Names are read again in place (SIGHUP); another configuration means a quick restart, and
 * the leases are read from their file again.
 */
@Component(service = Dnsmasqs.class)
public final class Dnsmasqs {
    private static final String KEEPER = """
            cd /run/violin/dnsmasq && echo $$ > keeper || exit
            while [ -e conf ]; do
                dnsmasq -C conf -k 2> log
                if [ -e planned ]; then
                    rm -f planned
                else
                    echo $(($(cat restarts 2>/dev/null || echo 0) + 1)) > restarts
                    sleep 0.2
                fi
            done""";
    /** $1 the keeper's script; input: configuration, separator, names. */
    private static final String APPLY = """
            set -e
            umask 022
            mkdir -p /run/violin/dnsmasq
            cd /run/violin/dnsmasq
            : > conf.new
            : > hosts.new
            awk '/^#hosts$/ {f = 1; next} {print > (f ? "hosts.new" : "conf.new")}'
            dnsmasq --test -C conf.new 2> test.log || { cat test.log >&2; rm -f conf.new hosts.new; exit 1; }
            runs() { [ -s pid ] && kill -0 "$(cat pid)" 2>/dev/null; }
            same=yes
            cmp -s conf.new conf || same=
            names=yes
            cmp -s hosts.new hosts || names=
            mv hosts.new hosts
            mv conf.new conf
            if ! [ -s keeper ] || ! kill -0 "$(cat keeper)" 2>/dev/null; then
                rm -f pid planned
                setsid sh -c "$1" keeper </dev/null >/dev/null 2>&1 &
            elif [ -z "$same" ] && runs; then
                old=$(cat pid)
                : > planned
                rm -f pid
                kill "$old"
            elif [ -z "$names" ] && runs; then
                kill -HUP "$(cat pid)"
            fi
            for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
                ! runs || exit 0
                sleep 0.1
            done
            cat log >&2
            exit 1""";
    private static final String END = """
            cd /run/violin/dnsmasq 2>/dev/null || exit 0
            rm -f conf
            for f in keeper pid; do [ ! -s $f ] || kill "$(cat $f)" 2>/dev/null; done
            for i in 1 2 3 4 5 6 7 8 9 10; do
                { [ -s pid ] && kill -0 "$(cat pid)" 2>/dev/null; } || break
                sleep 0.1
            done
            rm -rf /run/violin/dnsmasq
            rmdir /run/violin 2>/dev/null
            true""";

    private final Map<NodeId, Set<String>> kinds = new ConcurrentHashMap<>();

    /** Opens one kind of a router; all that the router's services say is configured at once. */
    RouterService open(String kind, RouterSpec router, Guest guest) throws GuestException {
        One one = new One(kind, guest);
        one.apply(router, Map.of());
        kinds.computeIfAbsent(guest.id(), id -> ConcurrentHashMap.newKeySet()).add(kind);
        return one;
    }

    /** Ends what runs in a guest of which no kind is open; where one is, its configuration is all that dnsmasq has. */
    void clean(Guest guest) throws GuestException {
        if (kinds.getOrDefault(guest.id(), Set.of()).isEmpty()) new GuestShell(guest).script(END, "");
    }

    private final class One implements RouterService {
        private final String kind;
        private final GuestShell shell;

        One(String kind, Guest guest) {
            this.kind = kind;
            shell = new GuestShell(guest);
        }

        @Override
        public void apply(RouterSpec next, Map<String, String> settings) throws GuestException {
            shell.script(APPLY, new DnsmasqText(next).both(), KEEPER);
        }

        @Override
        public ServiceStatus status() {
            Map<String, Long> counters = new TreeMap<>();
            counters.put("restarts", shell.file("run", "violin", "dnsmasq", "restarts").map(String::strip).filter(t -> t.matches("[0-9]{1,9}"))
                    .map(Long::parseLong).orElse(0L));
            List<String> facts = new ArrayList<>();
            if (kind.equals(DhcpProvider.KIND)) leases(facts, counters);
            try {
                String alive = shell.script("cd /run/violin/dnsmasq && kill -0 \"$(cat pid)\" && echo alive || true", "").strip();
                if (alive.equals("alive")) return ServiceStatus.ready(kind, facts, counters);
                String log = shell.file("run", "violin", "dnsmasq", "log").orElse("").strip();
                return new ServiceStatus(kind, "failed", "dnsmasq does not run" + (log.isEmpty() ? "" : ": " + log), facts, counters);
            } catch (GuestException e) {
                return new ServiceStatus(kind, "failed", e.getMessage(), facts, counters);
            }
        }

        /** Lines such as {@code 1700000000 02:00:5e:10:07:03 10.1.0.100 name id}. */
        private void leases(List<String> facts, Map<String, Long> counters) {
            for (String line : shell.file("run", "violin", "dnsmasq", "leases").orElse("").split("\n")) {
                String[] words = line.split(" ");
                if (words.length < 4 || !words[0].matches("[0-9]{1,10}")) continue;
                facts.add(words[2] + " to " + words[1] + (words[3].equals("*") ? "" : " (" + words[3] + ")") + " until "
                        + Instant.ofEpochSecond(Long.parseLong(words[0])));
            }
            counters.put("leases", (long) facts.size());
        }

        @Override
        public void remove(boolean guestEnds) throws GuestException {
            Set<String> left = kinds.getOrDefault(shell.guest().id(), new TreeSet<>());
            left.remove(kind);
            // With the other one still there, its next apply says what remains.
            if (!left.isEmpty()) return;
            kinds.remove(shell.guest().id());
            if (!guestEnds) shell.script(END, "");
        }

        @Override
        public void close() {
            Set<String> left = kinds.get(shell.guest().id());
            if (left != null) left.remove(kind);
        }
    }
}

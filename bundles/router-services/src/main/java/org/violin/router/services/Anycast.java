// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceStatus;

/**
 * The anycast addresses of one vRouter. The checks are made by a keeper in the guest, which goes on while this container is down; here its
 * state is only read, twice for each check, to tell what changed.
 */
final class Anycast implements RouterService {
    private static final String ADDRESSES = "addresses";
    /** Reads its settings anew at each round; two never run at the same time. */
    private static final String KEEPER = """
            cd /run/violin/anycast && echo $$ > keeper || exit
            fails=0
            while [ "$(cat keeper 2>/dev/null)" = $$ ]; do
                if timeout "$(cat patience)" sh check </dev/null >/dev/null 2>&1; then
                    fails=0
                    for a in $(cat addresses); do ip address replace $a dev lo; done
                    [ "$(cat state)" = up ] || echo up > state
                else
                    fails=$((fails + 1))
                    if [ $fails -ge "$(cat fails)" ] && [ "$(cat state)" != down ]; then
                        for a in $(cat addresses); do ip address delete $a dev lo 2>/dev/null; done
                        echo down > state
                    fi
                fi
                sleep "$(cat interval)"
            done""";
    /** $1 addresses, $2 seconds between checks, $3 failures, $4 seconds for one, $5 the keeper's script; input: the check. */
    private static final String APPLY = """
            set -e
            mkdir -p /run/violin/anycast
            cd /run/violin/anycast
            [ -e state ] || echo unknown > state
            for a in $(cat addresses 2>/dev/null); do
                case " $1 " in *" $a "*) ;; *) ip address delete $a dev lo 2>/dev/null || true ;; esac
            done
            echo "$1" > addresses
            echo "$2" > interval
            echo "$3" > fails
            echo "$4" > patience
            cat > check.new
            if [ ! -s check.new ]; then
                [ ! -s keeper ] || kill -TERM -"$(cat keeper)" 2>/dev/null || true
                rm -f keeper
                for a in $1; do ip address replace $a dev lo; done
                echo up > state
            elif [ "$(cat state)" = up ]; then
                for a in $1; do ip address replace $a dev lo; done
            fi
            mv check.new check
            [ -s check ] || exit 0
            if ! [ -s keeper ] || ! kill -0 "$(cat keeper)" 2>/dev/null; then setsid sh -c "$5" keeper </dev/null >/dev/null 2>&1 & fi""";
    private static final String END = """
            cd /run/violin/anycast 2>/dev/null || exit 0
            [ ! -s keeper ] || kill -TERM -"$(cat keeper)" 2>/dev/null
            rm -f keeper
            for a in $(cat addresses); do ip address delete $a dev lo 2>/dev/null; done
            rm -rf /run/violin/anycast
            rmdir /run/violin 2>/dev/null
            true""";

    private final GuestShell shell;
    private final RouterSink sink;
    private final ScheduledExecutorService threads;
    private ScheduledFuture<?> watch;
    private String told = "";
    private volatile List<String> addresses = List.of();

    Anycast(Guest guest, RouterSink sink, ScheduledExecutorService threads) {
        shell = new GuestShell(guest);
        this.sink = sink;
        this.threads = threads;
    }

    @Override
    public synchronized void apply(RouterSpec next, Map<String, String> settings) throws GuestException {
        List<String> wanted = Checked.words(settings, ADDRESSES);
        long millis = Long.parseLong(settings.getOrDefault("interval", "1000"));
        String patience = seconds(Math.max(1000, millis));
        shell.script(APPLY, settings.getOrDefault("check", ""), String.join(" ", wanted), seconds(millis), settings.getOrDefault("fails", "3"), patience, KEEPER);
        addresses = wanted;
        if (watch != null) watch.cancel(false);
        watch = threads.scheduleWithFixedDelay(this::look, 0, Math.max(50, millis / 2), TimeUnit.MILLISECONDS);
    }

    private static String seconds(long millis) {
        return millis / 1000 + "." + String.format(java.util.Locale.ROOT, "%03d", millis % 1000);
    }

    private String state() {
        return shell.file("run", "violin", "anycast", "state").map(String::strip).orElse("");
    }

    private void look() {
        String now = state();
        if (now.equals(told) || !now.equals("up") && !now.equals("down")) return;
        boolean first = told.isEmpty();
        told = now;
        String all = String.join(", ", addresses);
        if (now.equals("down")) sink.event("anycast/withdrawn", all + ": the check failed, the addresses are taken away");
        else if (!first) sink.event("anycast/announced", all + ": the check succeeds, the addresses are there");
    }

    @Override
    public ServiceStatus status() {
        String state = state();
        List<String> facts = List.of(String.join(", ", addresses) + ": " + (state.isEmpty() ? "gone" : state));
        if (state.equals("up")) return ServiceStatus.ready(AnycastProvider.KIND, facts, Map.of());
        return new ServiceStatus(AnycastProvider.KIND, "degraded", state.equals("down") ? "the check fails" : "not checked yet", facts, Map.of());
    }

    @Override
    public void remove(boolean guestEnds) throws GuestException {
        close();
        if (!guestEnds) shell.script(END, "");
    }

    @Override
    public synchronized void close() {
        if (watch != null) watch.cancel(false);
        watch = null;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;

/**
 * The router's own addresses on the loopback interface of its guest, whatever learns or forwards. Those set here are noted in the guest,
 * {@code /run/violin/loopback}, so that one that left the file while the container was down goes away, too. Under the router's lock.
 */
final class Loopbacks {
    private static final long MOST_MILLIS = 10_000;
    private static final String NOTE = "/run/violin/loopback";
    /** $1 the addresses wanted. */
    private static final String APPLY = """
            set -e
            mkdir -p /run/violin
            for a in $(cat /run/violin/loopback 2>/dev/null); do
                case " $1 " in *" $a "*) ;; *) ip address delete "$a" dev lo 2>/dev/null || true ;; esac
            done
            ip link set lo up
            for a in $1; do ip address replace "$a" dev lo; done
            if [ -n "$1" ]; then echo "$1" > /run/violin/loopback; else rm -f /run/violin/loopback; rmdir /run/violin 2>/dev/null || true; fi""";

    private final ScheduledExecutorService threads;
    private Guest in;
    private List<String> now = List.of();

    Loopbacks(ScheduledExecutorService threads) {
        this.threads = threads;
    }

    /** Makes it so; nothing is run in the guest when it is so already. */
    void apply(Guest guest, List<String> wanted) throws GuestException {
        boolean same = guest == in && wanted.equals(now);
        boolean never = wanted.isEmpty() && guest != in && !noted(guest);
        if (!same && !never) InGuest.run(guest, threads, MOST_MILLIS, APPLY, String.join(" ", wanted));
        in = guest;
        now = wanted;
    }

    /** Whether an earlier container may have set some; only looked at from outside, so that most guests are not asked. */
    private static boolean noted(Guest guest) {
        long pid = guest.status().pid().orElse(0);
        return pid > 0 && Files.exists(Path.of("/proc/" + pid + "/root" + NOTE), LinkOption.NOFOLLOW_LINKS);
    }

    void forget() {
        in = null;
        now = List.of();
    }
}

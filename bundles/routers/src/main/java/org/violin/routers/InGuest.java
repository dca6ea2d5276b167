// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;

/** Runs small scripts in a guest, each for a bounded time. */
final class InGuest {
    private static final int MOST_BYTES = 65_536;

    private InGuest() {}

    /**
     * Runs a script of sh to its end; GuestException with what it said when it failed, or when it did not end in time and was ended.
     *
     * @param arguments {@code $1} and on
     */
    static void run(Guest guest, ScheduledExecutorService threads, long mostMillis, String script, String... arguments) throws GuestException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script + "\n", "sh"));
        command.addAll(List.of(arguments));
        AtomicBoolean late = new AtomicBoolean();
        try (ExecSession session = guest.exec(ExecRequest.of(command))) {
            ScheduledFuture<?> end = threads.schedule(() -> {
                late.set(true);
                session.close();
            }, mostMillis, TimeUnit.MILLISECONDS);
            try {
                session.stdin().close();
                String said = new String(session.stderr().readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
                int status = session.waitFor();
                if (late.get()) throw new GuestException(guest.id() + ": a script did not end within " + mostMillis + " ms and was ended");
                if (status != 0) throw new GuestException(guest.id() + ": " + said + " (exit status " + status + ")");
            } finally {
                end.cancel(false);
            }
        } catch (IOException e) {
            throw new GuestException(guest.id() + ": " + (late.get() ? "a script did not end within " + mostMillis + " ms" : e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException(guest.id() + ": interrupted", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.linux.RootedPath;

/** Programs run in a guest, and files read from it. Any thread. */
final class GuestShell {
    private static final int MOST_BYTES = 1 << 20;

    private final Guest guest;

    GuestShell(Guest guest) {
        this.guest = guest;
    }

    Guest guest() {
        return guest;
    }

    /** Runs a program to its end and returns its output; GuestException with what it said when it failed. */
    String run(String input, String... command) throws GuestException {
        try (ExecSession session = guest.exec(ExecRequest.of(List.of(command)))) {
            StringBuilder errors = new StringBuilder();
            Thread reader = new Thread(() -> errors.append(text(session.stderr())), "service errors");
            reader.setDaemon(true);
            reader.start();
            session.stdin().write(input.getBytes(StandardCharsets.UTF_8));
            session.stdin().close();
            String output = text(session.stdout());
            int status = session.waitFor();
            reader.join(5000);
            if (status != 0) {
                throw new GuestException(guest.id() + ": " + command[0] + ": " + (errors + "\n" + output).strip() + " (exit status " + status + ")");
            }
            return output;
        } catch (IOException e) {
            throw new GuestException(guest.id() + ": " + command[0] + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException(guest.id() + ": interrupted", e);
        }
    }

    /** Runs a script for sh with arguments {@code $1} and on. */
    String script(String script, String input, String... arguments) throws GuestException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        command.addAll(List.of(arguments));
        return run(input, command.toArray(String[]::new));
    }

    private static String text(InputStream in) {
        try {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** A file of the guest, read without following links, which the guest's root may have made; empty when it is not there or not plain. */
    Optional<String> file(String... names) {
        long pid = guest.status().pid().orElse(0);
        if (pid == 0) return Optional.empty();
        try (RootedPath path = RootedPath.open("/proc/" + pid + "/root", names)) {
            if (!Files.isRegularFile(path.path()) || Files.size(path.path()) > MOST_BYTES) return Optional.empty();
            return Optional.of(new String(Files.readAllBytes(path.path()), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

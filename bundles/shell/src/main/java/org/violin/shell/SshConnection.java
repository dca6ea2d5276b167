// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import org.apache.karaf.shell.api.console.Session;

/**
 * The TCP connection a command came by. Karaf closes it as soon as the command has returned; when the client has just said something that
 * the server has not read (it acknowledges what it consumes), the kernel then resets the connection and drops what is not sent yet
 * (RFC 1122, 4.2.2.13). So a command with much output waits here until the client's kernel has all of it and the client is quiet.
 */
final class SshConnection {
    /** Less than this is on its way long before the connection is closed. */
    static final long MUCH_BYTES = 16 * 1024;

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));
    private static final Pattern CLIENT = Pattern.compile("ssh\\(.*:([0-9]+)\\)");
    private static final long STEP_MILLIS = 20;
    private static final int QUIET_STEPS = 4;
    private static final long STUCK_MILLIS = 5_000;

    private SshConnection() {}

    /** Waits for the output to leave. Gives up when none of it left for {@value #STUCK_MILLIS} ms. No connection: returns at once. */
    static void drain(Session session) {
        int port = clientPort(session.get(Subject.class.getName()));
        if (port == 0) return;
        long last = -1;
        long since = System.nanoTime();
        try {
            for (int quiet = 0; quiet < QUIET_STEPS; ) {
                Thread.sleep(STEP_MILLIS);
                long queued = queued(port);
                quiet = queued == 0 ? quiet + 1 : 0;
                if (queued != last) since = System.nanoTime();
                else if (System.nanoTime() - since > STUCK_MILLIS * 1_000_000) return;
                last = queued;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Karaf puts a principal such as {@code ssh(/127.0.0.1:43210)} on the session's subject. 0 when there is none. */
    static int clientPort(Object subject) {
        if (!(subject instanceof Subject s)) return 0;
        for (Principal p : s.getPrincipals()) {
            Matcher m = CLIENT.matcher(p.getName());
            if (m.matches()) return Integer.parseInt(m.group(1));
        }
        return 0;
    }

    /** Bytes the kernel has yet to send or to see acknowledged towards that port, by proc(5); 0 when there is no such connection. */
    private static long queued(int port) {
        String far = String.format(":%04X ", port);
        long sum = 0;
        for (Path table : TABLES) {
            try {
                for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                    if (!line.contains(far)) continue;
                    String[] words = line.strip().split("\\s+");
                    if ((words[2] + " ").endsWith(far)) sum += Long.parseLong(words[4].substring(0, words[4].indexOf(':')), 16);
                }
            } catch (IOException | RuntimeException e) {
                continue;
            }
        }
        return sum;
    }
}

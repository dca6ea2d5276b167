// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.violin.api.model.Cidr;
import org.violin.linux.Netns;
import org.violin.linux.Rtnetlink;
import org.violin.linux.Tap;

/**
 * A network namespace that lives as long as this object, and no longer than this JVM however that ends: it belongs to a process that
 * waits for the end of its input. IPv6 is off in it; TCP is cubic, or reno.
 */
public final class Space implements AutoCloseable {
    private final Process holder;

    /** Makes it, loopback up. Needs root. */
    public Space() throws IOException {
        holder = new ProcessBuilder("unshare", "-n", "sh", "-c", "echo up; exec cat").start();
        if (holder.getInputStream().read() != 'u') throw new IOException("unshare -n failed; it needs root");
        Netns.call(path(), () -> {
            set("ipv6/conf/all/disable_ipv6", "1");
            set("ipv6/conf/default/disable_ipv6", "1");
            try {
                set("ipv4/tcp_congestion_control", "cubic");
            } catch (IOException e) {
                set("ipv4/tcp_congestion_control", "reno"); // where the kernel keeps cubic from namespaces; anything but a pacing one
            }
            try (Rtnetlink kernel = Rtnetlink.open()) {
                kernel.setLink(link(kernel, "lo"), null, 0);
            }
            return null;
        });
    }

    private static void set(String key, String value) throws IOException {
        Files.writeString(Path.of("/proc/sys/net", key), value);
    }

    private static Rtnetlink.Link link(Rtnetlink kernel, String name) throws IOException {
        return kernel.links().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
    }

    /** What {@link Netns#call} takes. */
    public String path() {
        return "/proc/" + holder.pid() + "/ns/net";
    }

    /** Runs a task inside; sockets that it makes stay inside. */
    public <T> T call(Netns.Task<T> task) throws IOException {
        return Netns.call(path(), task);
    }

    /** Makes a TAP, up, with that MTU (0: the kernel's) and address such as {@code 10.1.2.3/30}; null: none. */
    public Tap tap(String name, int mtuBytes, String address) throws IOException {
        return call(() -> {
            Tap tap = Tap.open(name);
            try (Rtnetlink kernel = Rtnetlink.open()) {
                Rtnetlink.Link link = link(kernel, name);
                kernel.setLink(link, null, mtuBytes);
                if (address != null) kernel.addAddress(link, Cidr.parse(address));
                return tap;
            } catch (IOException e) {
                tap.close();
                throw e;
            }
        });
    }

    /** Runs a program inside; throws IOException with its output when it fails. */
    public String run(String... command) throws IOException {
        String[] all = new String[command.length + 2];
        all[0] = "nsenter";
        all[1] = "--net=" + path();
        System.arraycopy(command, 0, all, 2, command.length);
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) throw new IOException(String.join(" ", command) + ": " + output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return output;
    }

    /** Lets the namespace go; it ends when the last TAP of it is closed. */
    @Override
    public void close() {
        holder.destroyForcibly();
        try {
            holder.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

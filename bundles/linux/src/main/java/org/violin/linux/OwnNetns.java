// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace that only its owner knows: nothing but a loopback interface, which is up. It lives until it is closed and the last
 * process and socket in it are gone (network_namespaces(7)). Called by: plugins that talk with a program of theirs over sockets nobody else
 * on the host may reach. Needs CAP_SYS_ADMIN.
 */
public final class OwnNetns implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;

    private final Descriptor descriptor;

    private OwnNetns(int fd) {
        descriptor = new Descriptor(fd);
    }

    /** Makes one, on a thread that ends with it. Throws IOException with the kernel's reason. */
    public static OwnNetns open() throws IOException {
        FutureTask<OwnNetns> future = new FutureTask<>(OwnNetns::make);
        Thread thread = new Thread(future, "netns");
        thread.setDaemon(true);
        thread.start();
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making a network namespace", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) throw failure;
            throw new IOException("network namespace: " + e.getCause(), e.getCause());
        }
    }

    private static OwnNetns make() throws IOException {
        if (Libc.unshare(CLONE_NEWNET) < 0) throw new IOException("new network namespace: " + Libc.lastError());
        int fd = Libc.open("/proc/thread-self/ns/net", Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (fd < 0) throw new IOException("open the new network namespace: " + Libc.lastError());
        OwnNetns made = new OwnNetns(fd);
        try (Rtnetlink links = Rtnetlink.open()) {
            for (Rtnetlink.Link link : links.links()) {
                if (link.name().equals("lo")) links.setLink(link, null, 0);
            }
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    /** For {@link Netns#call} and nsenter(1), while it is open. */
    public String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor.fd();
    }

    /** Lets go. Idempotent. */
    @Override
    public void close() {
        descriptor.close();
    }
}

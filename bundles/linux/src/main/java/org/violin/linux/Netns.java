// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work inside another network namespace. */
public final class Netns {
    private static final int CLONE_NEWNET = 0x40000000;

    /** What to do inside. */
    @FunctionalInterface
    public interface Task<T> {
        T run() throws IOException;
    }

    private Netns() {}

    /**
     * Runs a task in the namespace that a path such as {@code /proc/PID/ns/net} names, on a thread made for it: a namespace belongs to a
     * thread (setns(2)), and a thread that ends cannot be stranded there. Sockets and TAPs opened by the task stay in that namespace.
     *
     * @throws IOException when the namespace cannot be entered, or what the task threw
     */
    public static <T> T call(String path, Task<T> task) throws IOException {
        FutureTask<T> future = new FutureTask<>(() -> {
            enter(path);
            return task.run();
        });
        Thread thread = new Thread(future, "netns " + path);
        thread.setDaemon(true);
        thread.start();
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while in " + path, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) throw failure;
            if (e.getCause() instanceof RuntimeException failure) throw failure;
            throw new IOException("in " + path + ": " + e.getCause(), e.getCause());
        }
    }

    private static void enter(String path) throws IOException {
        int fd = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (fd < 0) throw new IOException("open " + path + ": " + Libc.lastError());
        int result = Libc.setns(fd, CLONE_NEWNET);
        String error = result == 0 ? null : Libc.lastError();
        Libc.close(fd);
        if (error != null) throw new IOException("enter " + path + ": " + error);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Commands for tests; counts those that run, and those that were interrupted. */
final class TestCommands implements Commands {
    static final int FLOOD_BYTES = 4_000_000;
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger interrupted = new AtomicInteger();
    final List<String> hosts = new CopyOnWriteArrayList<>();

    @Override
    public int run(String host, byte[] words, InputStream in, OutputStream out, OutputStream err) throws Exception {
        List<String> argv = List.of(new String(words, StandardCharsets.UTF_8).split("\0"));
        hosts.add(host);
        running.incrementAndGet();
        try {
            switch (argv.get(0)) {
                case "cat" -> in.transferTo(out);
                case "words" -> out.write(String.join("|", argv.subList(1, argv.size())).getBytes(StandardCharsets.UTF_8));
                case "exit" -> {
                    return Integer.parseInt(argv.get(1));
                }
                case "flood" -> {
                    err.write("flood begins".getBytes(StandardCharsets.UTF_8));
                    out.write(new byte[FLOOD_BYTES]);
                }
                case "break" -> throw new IllegalStateException("it broke");
                case "hang" -> Thread.sleep(100_000);
                case "read" -> in.read();
                default -> {
                    return 2;
                }
            }
            return 0;
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        } finally {
            running.decrementAndGet();
        }
    }
}

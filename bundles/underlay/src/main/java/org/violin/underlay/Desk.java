// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.violin.linux.PacketSocket;

/**
 * What the launcher and the relay tell each other, in one folder: {@code delays}, replaced by the launcher whole, has a line "# ID" and then
 * {@link Matrix#text}; {@code state}, replaced by the relay each second and when it took up other delays, has a line "name=number" for
 * each counter, and "id=ID". A thread of its own looks ten times a second.
 */
final class Desk {
    private static final long LOOK_MILLIS = 100;

    private final Path delays;
    private final Path state;
    private final Path fresh;
    private String id = "";
    private String refused = "";

    Desk(Path folder) {
        delays = folder.resolve("delays");
        state = folder.resolve("state");
        fresh = folder.resolve("state.new");
    }

    /** The delays as they are now. @throws IOException also when they are damaged */
    Matrix read() throws IOException {
        List<String> lines = Files.readAllLines(delays);
        if (lines.size() < 2 || !lines.get(0).startsWith("# ")) throw new IOException(delays + ": damaged");
        try {
            Matrix matrix = Matrix.parse(lines.subList(1, lines.size()));
            id = lines.get(0).substring(2);
            return matrix;
        } catch (IllegalArgumentException e) {
            throw new IOException(delays + ": damaged: " + e.getMessage(), e);
        }
    }

    /** Takes up other delays and writes counters until the thread is interrupted or the folder is gone. */
    void serve(Relay relay, List<PacketSocket> ports) {
        try {
            Object seen = stamp();
            for (long look = 0; Files.isDirectory(delays.getParent()); look++) {
                Object now = stamp();
                boolean changed = !now.equals(seen);
                if (changed) take(relay);
                seen = now;
                if (changed || look % (1000 / LOOK_MILLIS) == 0) write(relay.counts(), ports);
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (IOException e) {
            System.err.println("state: " + e.getMessage()); // frames go on
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Differs for each file that is put there. */
    private Object stamp() throws IOException {
        return Files.isRegularFile(delays) ? Files.readAttributes(delays, "unix:ino,ctime").toString() : "";
    }

    private void take(Relay relay) {
        try {
            relay.use(read());
            refused = "";
        } catch (IOException | IllegalArgumentException e) {
            refused = String.valueOf(e.getMessage());
            System.err.println("the old delays stay: " + refused);
        }
    }

    private void write(Counts counts, List<PacketSocket> ports) throws IOException {
        long lost = 0;
        for (PacketSocket port : ports) lost += port.lost();
        long frames = counts.frames;
        String text = "id=" + id + "\nframes=" + frames + "\nbytes=" + counts.bytes + "\noverflow=" + counts.overflow + "\nrefused=" + counts.refused
                + "\nlost=" + lost + "\nunlearnt=" + counts.unlearnt + "\nwaiting=" + counts.waiting + "\nwaiting_bytes=" + counts.waitingBytes
                + "\nlate_micros=" + counts.lateNanos / 1000 / Math.max(1, frames) + "\nlatest_micros=" + counts.latestNanos / 1000 + "\n";
        Files.writeString(fresh, text);
        Files.move(fresh, state, StandardCopyOption.ATOMIC_MOVE);
    }
}

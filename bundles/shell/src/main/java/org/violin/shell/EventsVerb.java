// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.control.Events;
import org.violin.api.control.Events.Event;
import org.violin.api.guest.GuestException;

/** {@code violin:events}. Following is woken by each event and reads them by number, so none is shown twice or out of order. */
@Service
@Command(scope = "violin", name = "events", description = "Shows what happened on this overlay host", detailedDescription = """
        Examples:
          violin:events
          violin:events -n 100
          violin:events --follow
          violin:events -o json          one event a line
        """)
public final class EventsVerb extends Query {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
    private static final int BATCH = 1000;
    private static final long LOOK_MILLIS = 1000;

    @Option(name = "-n", description = "At most so many past events")
    int count = 20;

    @Option(name = "-f", aliases = "--follow", description = "Wait for more until interrupted")
    boolean follow;

    @Reference(optional = true)
    Events events;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException, InterruptedException {
        boolean json = json();
        if (count < 0) throw new WrongUse("-n " + count + ": 0 or more");
        Events source = need(events, "org.violin.control");
        BlockingQueue<Boolean> wake = new ArrayBlockingQueue<>(1);
        long last = newest(source.after(-1, 1), -1);
        AutoCloseable listening = follow ? source.listen(e -> wake.offer(true)) : () -> { };
        try {
            if (count > 0) {
                List<Event> past = source.after(-1, count);
                print(past, json, io);
                last = newest(past, last);
            }
            while (follow && !io.gone()) {
                wake.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                List<Event> fresh = source.after(last, BATCH);
                print(fresh, json, io);
                last = newest(fresh, last);
            }
            return DONE;
        } finally {
            stop(listening);
        }
    }

    private static long newest(List<Event> events, long otherwise) {
        return events.isEmpty() ? otherwise : events.get(events.size() - 1).sequence();
    }

    private static void stop(AutoCloseable listening) throws IOException {
        try {
            listening.close();
        } catch (Exception e) {
            throw new IOException("events: " + e.getMessage(), e);
        }
    }

    private static void print(List<Event> events, boolean json, Streams io) throws IOException {
        for (Event e : events) {
            String time = TIME.format(Instant.ofEpochMilli(e.millis()).atZone(ZoneId.systemDefault()));
            io.out().println(json ? Json.line(e) : time + "  " + e.host() + "  " + e.topic() + "  " + e.subject() + "  " + e.text());
        }
    }
}

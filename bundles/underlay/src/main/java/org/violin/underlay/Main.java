// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.linux.EpollPollerProvider;
import org.violin.linux.PacketSocket;
import org.violin.linux.Rtnetlink;
import org.violin.linux.Timer;

/**
 * The program; the launcher runs it with the jars of the distribution, outside of any container.
 *
 * <pre>
 *   check HOSTS delay=TIME              the delays of HOSTS hosts on standard output, as relay reads them: all alike
 *   check HOSTS delays=FILE [hosts=I:J] or from rows of a matrix
 *   relay FOLDER                        carries frames between the interfaces host1, host2, ... of this network namespace
 * </pre>
 * Status 2 and every mistake on standard error when a matrix is refused, 1 when the kernel does not let it.
 */
public final class Main {
    private static final int ROOM_BYTES = 8 << 20;
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(us|ms|s)");
    private static final Pattern ROWS = Pattern.compile("\\d{1,6}(:\\d{1,6})*");

    private Main() {}

    /** @param words see above */
    public static void main(String[] words) {
        try {
            if (words.length >= 3 && words[0].equals("check")) {
                System.out.print(check(Integer.parseInt(words[1]), List.of(words).subList(2, words.length)).text());
            } else if (words.length == 2 && words[0].equals("relay")) {
                relay(Path.of(words[1]));
            } else {
                throw new Matrix.Refused("check HOSTS delay=TIME | check HOSTS delays=FILE [hosts=I:J:..] | relay FOLDER");
            }
        } catch (Matrix.Refused e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            System.exit(1);
        }
    }

    /** The words of {@code check} without the number of hosts. */
    static Matrix check(int hosts, List<String> words) throws IOException, Matrix.Refused {
        Map<String, String> values = new TreeMap<>();
        for (String word : words) {
            int end = word.indexOf('=');
            values.put(word.substring(0, Math.max(0, end)), word.substring(end + 1));
        }
        String file = values.get("delays");
        if (file == null) return Matrix.even(hosts, nanos(values.getOrDefault("delay", "")));
        List<Integer> rows = new ArrayList<>();
        String list = values.getOrDefault("hosts", "");
        if (!list.isEmpty() && !ROWS.matcher(list).matches()) {
            throw new Matrix.Refused("hosts=" + list + ": rows of the matrix are numbers from 1 between colons, such as 3:17:40");
        }
        for (String row : list.isEmpty() ? new String[0] : list.split(":")) rows.add(Integer.parseInt(row));
        return Matrix.read(Path.of(file), hosts, rows);
    }

    private static long nanos(String time) throws Matrix.Refused {
        Matcher m = TIME.matcher(time);
        if (!m.matches()) throw new Matrix.Refused("delay=" + time + ": a round-trip time is a number with us, ms or s, such as 20ms");
        double unit = switch (m.group(2)) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            default -> 1e9;
        };
        double nanos = Double.parseDouble(m.group(1)) * unit;
        if (nanos > Matrix.MOST_MILLIS * 1e6) throw new Matrix.Refused("delay=" + time + ": more than " + (long) Matrix.MOST_MILLIS + " ms");
        return Math.round(nanos);
    }

    private static void relay(Path folder) throws IOException {
        Desk desk = new Desk(folder);
        Matrix matrix = desk.read();
        Map<String, Integer> indices = new TreeMap<>();
        try (Rtnetlink netlink = Rtnetlink.open()) {
            for (Rtnetlink.Link link : netlink.links()) indices.put(link.name(), link.index());
        }
        List<PacketSocket> ports = new ArrayList<>();
        for (int i = 1; i <= matrix.size(); i++) {
            Integer index = indices.get("host" + i);
            if (index == null) throw new IOException("no interface host" + i + " in this network namespace");
            ports.add(PacketSocket.open(index, true, ROOM_BYTES));
        }
        try (Timer timer = Timer.open()) {
            Relay relay = new Relay(ports, new EpollPollerProvider().open(), timer, matrix);
            Thread reader = new Thread(() -> desk.serve(relay, ports), "underlay-desk");
            reader.setDaemon(true);
            reader.start();
            relay.run();
        }
    }
}

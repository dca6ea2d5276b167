// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeId;

/**
 * The overlay host's side of ways out: veth pairs, nftables tables, forwarding of single interfaces. All is found again by its names, so
 * that a container that was killed leaves nothing that the next one does not know. One change at a time in this process.
 */
final class Uplinks {
    static final String KIND = "uplink";
    /** The interface in the guest. */
    static final String NIC = "uplink";

    /** Shared addresses (RFC 6598), which neither LANs nor the Internet should have. */
    private static final Cidr POOL = Cidr.parse("100.64.0.0/10");
    private static final int NETWORKS = 1 << 20;
    private static final int TRIES = 1000;
    private static final Pattern TABLE = Pattern.compile("table inet " + UplinkText.TABLE + "([0-9a-f]{12})");
    private static final Pattern GUARDED = Pattern.compile("comment \"" + UplinkText.GUARD + "([^\"]+)\"");
    private static final Pattern DEVICE = Pattern.compile("\\bdev (\\S+)");
    private static final Pattern ADDRESS = Pattern.compile("inet ([0-9./]+)");

    private Uplinks() {}

    /** @param network whose first address is the host's, the second the guest's */
    record Pair(Cidr network, int mtuBytes) {}

    /** The same for a vRouter whenever and by whom it is asked. */
    static String key(NodeId id) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.toString().getBytes(StandardCharsets.UTF_8));
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 6; i++) text.append(String.format(java.util.Locale.ROOT, "%02x", hash[i]));
            return text.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(String input, String... command) throws IOException {
        HostTool.Said said = HostTool.run(input, List.of(command));
        if (said.status() != 0) throw new IOException(String.join(" ", command) + ": " + said.output().strip());
        return said.output();
    }

    /**
     * Makes the pair unless it is there, with its table, and returns what is between.
     *
     * @param wanted the network; empty: one is chosen
     * @param taken networks of the violin that it must not overlap
     * @param interfaces that may be used; empty: those of default routes
     */
    static synchronized Pair open(NodeId id, long guestPid, Optional<Cidr> wanted, Collection<Cidr> taken, List<String> interfaces) throws IOException {
        String key = key(id);
        String veth = UplinkText.PREFIX + key;
        Set<String> outs = new TreeSet<>(interfaces.isEmpty() ? outs() : interfaces);
        if (outs.isEmpty()) throw new IOException("this overlay host has no network to lead to");
        Cidr network = present(veth, guestPid).filter(n -> wanted.isEmpty() || wanted.get().equals(n)).orElse(null);
        if (network == null) {
            remove(id);
            network = choose(id, wanted, taken);
            Set<String> guarded = guarded(outs);
            table(key, network, outs, guarded);
            try {
                run("", "ip", "link", "add", "name", veth, "type", "veth", "peer", "name", NIC, "netns", String.valueOf(guestPid));
                write("net/ipv6/conf/" + veth + "/disable_ipv6", "1");
                run("", "ip", "address", "add", network.host(1).toString(), "dev", veth);
                run("", "ip", "link", "set", "dev", veth, "mtu", String.valueOf(mtu(outs)), "up");
            } catch (IOException e) {
                remove(id);
                throw e;
            }
        } else {
            Set<String> guarded = guarded(outs);
            table(key, network, outs, guarded);
        }
        write("net/ipv4/conf/" + veth + "/forwarding", "1");
        for (String out : outs) if (!read("net/ipv4/conf/" + out + "/forwarding").equals("1")) write("net/ipv4/conf/" + out + "/forwarding", "1");
        return new Pair(network, mtu(outs));
    }

    /** The network of a pair that is there and ends in that guest. */
    private static Optional<Cidr> present(String veth, long guestPid) throws IOException {
        HostTool.Said link = HostTool.run("", List.of("ip", "-o", "link", "show", "dev", veth));
        HostTool.Said peer = HostTool.run("", List.of("nsenter", "--net=/proc/" + guestPid + "/ns/net", "ip", "-o", "link", "show", "dev", NIC));
        if (link.status() != 0 || peer.status() != 0) return Optional.empty();
        String number = link.output().split(":", 2)[0].strip();
        if (!peer.output().contains(NIC + "@if" + number + ":")) return Optional.empty();
        Matcher m = ADDRESS.matcher(run("", "ip", "-4", "-o", "address", "show", "dev", veth));
        return m.find() ? Optional.of(Cidr.parse(m.group(1)).network()) : Optional.empty();
    }

    private static void table(String key, Cidr network, Set<String> outs, Set<String> guarded) throws IOException {
        String name = UplinkText.TABLE + key;
        String guest = network.host(2).address();
        run(UplinkText.host(key, guest, outs, guarded).replacement(NftTable.parse(counters(name))), "nft", "-f", "-");
    }

    private static String counters(String table) throws IOException {
        HostTool.Said said = HostTool.run("", List.of("nft", "list", "counters", "table", "inet", table));
        return said.status() == 0 ? said.output() : "";
    }

    /** Packets and bytes by counter of a vRouter's way out. */
    static Map<String, long[]> counters(NodeId id) throws IOException {
        return NftTable.parse(counters(UplinkText.TABLE + key(id)));
    }

    /** Interfaces by which this host reaches its network. */
    static Set<String> outs() throws IOException {
        Set<String> outs = new TreeSet<>();
        Matcher m = DEVICE.matcher(run("", "ip", "-4", "-o", "route", "show", "default"));
        while (m.find()) outs.add(m.group(1));
        if (!outs.isEmpty()) return outs;
        for (String line : run("", "ip", "-4", "-o", "address", "show", "up", "scope", "global").split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 1 && !words[1].startsWith(UplinkText.PREFIX)) outs.add(words[1]);
        }
        return outs;
    }

    /** Those that do not forward, or do only because of other ways out. */
    private static Set<String> guarded(Set<String> outs) throws IOException {
        Set<String> guarded = new TreeSet<>(guards(tables()));
        guarded.retainAll(outs);
        for (String out : outs) if (!read("net/ipv4/conf/" + out + "/forwarding").equals("1")) guarded.add(out);
        return guarded;
    }

    private static Set<String> guards(Collection<String> keys) throws IOException {
        Set<String> guards = new TreeSet<>();
        for (String key : keys) {
            HostTool.Said said = HostTool.run("", List.of("nft", "list", "table", "inet", UplinkText.TABLE + key));
            Matcher m = GUARDED.matcher(said.output());
            while (m.find()) guards.add(m.group(1));
        }
        return guards;
    }

    private static Set<String> tables() throws IOException {
        Set<String> keys = new TreeSet<>();
        Matcher m = TABLE.matcher(run("", "nft", "list", "tables", "inet"));
        while (m.find()) keys.add(m.group(1));
        return keys;
    }

    private static Cidr choose(NodeId id, Optional<Cidr> wanted, Collection<Cidr> taken) throws IOException {
        List<Cidr> used = new ArrayList<>(taken);
        for (String line : run("", "ip", "-4", "-o", "route", "show").split("\n")) {
            String word = line.strip().split("\\s+")[0];
            if (word.matches("[0-9.]+(/[0-9]+)?")) used.add(Cidr.parse(word));
        }
        if (wanted.isPresent()) {
            for (Cidr one : used) {
                if (one.overlaps(wanted.get())) throw new IOException("the network " + wanted.get() + " is in use: " + one + "; give another one");
            }
            return wanted.get();
        }
        long first = Long.parseLong(key(id).substring(0, 8), 16) % NETWORKS;
        for (int i = 0; i < TRIES; i++) {
            Cidr network = new Cidr(POOL.host((first + i) % NETWORKS * 4).address(), 30);
            if (used.stream().noneMatch(network::overlaps)) return network;
        }
        throw new IOException("no free network in " + POOL + "; give one: uplink: {network: A.B.C.D/30}");
    }

    private static int mtu(Set<String> outs) throws IOException {
        int least = 1500;
        for (String out : outs) {
            Matcher m = Pattern.compile("mtu ([0-9]+)").matcher(run("", "ip", "-o", "link", "show", "dev", out));
            if (m.find()) least = Math.min(least, Integer.parseInt(m.group(1)));
        }
        return least;
    }

    /** Takes away all of one way out. Idempotent. */
    static synchronized void remove(NodeId id) throws IOException {
        remove(key(id));
    }

    private static void remove(String key) throws IOException {
        HostTool.run("", List.of("ip", "link", "delete", "dev", UplinkText.PREFIX + key));
        Set<String> tables = tables();
        if (!tables.remove(key)) return;
        Set<String> release = guards(Set.of(key));
        release.removeAll(guards(tables));
        for (String nic : release) {
            if (Files.exists(Path.of("/proc/sys/net/ipv4/conf", nic))) write("net/ipv4/conf/" + nic + "/forwarding", "0");
        }
        run("delete table inet " + UplinkText.TABLE + key + "\n", "nft", "-f", "-");
    }

    /** Takes away what ended guests left: tables whose interface is gone. */
    static synchronized void sweep() throws IOException {
        for (String key : tables()) {
            if (HostTool.run("", List.of("ip", "link", "show", "dev", UplinkText.PREFIX + key)).status() != 0) remove(key);
        }
    }

    private static String read(String setting) throws IOException {
        return Files.readString(Path.of("/proc/sys", setting)).strip();
    }

    private static void write(String setting, String value) throws IOException {
        Files.writeString(Path.of("/proc/sys", setting), value);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Cidr;
import org.violin.api.routing.ControlStatus.Adjacency;
import org.violin.api.routing.ControlStatus.Route;
import org.violin.api.routing.FibRoute;

/** Reads the answers of FRR's show commands. Their keys differ between releases, so what is not understood is left out. Pure. */
final class Shows {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern CLOCK = Pattern.compile("(?:(\\d+)d)?(\\d+):(\\d\\d):(\\d\\d)");
    private static final Pattern SOURCE = Pattern.compile("\\s+([0-9a-fA-F.:]+)\\s+\\d+\\s+\\d+\\s+\\d+\\s+(\\d\\d:\\d\\d:\\d\\d)\\s*");

    private Shows() {}

    private static JsonNode read(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            return node == null ? JSON.createObjectNode() : node;
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    /** The first of these keys that is there, as text. */
    private static String text(JsonNode node, String... keys) {
        for (String key : keys) if (node.hasNonNull(key)) return node.get(key).asText();
        return "";
    }

    private static long millis(JsonNode node, String... keys) {
        for (String key : keys) if (node.hasNonNull(key) && node.get(key).isNumber()) return node.get(key).asLong();
        return -1;
    }

    private static long clock(String text) {
        Matcher m = CLOCK.matcher(text);
        if (!m.matches()) return -1;
        long days = m.group(1) == null ? 0 : Long.parseLong(m.group(1));
        return (((days * 24 + Long.parseLong(m.group(2))) * 60 + Long.parseLong(m.group(3))) * 60 + Long.parseLong(m.group(4))) * 1000;
    }

    private static String nic(String name) {
        return name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
    }

    private static void each(JsonNode object, BiConsumer<String, JsonNode> action) {
        for (Map.Entry<String, JsonNode> e : object.properties()) {
            if (e.getValue().isArray()) e.getValue().forEach(one -> action.accept(e.getKey(), one));
            else action.accept(e.getKey(), e.getValue());
        }
    }

    /** {@code show ip ospf neighbor json}. */
    static List<Adjacency> ospf(String json) {
        List<Adjacency> found = new ArrayList<>();
        JsonNode root = read(json);
        each(root.has("neighbors") ? root.get("neighbors") : root, (peer, n) -> {
            String state = text(n, "nbrState", "state");
            if (state.isEmpty()) return;
            found.add(new Adjacency("ospf", peer, text(n, "ifaceAddress", "address"), nic(text(n, "ifaceName")), state, state.startsWith("Full"),
                    millis(n, "upTimeInMsec", "lastPrgrsvChangeMsec")));
        });
        return found;
    }

    /** How many advertisements neighbours have not acknowledged yet, of {@code show ip ospf neighbor json}. */
    static int unacknowledged(String json) {
        int[] sum = new int[1];
        JsonNode root = read(json);
        each(root.has("neighbors") ? root.get("neighbors") : root, (peer, n) -> n.properties().forEach(e -> {
            if (e.getKey().matches("(?i).*retransm.*counter")) sum[0] += e.getValue().asInt();
        }));
        return sum[0];
    }

    /** {@code show ipv6 ospf6 neighbor json}. */
    static List<Adjacency> ospf6(String json) {
        List<Adjacency> found = new ArrayList<>();
        each(read(json), (key, n) -> {
            String peer = text(n, "neighborId");
            String state = text(n, "state");
            if (peer.isEmpty()) return;
            found.add(new Adjacency("ospf6", peer, "", text(n, "interfaceName"), state, state.startsWith("Full"), clock(text(n, "duration"))));
        });
        return found;
    }

    /** {@code show bgp summary json}; a peer of several address families is told once. */
    static List<Adjacency> bgp(String json) {
        List<Adjacency> found = new ArrayList<>();
        JsonNode root = read(json);
        List<JsonNode> families = new ArrayList<>(List.of(root));
        root.forEach(families::add);
        for (JsonNode family : families) {
            if (!family.path("peers").isObject()) continue;
            each(family.get("peers"), (peer, n) -> {
                if (found.stream().anyMatch(a -> a.peer().equals(peer))) return;
                String state = text(n, "state", "peerState");
                found.add(new Adjacency("bgp", peer, peer, "", state, state.equals("Established"), millis(n, "peerUptimeMsec")));
            });
        }
        return found;
    }

    /** {@code show isis neighbor detail json}. */
    static List<Adjacency> isis(String json) {
        List<Adjacency> found = new ArrayList<>();
        for (JsonNode area : read(json).path("areas")) {
            for (JsonNode circuit : area.path("circuits")) {
                JsonNode n = circuit.path("interface");
                String peer = text(circuit, "adj");
                if (peer.isEmpty()) continue;
                String state = n.isObject() ? text(n, "state") : text(circuit, "state");
                String name = n.isObject() ? text(n, "name") : n.asText();
                String address = n.path("ipv4-address").path("ipv4").asText("");
                found.add(new Adjacency("isis", peer, address, name, state, state.equalsIgnoreCase("Up"), -1));
            }
        }
        return found;
    }

    /** {@code show bfd peers json}. */
    static List<Adjacency> bfd(String json) {
        List<Adjacency> found = new ArrayList<>();
        for (JsonNode n : read(json)) {
            String peer = text(n, "peer");
            if (peer.isEmpty()) continue;
            String state = text(n, "status");
            long since = millis(n, "uptime", "downtime");
            found.add(new Adjacency("bfd", peer, peer, text(n, "interface"), state, state.equals("up"), since < 0 ? -1 : since * 1000));
        }
        return found;
    }

    /** {@code show ip rip status} and {@code show ipv6 ripng status}, which have no JSON: the sources that were heard. */
    static List<Adjacency> rip(String text) {
        List<Adjacency> found = new ArrayList<>();
        boolean sources = false;
        for (String line : text.split("\n")) {
            if (line.contains("Gateway")) sources = true;
            Matcher m = SOURCE.matcher(line);
            if (sources && m.matches()) found.add(new Adjacency("rip", m.group(1), m.group(1), "", "heard", true, -1));
        }
        return found;
    }

    /** {@code show ip route json} and {@code show ipv6 route json}. */
    static List<Route> routes(String json) {
        List<Route> found = new ArrayList<>();
        each(read(json), (prefix, n) -> {
            Cidr to;
            try {
                to = Cidr.parse(prefix).network();
            } catch (IllegalArgumentException e) {
                return;
            }
            if (to.address().startsWith("fe8")) return;
            List<FibRoute.Hop> hops = new ArrayList<>();
            boolean selected = n.path("selected").asBoolean();
            for (JsonNode h : n.path("nexthops")) {
                if (selected && n.path("installed").asBoolean() && !h.path("fib").asBoolean()) continue;
                if (h.has("blackhole") || h.has("reject") || h.has("unreachable") || text(h, "interfaceName").isEmpty()) continue;
                hops.add(new FibRoute.Hop(text(h, "ip"), text(h, "interfaceName"), Math.max(1, h.path("weight").asInt(1))));
            }
            String protocol = text(n, "protocol").replace("ospf6", "ospf").replace("ripng", "rip");
            found.add(new Route(new FibRoute(to, protocol, hops), n.path("distance").asInt(), n.path("metric").asLong(), selected));
        });
        return found;
    }
}

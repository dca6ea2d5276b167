// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Cidr;

/**
 * The keys that only vRouters have, checked as they are read; {@link #apply} lays them over a node as attributes. Keys of an interface
 * become attributes {@code nic.NAME.KEY}.
 */
final class RouterKeys {
    private static final long MAX_AS = 0xffffffffL;
    private static final int MAX_LOOPBACKS = 16;

    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Draft.Given> loopbacks = new java.util.ArrayList<>();
    private final boolean hasLoopbacks;
    private final int routerIdLine;
    private final ServiceKeys services;

    RouterKeys(Fields fields, Mistakes mistakes) {
        attributes.putAll(RoutingKeys.read(fields, mistakes));
        RoutingKeys.startup(fields, mistakes, attributes);
        fields.parsed("as", "an autonomous system: a number from 1 to " + MAX_AS, RouterKeys::autonomousSystem).ifPresent(as -> attributes.put("as", as));
        fields.parsed("router-id", "four numbers such as 10.255.0.1, not all 0", text -> {
            String id = RoutingKeys.quad(text);
            if (id.equals("0.0.0.0")) throw new IllegalArgumentException(text);
            return id;
        }).ifPresent(id -> attributes.put("router-id", id));
        routerIdLine = fields.line("router-id");
        services = new ServiceKeys(fields, mistakes);
        hasLoopbacks = fields.has("loopback");
        List<Tree> items = fields.items("loopback");
        if (items.size() > MAX_LOOPBACKS) {
            mistakes.add(fields.line("loopback"), String.valueOf(items.size()), "'loopback' may have at most " + MAX_LOOPBACKS + " items");
        }
        for (Tree item : items) {
            Fields.parsed(item, "'loopback'", "a router's own address such as 10.255.0.1 or fd00:255::1, without prefix length", RouterKeys::loopback, mistakes)
                    .ifPresent(cidr -> loopbacks.add(new Draft.Given(cidr, true, item.line())));
        }
    }

    private static String autonomousSystem(String text) {
        if (!text.matches("[0-9]{1,10}")) throw new IllegalArgumentException(text);
        long as = Long.parseLong(text);
        if (as < 1 || as > MAX_AS) throw new IllegalArgumentException(text);
        return String.valueOf(as);
    }

    private static Cidr loopback(String text) {
        Cidr cidr = Cidr.parse(text);
        try {
            InetAddress address = InetAddress.getByAddress(cidr.bytes());
            boolean special = address.isAnyLocalAddress() || address.isLoopbackAddress() || address.isMulticastAddress() || address.isLinkLocalAddress();
            if (special || cidr.prefix() != cidr.bytes().length * 8) throw new IllegalArgumentException(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
        return cidr;
    }

    /** Only of a vRouter. */
    void apply(Draft.Node node) {
        node.attributes.putAll(attributes);
        services.apply(node);
        if (attributes.containsKey("router-id")) node.routerIdLine = routerIdLine;
        if (!hasLoopbacks) return;
        node.loopbacks.clear();
        node.loopbacks.addAll(loopbacks);
    }

    /** What routing should know of one interface. */
    static void nic(Fields fields, String name, Map<String, String> into, Mistakes mistakes) {
        String prefix = "nic." + name + ".";
        fields.parsed("area", RoutingKeys.AREA_RULE, RoutingKeys::area).ifPresent(area -> into.put(prefix + "area", area));
        fields.parsed("cost", "a number from 1 to 65535", text -> Quantity.whole(text, 1, 65_535))
                .ifPresent(cost -> into.put(prefix + "cost", String.valueOf(cost)));
        fields.parsed("passive", "true or false", text -> {
            if (!text.equals("true") && !text.equals("false")) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(passive -> into.put(prefix + "passive", passive));
        RoutingKeys.text(fields, "click.splice").ifPresent(text -> into.put(prefix + "click.splice", text));
    }
}

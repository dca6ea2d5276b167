// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.regex.Pattern;
import org.violin.api.model.Cidr;

/** Reads the keys {@code ipv4}, {@code ipv6}, {@code subnet}, {@code mac} and {@code mtu} wherever they stand. */
final class AddressKeys {
    static final int MIN_MTU = 68;
    static final int MIN_MTU_IPV6 = 1280;
    static final int MAX_MTU = 9000;
    private static final int MAX_GIVEN = 16;
    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}");

    private final Mistakes mistakes;

    AddressKeys(Mistakes mistakes) {
        this.mistakes = mistakes;
    }

    /** {@code ipv4} and {@code ipv6} of a vNIC: one address, a list of them, or {@code none}. */
    void addresses(Fields fields, Draft.Addressing into) {
        for (String key : new String[] {"ipv4", "ipv6"}) {
            if (none(fields, key, into)) continue;
            bounded(fields, key);
            for (Tree item : fields.items(key)) address(item, key, into);
        }
    }

    /** {@code subnet}, {@code ipv4} and {@code ipv6} of a segment: subnets, or {@code none}. */
    void subnets(Fields fields, Draft.Addressing into) {
        subnets(fields, into, false);
    }

    /** @param listsAreEnds passes over lists under {@code ipv4} and {@code ipv6}, because the caller reads them as addresses of ends */
    void subnets(Fields fields, Draft.Addressing into, boolean listsAreEnds) {
        for (String key : new String[] {"subnet", "ipv4", "ipv6"}) {
            if (!key.equals("subnet") && none(fields, key, into)) continue;
            if (listsAreEnds && !key.equals("subnet") && fields.tree(key).orElse(null) instanceof Tree.Sequence) continue;
            bounded(fields, key);
            for (Tree item : fields.items(key)) subnet(item, key, into);
        }
    }

    void address(Tree tree, String key, Draft.Addressing into) {
        String rule = "an " + family(key) + " address such as " + (key.equals("ipv6") ? "fd00:1::7/64" : "10.0.1.7/24");
        Fields.parsed(tree, "'" + key + "'", rule, text -> family(key, Cidr.parse(text)), mistakes)
                .ifPresent(cidr -> into.given.add(new Draft.Given(cidr, Fields.text(tree).indexOf('/') < 0, tree.line())));
    }

    private void subnet(Tree tree, String key, Draft.Addressing into) {
        String example = key.equals("ipv6") ? "fd00:1::/64" : "10.0.1.0/24";
        String rule = "an " + family(key) + " subnet such as " + example + " without host bits";
        Fields.parsed(tree, "'" + key + "'", rule, text -> network(family(key, Cidr.parse(text)), text), mistakes)
                .ifPresent(cidr -> into.given.add(new Draft.Given(cidr, false, tree.line())));
    }

    private boolean none(Fields fields, String key, Draft.Addressing into) {
        boolean none = fields.tree(key).map(Fields::text).filter("none"::equals).isPresent();
        if (none && key.equals("ipv6")) into.noIpv6 = true;
        if (none && key.equals("ipv4")) into.noIpv4 = true;
        return none;
    }

    private void bounded(Fields fields, String key) {
        int size = fields.items(key).size();
        if (size > MAX_GIVEN) mistakes.add(fields.line(key), String.valueOf(size), "'" + key + "' may have at most " + MAX_GIVEN
                + " items");
    }

    /** 0 when not given. */
    int mtu(Fields fields) {
        return fields.parsed("mtu", "a number of bytes from " + MIN_MTU + " to " + MAX_MTU, t -> Quantity.whole(t, MIN_MTU,
                MAX_MTU)).orElse(0);
    }

    /** Empty when not given. */
    String mac(Fields fields) {
        return fields.parsed("mac", "six octets such as 02:00:5e:10:00:01, no multicast address", AddressKeys::unicast).orElse("");
    }

    private static String unicast(String text) {
        String mac = text.toLowerCase(java.util.Locale.ROOT);
        boolean good = MAC.matcher(mac).matches() && (Integer.parseInt(mac.substring(0, 2), 16) & 1) == 0
                && !mac.equals("00:00:00:00:00:00");
        if (!good) throw new IllegalArgumentException(text);
        return mac;
    }

    private static Cidr network(Cidr cidr, String text) {
        if (text.indexOf('/') < 0 || cidr.prefix() == 0 || !cidr.equals(cidr.network())) throw new IllegalArgumentException(text);
        return cidr;
    }

    private static Cidr family(String key, Cidr cidr) {
        if (!key.equals("subnet") && cidr.isIpv6() != key.equals("ipv6")) throw new IllegalArgumentException(key);
        return cidr;
    }

    private static String family(String key) {
        return key.equals("subnet") ? "IPv4 or IPv6" : key.equals("ipv6") ? "IPv6" : "IPv4";
    }
}

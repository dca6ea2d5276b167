// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The nftables texts of one way out. On the overlay host: only what comes from the guest's one address, and leaves by the given interfaces,
 * passes, as the host's own; only answers come back; the host itself cannot be reached by it. Pure.
 */
final class UplinkText {
    /** Of the host's ends of all ways out. */
    static final String PREFIX = "vup";
    static final String TABLE = "violin-uplink-";
    static final String GUARD = "violin guard ";

    private UplinkText() {}

    /**
     * The host's table.
     *
     * @param key what {@link #PREFIX} and {@link #TABLE} are followed by
     * @param guest the guest's address
     * @param outs interfaces of the host
     * @param guarded those that did not forward before: they forward nothing else now either
     */
    static NftTable host(String key, String guest, Collection<String> outs, Collection<String> guarded) {
        NftTable table = new NftTable(TABLE + key);
        String veth = "\"" + PREFIX + key + "\"";
        String out = Checked.quoted(outs);
        table.line("  chain forward {").line("    type filter hook forward priority -10; policy accept;");
        // Link-local addresses are of services for the host alone, such as a cloud's metadata.
        table.line("    iifname " + veth + " ip saddr != " + guest + " " + table.counter("refused") + " drop");
        table.line("    iifname " + veth + " ip daddr { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 } " + table.counter("refused") + " drop");
        table.line("    iifname " + veth + " oifname " + out + " " + table.counter("out") + " accept");
        table.line("    iifname " + veth + " " + table.counter("refused") + " drop");
        table.line("    oifname " + veth + " iifname " + out + " ct state established,related " + table.counter("back") + " accept");
        table.line("    oifname " + veth + " " + table.counter("refused") + " drop");
        for (String nic : new TreeSet<>(guarded)) {
            table.line("    iifname \"" + nic + "\" oifname != \"" + PREFIX + "*\" drop comment \"" + GUARD + nic + "\"");
        }
        table.line("  }").line("  chain input {").line("    type filter hook input priority -10; policy accept;");
        table.line("    iifname " + veth + " " + table.counter("refused") + " drop").line("  }");
        table.line("  chain output {").line("    type filter hook output priority -10; policy accept;");
        table.line("    oifname " + veth + " ct state established,related accept").line("    oifname " + veth + " drop").line("  }");
        table.line("  chain postrouting {").line("    type nat hook postrouting priority srcnat; policy accept;");
        return table.line("    ip saddr " + guest + " oifname " + out + " masquerade").line("  }");
    }

    /** The guest's table: what leaves has the guest's one address; only answers come in. */
    static NftTable guest() {
        NftTable table = new NftTable(TableService.table(Uplinks.KIND));
        String nic = "\"" + Uplinks.NIC + "\"";
        for (String chain : List.of("input", "forward")) {
            table.line("  chain " + chain + " {").line("    type filter hook " + chain + " priority -10; policy accept;");
            table.line("    iifname " + nic + " ct state established,related accept").line("    iifname " + nic + " drop").line("  }");
        }
        table.line("  chain postrouting {").line("    type nat hook postrouting priority srcnat; policy accept;");
        return table.line("    oifname " + nic + " masquerade").line("  }");
    }
}

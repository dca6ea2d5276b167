// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceStatus;

/** A service that is one nftables table in the guest. */
final class TableService implements RouterService {
    private final String kind;
    private final BiFunction<RouterSpec, Map<String, String>, NftTable> text;
    private final GuestShell shell;

    /** @param text makes the table of this kind; its name is {@link #table} */
    TableService(String kind, BiFunction<RouterSpec, Map<String, String>, NftTable> text, Guest guest) {
        this.kind = kind;
        this.text = text;
        shell = new GuestShell(guest);
    }

    /** The table's name in the guest. */
    static String table(String kind) {
        return "violin_" + kind;
    }

    @Override
    public void apply(RouterSpec next, Map<String, String> settings) throws GuestException {
        text.apply(next, settings).install(shell);
    }

    @Override
    public ServiceStatus status() {
        try {
            Map<String, Long> counters = new TreeMap<>();
            List<String> facts = new ArrayList<>();
            NftTable.counters(shell, table(kind)).forEach((name, had) -> {
                counters.put(name + ".packets", had[0]);
                counters.put(name + ".bytes", had[1]);
            });
            if (!shell.script("nft list table inet \"$1\" 2>/dev/null | head -n 1; true", "", table(kind)).isEmpty()) {
                return ServiceStatus.ready(kind, facts, counters);
            }
            return ServiceStatus.failed(kind, "its table " + table(kind) + " is not there: something in the guest removed it");
        } catch (GuestException e) {
            return ServiceStatus.failed(kind, e.getMessage());
        }
    }

    @Override
    public void remove(boolean guestEnds) throws GuestException {
        if (!guestEnds) NftTable.remove(shell, table(kind));
    }

    @Override
    public void close() {
        // the table works on by itself
    }
}

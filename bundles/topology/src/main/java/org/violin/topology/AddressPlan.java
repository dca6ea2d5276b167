// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.NodeKind;

/**
 * Gives each vNIC its addresses of one family: those the file gives, checked; else the one it has now while that is legal; else the lowest
 * free one of the segment's subnet, vRouters first.
 */
final class AddressPlan {
    private final boolean ipv6;
    private final Present present;
    private final Mistakes mistakes;
    private final Map<Endpoint, List<Cidr>> result;

    /** @param result where addresses are added to */
    AddressPlan(boolean ipv6, Present present, Mistakes mistakes, Map<Endpoint, List<Cidr>> result) {
        this.ipv6 = ipv6;
        this.present = present;
        this.mistakes = mistakes;
        this.result = result;
    }

    void fill(Segment segment) {
        Map<BigInteger, Integer> lines = new HashMap<>();
        List<Segment.Member> open = new ArrayList<>();
        for (Segment.Member member : segment.members) {
            boolean any = false;
            for (Draft.Given given : member.nic().addresses.given) {
                if (given.cidr().isIpv6() != ipv6) continue;
                any = true;
                given(segment, member, given, lines);
            }
            if (!any && !member.nic().addresses.none(ipv6)) open.add(member);
        }
        if (segment.subnets(ipv6).isEmpty() || open.isEmpty()) return;
        Block block = Block.of(segment.subnets(ipv6).get(0));
        if (segment.given.none(ipv6)) return;
        Set<BigInteger> taken = new HashSet<>(lines.keySet());
        open.removeIf(member -> keep(member, block, taken));
        open.sort(java.util.Comparator.comparing(m -> m.node().kind != NodeKind.VROUTER));
        BigInteger next = block.firstHost();
        for (Segment.Member member : open) {
            while (taken.contains(next)) next = next.add(BigInteger.ONE);
            if (next.compareTo(block.lastHost()) > 0) {
                mistakes.add(segment.line, block.cidr().toString(), "has " + block.hosts() + " addresses, too few for the "
                        + segment.members.size()
                        + " interfaces of " + segment.word());
                return;
            }
            taken.add(next);
            add(member, block.address(next));
        }
    }

    private boolean keep(Segment.Member member, Block block, Set<BigInteger> taken) {
        Optional<Cidr> now = present.nic(member.end().node(), member.end().port())
                .flatMap(nic -> nic.addresses().stream().filter(a -> a.isIpv6() == ipv6).findFirst());
        if (now.isEmpty()) return false;
        BigInteger number = Block.number(now.get());
        boolean legal = number.compareTo(block.firstHost()) >= 0 && number.compareTo(block.lastHost()) <= 0;
        if (!legal || !taken.add(number)) return false;
        add(member, block.address(number));
        return true;
    }

    private void given(Segment segment, Segment.Member member, Draft.Given given, Map<BigInteger, Integer> lines) {
        BigInteger number = Block.number(given.cidr());
        String shown = given.bare() ? given.cidr().address() : given.cidr().toString();
        if (!segment.isGiven(ipv6)) {
            mistakes.add(given.line(), shown, "the prefix length is missing, and " + segment.word()
                    + " has no given subnet to take it from");
            return;
        }
        Block home = segment.subnets(ipv6).stream().map(Block::of).filter(b -> b.contains(number)).findFirst().orElse(null);
        if (home == null) {
            mistakes.add(given.line(), shown, "outside " + segment.subnets(ipv6).get(0) + ", the subnet of " + segment.word());
        } else if (!given.bare() && given.cidr().prefix() != home.prefix()) {
            mistakes.add(given.line(), shown, "the prefix length of " + segment.word() + " is " + home.prefix());
        } else if (number.compareTo(home.firstHost()) < 0 || number.compareTo(home.lastHost()) > 0) {
            mistakes.add(given.line(), shown, "is the " + (number.equals(home.low()) ? "own" : "broadcast") + " address of the subnet "
                    + home.cidr());
        } else {
            Integer first = lines.putIfAbsent(number, given.line());
            if (first == null) add(member, home.address(number));
            else mistakes.add(given.line(), shown, "this address is already given in line " + first);
        }
    }

    private void add(Segment.Member member, Cidr address) {
        result.computeIfAbsent(member.end(), k -> new ArrayList<>()).add(address);
    }
}

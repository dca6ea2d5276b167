// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;

/**
 * Gives each segment its subnets of one family: those the file gives, else the one its vNICs have now while that is legal, else the lowest
 * free one of the pool. vLANs come from the beginning of the pool, point-to-point links from its second half.
 */
final class SubnetPlan {
    private static final int LAN_IPV4 = 24;
    private static final int POINT_TO_POINT_IPV4 = 30;
    private static final int ANY_IPV6 = 64;

    private final boolean ipv6;
    private final Optional<Block> pool;
    private final Present present;
    private final Mistakes mistakes;
    private final FreeSpace space = new FreeSpace();

    SubnetPlan(boolean ipv6, Optional<Cidr> pool, Present present, Mistakes mistakes) {
        this.ipv6 = ipv6;
        this.pool = pool.map(Block::of);
        this.present = present;
        this.mistakes = mistakes;
    }

    void fill(List<Segment> segments, Collection<Draft.Node> nodes) {
        List<Segment> open = new ArrayList<>();
        List<Owned> owned = new ArrayList<>();
        for (Segment segment : segments) {
            given(segment, owned);
            boolean automatic = segment.subnets(ipv6).isEmpty() && wanted(segment) > 0;
            if (automatic && pool.isPresent() && !segment.given.none(ipv6)) open.add(segment);
        }
        owned.sort(Comparator.comparing((Owned o) -> o.block.low()).thenComparing(o -> o.line));
        Owned widest = null;
        for (Owned next : owned) {
            if (widest != null && widest.block.high().compareTo(next.block.low()) >= 0) overlap(widest, next);
            if (widest == null || widest.block.high().compareTo(next.block.high()) < 0) widest = next;
            space.take(next.block);
        }
        keep(open);
        for (Draft.Node node : nodes) {
            for (Draft.Given loopback : node.loopbacks) if (loopback.cidr().isIpv6() == ipv6) space.take(Block.of(loopback.cidr()));
        }
        for (Segment segment : open) if (segment.subnets(ipv6).isEmpty()) allot(segment);
    }

    /** A subnet that the file gives, directly or by an address. */
    private record Owned(Block block, int line, Segment segment) {}

    private void overlap(Owned one, Owned two) {
        Owned later = one.line > two.line ? one : two;
        Owned first = later == one ? two : one;
        mistakes.add(later.line, later.block.cidr().toString(), "overlaps " + first.block.cidr() + " of " + first.segment.word()
                + (first.line > 0 ? ", line " + first.line : ""));
    }

    private void given(Segment segment, List<Owned> owned) {
        List<Draft.Given> list = new ArrayList<>(segment.given.given);
        if (list.stream().noneMatch(g -> g.cidr().isIpv6() == ipv6)) {
            // No subnet given: the first full address of a member gives it.
            segment.members.stream().flatMap(m -> m.nic().addresses.given.stream())
                    .filter(g -> g.cidr().isIpv6() == ipv6 && !g.bare()).findFirst()
                    .ifPresent(g -> list.add(new Draft.Given(g.cidr().network(), false, g.line())));
        }
        for (Draft.Given g : list) {
            if (g.cidr().isIpv6() != ipv6 || segment.subnets(ipv6).contains(g.cidr())) continue;
            segment.subnets(ipv6).add(g.cidr());
            if (ipv6) segment.givenIpv6 = true;
            else segment.givenIpv4 = true;
            owned.add(new Owned(Block.of(g.cidr()), g.line(), segment));
        }
    }

    /** How many vNICs of the segment need an automatic address. */
    private int wanted(Segment segment) {
        int wanted = 0;
        for (Segment.Member m : segment.members) {
            boolean given = m.nic().addresses.given.stream().anyMatch(g -> g.cidr().isIpv6() == ipv6);
            if (!given && !m.nic().addresses.none(ipv6)) wanted++;
        }
        return wanted;
    }

    /** Segments keep the subnet that most of their vNICs are in now; the segment with the most of them wins it. */
    private void keep(List<Segment> open) {
        List<Vote> votes = new ArrayList<>();
        for (Segment segment : open) {
            Map<Cidr, Integer> count = new LinkedHashMap<>();
            for (Segment.Member m : segment.members) {
                present.nic(m.end().node(), m.end().port()).flatMap(this::primary).ifPresent(c -> count.merge(c.network(), 1,
                        Integer::sum));
            }
            count.forEach((subnet, n) -> votes.add(new Vote(segment, subnet, n)));
        }
        votes.sort(Comparator.comparingInt(v -> -v.count));
        for (Vote vote : votes) {
            if (!vote.segment.subnets(ipv6).isEmpty()) continue;
            Block block = Block.of(vote.subnet);
            boolean tooSmall = block.hosts().compareTo(BigInteger.valueOf(vote.segment.members.size())) < 0;
            if (tooSmall) block = Block.of(new Cidr(vote.subnet.address(), prefix(vote.segment)));
            if (pool.get().contains(block) && space.take(block)) vote.segment.subnets(ipv6).add(block.cidr());
        }
    }

    private record Vote(Segment segment, Cidr subnet, int count) {}

    private Optional<Cidr> primary(NicSpec nic) {
        return nic.addresses().stream().filter(a -> a.isIpv6() == ipv6).findFirst();
    }

    private void allot(Segment segment) {
        Block whole = pool.get();
        BigInteger middle = whole.low().add(whole.size().shiftRight(1));
        int prefix = prefix(segment);
        Optional<Block> block = segment.isLan() ? Optional.empty() : space.takeFree(whole, middle, prefix);
        if (block.isEmpty()) block = space.takeFree(whole, whole.low(), prefix);
        if (block.isPresent()) {
            segment.subnets(ipv6).add(block.get().cidr());
        } else {
            mistakes.add(segment.line, whole.cidr().toString(), "no free /" + prefix + " is left in this pool for " + segment.word()
                    + "; give a larger pool under 'addressing:'");
        }
    }

    /** Room for half as many again, so that a vLAN can grow without new addresses. */
    private int prefix(Segment segment) {
        if (ipv6) return ANY_IPV6;
        if (!segment.isLan()) return POINT_TO_POINT_IPV4;
        int hosts = segment.members.size() * 3 / 2 + 2;
        return Math.min(LAN_IPV4, 32 - (32 - Integer.numberOfLeadingZeros(hosts)));
    }
}

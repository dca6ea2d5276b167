// SPDX-License-Identifier: Apache-2.0
package org.violin.api.placement;

import java.util.List;

/**
 * What is to be placed, with what it wants and what it is worth. Made by: control from violins, benchmarks from public instances.
 *
 * @param entities names differ
 * @param traffic between two of the entities each; several between the same two add up
 * @param groups rules for several entities together; hard
 * @param weights of the objective's parts
 * @param colocation false: at most one entity on a host, as the benchmarks of virtual network embedding have it
 */
public record Demand(List<Entity> entities, List<Traffic> traffic, List<Group> groups, Weights weights, boolean colocation) {
    public Demand {
        entities = List.copyOf(entities);
        traffic = List.copyOf(traffic);
        groups = List.copyOf(groups);
    }

    /**
     * One vHost, vRouter or vSwitch.
     *
     * @param cpus cores it must get; 0: no limit was asked, it fits everywhere
     * @param memoryBytes memory it must get; 0: as above
     * @param load cores it is thought to use; for balance only
     * @param hosts where it may go; empty: anywhere
     * @param why the rule that made {@code hosts}, in words, such as {@code pinned to host1}; empty with empty hosts
     * @param movePrice what moving it from its current host costs, in units of the objective (such as from its size)
     */
    public record Entity(String name, double cpus, long memoryBytes, double load, List<String> hosts, String why, double movePrice) {
        public Entity {
            hosts = List.copyOf(hosts);
            if (!(cpus >= 0) || memoryBytes < 0 || !(load >= 0) || !(movePrice >= 0) || Double.isInfinite(cpus + load + movePrice)) {
                throw new IllegalArgumentException("entity " + name + ": demands are numbers of at least 0");
            }
        }
    }

    /**
     * What a vLink carries, in each direction.
     *
     * @param megabits per second that it is thought to carry; weighs its latency
     * @param reserved megabits per second that must fit the hosts' access and the wires; 0: best effort
     * @param maxMillis longest round-trip time between the two hosts; hard; infinite: none
     */
    public record Traffic(String a, String b, double megabits, double reserved, double maxMillis) {
        public Traffic {
            if (!(megabits >= 0) || !(reserved >= 0) || !(maxMillis >= 0) || Double.isInfinite(megabits + reserved)) {
                throw new IllegalArgumentException("traffic " + a + " -- " + b + ": rates and limits are numbers of at least 0");
            }
        }
    }

    /** What a group asks for. */
    public enum Rule {
        /** No two of them in one place. */
        APART,
        /** In at least so many places. */
        SPREAD,
        /** All in one place. */
        TOGETHER
    }

    /**
     * @param name for messages
     * @param label what a place is: hosts with the same value of this label, such as {@code site}; empty: each host is a place
     * @param places for {@link Rule#SPREAD}: how many different ones at least; else 0
     */
    public record Group(String name, Rule rule, String label, List<String> entities, int places) {
        public Group {
            entities = List.copyOf(entities);
        }
    }

    /**
     * What the parts of the objective weigh; see {@link Cost}.
     *
     * @param loss milliseconds that a lost share of 1 counts as (100: one per cent lost is as bad as 1 ms)
     * @param access of a megabit per second that fills a host's access wholly
     * @param balance of the squared load of the hosts
     * @param moves of the move prices
     */
    public record Weights(double loss, double access, double balance, double moves) {
        /** Traffic times latency alone, as papers have it. */
        public static final Weights LATENCY = new Weights(0, 0, 0, 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;

/**
 * Gives vSwitches their logic, and other logic while frames flow: what is new is tried first, then the old is taken away, and what it
 * learnt goes to the new. Frames wait meanwhile. All calls under the fabric's lock; whoever made the call then drains the switches.
 */
final class SwitchPlugins {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchPlugins.class);

    private final Kinds<SwitchProvider> kinds = new Kinds<>();
    private final Guard guard;
    private final Role role;
    private final Announcer announcer;
    private final java.util.function.LongSupplier clock;

    SwitchPlugins(Guard guard, Role role, Announcer announcer, java.util.function.LongSupplier clock) {
        this.guard = guard;
        this.role = role;
        this.announcer = announcer;
        this.clock = clock;
    }

    void add(SwitchProvider provider, String kind, Map<String, ?> properties) {
        kinds.add(kind, provider, properties);
    }

    /** When this returns, no thread is inside this plugin: its logic is only ever called under the monitor of its switch. */
    void remove(SwitchProvider provider, Collection<Vswitch> switches) {
        String label = kinds.label(provider);
        kinds.remove(provider);
        int gone = 0;
        for (Vswitch vswitch : switches) {
            vswitch.refusedBy.remove(provider);
            if (vswitch.provider != provider) continue;
            take(vswitch);
            gone++;
        }
        if (gone > 0) LOG.info("{} is gone from {} switches", label, gone);
    }

    /**
     * Logic for a switch that is opened, or whose kind or attributes change.
     *
     * @throws IllegalArgumentException when the plugin refuses the attributes; then nothing was changed
     */
    SwitchLogic attempt(String kind, Map<String, String> attributes, List<SwitchProvider> by) {
        for (SwitchProvider provider : kinds.find(kind)) {
            try {
                SwitchLogic made = create(provider, attributes, null);
                by.add(provider);
                return made;
            } catch (IllegalArgumentException e) {
                throw e;
            } catch (Exception e) {
                refuse(provider, kind, e);
            }
        }
        return null;
    }

    /** Puts what {@link #attempt} made in the place of what is there. */
    void put(Vswitch vswitch, SwitchProvider provider, SwitchLogic fresh) {
        take(vswitch);
        HandOver before = vswitch.inheritance.copy();
        SwitchLogic next = fresh;
        if (before != null && provider != null) {
            try {
                next = create(provider, vswitch.attributes, before);
            } catch (Exception e) {
                LOG.warn("Switch {} begins anew: {}", vswitch.id, e.toString());
            }
        }
        if (next != null) set(vswitch, provider, next);
    }

    /** Ends the logic of a switch and keeps what it leaves. */
    void take(Vswitch vswitch) {
        SwitchLogic old = vswitch.takeLogic();
        vswitch.provider = null;
        if (old == null) return;
        try {
            vswitch.inheritance.put(guard.call("release by " + old.getClass().getName(), old::release), clock.getAsLong());
        } catch (Exception e) {
            LOG.warn("Switch {}: the logic left nothing: {}", vswitch.id, e.toString());
        }
    }

    private void set(Vswitch vswitch, SwitchProvider provider, SwitchLogic next) {
        vswitch.inheritance.wipe();
        vswitch.provider = provider;
        vswitch.logic(next);
    }

    /** The best logic there is for each open switch. Returns those that may have frames waiting. */
    List<Vswitch> give(Collection<Vswitch> switches) {
        List<Vswitch> waiting = new ArrayList<>();
        List<Vswitch> changed = new ArrayList<>();
        String from = "";
        for (Vswitch vswitch : switches) {
            if (!vswitch.isOpen()) continue;
            SwitchProvider was = vswitch.provider;
            String label = kinds.label(was);
            boolean given = give(vswitch);
            // Also when the old one goes on after all.
            if (vswitch.isDraining()) waiting.add(vswitch);
            if (!given) continue;
            changed.add(vswitch);
            if (was != null) from = label + " gave way to ";
        }
        if (changed.isEmpty()) return waiting;
        String subject = "switching " + changed.get(0).kind;
        String what = subject + ": " + from + kinds.label(changed.get(0).provider) + " at " + changed.size() + " switches";
        LOG.info(what);
        announcer.tell(Announcer.SWAPPED, subject, what);
        return waiting;
    }

    private boolean give(Vswitch vswitch) {
        for (SwitchProvider provider : kinds.find(vswitch.kind)) {
            if (provider == vswitch.provider) return false;
            if (vswitch.refusedBy.contains(provider) || vswitch.provider != null && !kinds.isGood(provider)) continue;
            try {
                if (vswitch.provider == null) revive(vswitch, provider);
                else swap(vswitch, provider);
                role.swapped();
                role.gap(vswitch.gapNanos());
                return true;
            } catch (IllegalArgumentException e) {
                // Only of this switch's attributes.
                if (vswitch.refusedBy.add(provider)) tellRefused(provider, vswitch.kind, vswitch.id + ": " + e.getMessage());
            } catch (Exception e) {
                refuse(provider, vswitch.kind, e);
            }
        }
        return false;
    }

    private void revive(Vswitch vswitch, SwitchProvider provider) throws Exception {
        set(vswitch, provider, create(provider, vswitch.attributes, vswitch.inheritance.copy()));
    }

    /** First something that works, then the change; the old one goes on when what it left is too much for the new. */
    private void swap(Vswitch vswitch, SwitchProvider provider) throws Exception {
        SwitchLogic fresh = create(provider, vswitch.attributes, null);
        SwitchProvider old = vswitch.provider;
        take(vswitch);
        HandOver before = vswitch.inheritance.copy();
        if (before == null) {
            set(vswitch, provider, fresh);
            return;
        }
        try {
            set(vswitch, provider, create(provider, vswitch.attributes, before));
        } catch (Exception e) {
            revive(vswitch, old);
            throw e;
        }
    }

    private SwitchLogic create(SwitchProvider provider, Map<String, String> attributes, HandOver before) throws Exception {
        return guard.call("switching plugin " + provider.getClass().getName(),
                () -> Objects.requireNonNull(before == null ? provider.create(attributes) : provider.create(attributes, before)));
    }

    /** Its logic throws all the time. True when there is another provider. */
    boolean giveUp(Vswitch vswitch) {
        SwitchProvider broken = vswitch.provider;
        boolean other = kinds.find(vswitch.kind).stream().anyMatch(p -> p != broken && kinds.isGood(p) && !vswitch.refusedBy.contains(p));
        if (broken == null || !other) return false;
        refuse(broken, vswitch.kind, new IllegalStateException("its logic fails all the time"));
        return true;
    }

    private void refuse(SwitchProvider provider, String kind, Exception e) {
        if (kinds.refuse(provider, e instanceof Guard.Hung)) tellRefused(provider, kind, e.toString());
    }

    private void tellRefused(SwitchProvider provider, String kind, String why) {
        role.refused();
        String what = "switching " + kind + ": " + kinds.label(provider) + " was refused: " + why;
        LOG.warn(what);
        announcer.tell(Announcer.REFUSED, "switching " + kind, what);
    }
}

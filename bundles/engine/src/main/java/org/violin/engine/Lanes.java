// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.LinkStage;
import org.violin.api.dataplane.LinkStageProvider;
import org.violin.api.model.ConditionText;
import org.violin.api.model.Conditions;
import org.violin.api.model.PortId;

/**
 * What the vLinks of this host do besides carrying, by the end that sends into them. Kept from the first mention on, also while the end
 * itself is not there. All calls under the fabric's lock.
 */
final class Lanes {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    /** So long a stage goes on whose plugin went and has no successor: an update takes less. */
    private static final long ORPHAN_NANOS = 30_000_000_000L;

    private final Map<PortId, Lane> lanes = new HashMap<>();
    private final Kinds<LinkStageProvider> plugins = new Kinds<>();
    private final Timetable timetable;
    private final Guard guard;
    private final Role role = new Role("links");
    private final Announcer announcer;

    Lanes(Timetable timetable, Guard guard, Announcer announcer) {
        this.timetable = timetable;
        this.guard = guard;
        this.announcer = announcer;
    }

    private static final String ANY = "";

    void add(LinkStageProvider provider, Map<String, ?> properties) {
        plugins.add(ANY, provider, properties);
        give();
    }

    /** Stages of it go on for a while if no other plugin is there: they are only objects. */
    void remove(LinkStageProvider provider) {
        plugins.remove(provider);
        give();
    }

    /** The lane of an end, if it has one; called when the end is made. */
    void attach(PortId id, Endpoint end) {
        Lane lane = lanes.get(id);
        if (lane != null) lane.attach(end);
        end.lane = lane;
    }

    /** @return whether what it does to the carrier changed */
    boolean base(PortId id, Endpoint end, Map<String, String> settings) {
        return set(id, end, settings, lanes.containsKey(id) ? lanes.get(id).over : Map.of());
    }

    boolean over(PortId id, Endpoint end, Map<String, String> settings) {
        return set(id, end, lanes.containsKey(id) ? lanes.get(id).base : Map.of(), settings);
    }

    void restart(PortId id) {
        Lane lane = lanes.get(id);
        if (lane != null) lane.restart();
    }

    private boolean set(PortId id, Endpoint end, Map<String, String> base, Map<String, String> over) {
        Map<String, String> effective = ConditionText.lay(base, over);
        String state = effective.getOrDefault(Conditions.STATE, "up");
        if (!List.of("up", "down", "cut").contains(state)) throw new IllegalArgumentException("state '" + state + "': up, down or cut");
        Lane lane = lanes.get(id);
        if (lane == null) {
            if (effective.isEmpty()) return false;
            lane = new Lane(id, timetable);
        }
        boolean wasDown = lane.down();
        boolean stageChanges = !Lane.forStage(effective).equals(Lane.forStage(lane.effective));
        if (stageChanges) check(effective);
        lane.base = Map.copyOf(base);
        lane.over = Map.copyOf(over);
        lane.effective = effective;
        lane.want(Lane.needsStage(effective));
        if (stageChanges) stage(lane);
        if (lanes.putIfAbsent(id, lane) == null && end != null) attach(id, end);
        lane.state(state);
        return lane.down() != wasDown;
    }

    private void check(Map<String, String> effective) {
        LinkStageProvider best = plugins.best(ANY);
        if (best == null || !Lane.needsStage(effective)) return;
        try {
            guard.call("check of conditions", () -> {
                best.check(Lane.forStage(effective));
                return true;
            });
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Exception e) {
            refuse(best, e);
        }
    }

    /** In place where its own plugin is there; else a stage of the best one. */
    private void stage(Lane lane) {
        if (lane.provider != null && lane.hasStage() && lane.provider == plugins.best(ANY)) {
            try {
                lane.change(Lane.forStage(lane.effective), timetable.now());
                return;
            } catch (RuntimeException | LinkageError e) {
                refuse(lane.provider, new IllegalStateException(e));
            }
        }
        give(lane);
    }

    private void give() {
        int changed = 0;
        for (Lane lane : lanes.values()) if (give(lane)) changed++;
        if (changed == 0) return;
        role.swapped();
        String what = "links: " + plugins.label(plugins.best(ANY)) + " at " + changed + " directions of vLinks";
        LOG.info(what);
        announcer.tell(Announcer.SWAPPED, "links", what);
    }

    private boolean give(Lane lane) {
        if (!Lane.needsStage(lane.effective) && !lane.hasStage()) return false;
        for (LinkStageProvider provider : plugins.find(ANY)) {
            if (provider == lane.provider && lane.hasStage()) return false;
            try {
                LinkStage made = guard.call("stage of " + provider.getClass().getName(),
                        () -> Objects.requireNonNull(provider.open(Lane.forStage(lane.effective), timetable.now())));
                lane.put(made);
                lane.provider = provider;
                lane.orphanedNanos = 0;
                return true;
            } catch (Exception e) {
                refuse(provider, e);
            }
        }
        if (lane.orphanedNanos == 0) lane.orphanedNanos = timetable.now();
        return false;
    }

    private void refuse(LinkStageProvider provider, Exception e) {
        if (!plugins.refuse(provider, e instanceof Guard.Hung)) return;
        role.refused();
        String what = "links: " + plugins.label(provider) + " was refused: " + e;
        LOG.warn(what);
        announcer.tell(Announcer.REFUSED, "links", what);
    }

    /** Ends stages whose plugin is gone for long, and forgets lanes that do nothing any more. Called about every 250 ms. */
    void tick(java.util.function.Function<PortId, Endpoint> ends) {
        long now = timetable.now();
        lanes.values().removeIf(lane -> {
            if (lane.orphanedNanos != 0 && now - lane.orphanedNanos >= ORPHAN_NANOS && lane.hasStage()) {
                lane.put(null);
                lane.provider = null;
                LOG.warn("vLink from {}: no plugin imposes its conditions: feature:install violin-conditions", lane.id);
            }
            if (!lane.effective.isEmpty() || !lane.isEmpty()) return false;
            Endpoint end = ends.apply(lane.id);
            if (end != null) end.lane = null;
            return true;
        });
    }

    int size() {
        return lanes.size();
    }

    void into(Map<String, Long> map) {
        role.into(map, false);
        map.put("links-conditioned", (long) lanes.size());
        timetable.into(map);
    }
}

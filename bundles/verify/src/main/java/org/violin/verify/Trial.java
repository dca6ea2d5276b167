// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.violin.api.control.Confinement.Finding;
import org.violin.api.control.Confinement.Verdict;
import org.violin.api.control.GuestAccess;

/** One run on one host: listens everywhere, sends everything, then judges. Used once, by one thread. */
final class Trial implements AutoCloseable {
    private static final int SENDERS_OF_A_GUEST = 16;
    private static final int SENDERS = 64;
    private static final int SHOWN = 3;
    private static final int AT_ONCE = 8;
    private static final int CONTROL_TRIES = 20;
    private static final int ALONE_MILLIS = 500;
    private static final int TOGETHER_MILLIS = 1500;
    private static final byte[] TUNNEL_HEADER = {0x56, 0x30, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

    private final Scene scene;
    private final GuestAccess guests;
    private final Counters counters;
    private final Marker marker;
    private final boolean together;
    private final long deadline;
    private final Canaries canaries;
    private final Craft craft;
    private final Ears ears;
    private final InsideFrames frames;
    private final List<Sender> senders = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> proven = new TreeSet<>();

    /** @param together other hosts run with the same marker at about the same time */
    Trial(Scene scene, GuestAccess guests, Counters counters, Marker marker, boolean together, long deadline) {
        this.scene = scene;
        this.guests = guests;
        this.counters = counters;
        this.marker = marker;
        this.together = together;
        this.deadline = deadline;
        this.canaries = new Canaries(scene.host());
        this.craft = new Craft(marker);
        this.ears = new Ears(marker, canaries, scene.tunnel().getPort());
        this.frames = new InsideFrames(scene, canaries, craft);
    }

    List<Finding> run() throws IOException, InterruptedException {
        open();
        pause(together ? TOGETHER_MILLIS : 50);
        if (!scene.own().isEmpty()) inside();
        Outside.Result outside = late() ? null : new Outside(scene, canaries, craft).run(counters::refusals);
        pause(together ? TOGETHER_MILLIS : ALONE_MILLIS);
        if (!scene.own().isEmpty()) judgeFrames();
        judgeOutside(outside);
        if (!scene.own().isEmpty()) walls();
        cipher();
        findings.sort(java.util.Comparator.comparingInt(f -> order(f.check())));
        return findings;
    }

    private static int order(String word) {
        for (Case one : Case.values()) if (one.word.equals(word)) return one.ordinal();
        return Integer.MAX_VALUE;
    }

    private void open() throws IOException {
        ears.add(new Place(Place.Kind.HOST, scene.host()), scene.hostNamespace());
        listen(scene.own(), Place.Kind.OWN);
        listen(scene.others(), Place.Kind.OTHER);
        ears.start();
        for (Cell cell : scene.own()) {
            if (senders.size() >= SENDERS) {
                notes.add("more than " + SENDERS + " interfaces: the others were left out");
                break;
            }
            try {
                senders.addAll(Sender.of(cell, SENDERS_OF_A_GUEST));
            } catch (IOException e) {
                notes.add(cell.id().node() + ": " + e.getMessage());
            }
        }
        if (scene.left() > 0) notes.add(scene.left() + " guests were left out");
    }

    private void listen(List<Cell> cells, Place.Kind kind) {
        for (Cell cell : cells) {
            try {
                ears.add(new Place(kind, cell.id().toString()), cell.networkNamespace());
            } catch (IOException e) {
                if (kind == Place.Kind.OTHER) notes.add("not heard in " + cell.id() + ": " + e.getMessage());
            }
        }
    }

    private boolean late() {
        return System.nanoTime() > deadline;
    }

    private static void pause(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private void inside() throws IOException, InterruptedException {
        proven.addAll(control(senders));
        if (proven.isEmpty() || late()) return;
        List<Callable<List<Knocks.Answer>>> knocks = new ArrayList<>();
        Knocks knocker = new Knocks(scene, canaries, marker);
        for (Cell cell : scene.own()) knocks.addAll(knocker.from(cell));
        List<Knocks.Answer> answers = together(knocks);
        for (Sender sender : senders) {
            if (late()) break;
            frames.stray(sender);
            frames.spoof(sender);
            frames.forge(sender, TUNNEL_HEADER);
            frames.odd(sender);
        }
        pause(ALONE_MILLIS);
        answered(answers);
        List<Sender> before = senders.stream().filter(s -> proven.contains(s.toString())).toList();
        Set<String> after = control(before);
        List<String> dead = before.stream().map(Sender::toString).filter(s -> !after.contains(s)).toList();
        if (!dead.isEmpty()) add(Case.ODD, Verdict.FAIL, "nothing passes any more from " + dead);
        if (!late()) storm(before.get(0));
    }

    private List<Knocks.Answer> together(List<Callable<List<Knocks.Answer>>> tasks) throws InterruptedException {
        if (tasks.isEmpty()) return List.of();
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(AT_ONCE, tasks.size()));
        List<Knocks.Answer> all = new ArrayList<>();
        try {
            for (Future<List<Knocks.Answer>> f : pool.invokeAll(tasks, Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                if (f.isCancelled()) notes.add("not every address was tried in time");
                else all.addAll(f.get());
            }
        } catch (ExecutionException e) {
            notes.add("not every address was tried: " + e.getCause());
        } finally {
            pool.shutdownNow();
        }
        return all;
    }

    /** Which senders' canaries arrive: at another guest of the violin, or at least in the data plane. */
    private Set<String> control(List<Sender> which) throws InterruptedException {
        Set<String> good = new TreeSet<>();
        for (int i = 0; i < CONTROL_TRIES && good.size() < which.size() && !late(); i++) {
            Map<String, Long> before = counters.taken();
            List<Canary> sent = which.stream().filter(s -> !good.contains(s.toString())).map(frames::control).toList();
            pause(100);
            Map<String, Long> after = counters.taken();
            for (Canary canary : sent) {
                String name = canary.from();
                boolean taken = before.containsKey(name) && after.getOrDefault(name, 0L) > before.get(name);
                if (taken || !ears.seen(s -> s.canary() == canary && arrived(s)).isEmpty()) good.add(name);
            }
            // An interface of the guest's own making need not lead anywhere.
            if (i >= 4 && !good.isEmpty()) break;
        }
        return good;
    }

    private boolean arrived(Sighting s) {
        String from = scene.violin() + "/" + s.canary().from().replaceAll(":.*", "");
        return s.place().kind() == Place.Kind.OWN && !s.outgoing() && !s.place().name().equals(from);
    }

    private void answered(List<Knocks.Answer> answers) {
        List<String> all = new ArrayList<>(answers.stream().filter(a -> !a.opened()).map(Knocks.Answer::text).toList());
        all.addAll(leaks(s -> s.kind() == Case.ADDRESSES));
        List<String> opened = new ArrayList<>(answers.stream().filter(Knocks.Answer::opened).map(Knocks.Answer::text).toList());
        opened.addAll(opened(s -> s.kind() == Case.ADDRESSES));
        judge(Case.ADDRESSES, all, opened, new Knocks(scene, canaries, marker).targets().size() + " addresses of overlay hosts from "
                + scene.own().size() + " guests by ping, TCP and UDP");
    }

    private void storm(Sender sender) throws IOException {
        Storm storm = new Storm(scene, canaries, craft);
        Set<Storm.Link> before = storm.answering();
        long limited = counters.floodLimited();
        long switched = counters.switched();
        Storm.Result result = storm.run(sender, counters::switched);
        long arrived = counters.switched() - switched;
        limited = counters.floodLimited() - limited;
        List<String> bad = new ArrayList<>(storm.silent(before).stream().map(l -> "silent since the storm: " + l).toList());
        bad.addAll(leaks(s -> s.kind() == Case.STORM));
        String what = result.sent() + " frames from " + sender + " in " + result.nanos() / 1_000_000 + " ms";
        judge(Case.STORM, bad, List.of(), what + "; " + before.size() + " pairs of other violins and overlay hosts went on answering");
        if (!counters.hasSwitch()) {
            add(Case.FLOOD_LIMIT, Verdict.UNTESTED, "no vSwitch of the violin is on this overlay host");
            return;
        }
        Verdict verdict = result.limit(limited);
        String much = what + "; " + arrived + " reached a vSwitch here, " + limited + " were not flooded";
        add(Case.FLOOD_LIMIT, verdict, verdict == Verdict.UNTESTED ? much + ": too slow for any limit" : much);
    }

    /** Canaries where nothing of the violin may be. */
    private List<String> leaks(Predicate<Sighting> which) {
        return texts(which.and(s -> s.place().kind() == Place.Kind.OTHER || s.place().kind() == Place.Kind.HOST && !s.carried() && !scene.opens(s)));
    }

    /** Canaries that the host forwards as a way out wants it. */
    private List<String> opened(Predicate<Sighting> which) {
        return texts(which.and(s -> !s.carried() && scene.opens(s) && !scene.between(s)));
    }

    private List<String> texts(Predicate<Sighting> which) {
        return ears.seen(which).stream().map(Sighting::toString).distinct().sorted().toList();
    }

    private void judgeFrames() {
        if (senders.isEmpty() || proven.isEmpty()) {
            String why = senders.isEmpty() ? "no interface of a guest to send from" : "no canary arrived even inside: the rest would prove nothing";
            for (Case one : EnumSet.range(Case.CONTROL, Case.FLOOD_LIMIT)) add(one, Verdict.UNTESTED, why + notes());
            return;
        }
        List<String> silent = senders.stream().map(Sender::toString).filter(s -> !proven.contains(s)).toList();
        add(Case.CONTROL, Verdict.PASS, "canaries of " + proven.size() + " interfaces arrive inside" + (silent.isEmpty() ? "" : ", not those of " + silent)
                + notes());
        for (Case one : EnumSet.range(Case.FRAMES, Case.ODD)) {
            Predicate<Sighting> which = s -> s.kind() == one || one == Case.FRAMES && s.kind() == Case.CONTROL;
            judge(one, leaks(which), opened(which),
                    canaries.count(one) + " kinds of frames from " + senders.size() + " interfaces");
        }
        for (Case one : List.of(Case.ADDRESSES, Case.STORM, Case.FLOOD_LIMIT)) {
            if (findings.stream().noneMatch(f -> f.check().equals(one.word))) add(one, Verdict.UNTESTED, "no time was left for it");
        }
    }

    private String notes() {
        return notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")";
    }

    private void judge(Case kind, List<String> bad, List<String> opened, String what) {
        long lost = ears.lost(EnumSet.of(Place.Kind.HOST, Place.Kind.OTHER));
        if (!bad.isEmpty()) add(kind, Verdict.FAIL, some(bad));
        else if (!opened.isEmpty()) add(kind, Verdict.WARN, "WAY OUT at " + scene.waysOut() + " opens: " + some(opened));
        else if (canaries.count(kind) == 0) add(kind, Verdict.UNTESTED, "nothing was sent" + (late() ? ": no time was left" : ""));
        else if (lost > 0) add(kind, Verdict.UNTESTED, what + "; too busy: nobody looked at " + lost + " frames");
        else add(kind, Verdict.PASS, what + "; none came out");
    }

    private static String some(List<String> all) {
        String first = String.join("; ", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? first + "; and " + (all.size() - SHOWN) + " more" : first;
    }

    private void judgeOutside(Outside.Result result) {
        List<String> in = ears.seen(s -> s.kind() == Case.OUTSIDE && s.place().kind() != Place.Kind.HOST).stream().map(Sighting::toString)
                .distinct().sorted().toList();
        if (!in.isEmpty()) add(Case.OUTSIDE, Verdict.FAIL, some(in));
        else if (result == null) add(Case.OUTSIDE, Verdict.UNTESTED, "no time was left for it");
        else if (result.sent() == 0) add(Case.OUTSIDE, Verdict.UNTESTED, "no datagram could be sent: " + result.trouble());
        else if (scene.own().isEmpty()) add(Case.OUTSIDE, Verdict.UNTESTED, "no guest of the violin here that could hear them");
        else if (result.refused() < result.sent() / 2) {
            add(Case.OUTSIDE, Verdict.UNTESTED, result.sent() + " datagrams sent, but only " + result.refused() + " counted as refused");
        } else add(Case.OUTSIDE, Verdict.PASS, result.sent() + " datagrams to " + scene.tunnel() + ", " + result.refused() + " refused, none came in");
    }

    private void walls() {
        Walls walls = new Walls(scene, guests, marker);
        List<String> breaches = new ArrayList<>();
        List<String> untested = new ArrayList<>();
        for (Cell cell : scene.own()) {
            if (late()) {
                untested.add(cell.id().node() + ": no time was left");
                continue;
            }
            Walls.Result result = walls.run(cell);
            breaches.addAll(result.breaches());
            untested.addAll(result.untested());
        }
        if (!breaches.isEmpty()) add(Case.WALLS, Verdict.FAIL, some(breaches));
        else if (!untested.isEmpty()) add(Case.WALLS, Verdict.UNTESTED, some(untested));
        else add(Case.WALLS, Verdict.PASS, scene.own().size() + " guests see no process, file, disk or namespace of the host");
    }

    private void cipher() {
        List<String> kinds = new ArrayList<>(counters.ciphers());
        if (kinds.isEmpty() && !scene.cipher().isEmpty()) kinds.add(scene.cipher());
        List<Sighting> clear = ears.seen(s -> s.carried() && s.place().kind() == Place.Kind.HOST);
        if (!scene.elsewhere()) add(Case.CIPHER, Verdict.PASS, "nothing of the violin is on other overlay hosts");
        else if (kinds.contains("none")) add(Case.CIPHER, Verdict.WARN, "CLEAR: whoever is on the underlay can read and change its frames");
        else if (!clear.isEmpty()) {
            add(Case.CIPHER, Verdict.FAIL, "CLEAR though " + (kinds.isEmpty() ? "no cipher is known" : kinds) + ": " + clear.get(0).canary()
                    + " can be read in the tunnel");
        } else if (kinds.isEmpty()) add(Case.CIPHER, Verdict.UNTESTED, "the cipher is not known, and no canary was seen in the tunnel");
        else add(Case.CIPHER, Verdict.PASS, "sealed by " + String.join(", ", kinds) + "; no canary can be read in the tunnel");
    }

    private void add(Case kind, Verdict verdict, String detail) {
        findings.add(new Finding(scene.host(), kind.word, verdict, detail));
    }

    @Override
    public void close() {
        ears.close();
        senders.forEach(Sender::close);
    }
}

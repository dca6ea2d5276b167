// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives configuration commands to running daemons. A command goes to whom it belongs to, or else to each; who does not know it says so,
 * and one that nobody takes is reported. One thread at a time.
 */
final class Configurer {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LOCK_TRIES = 30;
    private static final int LEAST_WORDS = 3;

    private final long guestPid;
    private final Set<Config.Step> taken = new HashSet<>();
    private final Map<Config.Step, String> words = new HashMap<>();
    /** Done, but not in force before something is restarted; means nothing in a context that is new. */
    private final Map<Config.Step, String> notes = new HashMap<>();
    private final List<String> broken = new ArrayList<>();

    Configurer(long guestPid) {
        this.guestPid = guestPid;
    }

    /** Sends commands to some daemons; their connections may break, which {@link #complaints} tells. */
    void send(List<Config.Step> steps, Collection<Daemon> daemons) {
        if (steps.isEmpty()) return;
        for (Daemon daemon : daemons) {
            try (Vty vty = Vty.connect(guestPid, daemon)) {
                new Session(vty).send(steps.stream().filter(daemon::hears).toList());
            } catch (IOException e) {
                broken.add(daemon.program() + ": " + e.getMessage());
            }
        }
    }

    /** What of these was refused by all or needs something else, for people, each with the command. */
    List<String> complaints(List<Config.Step> steps) {
        List<String> complaints = new ArrayList<>(broken);
        for (Config.Step step : steps) {
            String said = words.get(step);
            if (said == null && !steps.contains(new Config.Step(step.context(), ""))) said = notes.get(step);
            if (said == null && (taken.contains(step) || step.removes())) continue;
            String what = String.join(" / ", step.context()) + (step.context().isEmpty() || step.line().isEmpty() ? "" : " / ") + step.line();
            complaints.add("'" + what + "': " + (said == null ? "no daemon that runs knows this" : said));
        }
        return complaints;
    }

    /** One daemon's terminal, in configuration mode. */
    private final class Session {
        private final Vty vty;
        private List<String> at;
        private boolean inside;

        Session(Vty vty) {
            this.vty = vty;
        }

        void send(List<Config.Step> steps) throws IOException {
            for (Config.Step step : steps) {
                if (!step.context().equals(at)) enter(step.context());
                if (!inside) continue;
                Vty.Answer answer = step.line().isEmpty() ? new Vty.Answer(Vty.DONE, "") : vty.ask(step.line(), TIMEOUT_MILLIS);
                String shorter = step.line();
                while (answer.unknown() && step.removes() && shorter.split(" ").length > LEAST_WORDS) {
                    shorter = shorter.substring(0, shorter.lastIndexOf(' '));
                    answer = vty.ask(shorter, TIMEOUT_MILLIS);
                }
                if (answer.done()) taken.add(step);
                else if (!answer.unknown() && !step.removes()) words.put(step, said(answer));
                if (answer.done() && answer.text().contains("take effect")) notes.put(step, said(answer));
            }
            vty.ask("end", TIMEOUT_MILLIS);
        }

        /** From the top each time: a daemon leaves a context by itself when a line only makes sense outside of it. */
        private void enter(List<String> context) throws IOException {
            if (at != null) vty.ask("end", TIMEOUT_MILLIS);
            configure();
            at = context;
            inside = true;
            for (String name : context) inside = inside && vty.ask(name, TIMEOUT_MILLIS).done();
        }

        /** Somebody else may be configuring at this moment. */
        private void configure() throws IOException {
            for (int i = 0; ; i++) {
                Vty.Answer answer = vty.ask("configure terminal", TIMEOUT_MILLIS);
                if (answer.done()) return;
                if (i == LOCK_TRIES) throw new IOException("cannot be configured: " + said(answer));
                java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
            }
        }

        private String said(Vty.Answer answer) {
            return answer.text().isBlank() ? "refused with status " + answer.status() : answer.text().strip().replaceAll("\\s*\n\\s*", " ");
        }
    }
}

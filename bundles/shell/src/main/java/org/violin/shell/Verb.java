// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.StateException;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Refused;

/**
 * One command. Turns what went wrong into lines on standard error and an exit status: 0 done, 1 refused or failed, 2 wrongly called, 130
 * interrupted. The SSH server passes the status on; the interactive shell does not print it.
 */
abstract class Verb implements Action {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;
    static final int INTERRUPTED = 130;
    /** The bundle whose services are there only when this host was admitted. */
    static final String TRUST = "org.violin.trust";

    /** What the person typed cannot be meant. */
    static final class WrongUse extends Exception {
        private static final long serialVersionUID = 1;

        WrongUse(String message) {
            super(message);
        }
    }

    @Reference
    Session session;

    @Override
    public final Object execute() {
        Streams io = Streams.current(session);
        try {
            return run(io);
        } catch (Refused e) {
            for (Mistake m : e.mistakes()) io.err().println(m);
        } catch (WrongUse e) {
            io.err().println(e.getMessage());
            return WRONG_USE;
        } catch (GuestException | StateException | IOException | IllegalArgumentException e) {
            io.err().println(e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        } catch (RuntimeException e) {
            log().error("Command {} failed", getClass().getSimpleName(), e);
            io.err().println("internal error: " + e + "; the log has the details: log:display");
        } finally {
            io.flush();
            io.settle().run();
        }
        return FAILED;
    }

    /** Does it and returns the exit status. */
    abstract int run(Streams io) throws Refused, WrongUse, GuestException, StateException, IOException, InterruptedException;

    /** The service, or a clear message when its bundle does not run (yet). */
    static <T> T need(T service, String bundle) throws GuestException {
        if (service != null) return service;
        if (bundle.equals(TRUST)) {
            throw new GuestException("this overlay host is not admitted to the lab (yet), or bundle " + bundle + " does not run; see: log:display");
        }
        throw new GuestException("bundle " + bundle + " does not run on this overlay host (yet); see: bundle:list, scr:list, log:display");
    }

    private Logger log() {
        return LoggerFactory.getLogger(getClass());
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.api.guest;

import java.util.List;
import java.util.Map;

/**
 * A program to run inside a guest.
 *
 * @param command program and arguments, found by the guest's PATH; not read by a shell
 * @param environment added to the guest's own
 * @param terminal allocate a pseudo-terminal inside the guest; output and errors then share one stream
 * @param rows of the terminal; ignored without one
 * @param columns of the terminal; ignored without one
 */
public record ExecRequest(List<String> command, Map<String, String> environment, boolean terminal, int rows, int columns) {
    public ExecRequest {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty()) throw new IllegalArgumentException("no command given");
    }

    /** A program without a terminal. */
    public static ExecRequest of(List<String> command) {
        return new ExecRequest(command, Map.of(), false, 0, 0);
    }
}

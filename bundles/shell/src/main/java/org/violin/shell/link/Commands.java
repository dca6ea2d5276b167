// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.InputStream;
import java.io.OutputStream;

/** Runs a command that another overlay host asks for. */
interface Commands {
    /**
     * Blocks until it has ended and returns its status. An interrupt ends it.
     *
     * @param host who asks, by its certificate
     * @param words NUL-ended, UTF-8
     */
    int run(String host, byte[] words, InputStream in, OutputStream out, OutputStream err) throws Exception;
}

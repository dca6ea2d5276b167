// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

/** Tells the world what happened. */
@FunctionalInterface
interface Post {
    /**
     * Tells one thing; never blocks.
     *
     * @param topic such as {@code host/admitted}
     * @param subject whom it is about
     * @param text a line for people, without secrets
     */
    void post(String topic, String subject, String text);
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

/**
 * What a plugin that goes leaves to the one that comes after it, so that traffic goes on where it was. Never stored, never logged: it may
 * hold keys. Who does not understand kind and version begins anew.
 *
 * @param kind of the content, such as {@code mac-table}; different plugins may understand the same one
 * @param version of the content's format
 * @param data the content; wiped by whoever used it up when it holds keys
 */
public record HandOver(String kind, int version, byte[] data) {
    @Override
    public String toString() {
        return kind + "/" + version + ", " + data.length + " bytes";
    }
}

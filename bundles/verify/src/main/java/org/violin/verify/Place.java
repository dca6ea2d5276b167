// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

/** Where one listens. */
record Place(Kind kind, String name) {
    enum Kind { HOST, OWN, OTHER }

    @Override
    public String toString() {
        return kind == Kind.HOST ? "overlay host " + name : name;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import org.osgi.annotation.versioning.ConsumerType;

/** Makes ciphers of one kind; "no encryption" is one of them. Called by: tunnels when they open, on control threads of the engine. */
@ConsumerType
public interface CipherProvider {
    /** The word in the configuration and in the violin file, such as {@code none}. */
    String kind();

    /**
     * Opens a cipher for one tunnel.
     *
     * @param host this overlay host's name
     * @param link the tunnel
     * @param before what the last cipher of that tunnel left ({@link TunnelCipher#release}), of whatever kind and version; null: nothing
     */
    TunnelCipher open(String host, CipherLink link, HandOver before);
}

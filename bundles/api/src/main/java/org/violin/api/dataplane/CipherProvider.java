// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import org.osgi.annotation.versioning.ConsumerType;

/** Makes ciphers of one kind; "no encryption" is one of them. Called by: control threads of the engine. */
@ConsumerType
public interface CipherProvider {
    /** The word in the configuration, such as {@code none}. */
    String kind();

    FrameCipher create();
}

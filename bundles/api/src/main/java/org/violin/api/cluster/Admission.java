// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Lets overlay hosts in and out. Provided by trust; any thread, may block for some seconds. */
@ProviderType
public interface Admission {
    /** True on the host that holds the authority's key: only there {@link #token} works. */
    boolean authority();

    /**
     * A token by which one host may join once. Secret until used.
     *
     * @param host the only name it is good for; empty: any that is free
     * @param validFor at most 7 days
     * @throws StateException when this host is not the authority, or the token cannot be kept
     */
    String token(String host, Duration validFor) throws StateException;

    /** The tokens not used yet, without their secrets. */
    List<Token> tokens();

    /** Makes the keys of a host worthless on all others, within seconds. Throws StateException when the shared state is out of reach. */
    void expel(String host) throws StateException;

    /** Those expelled. */
    List<String> expelled();

    /**
     * One token.
     *
     * @param id names it without giving it away
     * @param host the only name it is good for; empty: any
     */
    record Token(String id, String host, long expiresMillis) {}
}

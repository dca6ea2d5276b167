// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of sealed tunnels, PID {@code org.violin.cipher.aead}. */
@ObjectClassDefinition(id = "org.violin.cipher.aead", name = "VIOLIN sealed tunnels")
@interface AeadConfig {
    @AttributeDefinition(description = "What computes: the fastest at start-up (auto), the JDK (jdk), OpenSSL (openssl), GnuTLS (gnutls), a security provider (provider)")
    String engine() default "auto";

    @AttributeDefinition(description = "Algorithms: both, the faster first (auto), or only aes256gcm or chacha20poly1305")
    String suite() default "auto";

    @AttributeDefinition(description = "Age in seconds at which keys are replaced, 10 to 3600; they are refused at one and a half times that")
    int rekeySeconds() default 120;

    @AttributeDefinition(description = "Gigabytes sealed under one key after which it is replaced, 1 to 512")
    int rekeyGigabytes() default 64;

    @AttributeDefinition(description = "Key exchanges begun by others that are worked on in a second, 2 to 10000")
    int initiationsPerSecond() default 50;
}

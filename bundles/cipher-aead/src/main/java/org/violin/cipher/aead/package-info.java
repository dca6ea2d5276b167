// SPDX-License-Identifier: Apache-2.0
/** Sealed tunnels: a key exchange of the Noise framework, and authenticated encryption by the fastest engine there is. */
package org.violin.cipher.aead;

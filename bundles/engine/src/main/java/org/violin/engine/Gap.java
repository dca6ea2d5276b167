// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

/**
 * There is no tunnel.
 *
 * @param since by the engine's clock, ns
 * @param ofCipher because a cipher went, not the tunnel's own plugin
 * @param label who went
 */
record Gap(long since, boolean ofCipher, String label) {}

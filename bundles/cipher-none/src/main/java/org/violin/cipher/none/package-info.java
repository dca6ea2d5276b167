// SPDX-License-Identifier: Apache-2.0
/** The identity cipher, so that "no encryption" is a plugin. */
package org.violin.cipher.none;

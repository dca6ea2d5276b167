// SPDX-License-Identifier: Apache-2.0
/** Guests in Linux namespaces: the guest runtime {@code netns}. */
package org.violin.runtime.netns;

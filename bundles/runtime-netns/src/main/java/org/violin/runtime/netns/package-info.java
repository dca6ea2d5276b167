// SPDX-License-Identifier: Apache-2.0
/** Guests made of Linux namespaces. */
package org.violin.runtime.netns;

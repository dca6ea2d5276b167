// SPDX-License-Identifier: Apache-2.0
/** Stores specs, plans the difference and executes this host's part. */
package org.violin.control;

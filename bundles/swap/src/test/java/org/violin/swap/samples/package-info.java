// SPDX-License-Identifier: Apache-2.0
/** Providers that are packed into bundles: good and bad ones. */
package org.violin.swap.samples;

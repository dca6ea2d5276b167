// SPDX-License-Identifier: Apache-2.0
/** Measures the paths between overlay hosts once for all violins, tells the others, and estimates what nobody measures. */
package org.violin.measure;

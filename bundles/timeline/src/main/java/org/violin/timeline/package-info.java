// SPDX-License-Identifier: Apache-2.0
/** Carries out the experiments of violins on all their overlay hosts, and writes down what happened. */
package org.violin.timeline;

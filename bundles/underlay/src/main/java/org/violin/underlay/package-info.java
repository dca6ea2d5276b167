// SPDX-License-Identifier: Apache-2.0
/** The lab's emulated Internet: a program that carries frames between overlay hosts with a delay for each pair. */
package org.violin.underlay;

// SPDX-License-Identifier: Apache-2.0
/** Control plane of a vRouter: the daemons of FRR (zebra and its protocols) inside the guest. */
package org.violin.routing.zebra;

// SPDX-License-Identifier: Apache-2.0
/** Commands between overlay hosts over TLS, both sides authenticated: one connection carries one command. */
package org.violin.shell.link;

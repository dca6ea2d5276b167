// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

/**
 * One action of a plan, for people and programs.
 *
 * @param verb {@code create}, {@code change} or {@code remove}
 * @param kind {@code vhost}, {@code vrouter}, {@code vswitch}, {@code vnic}, {@code vlink}, {@code routes} or {@code names}
 * @param entity node, {@code node:nic} or {@code a:x--b:y}
 * @param host overlay host that does it
 * @param why what differs, and who is affected when something must be rebuilt; may be empty
 */
public record PlanStep(String verb, String kind, String entity, String host, String why) {}

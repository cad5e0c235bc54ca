import type { QuestDBNode } from '../api/generated/questdbnode.ts';

export type NodeStatus = NonNullable<QuestDBNode['status']>;

/** What status remembers from pass to pass, each written down before it is acted on. */

/** The launch as it was decided, before EC2 is asked. */
export type LaunchIntent = NonNullable<NodeStatus['launch']>;

/** EC2 had no room: since when, why, and when it is asked again. */
export type Shortage = NonNullable<NodeStatus['shortage']>;

/** A machine that is taken for lost. */
export type Fence = NonNullable<NodeStatus['fence']>;

/** An instance that was replaced and is to be terminated. */
export type Replaced = NonNullable<NodeStatus['retiring']>[number];

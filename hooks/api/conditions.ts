/** One entry of status.conditions, in the shape of metav1.Condition on the wire. */
export type Condition = {
  type: string;
  status: ConditionStatus;
  observedGeneration?: number;
  lastTransitionTime: string;
  reason: string;
  message: string;
};

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** What is to be said of one condition; when it changed last is added by `transition`. */
export type Finding = { status: ConditionStatus; reason: string; message: string };

export const holds = (reason: string, message: string): Finding => ({ status: 'True', reason, message });
export const fails = (reason: string, message: string): Finding => ({ status: 'False', reason, message });
export const isUnknown = (reason: string, message: string): Finding => ({ status: 'Unknown', reason, message });

/** The API server refuses longer messages (crds/). */
const MESSAGE_LIMIT = 4096;

export type Transition = {
  /** The conditions as they were observed. */
  previous: readonly Condition[] | undefined;
  /** The generation the findings were made for. */
  generation: number;
  now: Date;
};

/**
 * Turns findings into conditions, sorted by type. `lastTransitionTime` is carried over unless the status changed, so that
 * the same findings give the same conditions byte for byte whenever they are made.
 */
export const transition = (findings: Readonly<Record<string, Finding>>, { previous, generation, now }: Transition) =>
  Object.entries(findings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, finding]): Condition => {
      const before = previous?.find((condition) => condition.type === type);
      return {
        type,
        status: finding.status,
        observedGeneration: generation,
        lastTransitionTime: before?.status === finding.status ? before.lastTransitionTime : rfc3339(now),
        reason: finding.reason,
        message: finding.message.slice(0, MESSAGE_LIMIT),
      };
    });

/** A time as Kubernetes writes it: RFC 3339, UTC, whole seconds. */
export const rfc3339 = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** The condition of that type, or undefined when it was never said. */
export const conditionOf = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);

/** Whether the condition is True for this very generation; an answer about an older spec does not count. */
export const isTrueFor = (
  conditions: readonly Condition[] | undefined,
  type: string,
  generation: number | undefined,
): boolean => {
  const condition = conditionOf(conditions, type);
  return condition?.status === 'True' && condition.observedGeneration === generation;
};

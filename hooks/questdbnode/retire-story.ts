import type { RetireStep } from './retire.ts';

export type Story = [reason: string, message: string];
type Stories = { [Step in RetireStep['step']]: (step: Extract<RetireStep, { step: Step }>) => Story };

/** What each step waits for; a step that is not here does not compile. */
const STORIES: Stories = {
  Cordon: ({ node }) => [
    'Retiring',
    `Node ${node.metadata.name} is cordoned; its instance is terminated when no data volume is attached.`,
  ],
  Terminate: ({ instance }) => ['Retiring', `Instance ${instance.instanceId} is being terminated.`],
  AwaitTerminated: ({ instance }) => ['Retiring', `Waiting for EC2 to terminate ${instance.instanceId}.`],
  AwaitRelease: ({ node, volumePods }) => [
    'WaitingForVolume',
    `The instance is no more; waiting for Kubernetes to let the volumes of Node ${node.metadata.name} go${volumePods.length === 0 ? '' : `, and the pods ${volumePods.join(', ')}`}.`,
  ],
  RemoveNode: ({ node }) => ['Retiring', `Node ${node.metadata.name} of the instance is being removed.`],
  AwaitDetach: ({ instance: { instanceId, dataVolumeIds }, volumePods }) => [
    'WaitingForVolume',
    dataVolumeIds.length > 0
      ? `Instance ${instanceId} is not terminated while a data volume is attached to it: ${dataVolumeIds.join(', ')}. Waiting for it to be detached.`
      : `Instance ${instanceId} is not terminated while pods on it use a volume: ${volumePods.join(', ')}. Waiting for them to stop.`,
  ],
  Evict: ({ node }) => ['WaitingForVolume', `Pods that are left on Node ${node.metadata.name} are asked to go.`],
  Fence: ({ fence }) => [
    fence.reason,
    fence.reason === 'InstanceNotFound'
      ? `EC2 does not show instance ${fence.instanceId}; it is looked for once more.`
      : `Instance ${fence.instanceId} holds a data volume and its Node is not Ready: it is stopped, so that the volume is let go.`,
  ],
  Stop: ({ instance }) => [
    'NodeUnreachable',
    `Instance ${instance.instanceId} is being stopped, so that its data volume is let go.`,
  ],
  TakeOutOfService: ({ node }) => [
    'WaitingForVolume',
    `The instance does not run: Node ${node.metadata.name} is taken out of service, so that its data volume is let go.`,
  ],
  PutIntoService: ({ node }) => [
    'WaitingForVolume',
    `The instance runs again: Node ${node.metadata.name} is not out of service any more.`,
  ],
  AwaitVisible: ({ until }) => [
    'WaitingForLaunch',
    `A launch may have been under way; waiting until ${until.toISOString()} for EC2 to show its instance.`,
  ],
  Done: () => ['Retired', 'No instance is left.'],
};

/** The reason and the sentence for the condition of an instance that is to go. */
export const retireStory = (step: RetireStep): Story => (STORIES[step.step] as (of: RetireStep) => Story)(step);

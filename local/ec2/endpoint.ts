import { createHash, randomUUID } from 'node:crypto';
import { ACTIONS } from './actions/table.ts';
import type { Action, Answer } from './actions/action.ts';
import type { BucketClass } from './buckets.ts';
import type { Context } from './context.ts';
import { Ec2Error, throttled } from './errors.ts';
import { errorOf, LostAnswer, takeFault } from './faults.ts';
import type { Effect, JournalEntry } from './journal.ts';
import { type Fields, flag, parseForm, text, texts } from './request.ts';
import type { Simulation } from './simulation.ts';
import { renderAnswer, renderError } from './xml.ts';

/** What goes back over the wire; `lost` is how the caller is left without an answer. */
export type Reply = { status: number; body: string } | { lost: string };

const COMMON = new Set(['Action', 'Version', 'DryRun']);

const checkParameters = (name: string, action: Action, fields: Fields): void => {
  const unknown = Object.keys(fields).find((key) => !COMMON.has(key) && !action.parameters.includes(key));
  if (unknown !== undefined) {
    throw new Ec2Error(
      'UnknownParameter',
      `The parameter ${unknown} is not recognized by the simulated ${name}, which takes ${action.parameters.join(', ')}`,
    );
  }
};

const actionNamed = (fields: Fields): { name: string; action: Action } => {
  const name = text(fields, 'Action');
  if (name === undefined) throw new Ec2Error('MissingAction', 'The request must contain the parameter Action.');
  const action = ACTIONS.get(name);
  if (!action) throw new Ec2Error('InvalidAction', `The action ${name} is not valid for this web service.`);
  return { name, action };
};

const idsIn = (fields: Fields, effects: Effect[]): string[] => {
  const named = [
    ...texts(fields, 'InstanceId'),
    ...texts(fields, 'ResourceId'),
    text(fields, 'InstanceId'),
    text(fields, 'VolumeId'),
    text(fields, 'SnapshotId'),
    ...effects.map((effect) => effect.id),
  ];
  return [...new Set(named.filter((id) => id !== undefined))];
};

/** User data may hold secrets and is long: its hash tells as much. */
const journaled = ({ Action: _action, Version: _version, ...fields }: Fields): Record<string, unknown> =>
  typeof fields.UserData === 'string'
    ? { ...fields, UserData: `sha256:${createHash('sha256').update(fields.UserData).digest('hex')}` }
    : fields;

/** A list without filter, page size or ids has a smaller bucket of its own. */
const bucketOf = (action: Action, fields: Fields): BucketClass => {
  const narrowed = Object.keys(fields).some((key) => !COMMON.has(key));
  return action.bucket === 'describe' && !narrowed ? 'describeUnfiltered' : action.bucket;
};

type Outcome = { answer?: Answer; error?: Error; fault?: 'before' | 'after' };

const run = (context: Context, name: string, action: Action, fields: Fields): Outcome => {
  const before = takeFault(context.account, name, 'before');
  if (before) return { error: errorOf(before), fault: 'before' };
  try {
    checkParameters(name, action, fields);
    if (flag(fields, 'DryRun')) {
      throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
    }
    const answer = action.run(context, fields);
    const after = takeFault(context.account, name, 'after');
    return after ? { error: errorOf(after), fault: 'after' } : { answer };
  } catch (error) {
    if (error instanceof Ec2Error) return { error };
    throw error;
  }
};

const codeOf = ({ error }: Outcome): string => {
  if (error === undefined) return 'ok';
  return error instanceof Ec2Error ? error.code : error.message;
};

const perform = (simulation: Simulation, caller: string, fields: Fields): { name: string; answer: Answer } => {
  const { name, action } = actionNamed(fields);
  simulation.calls[name] = (simulation.calls[name] ?? 0) + 1;
  const effects: Effect[] = [];
  const context = simulation.present((effect) => effects.push(effect));
  const full = simulation.settings.throttling && !simulation.buckets.take(bucketOf(action, fields), context.now);
  const outcome: Outcome = full ? { error: throttled() } : run(context, name, action, fields);
  if (outcome.fault) simulation.changes += 1;
  if (action.mutates) {
    const entry: Omit<JournalEntry, 'sequence'> = {
      time: new Date(context.now).toISOString(),
      action: name,
      caller,
      ids: idsIn(fields, effects),
      parameters: journaled(fields),
      outcome: codeOf(outcome),
      effects,
    };
    simulation.journal.append(outcome.fault ? { ...entry, fault: outcome.fault } : entry);
  }
  if (outcome.error) throw outcome.error;
  return { name, answer: outcome.answer ?? {} };
};

/** Answers one request of the query protocol: a form body in, XML out. */
export const answerQuery = (simulation: Simulation, caller: string, body: string): Reply => {
  const requestId = randomUUID();
  try {
    const { name, answer } = perform(simulation, caller, parseForm(body));
    return { status: 200, body: renderAnswer(name, requestId, answer) };
  } catch (error) {
    if (error instanceof LostAnswer) return { lost: error.how };
    if (error instanceof Ec2Error) {
      return { status: error.status, body: renderError(requestId, error.code, error.message) };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, body: renderError(requestId, 'InternalError', `The simulated EC2 failed: ${message}`) };
  }
};

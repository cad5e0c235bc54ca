import type { QuestDB } from '../api/generated/questdb.ts';
import { ROTATE_CREDENTIALS, type Identity } from '../api/labels.ts';
import { credentialsName, shortHash } from '../api/names.ts';
import type { Credentials } from './pod-input.ts';
import { refuse, type Refusal } from './steps.ts';

/** Which Secret is meant: the user's, or when none is named the one that is made for the database. */
export type CredentialsSource = Identity & { secretName: string | undefined };

/** What became of looking for it. */
export type CredentialsState =
  | { state: 'Found'; credentials: Credentials; rotation: string | undefined }
  | { state: 'Absent' }
  | { state: 'Foreign' }
  /** The problem names keys, never what they hold. */
  | { state: 'Invalid'; problem: string };

/** The request for a new password that is to be seen to: a hash, so that what the user wrote is copied to no other object. */
export const rotationOf = ({ metadata, spec }: QuestDB): string | undefined => {
  const asked = metadata.annotations?.[ROTATE_CREDENTIALS];
  return asked === undefined || spec.credentials !== undefined ? undefined : shortHash([asked]);
};

export const refusedCredentials = (
  { metadata, spec }: QuestDB,
  found: Exclude<CredentialsState, { state: 'Found' }>,
): Refusal => {
  const given = spec.credentials?.secretName;
  const name = given ?? credentialsName(metadata.name);
  switch (found.state) {
    case 'Foreign':
      return refuse(
        'NameConflict',
        `Secret "${name}" exists and is not this operator's. Rename or remove it; nothing was touched.`,
      );
    case 'Absent':
      return refuse(
        'SecretNotFound',
        `Secret "${name}", which spec.credentials names, does not exist in this namespace. Create it with the keys username and password.`,
      );
    case 'Invalid':
      return refuse('SecretInvalid', `Secret "${name}": ${found.problem} ${remedyFor(given)}`);
  }
};

const remedyFor = (given: string | undefined): string =>
  given === undefined
    ? 'Correct it, or delete it: a new one is made.'
    : 'It needs username and password, and may have readonlyUsername and readonlyPassword.';

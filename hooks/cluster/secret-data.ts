/** Keys of a Secret and what they hold, in base64. */
export type SecretData = Readonly<Record<string, string>>;

export const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString();

/** An empty value is none. */
export const has = (data: SecretData, key: string): boolean => (data[key] ?? '') !== '';

/**
 * What is wrong with the credentials a Secret holds, as a sentence; undefined when nothing is. It names keys and never what they hold. The keys
 * are those of `kubernetes.io/basic-auth`, and two more for a user who may only read.
 */
export const problemIn = (data: SecretData): string | undefined => {
  const missing = ['username', 'password'].filter((key) => !has(data, key));
  if (missing.length > 0) return `it has no ${missing.join(' and no ')}.`;
  const [user, password] = ['readonlyUsername', 'readonlyPassword'].map((key) => has(data, key));
  if (user !== password) return `it has ${user === true ? 'readonlyUsername' : 'readonlyPassword'} without the other.`;
  return problemOfText(data);
};

const KEYS = ['username', 'password', 'readonlyUsername', 'readonlyPassword'];
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A line break at the end, which `--from-file` easily brings in, would be part of the password for some readers and not for others. */
const problemOfText = (data: SecretData): string | undefined => {
  const broken = KEYS.filter((key) => CONTROL.test(decoded(data[key] ?? '')));
  if (broken.length > 0) return `${broken.join(' and ')} may hold no line break or other control character.`;
  return decoded(data.username ?? '').includes(':') ? 'username may hold no colon.' : undefined;
};

import { isIP } from 'node:net';

/** What texts a setting takes: `allowed` ends the sentence "<name> must be ...". */
export type Kind<T> = { allowed: string; parse: (text: string) => T | undefined };

/** One row of the table of configuration; the documentation is made of it. `parse` throws a sentence without the name. */
export type Setting<T> = {
  name: string;
  meaning: string;
  allowed: string;
  default?: string;
  required: boolean;
  parse: (text: string | undefined) => T;
};

const parseAs = <T>(kind: Kind<T>, text: string): T => {
  const value = kind.parse(text);
  if (value === undefined) throw new Error(`must be ${kind.allowed}`);
  return value;
};

/** A setting without which nothing starts. */
export const required = <T>(name: string, kind: Kind<T>, meaning: string): Setting<T> => ({
  name,
  meaning,
  allowed: kind.allowed,
  required: true,
  parse: (text) => {
    if (text === undefined) throw new Error(`is required: ${kind.allowed}`);
    return parseAs(kind, text);
  },
});

/** A setting that may be absent. */
export const optional = <T>(name: string, kind: Kind<T>, meaning: string): Setting<T | undefined> => ({
  name,
  meaning,
  allowed: kind.allowed,
  required: false,
  parse: (text) => (text === undefined ? undefined : parseAs(kind, text)),
});

/** A setting that is always there; its default is written as the variable would be. */
export const withDefault = <T>(name: string, fallback: string, kind: Kind<T>, meaning: string): Setting<T> => ({
  name,
  meaning,
  allowed: kind.allowed,
  default: fallback,
  required: false,
  parse: (text) => parseAs(kind, text ?? fallback),
});

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const namespaceName: Kind<string> = {
  allowed: 'the name of a namespace: at most 63 lower case letters, digits and dashes, neither first nor last a dash',
  parse: (text) => (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text) ? text : undefined),
};

/** Decimal digits alone: no sign, no exponent, no space. */
export const integer = (from: number, to: number, unit = ''): Kind<number> => ({
  allowed: `a whole number${unit === '' ? '' : ` of ${unit}`} from ${from} to ${to}`,
  parse: (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= from && value <= to ? value : undefined;
  },
});

/** A text that matches; `allowed` says the pattern in words. */
export const matching = (pattern: RegExp, allowed: string): Kind<string> => ({
  allowed,
  parse: (text) => (pattern.test(text) ? text : undefined),
});

/** One of a few words. */
export const oneOf = <const T extends string>(values: readonly T[]): Kind<T> => ({
  allowed: `one of ${values.join(', ')}`,
  parse: (text) => values.find((value) => value === text),
});

/** On or off, in one spelling each: what is switched on by mistake does harm. */
export const flag: Kind<boolean> = {
  allowed: 'true or false',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

export const address: Kind<string> = {
  allowed: 'an IP address, for example 0.0.0.0, ::, or 127.0.0.1',
  parse: (text) => (isIP(text) === 0 ? undefined : text),
};

/** Whether a text is an http or https URL without credentials, which do not belong into a variable. */
export const isPlainHttpUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
};

export const endpoint: Kind<string> = {
  allowed: 'an http or https URL without a user and a password',
  parse: (text) => (isPlainHttpUrl(text) ? text : undefined),
};

/** What an action answers: lists become `<item>`s, absent values nothing, dates ISO texts. */
export type Xml = string | number | boolean | Date | undefined | Xml[] | { [name: string]: Xml };

/** EC2's dates: milliseconds since the epoch as ISO 8601. */
export const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

const escaped = (text: string): string => text.replace(/[&<>\r]/g, (character) => ENTITIES[character] ?? '');

const element = (name: string, value: Xml): string =>
  value === undefined ? '' : `<${name}>${contentOf(value)}</${name}>`;

const contentOf = (value: Exclude<Xml, undefined>): string => {
  if (Array.isArray(value)) return value.map((item) => element('item', item)).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return escaped(String(value));
  return Object.entries(value)
    .map(([name, child]) => element(name, child))
    .join('');
};

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

export const renderAnswer = (action: string, requestId: string, answer: Record<string, Xml>): string =>
  `${DECLARATION}<${action}Response xmlns="${NAMESPACE}">${contentOf({ requestId, ...answer })}</${action}Response>`;

export const renderError = (requestId: string, code: string, message: string): string =>
  DECLARATION + element('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId });

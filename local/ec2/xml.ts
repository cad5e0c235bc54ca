import { create } from 'xmlbuilder2';

/** What an action answers: lists become `<item>`s, absent values nothing, dates ISO texts. */
export type Xml = string | number | boolean | Date | undefined | Xml[] | { [name: string]: Xml };

/** EC2's dates: milliseconds since the epoch as ISO 8601. */
export const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

type Node = string | Node[] | { [name: string]: Node };

const nodeOf = (value: Exclude<Xml, undefined>): Node => {
  if (Array.isArray(value)) return { item: value.filter((item) => item !== undefined).map(nodeOf) };
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => (child === undefined ? [] : [[name, nodeOf(child)]])),
  );
};

const render = (root: string, content: Node): string => create({ encoding: 'UTF-8' }, { [root]: content }).end();

export const renderAnswer = (action: string, requestId: string, answer: Record<string, Xml>): string => {
  const content = nodeOf(answer) as Record<string, Node>;
  return render(`${action}Response`, {
    '@xmlns': 'http://ec2.amazonaws.com/doc/2016-11-15/',
    requestId,
    ...content,
  });
};

export const renderError = (requestId: string, code: string, message: string): string =>
  render('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId });

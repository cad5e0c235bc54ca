/** A spec, or part of one, as a user could write it: right or wrong. */
export type Fields = Record<string, unknown>;

/** What a user applies anew. With `refused` it must be refused with that text, else it must be accepted. */
export type CreateRow = {
  what: string;
  kind: string;
  name?: string;
  spec: Fields;
  refused?: string;
  /** Part of the spec as it is stored: what defaults made of it. */
  stored?: Fields;
};

/** What a user applies over something that exists. */
export type UpdateRow = {
  what: string;
  kind: string;
  before: Fields;
  /** Of the existing object, as the operator wrote it. */
  status?: Fields;
  after: Fields;
  refused?: string;
};

/** A row for each value of one field. */
export const each = <Value>(values: readonly Value[], row: (value: Value) => CreateRow): CreateRow[] => values.map(row);

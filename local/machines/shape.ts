/**
 * An object of the API as plain data. The client library's models are classes, but only their fields cross the wire; what is
 * built here is built as a literal.
 */
export type Shape<T> = T extends Date
  ? Date
  : T extends readonly (infer Item)[]
    ? Shape<Item>[]
    : T extends object
      ? { [Key in keyof T as T[Key] extends (...args: never[]) => unknown ? never : Key]: Shape<T[Key]> }
      : T;

/** Plain data as a parameter of the client library. */
export const asModel = <T>(shape: Shape<T>): T => shape as unknown as T;

type Named = { metadata?: { name?: string; namespace?: string; uid?: string } };

/** The identity of an object; empty texts where the API server would have refused it anyway. */
export const identityOf = ({ metadata }: Named): { name: string; namespace: string; uid: string } => ({
  name: metadata?.name ?? '',
  namespace: metadata?.namespace ?? '',
  uid: metadata?.uid ?? '',
});

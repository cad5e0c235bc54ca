/**
 * A type of the client library as it crosses the wire: dates are RFC 3339 strings, and nothing has methods. Optional fields
 * take no explicit undefined, which JSON could not say.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? {
          [Key in keyof T as T[Key] extends (...args: never[]) => unknown ? never : Key]: Wire<
            Exclude<T[Key], undefined>
          >;
        }
      : T;

/** What is asked of AWS: one action on one resource, and what the condition keys are then. */
export type AwsRequest = { action: string; resource: string; keys?: Readonly<Record<string, string | string[]>> };

type OneOrMore = string | string[];
type Condition = Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
export type Statement = { Sid: string; Effect: string; Action: OneOrMore; Resource: OneOrMore; Condition?: Condition };

const listOf = (value: OneOrMore): string[] => (Array.isArray(value) ? value : [value]);

const isLike = (pattern: string, value: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 's').test(value);

/** How each operator holds the values of a request against those of the policy; a negated one means none of them. */
const OPERATORS: Readonly<Record<string, (asked: string[], patterns: string[]) => boolean>> = {
  StringEquals: ([asked], values) => asked !== undefined && values.includes(asked),
  'ForAllValues:StringLike': (asked, patterns) =>
    asked.every((one) => patterns.some((pattern) => isLike(pattern, one))),
  'ForAllValues:StringNotLike': (asked, patterns) =>
    asked.every((one) => !patterns.some((pattern) => isLike(pattern, one))),
};

const isMet = (condition: Condition, keys: Readonly<Record<string, OneOrMore>>): boolean =>
  Object.entries(condition).every(([operator, wanted]) => {
    const holds = OPERATORS[operator];
    if (holds === undefined) throw new Error(`this evaluator does not know ${operator}`);
    return Object.entries(wanted).every(([key, values]) => holds(listOf(keys[key] ?? []), listOf(values)));
  });

/**
 * Whether the statements allow a request, as far as they go: no Deny, no wildcard in an action, and the operators above
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). What it does not know, it throws at.
 */
export const isAllowed = (statements: readonly Statement[], { action, resource, keys = {} }: AwsRequest): boolean =>
  statements.some(({ Effect, Action, Resource, Condition: condition = {} }) => {
    if (Effect !== 'Allow' || listOf(Action).some((name) => name.includes('*'))) throw new Error('not evaluated here');
    return (
      listOf(Action).includes(action) &&
      listOf(Resource).some((pattern) => isLike(pattern, resource)) &&
      isMet(condition, keys)
    );
  });

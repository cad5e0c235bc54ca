/** What the user can mend; it is told without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

import { each, type CreateRow, type Fields } from './row.ts';

const least = { version: '9.3.4', storage: { size: '20Gi' } };

const created = (what: string, spec: Fields, refused?: string): CreateRow => ({
  what,
  kind: 'QuestDB',
  spec,
  ...(refused === undefined ? {} : { refused }),
});
const withConfig = (what: string, config: Fields, refused?: string): CreateRow =>
  created(what, { ...least, config }, refused);

const OWNED_KEYS = [
  'cairo.root',
  'cairo.snapshot.instance.id',
  'http.enabled',
  'http.bind.to',
  'http.net.bind.to',
  'http.min.bind.to',
  'http.min.net.bind.to',
  'pg.bind.to',
  'pg.net.bind.to',
  'line.tcp.bind.to',
  'line.tcp.net.bind.to',
  'http.user',
  'http.password',
  'pg.user',
  'pg.password',
  'pg.readonly.user',
  'pg.readonly.password',
  'pg.readonly.user.enabled',
  'http.health.check.authentication.required',
  'metrics.enabled',
  'config.reload.enabled',
  'config.validation.strict',
];

/** So many keys, for a map that takes fewer. */
export const manyKeys = (count: number): Fields =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key.number${index}`, 'value']));

/** What a user may say of server.conf, and of who may log in. */
export const QUESTDB_CONFIG_ROWS: CreateRow[] = [
  withConfig('a key of the configuration', { 'cairo.max.uncommitted.rows': '500000' }),
  withConfig('a key that only begins like an owned one', { 'http.enabled2': 'x', 'pg.readonly': 'x' }),
  withConfig('256 keys', manyKeys(256)),
  ...each(OWNED_KEYS, (key) =>
    withConfig(`the owned key ${key}`, { [key]: 'x' }, 'spec.config has a key that the operator owns'),
  ),
  ...each(['Cairo.root', 'cairo..root', 'cairo.', '.cairo', 'QDB_CAIRO_ROOT', 'a b', 'a=b', ''], (key) =>
    withConfig(
      `the key ${JSON.stringify(key)}`,
      { [key]: 'x' },
      'a key of spec.config must be lower case words joined by dots',
    ),
  ),
  ...each(['a\nhttp.enabled=false', 'a\rb', '\n'], (value) =>
    withConfig(
      `the value ${JSON.stringify(value)}`,
      { 'cairo.x': value },
      'a value of spec.config may have no line break',
    ),
  ),
  withConfig('a key of 129 characters', { ['x'.repeat(129)]: 'x' }, 'at most 128 characters'),
  withConfig('a value of 1,025 characters', { 'cairo.x': 'x'.repeat(1025) }, 'spec.config.cairo.x: Too long'),
  withConfig('a value that is a number', { 'cairo.x': 5 }, 'spec.config.cairo.x'),
  withConfig('257 keys', manyKeys(257), 'spec.config: Too many'),

  created('a Secret of the user', { ...least, credentials: { secretName: 'mine.v1' } }),
  created('credentials without a Secret', { ...least, credentials: {} }, 'spec.credentials.secretName: Required'),
  ...each(['', 'Mine', '-a', 'a/b', 'a..b'], (secretName) =>
    created(
      `the Secret ${JSON.stringify(secretName)}`,
      { ...least, credentials: { secretName } },
      'spec.credentials.secretName',
    ),
  ),
];

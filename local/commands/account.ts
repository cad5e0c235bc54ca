import { table } from './table.ts';

type Row = Record<string, unknown>;

/** What the simulated EC2 shows of its account at `/_simulator/state`, as far as it is shown here. */
export type AccountState = {
  instances: Row[];
  volumes: Row[];
  snapshots: Row[];
  faults?: Row[];
  capacityReservations?: Row[];
  /** How many more can start, by `type/zone`. */
  capacity?: Record<string, number>;
  /** How many are free, by subnet. */
  addresses?: Record<string, number>;
};

/** What is worth a place on a line; the rest is at `/_simulator/state`. */
const COLUMNS = {
  instances: ['instanceId', 'instanceType', 'zone', 'state', 'trouble', 'privateDnsName'],
  volumes: ['volumeId', 'size', 'zone', 'state', 'attachments'],
  snapshots: ['snapshotId', 'volumeId', 'state'],
  faults: ['action', 'code', 'when', 'times'],
  'capacity reservations': ['capacityReservationId', 'instanceType', 'zone', 'total', 'available'],
  shortages: ['of', 'available'],
} as const;

type Kind = keyof typeof COLUMNS;

const attachmentText = ({ instanceId, state }: Row): string => `${String(state)} to ${String(instanceId)}`;

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return (value as Row[]).map(attachmentText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const troubleOf = ({ stuck, isolated, impairment }: Row): string =>
  [stuck && 'stuck', isolated && 'isolated', impairment && 'impaired'].filter(Boolean).join(', ');

const shortagesOf = ({ capacity = {}, addresses = {} }: AccountState): Row[] => [
  ...Object.entries(capacity).map(([where, available]) => ({ of: where, available })),
  ...Object.entries(addresses).map(([subnet, available]) => ({ of: `addresses of ${subnet}`, available })),
];

/** The account as tables, one a kind of resource; the machines of the local cluster itself are not in the account. */
export const stateText = (state: AccountState): string => {
  const instances = state.instances.filter((row) => row.builtIn !== true);
  const rowsOf: Record<Kind, Row[]> = {
    instances: instances.map((row) => ({ ...row, trouble: troubleOf(row) })),
    volumes: state.volumes,
    snapshots: state.snapshots,
    faults: state.faults ?? [],
    'capacity reservations': state.capacityReservations ?? [],
    shortages: shortagesOf(state),
  };
  return (Object.keys(COLUMNS) as Kind[])
    .map((kind) => {
      const columns = [...COLUMNS[kind]];
      const rows = rowsOf[kind].map((row) => columns.map((column) => cell(row[column])));
      return rows.length === 0 ? `${kind}: none\n` : `${kind}:\n${table(columns, rows)}\n`;
    })
    .join('\n');
};

import { describe, expect, it } from 'vitest';
import { PORTS, portOf } from '../../../../hooks/questdb/children/ports.ts';
import { headlessService, service } from '../../../../hooks/questdb/children/service.ts';
import { aDatabase, LABELS, SELECTOR } from '../../../fixtures/questdb.ts';

describe('the Services', () => {
  const PORT_LIST = [
    { name: 'http', port: 9000, protocol: 'TCP', targetPort: 'http' },
    { name: 'postgres', port: 8812, protocol: 'TCP', targetPort: 'postgres' },
    { name: 'ilp', port: 9009, protocol: 'TCP', targetPort: 'ilp' },
    { name: 'http-min', port: 9003, protocol: 'TCP', targetPort: 'http-min' },
  ];

  it('are one for clients and one for the name of the pod', () => {
    expect(service(aDatabase())).toMatchObject({
      metadata: { name: 'trades', labels: LABELS },
      spec: { type: 'ClusterIP', selector: SELECTOR, ports: PORT_LIST },
    });
    expect(headlessService('trades')).toMatchObject({
      metadata: { name: 'trades-pods', labels: LABELS },
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: SELECTOR, ports: PORT_LIST },
    });
  });

  it.each(['NodePort', 'LoadBalancer'] as const)(
    'lets clients in from outside as a %s, to nothing without a password',
    (type) => {
      const annotations = { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' };
      const made = service(aDatabase({ spec: { service: { type, annotations } } }));
      expect(made.metadata).toMatchObject({ annotations });
      expect(made.spec?.type).toBe(type);
      expect(made.spec?.ports).toEqual(PORT_LIST.slice(0, 3));
    },
  );

  it('have the ports of the engine', () => {
    expect(PORTS.map(({ name }) => portOf(name))).toEqual([9000, 8812, 9009, 9003]);
  });
});

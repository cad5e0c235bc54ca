/** Dependencies point one way (adr/0002). A violation fails the build. */
const KINDS = '^hooks/(questdb|questdbnode|questdbvolume)/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'product-stands-alone',
      comment: 'What ships never imports the local cluster, the tests or the benches.',
      severity: 'error',
      from: { path: '^(hooks|cli)/' },
      to: { path: '^(local|test|bench|scripts)/' },
    },
    {
      name: 'the-command-line-is-on-top',
      comment: 'It calls the same core as the hooks, which know nothing of it.',
      severity: 'error',
      from: { path: '^hooks/' },
      to: { path: '^cli/' },
    },
    {
      name: 'pure-core',
      comment: 'observe, plan, status, children and leaks decide; they import each other, api/ and types alone.',
      severity: 'error',
      from: { path: [KINDS + '(observe|plan|status|customize|children/)', '^hooks/leaks/leaks'] },
      to: { path: '^hooks/(aws|cluster|database|server)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'api-is-the-ground',
      severity: 'error',
      from: { path: '^hooks/api/' },
      to: { path: '^hooks/(?!api/)' },
    },
    {
      name: 'kinds-do-not-know-each-other',
      severity: 'error',
      from: { path: '^hooks/(questdb|questdbnode|questdbvolume)/' },
      to: { path: '^hooks/(questdb|questdbnode|questdbvolume)/', pathNot: '^hooks/$1/' },
    },
    {
      name: 'only-aws-imports-the-sdk',
      severity: 'error',
      from: { path: '^hooks/', pathNot: '^hooks/aws/' },
      to: { path: 'node_modules/(@aws-sdk|@smithy)/' },
    },
    {
      name: 'only-cluster-imports-the-kubernetes-client',
      comment: 'Types may be imported anywhere; the run time costs half a second and 75 MB.',
      severity: 'error',
      from: { path: '^hooks/', pathNot: '^hooks/cluster/' },
      to: { path: 'node_modules/@kubernetes/client-node', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'local-does-not-import-the-product',
      comment:
        'The local cluster plays the world around the product; sharing its code would hide its faults. Names and generated types are the contract.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^hooks/(?!api/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

/*
 * Who may import whom. Data flows left to right through the stages and imports point down, so that a
 * stage can be read, tested and replaced knowing only what lies below it. A rule's comment is its reason
 * and is printed with every violation; scripts/check-imports.test.ts plants one violation of each.
 */

/** Tests and their helpers may import anything; nothing that ships may import them. */
const TESTS = [
  '\\.test(-d|-util)?\\.(ts|tsx|mjs)$',
  '(^|/)testing/',
  '^(tests|bench|e2e|frameworks|scripts|fixtures)/',
]

/** Every folder that holds sources. A source file elsewhere fails the check: no rule would judge it. */
export const SOURCE_FOLDERS = [
  'app',
  'bench',
  'cli',
  'components',
  'db',
  'demo',
  'e2e',
  'fixtures',
  'frameworks',
  'ingest',
  'jobs',
  'lib',
  'scripts',
  'sdk',
  'server',
  'tests',
]

/** Our own sources; what does not match is a package or a Node builtin. */
const OURS = `^(${SOURCE_FOLDERS.join('|')})/|^env\\.ts$`

const UI_PACKAGES = '(^|/)node_modules/(react|react-dom|next|nuqs|@mantine|@tanstack|recharts)/'

/** `from` may import itself and `allowed` among our own files, and nothing else of ours. */
function knowsOnly(name, from, allowed, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: TESTS },
    to: { path: OURS, pathNot: allowed },
  }
}

/** Only files under `owners` may import the package. */
function ownedBy(name, packageName, owners, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: {
      pathNot: [
        ...owners,
        '\\.test(-d|-util)?\\.(ts|tsx|mjs)$',
        '(^|/)testing/',
        '^tests/',
        '(^|/)node_modules/',
      ],
    },
    to: { path: `(^|/)node_modules/${packageName}/` },
  }
}

const layers = [
  knowsOnly(
    'lib-stands-alone',
    '^lib/',
    ['^lib/'],
    'lib is the bottom: model, contract and maths that every other folder shares.',
  ),
  knowsOnly(
    'db-knows-lib-only',
    '^db/',
    ['^db/', '^lib/'],
    'The store keeps what it is given; a store that knows its callers cannot be exchanged.',
  ),
  knowsOnly(
    'ingest-knows-lib-and-db',
    '^ingest/',
    ['^ingest/', '^lib/', '^db/'],
    'ingest is one function, bytes in, answer out, whichever server calls it.',
  ),
  knowsOnly(
    'jobs-know-lib-and-db',
    '^jobs/',
    ['^jobs/', '^lib/', '^db/'],
    'Consumers follow the log; one that reached ingest could not be rebuilt from the log alone.',
  ),
  knowsOnly(
    'components-know-lib-only',
    '^components/',
    ['^components/', '^lib/'],
    'Props in, pixels out: a component that fetches or reads a store cannot be shown on its own.',
  ),
  knowsOnly(
    'pages-read-through-data',
    '^app/(?!api/|_data/)',
    ['^app/(?!api/)', '^lib/', '^components/'],
    'Pages read through app/_data, where every read is authorised; there is no second way to the store.',
  ),
  knowsOnly(
    'data-knows-lib-and-db',
    '^app/_data/',
    ['^app/_data/', '^lib/', '^db/'],
    'Server-only reads: what they import must never end up in a browser bundle.',
  ),
  knowsOnly(
    'api-knows-lib-db-and-ingest',
    '^app/api/',
    ['^app/api/', '^app/_data/', '^lib/', '^db/', '^ingest/'],
    'A route parses the request and calls one function; it draws nothing and starts nothing.',
  ),
  knowsOnly(
    'server-knows-the-stages',
    '^server/',
    ['^server/', '^lib/', '^db/', '^ingest/', '^jobs/', '^env\\.ts$', '^sdk/dist/redact\\.'],
    'The front owns the one writer, feed and hub; Next reaches them through the registry, not by import. What is left of contents is decided in one place for agents and servers: the SDK.',
  ),
  knowsOnly(
    'cli-knows-the-server',
    '^cli/',
    [
      '^cli/',
      '^server/',
      '^lib/',
      '^db/',
      '^ingest/',
      '^jobs/',
      '^env\\.ts$',
      '^scripts/(build|require-node)\\.mjs$',
    ],
    'The command starts the server and the stages; pages and demo agents run on their own side of HTTP.',
  ),
  knowsOnly(
    'sdk-stands-alone',
    '^sdk/',
    ['^sdk/'],
    "The SDK runs in other people's programs and is published without this application.",
  ),
  knowsOnly(
    'demo-uses-the-published-sdk',
    '^demo/',
    ['^demo/', '^sdk/dist/'],
    'The demo is a user: it may do only what a user of the package can do.',
  ),
]

const purity = [
  {
    name: 'demo-names-the-package',
    comment: 'By its package name, so that the exports map is obeyed: a relative path reaches past it.',
    severity: 'error',
    from: { path: '^demo/', pathNot: TESTS },
    to: { path: '^sdk/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased-workspace'] },
  },
  {
    name: 'lib-does-no-io',
    comment: 'lib runs in browsers and edge runtimes too, and its answers depend on its arguments alone.',
    severity: 'error',
    from: { path: '^lib/', pathNot: TESTS },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'lib-knows-no-react',
    comment: 'Pictures are prepared as plain data in lib and drawn by components.',
    severity: 'error',
    from: { path: '^lib/', pathNot: TESTS },
    to: { path: UI_PACKAGES },
  },
  {
    name: 'stages-are-framework-free',
    comment: 'Store, ingest and jobs run in threads and commands where no web framework is loaded.',
    severity: 'error',
    from: { path: '^(db|ingest|jobs)/', pathNot: TESTS },
    to: { path: UI_PACKAGES },
  },
  {
    name: 'sdk-has-no-dependencies',
    comment:
      'The core promises no dependencies; only optional peers may be named, and cockatiel, which the policies bundle.',
    severity: 'error',
    from: { path: '^sdk/src/(?!adapters/|policies/)', pathNot: TESTS },
    to: {
      path: '(^|/)node_modules/',
      pathNot: '(^|/)node_modules/@(opentelemetry/api|openfeature/server-sdk)/',
    },
  },
  ownedBy(
    'only-db-knows-drizzle',
    'drizzle-orm',
    ['^db/'],
    'All SQL lives in db; elsewhere a query would escape its review and its second store.',
  ),
  ownedBy(
    'only-db-opens-sqlite',
    'better-sqlite3',
    ['^db/', '^demo/', '^bench/', '^e2e/trial'],
    'One writer owns the file. The demo has a database of its own; benches and trials measure and inspect from outside.',
  ),
  ownedBy(
    'only-charts-know-recharts',
    'recharts',
    ['^components/charts/'],
    'Charts decide nothing and can be redrawn with another library in one folder.',
  ),
]

const hygiene = [
  {
    name: 'no-cycles',
    comment: 'Modules that need each other at run time cannot be understood or loaded one at a time.',
    severity: 'error',
    from: { pathNot: '(^|/)node_modules/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'nothing-ships-its-tests',
    comment: 'Tests, benches, trials, fixtures and scripts depend on the product, never the reverse.',
    severity: 'error',
    from: { pathNot: [...TESTS, '^[^/]+$'] },
    to: { path: TESTS, pathNot: ['(^|/)node_modules/', '^scripts/(build|require-node)\\.mjs$'] },
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that leads nowhere fails at run time, and no rule can judge it.',
    severity: 'error',
    // Packages of frameworks/ are installed there when its tests run, and its own tsc asks for them.
    from: { pathNot: '^frameworks/' },
    // Next's bundler answers `server-only` itself; no package of that name is installed.
    to: { couldNotResolve: true, pathNot: '^server-only$' },
  },
]

/** @satisfies {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...layers, ...purity, ...hygiene],
  options: {
    doNotFollow: { path: ['(^|/)node_modules/', '^sdk/dist/'] },
    exclude: { path: ['(^|/)\\.next/', '^next-env\\.d\\.ts$'] },
    // Type-only imports count for the layers too: a type that points up drags its module's design along.
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
}

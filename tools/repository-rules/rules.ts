/** One rule over one tracked file. Answers what is wrong, a line each. */
export type Rule = {
  readonly name: string
  readonly applies: (file: string) => boolean
  readonly check: (file: string, text: string) => string[]
}

const code = /\.(ts|vue)$/
const isTest = (file: string): boolean => /\.test\.ts$|\/tests?\/|^tests\/|\/testing\/|\/bench\/|\/fuzz\//.test(file)
/** Code of the product that must run in a seeded simulation. */
const isProduct = (file: string): boolean =>
  code.test(file) &&
  /^packages\/(core|api|agent-api|workflow|server|agent|simulator)\/src\//.test(file) &&
  !isTest(file)
/** The doors that hand real time and chance in: process entries and the system runtime. */
const doors = new Set([
  'packages/core/src/runtime.ts',
  'packages/server/src/main.ts',
  'packages/agent/src/main.ts',
  'packages/simulator/src/main.ts',
])

/** Each package and what of ours it may import, from docs/architecture.md. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  api: ['core'],
  'agent-api': ['core'],
  workflow: ['core'],
  libvirt: [],
  server: ['core', 'api', 'agent-api', 'workflow'],
  agent: ['core', 'agent-api', 'libvirt'],
  simulator: ['core', 'agent-api'],
  cli: ['core', 'api'],
  console: ['core', 'api'],
  lab: ['core'],
}

const nondeterminism: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\(/, 'Date.now: take runtime.now'],
  [/\bnew Date\(\)/, 'new Date(): take runtime.now'],
  [/(?<![.\w])set(?:Timeout|Interval|Immediate)\(/, 'a timer: take runtime.after or runtime.sleep'],
  [/\bMath\.random\(/, 'Math.random: take runtime.random'],
  [/\brandomUUID\(/, 'randomUUID: take runtime.uuid'],
  [/(?<!runtime\.)\brandomBytes\(/, 'randomBytes: take runtime.randomBytes'],
  [/\bperformance\.now\(/, 'performance.now: take runtime.monotonic'],
]

const forbiddenNames =
  /\b(?:class|function|const|type|interface)\s+\w*(?:Manager|Helper|Util|Utils|Processor|Impl|VO|TO)\b/
const machinePath = new RegExp(
  `(?:^|[^A-Za-z0-9_.-])/(?:${['wor', 'k'].join('')}|${['v', 'm'].join('')})/[A-Za-z0-9_.]`,
)
const registryHost = new RegExp(
  ['registry\\.npmjs', 'deb\\.debian', 'pypi\\.org', 'proxy\\.golang', 'crates\\.io/api'].join('|'),
)

export const rules: readonly Rule[] = [
  {
    name: 'time and chance come from the Runtime',
    applies: (file) => isProduct(file) && !doors.has(file),
    check: (_, text) => linesMatching(text, nondeterminism),
  },
  {
    name: 'imports point down the layers',
    applies: (file) => code.test(file) && /^packages\/[^/]+\/src\//.test(file) && !isTest(file),
    check(file, text) {
      const own = file.split('/')[1] ?? ''
      const allowed = mayImport[own]
      if (allowed === undefined) return []
      const named = [...text.matchAll(/from '@altostack\/([a-z-]+)/g)].map((match) => match[1] ?? '')
      const escaping = [...text.matchAll(/from '((?:\.\.\/)+packages\/[^']+)'/g)].map((match) => match[1])
      return [
        ...named
          .filter((name) => name !== own && !allowed.includes(name))
          .map((name) => `${own} may not import ${name}`),
        ...escaping.map((path) => `import of ${path}: use the package's name`),
      ]
    },
  },
  {
    name: 'files stay under 500 lines',
    applies: (file) => code.test(file) && !file.includes('/generated/') && !/\.generated\.ts$/.test(file),
    check(_, text) {
      const count = text.split('\n').length
      return count > 501 ? [`${count - 1} lines`] : []
    },
  },
  {
    name: 'file names are kebab-case',
    applies: (file) => code.test(file) && !/\/commands\/[^/]+\.ts$/.test(file),
    check(file) {
      const name = file.split('/').at(-1) ?? ''
      return /^[a-z0-9]+(?:[-.][a-z0-9]+)*\.(?:ts|vue)$/.test(name) || /^[A-Z]\w+\.vue$/.test(name) ? [] : [name]
    },
  },
  {
    name: 'names say what a thing is',
    applies: (file) => code.test(file) && !file.includes('/generated/'),
    check: (_, text) =>
      linesMatching(text, [[forbiddenNames, 'Manager, Helper, Util, Processor, Impl, VO and TO are not used']]),
  },
  {
    name: 'programs run by argv, never by a shell string',
    applies: (file) => code.test(file) && /^packages\/[^/]+\/src\//.test(file) && !isTest(file),
    check: (_, text) =>
      linesMatching(text, [
        [/\bexecSync\(|shell: true/, 'use spawn or execFile with an argv array'],
        [/import \{[^}]*\bexec\b[^}]*\} from 'node:child_process'/, 'exec runs a shell: use execFile'],
      ]),
  },
  {
    name: 'no path of a machine, no host of a registry',
    applies: (file) => file !== 'tools/repository-rules/rules.ts',
    check: (_, text) =>
      linesMatching(text, [
        [machinePath, 'an absolute path of a machine'],
        [registryHost, "a registry's host name"],
      ]),
  },
  {
    name: 'handlers hold no SQL',
    applies: (file) => /^packages\/server\/src\/[^/]+\/commands\/[^/]+\.ts$/.test(file) && !isTest(file),
    check: (_, text) =>
      linesMatching(text, [
        [
          /\.(?:selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql`/,
          "a query: it belongs into the area's repository",
        ],
      ]),
  },
  {
    name: 'states move by moveState alone',
    applies: (file) =>
      /^packages\/server\/src\//.test(file) &&
      !isTest(file) &&
      !file.startsWith('packages/server/src/db/') &&
      code.test(file),
    check: (_, text) =>
      linesMatching(text, [
        [
          /\.updateTable\('(?:host|vm_instance|storage_pool|volumes|networks)'\)[^;]*\.set\(\{[^}]*\b(?:state|status|resource_state):/,
          'a state column written by hand',
        ],
      ]),
  },
]

function linesMatching(text: string, patterns: readonly (readonly [RegExp, string])[]): string[] {
  const found: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const bare = line.replace(/^\s*(?:\*|\/\/|\/\*).*$/, '')
    for (const [pattern, words] of patterns) if (pattern.test(bare)) found.push(`line ${index + 1}: ${words}`)
  }
  return found
}

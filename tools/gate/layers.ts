import { hostPackages } from '../../packages/cli/src/up/host-packages.ts'
import { labPackages } from '../../packages/lab/src/packages.ts'
import { guestImagePackages } from '../guest-image/build.ts'

/** One layer of the gate. They run in the order of the list, in each track. */
export type Layer = {
  readonly name: string
  readonly does: string
  /** Test files, as globs from the repository's root. */
  readonly files: readonly string[]
  readonly except?: readonly string[]
  /** Commands that pass by exiting 0, each counted as one test. Argv; `node` is this Node. */
  readonly checks?: readonly { readonly name: string; readonly argv: readonly string[] }[]
  /** Debian packages that the layer needs, installed when missing. */
  readonly packages?: readonly string[]
  /** Files side by side; the two cores are shared with what the tests start. */
  readonly concurrency: number
  /** A file that runs longer than this is killed and has failed. */
  readonly fileTimeoutMs: number
  /** What `--full` does more in this layer, and how long a file may take then. Without it, `--full` changes nothing. */
  readonly full?: { readonly does: string; readonly fileTimeoutMs: number }
  /** Runs under `--full` only. */
  readonly fullOnly?: boolean
  /** Also set in the environment of the tests. */
  readonly mariadb?: boolean
  readonly needsRoot?: boolean
  /** Files without hooks of their own share processes (run-together.ts). Not under `--full`. */
  readonly together?: boolean
  /** Files that failed run once more when the track has come to its end (second-look.ts). Not under `--full`. */
  readonly secondLook?: boolean
}

const generated = (name: string, script: string): { name: string; argv: string[] } => ({
  name,
  argv: ['node', script, '--check'],
})

const hour = 3_600_000

const lowest = ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts']
const repository = 'packages/**/*.repository.test.ts'
const server = 'packages/**/*.server.test.ts'

export const layers: readonly Layer[] = [
  {
    name: 'unit',
    does: 'types, lints, generated files, and the tests beside the source',
    files: lowest,
    except: [repository, server],
    checks: [
      { name: 'types', argv: ['tsc', '-p', 'tsconfig.json'] },
      { name: 'format and lint', argv: ['biome', 'check', '.'] },
      { name: 'repository rules', argv: ['node', 'tools/repository-rules/main.ts'] },
      generated('registry of commands is fresh', 'tools/generate-registry.ts'),
      generated('registry of handlers is fresh', 'packages/server/tools/generate-handlers.ts'),
      generated('contract is fresh', 'tools/generate-contract.ts'),
      generated('schema is fresh', 'packages/server/tools/generate-schema.ts'),
      generated('reference is fresh', 'tools/generate-reference.ts'),
    ],
    packages: ['git', 'cpio', 'openssl', 'qemu-utils', 'dpkg-dev', 'openssh-server', 'openssh-client'],
    concurrency: 2,
    fileTimeoutMs: 400_000,
    together: true,
    secondLook: true,
  },
  {
    name: 'repository',
    does: 'the same repository tests on SQLite and on MariaDB',
    files: [repository],
    packages: ['mariadb-server'],
    concurrency: 2,
    fileTimeoutMs: 400_000,
    mariadb: true,
    together: true,
    secondLook: true,
  },
  {
    name: 'server',
    does: 'HTTP in, simulated hosts over real TLS, port 0; on SQLite and MariaDB',
    files: [server, 'tests/server/**/*.test.ts', 'tests/fuzz/**/*.test.ts'],
    packages: ['mariadb-server', 'qemu-utils', 'openssh-server', 'openssh-client'],
    concurrency: 2,
    fileTimeoutMs: 900_000,
    full: {
      does: 'a million inputs a fuzz campaign, 2,000 images, 60,000 hostile requests; seeds of the campaigns or ALTO_FUZZ_SEED',
      fileTimeoutMs: 2 * hour,
    },
    mariadb: true,
    together: true,
    secondLook: true,
  },
  {
    name: 'simulation',
    does: 'server, agents, storage and clocks on a seeded scheduler; every kill point on simulated hosts',
    files: ['tests/simulation/**/*.test.ts'],
    concurrency: 2,
    fileTimeoutMs: 1_200_000,
    full: { does: 'seeds 1 to 1000', fileTimeoutMs: 2 * hour },
  },
  {
    name: 'console',
    does: 'the web console in headless Chromium, with simulated hosts',
    files: ['tests/console/**/*.test.ts'],
    checks: [
      { name: 'types of the console', argv: ['node', 'packages/console/tools/typecheck.ts'] },
      { name: 'the console builds', argv: ['node', 'packages/console/tools/build.ts'] },
    ],
    packages: ['chromium', 'qemu-utils', 'fonts-dejavu-core'],
    concurrency: 1,
    fileTimeoutMs: 600_000,
    secondLook: true,
  },
  {
    name: 'clients',
    does: "clients that others wrote, unmodified: cs, Libcloud, cmk, Ansible's collection",
    files: ['tests/clients/**/*.test.ts', 'tests/readme/**/*.test.ts'],
    // Debian has the collection only in its large package: 17 MB to fetch, 290 MB of files.
    packages: ['python3-cs', 'python3-libcloud', 'ansible', 'python3-sshpubkeys', 'qemu-utils'],
    concurrency: 1,
    fileTimeoutMs: 900_000,
    secondLook: true,
  },
  {
    name: 'lab',
    does: 'real sshd, systemd, libvirtd and QEMU: the client, the agent, the runbook, a sample of the kill sweep',
    files: [
      'packages/libvirt/tests/**/*.test.ts',
      'packages/agent/tests/**/*.test.ts',
      'packages/lab/tests/**/*.test.ts',
      'tests/kvm/**/*.test.ts',
      'tests/runbook/**/*.test.ts',
      'tests/faults/**/*.test.ts',
      'tests/kill-sweep/**/*.test.ts',
    ],
    // busybox-static stands for busybox: the two exclude each other.
    packages: [...new Set([...hostPackages, ...labPackages, ...guestImagePackages, 'libvirt-clients', 'genisoimage'])],
    concurrency: 2,
    fileTimeoutMs: 900_000,
    secondLook: true,
    full: { does: 'guests and a power cut on a host with a kernel of its own', fileTimeoutMs: hour },
    needsRoot: true,
  },
  {
    name: 'sweep',
    does: 'under --full: every kill point on the lab, in shards side by side; the console on real hosts',
    files: ['tests/kill-sweep/*.full.ts', 'tests/volumes/*.full.ts', 'tests/console-lab/*.full.ts'],
    packages: ['chromium', 'fonts-dejavu-core'],
    concurrency: 2,
    fileTimeoutMs: 6 * hour,
    full: {
      does: 'every kill point; 1,000 operations on volumes; ALTO_KILL_SEED draws the instants (1)',
      fileTimeoutMs: 6 * hour,
    },
    fullOnly: true,
    needsRoot: true,
  },
  {
    name: 'fresh',
    does: 'a clean Debian 12 root: ./alto up --yes ends with a guest that answers ping',
    files: ['tests/fresh/**/*.test.ts'],
    concurrency: 1,
    fileTimeoutMs: 2_400_000,
    needsRoot: true,
  },
]

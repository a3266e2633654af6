import type { Runtime } from '@altostack/core'
import { runProgram } from './run-program.ts'

/**
 * Address space, CPU seconds, no files written, few processes: enough for qemu-img to read any header. Of the 2 GiB it
 * uses little, but a header may make it start a dozen threads, and each reserves 64 MiB; with half as much it aborted.
 */
const limits = ['prlimit', '--as=2147483648', '--cpu=20', '--fsize=0', '--nproc=4096', '--core=0', '--']
const nobody = [
  'setpriv',
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--no-new-privs',
  '--inh-caps=-all',
  '--bounding-set=-all',
]
const separate = ['unshare', '--net', '--ipc', '--uts']

export type Sandbox = { readonly prefix: readonly string[]; readonly parts: readonly string[] }

const layers: readonly Sandbox[] = [
  { prefix: [...separate, ...nobody, ...limits], parts: ['no network', 'unprivileged user', 'limits'] },
  {
    prefix: ['unshare', '--user', '--map-current-user', '--net', '--ipc', '--uts', ...limits],
    parts: ['no network', 'limits'],
  },
  { prefix: limits, parts: ['limits'] },
  { prefix: [], parts: [] },
]
const chosen = new WeakMap<Runtime, Promise<Sandbox>>()

/** The strongest way this machine offers of running a program that reads a stranger's file; found once a process. */
export function findSandbox(runtime: Runtime): Promise<Sandbox> {
  const known = chosen.get(runtime)
  if (known !== undefined) return known
  const found = probe(runtime)
  chosen.set(runtime, found)
  return found
}

async function probe(runtime: Runtime): Promise<Sandbox> {
  for (const layer of layers) {
    const [program, ...args] = [...layer.prefix, 'true']
    try {
      const end = await runProgram(program as string, args, { runtime, timeoutMs: 5000 })
      if (end.code === 0) return layer
    } catch {
      // The program is not there: the next layer may be.
    }
  }
  return { prefix: [], parts: [] }
}

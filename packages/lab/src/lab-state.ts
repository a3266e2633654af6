import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { labFailure } from './errors.ts'
import type { MachineImage } from './machine-image.ts'

/** How hosts see the shared directory: bound as it is, or through a FUSE file system that can be hung and cut. */
export type SharedVia = 'bind' | 'fuse'

/** `container`: systemd-nspawn; `machine`: a full QEMU system with a kernel of its own; `storage`: a container that serves. */
export type HostKind = 'container' | 'machine' | 'storage'

export interface HostRecord {
  readonly name: string
  readonly ip: string
  readonly kind: HostKind
}

/** What a lab's directory remembers; everything else is read from the machine each time. */
export interface LabState {
  readonly version: 1
  readonly id: string
  readonly subnet: string
  /** Password of root and of the two ordinary accounts on every host. */
  readonly password: string
  /** Base tree under which the hosts' own layers lie; it must not change while they exist. */
  readonly base: string
  readonly shared: string | undefined
  readonly sharedVia: SharedVia
  readonly hosts: readonly HostRecord[]
  /** Layer over `base` of the storage host, and image of machine hosts, where there are such hosts. */
  readonly storageLayer?: string
  readonly machineImage?: MachineImage
  /** Machine hosts start without systemd. */
  readonly lean?: boolean
}

const fileName = 'lab.json'

/** Reads a lab's state; undefined when the directory holds no lab. Throws `lab.none` when the file cannot be read. */
export async function readLabState(dir: string): Promise<LabState | undefined> {
  let text: string
  try {
    text = await readFile(join(dir, fileName), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const state = JSON.parse(text) as LabState
    if (state.version === 1 && Array.isArray(state.hosts) && typeof state.id === 'string') {
      // Labs of the first version have containers only.
      return { ...state, hosts: state.hosts.map((host) => ({ ...host, kind: host.kind ?? 'container' })) }
    }
  } catch {
    // told below, with the file's name
  }
  throw labFailure('lab.none', `${join(dir, fileName)} is damaged`, {
    fix: `Run ./alto lab down --data-dir ${dir}, which cleans by the directory's id, then up again.`,
  })
}

/** Writes the state so that a crash leaves the old file or the new one. Only root may read it: it holds the password. */
export async function writeLabState(dir: string, state: LabState): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o755 })
  const fresh = join(dir, `${fileName}.new`)
  await writeFile(fresh, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flush: true })
  await rename(fresh, join(dir, fileName))
}

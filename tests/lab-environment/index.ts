import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiError, type CallResult, type Client } from '@altostack/api'
import { createLab, type Lab, type LeanFile, labPackages, missingPackages, removeLab } from '@altostack/lab'
import { buildDeb } from '../../packaging/build-deb.ts'
import { guestImagePackages } from '../../tools/guest-image/build.ts'
import { type ApiKeys, adminKeys, apiClient, endpointOf } from './api.ts'
import { type DatabaseRow, readDatabase } from './database.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'
import { registerGuestTemplate } from './template.ts'
import { createZone, type Zone } from './zone.ts'

export type { ApiKeys } from './api.ts'
export type { DatabaseRow } from './database.ts'
export { type EventStream, followEvents, type PushedChange } from './event-stream.ts'
export { answersPing, type GuestPage, guestPage, waitForPing, waitForTick } from './guest.ts'
export { measured } from './measured.ts'
export type { ServerProcess } from './server-process.ts'
export { until } from './until.ts'
export type { Zone } from './zone.ts'

export type LabEnvironmentOptions = {
  /** Hosts in the lab, h1, h2, …; not yet added to the server. */
  readonly hosts: number
  /** Hosts that are full QEMU systems, m1, m2, …: slow, and with a kernel of their own. */
  readonly machines?: number
  /** Machine hosts without systemd, ready to join by token: see `joinMachines`. */
  readonly lean?: boolean
  /** A storage host: `lab.nas`. */
  readonly nas?: boolean
  /** `mysql://…`; SQLite unless given. `rows` reads SQLite only. */
  readonly database?: string
  /** Word in the names of directories. */
  readonly name?: string
  /** Leaves the template out: nothing can be deployed. */
  readonly withoutTemplate?: boolean
}

/** How a host is added: `key` is the server's own, which the host must have in authorized_keys. */
export type AddHostOptions = {
  readonly username?: string
  readonly password?: string
  readonly hostkey?: string
  readonly url?: string
  /** Another cluster than the zone's first. */
  readonly clusterid?: string
}

/** A lab of real hosts, a management server as a process, and a zone that is ready for hosts. */
export type LabEnvironment = {
  readonly lab: Lab
  /** Everything that this environment keeps lies below it. */
  readonly dir: string
  readonly server: ServerProcess
  readonly client: Client
  readonly keys: ApiKeys
  readonly endpoint: string
  readonly zone: Zone
  /** Undefined only with `withoutTemplate`. */
  readonly templateId: string | undefined
  /** addHost by the lab host's name; by the lab's root password unless said otherwise. */
  readonly addHost: (name: string, options?: AddHostOptions) => Promise<CallResult<'addHost'>>
  /** SharedMountPoint on the lab's shared directory. */
  readonly createPool: (name?: string, path?: string) => Promise<CallResult<'createStoragePool'>>
  /** Deploys a VM of the template and waits for its job. */
  readonly deploy: (name: string, more?: { readonly hostid?: string }) => Promise<Vm>
  /** The VM as the API shows it now; undefined when it is gone. */
  readonly vm: (id: string) => Promise<Vm | undefined>
  /** Rows of the server's SQLite file, read past the server. */
  readonly rows: (sql: string, ...values: (string | number)[]) => DatabaseRow[]
  /** The host's lab name is its name in the API too; answers its id. */
  readonly hostId: (name: string) => Promise<string>
  /** Ends the server, removes the lab and the directory; also after a failure, and twice. */
  readonly stop: () => Promise<void>
}

export type Vm = {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly hostName: string | undefined
  /** i-2-3-VM: its name in libvirt. */
  readonly instanceName: string
  readonly address: string
}

/** Why no lab can run here, for `skip`; false when one can. */
export async function whyNoLab(): Promise<false | string> {
  if (process.getuid?.() !== 0) return 'the lab needs root'
  const missing = await missingPackages([...labPackages, ...guestImagePackages])
  return missing.length === 0 ? false : `the lab needs the Debian packages ${missing.join(', ')}`
}

/** Starts all of it; a part that fails takes the others down again. */
export async function startLabEnvironment(options: LabEnvironmentOptions): Promise<LabEnvironment> {
  const prefix = `alto-${options.name ?? 'lab'}-`
  const dir = mkdtempSync(join(process.env.ALTO_TEST_DIR ?? tmpdir(), prefix))
  const labDir = join(dir, 'lab')
  let server: ServerProcess | undefined
  let creating: Promise<Lab> | undefined
  const stop = async (): Promise<void> => {
    await server?.kill()
    // A lab that is still being made would come back after its removal.
    await creating?.catch(() => {})
    await removeLab(labDir)
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const packing = buildDeb({ out: join(dir, 'package'), cache: join(cacheDirectory(), 'deb') })
    packing.catch(() => {})
    creating = createLab({
      dir: labDir,
      hosts: options.hosts,
      ...(options.lean === true ? { lean: { files: leanFiles(await packing, join(dir, 'unpacked')) } } : {}),
      ...(options.machines === undefined ? {} : { machines: options.machines }),
      ...(options.nas === undefined ? {} : { nas: options.nas }),
      shared: join(dir, 'shared'),
    })
    const [lab, deb] = await Promise.all([creating, packing])
    const dataDir = join(dir, 'server')
    mkdirSync(dataDir, { mode: 0o700 })
    server = await serverProcess({ dataDir, publicAddress: lab.serverIp, database: options.database })
    await server.start()
    const keys = await adminKeys(server)
    const client = apiClient(server, keys)
    await client.get('updateConfiguration', { name: 'alto.agent.package', value: deb })
    const zone = await createZone(client, lab.serverIp)
    const templateId =
      options.withoutTemplate === true ? undefined : await registerGuestTemplate(client, dir, zone.zoneId)
    const parts = { lab, dir, server, client, keys, zone, templateId }
    return { ...parts, ...actions(parts), endpoint: endpointOf(server), stop }
  } catch (error) {
    const said = server?.log().slice(-3000)
    await stop()
    throw new Error(`the lab environment did not start${said ? `: ${said}` : ''}`, { cause: error })
  }
}

type Parts = Pick<LabEnvironment, 'lab' | 'dir' | 'server' | 'client' | 'keys' | 'zone' | 'templateId'>
type Actions = Pick<LabEnvironment, 'addHost' | 'createPool' | 'deploy' | 'vm' | 'rows' | 'hostId'>

function actions({ lab, server, client, zone, templateId }: Parts): Actions {
  const place = { zoneid: zone.zoneId, podid: zone.podId, clusterid: zone.clusterId }
  const vm: LabEnvironment['vm'] = async (id) => {
    const { items } = await client.list('listVirtualMachines', { id }).catch((error: unknown) => {
      // An id that is gone is answered by 431, as CloudStack does.
      if (error instanceof ApiError && error.errorcode === 431) return { items: [] }
      throw error
    })
    const [found] = items
    if (found === undefined) return undefined
    const [nic] = (found.nic ?? []) as readonly { readonly ipaddress?: string }[]
    return {
      id,
      name: String(found.name),
      state: String(found.state),
      hostName: found.hostname === undefined ? undefined : String(found.hostname),
      instanceName: String(found.instancename),
      address: nic?.ipaddress ?? '',
    }
  }
  return {
    vm,
    addHost: (name, options) =>
      client.get('addHost', {
        ...place,
        hypervisor: 'KVM',
        url: `http://${lab.host(name).ip}`,
        ...(options ?? { username: 'root', password: lab.host(name).password }),
      }),
    createPool: (name = 'primary1', path = '/mnt/shared') =>
      client.get('createStoragePool', { ...place, name, scope: 'CLUSTER', url: `SharedMountPoint://localhost${path}` }),
    async deploy(name, more = {}) {
      if (templateId === undefined) throw new Error('this environment has no template')
      const job = await client.start('deployVirtualMachine', {
        name,
        displayname: name,
        zoneid: zone.zoneId,
        serviceofferingid: zone.offeringId,
        templateid: templateId,
        networkids: [zone.networkId],
        ...more,
      })
      await client.wait(job.jobid, { timeoutMs: 180_000 })
      const made = await vm(String(job.id))
      if (made === undefined) throw new Error(`${name} is not listed after it was deployed`)
      return made
    },
    rows: (sql, ...values) => readDatabase(join(server.dataDir, 'cloud.db'), sql, ...values),
    async hostId(name) {
      const { items } = await client.list('listHosts', { type: 'Routing', name })
      if (items[0]?.id === undefined) throw new Error(`${name} is no host of the server`)
      return String(items[0].id)
    },
  }
}

/** What the package would put on a host. */
function leanFiles(deb: string, into: string): LeanFile[] {
  execFileSync('dpkg-deb', ['-x', deb, into])
  const properties = 'etc/cloudstack/agent/agent.properties'
  return [
    { path: 'usr/bin/altostack-agent', from: join(into, 'usr/bin/altostack-agent'), mode: 0o755 },
    { path: properties, from: join(into, properties), mode: 0o640 },
  ]
}

function cacheDirectory(): string {
  return process.env.ALTO_CACHE ?? join(homedir(), '.cache', 'altostack')
}

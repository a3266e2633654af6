import { createHash } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hostRefusal, type VmSpec } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainDeviceModifyFlags } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { qemuOwner } from '../storage/qemu-owner.ts'
import { cdromElement } from '../xml/cdrom.ts'
import { find, findAll, parseXml } from '../xml/parse-xml.ts'
import { configDriveFiles } from './files.ts'

/** User data is a mebibyte at most; with names and keys no drive is larger, and none takes long. */
const buildMs = 60_000
/** A guest that holds its drive fast is asked again. */
const againMs = 30_000
const attempts = 10
/** Begins the names of directories in which drives are built. */
const building = '.build-'

type Drive = { readonly label: string; readonly path: string }

/** Where config drives lie: CloudStack's host cache, or what `host.cache.location` says. */
export function configDriveDir(context: HostContext): string {
  const cache = context.settings.get('host.cache.location')
  return cache === undefined ? context.paths.configDriveDir : join(cache, 'configdrive')
}

/**
 * Builds the guest's config drive, if it is to have one, and answers its path. The path names the content, so a repeat
 * builds nothing, and a guest that arrives finds the same name. The guest's data and NICs are known here already.
 */
export async function admitConfigDrive(context: HostContext, spec: VmSpec): Promise<string | undefined> {
  const { instanceName, configDrive } = spec
  if (configDrive === undefined) {
    removeConfigDrive(context, instanceName)
    return undefined
  }
  return await build(context, instanceName, configDrive.label)
}

/** What the guest is told has changed: a running guest gets the new drive in place of the old one. */
export async function refreshConfigDrive(context: HostContext, instanceName: string): Promise<void> {
  const drive = driveOf(context, instanceName)
  if (drive === undefined) return
  const domain = await context.libvirt.find(instanceName)
  if (domain === undefined) return
  const path = await build(context, instanceName, drive.label)
  const root = parseXml(await context.libvirt.use((client) => client.domain.getXmlDesc(domain)))
  const sources = findAll(root, 'devices/disk').map((disk) => find(disk, 'source')?.attributes.file ?? '')
  const before = sources.find((source) => isConfigDrive(context, source))
  if (before === path) return
  const machine = find(root, 'os/type')?.attributes.machine ?? ''
  const element = cdromElement({ deviceId: 3, path }, machine).text
  const { LIVE, FORCE } = DomainDeviceModifyFlags
  await context.libvirt.use((client) => client.domain.updateDevice(domain, element, LIVE | FORCE))
  for (const old of pathsOf(context, instanceName)) if (old !== path) rmSync(old, { force: true })
  context.log.info({ instanceName }, 'the guest has a new config drive')
}

/** As `refreshConfigDrive`, later and again where it fails: whoever told the news need not wait. */
export function refreshConfigDriveSoon(context: HostContext, instanceName: string, attempt = 1): void {
  if (driveOf(context, instanceName) === undefined) return
  context
    .guests(instanceName, () => refreshConfigDrive(context, instanceName))
    .catch((error: unknown) => {
      context.log.warn({ instanceName, attempt, error: errorText(error) }, 'a config drive could not be replaced')
      if (attempt < attempts) {
        context.runtime.after(againMs, () => refreshConfigDriveSoon(context, instanceName, attempt + 1))
      }
    })
}

/** After a start of the agent: drives of guests that are gone and half-built ones go, the others are made as their data say. */
export async function resumeConfigDrives(context: HostContext): Promise<void> {
  const directory = configDriveDir(context)
  const left = existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith(building)) : []
  for (const name of left) rmSync(join(directory, name), { recursive: true, force: true })
  const rows = context.database.prepare('SELECT instance FROM config_drive').all() as { instance: string }[]
  for (const { instance } of rows) {
    if ((await context.libvirt.find(instance)) === undefined) removeConfigDrive(context, instance)
    else refreshConfigDriveSoon(context, instance)
  }
}

/** The guest is not here any more. Repeating it changes nothing. */
export function removeConfigDrive(context: HostContext, instanceName: string): void {
  if (driveOf(context, instanceName) === undefined) return
  for (const path of pathsOf(context, instanceName)) rmSync(path, { force: true })
  context.database.prepare('DELETE FROM config_drive WHERE instance = ?').run(instanceName)
}

/** Whether the file is a config drive of this host. */
export function isConfigDrive(context: HostContext, path: string): boolean {
  return dirname(path) === configDriveDir(context)
}

function driveOf(context: HostContext, instanceName: string): Drive | undefined {
  return context.database.prepare('SELECT label, path FROM config_drive WHERE instance = ?').get(instanceName) as
    | Drive
    | undefined
}

function keep(context: HostContext, instanceName: string, { label, path }: Drive): void {
  context.database
    .prepare('INSERT OR REPLACE INTO config_drive (instance, label, path) VALUES (?, ?, ?)')
    .run(instanceName, label, path)
}

function pathsOf(context: HostContext, instanceName: string): string[] {
  const directory = configDriveDir(context)
  if (!existsSync(directory)) return []
  return readdirSync(directory).flatMap((name) =>
    name.startsWith(`${instanceName}-`) && /^[0-9a-f]{20}\.iso$/.test(name.slice(instanceName.length + 1))
      ? [join(directory, name)]
      : [],
  )
}

async function build(context: HostContext, instanceName: string, label: string): Promise<string> {
  const data = context.guestNetwork.data(instanceName)
  if (data === undefined) {
    throw hostRefusal(agentFailure('vm.config-drive', `Nothing is known to write on the drive of ${instanceName}`))
  }
  const nics = context.guestNetwork.nics().flatMap((one) => (one.instanceName === instanceName ? [one.nic] : []))
  const files = configDriveFiles(data, nics)
  const hash = createHash('sha256').update(label)
  for (const [path, content] of files) hash.update(`\0${path}\0${content.length}\0`).update(content)
  const directory = configDriveDir(context)
  const path = join(directory, `${instanceName}-${hash.digest('hex').slice(0, 20)}.iso`)
  // Before the file, so that whatever a crash leaves is removed with the guest.
  keep(context, instanceName, { label, path })
  if (existsSync(path)) return path
  // Passwords are on it: root and the guest's QEMU alone may read it.
  mkdirSync(directory, { recursive: true, mode: 0o711 })
  const work = await mkdtemp(join(directory, building))
  try {
    await writeIso(context, files, label, work)
    const made = join(work, 'drive.iso')
    const { uid, gid } = await qemuOwner(context)
    chownSync(made, uid, gid)
    await chmod(made, 0o400)
    await rename(made, path)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return path
}

async function writeIso(
  context: HostContext,
  files: ReadonlyMap<string, Buffer>,
  label: string,
  work: string,
): Promise<void> {
  const tree = join(work, 'tree')
  for (const [path, content] of files) {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), content)
  }
  // Rock Ridge and Joliet with long names: Linux, the BSDs and Windows find the files under the same paths.
  const options = ['-quiet', '-o', join(work, 'drive.iso'), '-V', label, '-r', '-J', '-joliet-long', '-l', '-ldots']
  await run('genisoimage', [...options, '-allow-lowercase', '-allow-multidot', tree], {
    runtime: context.runtime,
    timeoutMs: buildMs,
  }).catch((error: unknown) => {
    throw hostRefusal(
      agentFailure('vm.config-drive', 'The config drive could not be built', { seen: errorText(error), cause: error }),
    )
  })
}

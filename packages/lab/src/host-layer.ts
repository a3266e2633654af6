import { existsSync } from 'node:fs'
import { chmod, chown, copyFile, lstat, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Runtime } from '@altostack/core'
import { accountHomes, hostFiles } from './host-tree.ts'
import type { HostRecord, LabState } from './lab-state.ts'
import { makeMachineDisk } from './machine.ts'
import { run } from './run.ts'
import { serverAddress, storageAddresses } from './subnet.ts'

/** Makes a host's own layer over the base tree, once. A half-made one of a killed creator is thrown away. */
export async function makeHostLayer(
  labDir: string,
  state: LabState,
  host: HostRecord,
  runtime: Runtime,
  more: readonly { readonly path: string; readonly from: string; readonly mode?: number }[] = [],
): Promise<void> {
  const dir = hostDir(labDir, host.name)
  if (existsSync(dir)) return
  const fresh = `${dir}.new`
  await rm(fresh, { recursive: true, force: true })
  const up = join(fresh, 'up')
  await mkdir(up, { recursive: true })
  await mkdir(join(fresh, 'work'))
  // Packages of a layer may have added accounts.
  const layer = host.kind === 'machine' ? state.machineImage?.layer : state.storageLayer
  const trees = host.kind === 'container' || layer === undefined ? [state.base] : [layer, state.base]
  const base = (path: string): Promise<string> => {
    const tree = trees.find((each) => existsSync(join(each, path))) ?? state.base
    return readFile(join(tree, path), 'utf8')
  }
  const [passwd, shadow, group, authorizedKey, hash] = await Promise.all([
    base('etc/passwd'),
    base('etc/shadow'),
    base('etc/group'),
    readFile(join(labDir, 'id_ed25519.pub'), 'utf8'),
    run(['openssl', 'passwd', '-6', '-stdin'], { input: `${state.password}\n` }),
  ])
  const files = hostFiles({
    kind: host.kind,
    name: host.name,
    ip: host.ip,
    extraAddresses: host.kind === 'storage' ? storageAddresses(state.subnet).slice(1) : [],
    serverIp: serverAddress(state.subnet),
    cgroupV1: existsSync('/sys/fs/cgroup/cpu/cgroup.procs'),
    machineId: runtime.uuid().replaceAll('-', ''),
    authorizedKey,
    password: state.password,
    passwd,
    shadow,
    group,
    passwordHash: hash.trim(),
  })
  for (const file of files) {
    const path = join(up, file.path)
    await makeDirectoryLike(state.base, up, dirname(file.path))
    if ('link' in file) await symlink(file.link, path)
    else {
      await writeFile(path, file.content)
      await takeAttributes(join(state.base, file.path), path, file.mode ?? 0o644)
    }
  }
  await chmod(join(up, 'root/.ssh'), 0o700)
  for (const home of accountHomes) await run(['chown', '-R', `${home.uid}:${home.uid}`, join(up, home.path)])
  await makeDirectoryLike(state.base, up, 'mnt/shared')
  const key = (type: string): Promise<string> =>
    run(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', host.name, '-f', join(up, `etc/ssh/ssh_host_${type}_key`)])
  await Promise.all([key('ed25519'), key('ecdsa')])
  if (host.kind === 'machine') {
    for (const { path, from, mode } of more) {
      await makeDirectoryLike(state.base, up, dirname(path))
      await copyFile(from, join(up, path))
      await chmod(join(up, path), mode ?? 0o644)
    }
  }
  if (host.kind === 'machine') await makeMachineDisk(fresh, state.machineImage!)
  if (host.kind === 'storage') await mkdir(storageDir(fresh))
  await rename(fresh, dir)
}

/** Directory of this machine that a storage host serves. */
export function storageDir(dir: string): string {
  return join(dir, 'data')
}

/** Directory of a host inside the lab's. */
export function hostDir(labDir: string, name: string): string {
  return join(labDir, 'hosts', name)
}

/** In an overlay the upper directory's owner and mode count, so they are taken from the base. */
async function makeDirectoryLike(base: string, up: string, path: string): Promise<void> {
  if (path === '.' || existsSync(join(up, path))) return
  await makeDirectoryLike(base, up, dirname(path))
  await mkdir(join(up, path))
  await takeAttributes(join(base, path), join(up, path), 0o755)
}

async function takeAttributes(like: string, path: string, mode: number): Promise<void> {
  if (existsSync(like)) {
    const found = await lstat(like)
    await chown(path, found.uid, found.gid)
    await chmod(path, found.mode & 0o7777)
  } else {
    await chmod(path, mode)
  }
}

import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { readValue, writeValue } from '../state-database.ts'
import { qemuOwner } from '../storage/qemu-owner.ts'
import { ensureFile } from '../storage/replace-file.ts'
import { certificateFingerprint } from '../trust/identity.ts'
import { setConfLines } from './libvirtd-conf.ts'

/**
 * Certificates of this host where libvirt and QEMU look for them, and libvirtd listening with TLS on 16514: what live
 * migration needs. Each step is idempotent; what stood there before is kept beside it as `*.before-altostack`.
 * Answers what was changed.
 */
export async function configureLibvirtTls(context: HostContext): Promise<string[]> {
  const { settings, log } = context
  if (settings.get('alto.libvirt.tls') === 'false') return []
  const changed = [...placeCertificates(context), ...(await placeQemuCertificates(context))]
  const conf = placeConf(context)
  if (changed.length + conf.length > 0) log.info({ changed: [...changed, ...conf] }, 'libvirt TLS configured')
  if (changed.some((path) => path.includes('/libvirt/') || path.includes('/CA/')) || conf.length > 0) {
    await restartLibvirtd(context)
  }
  return [...changed, ...conf]
}

function placeCertificates(context: HostContext): string[] {
  const { certificate, key, ca } = context.identity()
  const libvirt = join(context.paths.pkiDir, 'libvirt')
  const files: readonly [path: string, content: string, mode: number][] = [
    [join(context.paths.pkiDir, 'CA/cacert.pem'), ca, 0o644],
    [join(libvirt, 'servercert.pem'), certificate, 0o644],
    [join(libvirt, 'clientcert.pem'), certificate, 0o644],
    [join(libvirt, 'private/serverkey.pem'), key, 0o600],
    [join(libvirt, 'private/clientkey.pem'), key, 0o600],
  ]
  return files.filter(([path, content, mode]) => place(context, path, content, mode)).map(([path]) => path)
}

async function placeQemuCertificates(context: HostContext): Promise<string[]> {
  const { certificate, key, ca } = context.identity()
  const directory = join(context.paths.pkiDir, 'qemu')
  const owner = context.libvirt.up() ? await qemuOwner(context) : { uid: 0, gid: 0 }
  const files: readonly [path: string, content: string, mode: number][] = [
    [join(directory, 'ca-cert.pem'), ca, 0o644],
    [join(directory, 'server-cert.pem'), certificate, 0o644],
    [join(directory, 'client-cert.pem'), certificate, 0o644],
    [join(directory, 'server-key.pem'), key, 0o640],
    [join(directory, 'client-key.pem'), key, 0o640],
  ]
  return files
    .filter(([path, content, mode]) => {
      const changed = place(context, path, content, mode)
      // QEMU reads its key as its own user.
      if (mode === 0o640) chownSync(path, 0, owner.gid)
      return changed
    })
    .map(([path]) => path)
}

/** Writes a file; one that is not ours is kept beside it first. */
function place(context: HostContext, path: string, content: string, mode: number): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  const mark = `placed:${path}`
  if (existsSync(path) && readValue(context.database, mark) === undefined && readFileSync(path, 'utf8') !== content) {
    const kept = `${path}.before-altostack`
    if (!existsSync(kept)) copyFileSync(path, kept)
    context.log.warn({ path, kept }, 'a certificate that was there is kept under another name')
  }
  const changed = ensureFile(path, content, mode)
  if (readValue(context.database, mark) === undefined)
    writeValue(context.database, mark, certificateFingerprint(context.identity().ca))
  return changed
}

/** libvirtd's settings for TLS; 16509 without encryption stays closed. */
export const libvirtdTlsSettings = {
  listen_tls: '1',
  listen_tcp: '0',
  auth_tls: '"none"',
  tls_port: '"16514"',
} as const

function placeConf(context: HostContext): string[] {
  const path = context.paths.libvirtdConf
  if (!existsSync(path)) return []
  const before = readFileSync(path, 'utf8')
  const after = setConfLines(before, libvirtdTlsSettings)
  if (after === before) return []
  const kept = `${path}.before-altostack`
  if (!existsSync(kept)) copyFileSync(path, kept)
  ensureFile(path, after, 0o644)
  return [path]
}

const socketAttempts = 6

/** Guests go on while libvirtd restarts. Where systemd is not in charge, whoever supervises libvirtd restarts it. */
async function restartLibvirtd(context: HostContext): Promise<void> {
  const { runtime, log } = context
  if (!existsSync('/run/systemd/system')) {
    log.warn('systemd is not in charge here: libvirtd must be restarted by whoever started it')
    return
  }
  const systemctl = (...args: string[]): ReturnType<typeof run> =>
    run('systemctl', args, { runtime, timeoutMs: 60_000, accept: [...Array(256).keys()] })
  const socket =
    (await systemctl('cat', 'libvirtd-tls.socket')).code === 0 ? 'libvirtd-tls.socket' : 'virtproxyd-tls.socket'
  const service = socket.replace('-tls.socket', '.service')
  const masked = (await systemctl('is-enabled', socket)).stdout.trim().startsWith('masked')
  if (masked) {
    // Somebody starts libvirtd with --listen instead of by socket.
    await systemctl('restart', service)
    return
  }
  await systemctl('enable', socket)
  // The socket can only be started while the service is down, and any client of the others brings that back: all are
  // stopped with it, and it is tried again where somebody was faster.
  const base = service.replace('.service', '')
  const others = [`${base}.socket`, `${base}-ro.socket`, `${base}-admin.socket`]
  for (let attempt = 1; (await systemctl('is-active', socket)).code !== 0; attempt++) {
    await systemctl('stop', service, ...others)
    const { code, stderr } = await systemctl('start', socket)
    await systemctl('start', ...others)
    if (code === 0) break
    log.error({ socket, stderr, attempt }, 'the TLS socket of libvirt could not be started')
    if (attempt === socketAttempts) break
    await runtime.sleep(500)
  }
  await systemctl('restart', service)
}

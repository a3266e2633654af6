import { open } from 'node:fs/promises'
import { hostRefusal } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { run } from '../process.ts'
import { qcow2HeaderBytes, readQcow2Header } from './qcow2-header.ts'

export type ImageClaim = { readonly format: 'qcow2' | 'raw'; readonly virtualSizeBytes: number }

/**
 * Makes sure that an untrusted image refers to no other file and is what it claims to be. Our own reader looks first;
 * what it lets pass is then opened by qemu-img as nobody, without network, privileges or much of anything.
 */
export async function inspectImage(runtime: Runtime, path: string, claim: ImageClaim): Promise<void> {
  const file = await open(path, 'r')
  try {
    if (claim.format === 'raw') {
      const info = await file.stat()
      // A logical volume is longer than what is on it.
      if (info.isBlockDevice()) return
      const { size } = info
      if (size !== claim.virtualSizeBytes) throw unsafe(`${size} bytes instead of ${claim.virtualSizeBytes}`)
      return
    }
    const buffer = Buffer.alloc(qcow2HeaderBytes)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    checkHeader(buffer.subarray(0, bytesRead), claim)
    // Readable by the sandbox's group only; the open file is handed over, so that no directory need be.
    await file.chown(0, nobody)
    await file.chmod(0o640)
    await openInSandbox(runtime, file.fd, claim)
  } finally {
    await file.close()
  }
}

function checkHeader(bytes: Uint8Array, claim: ImageClaim): void {
  let header: ReturnType<typeof readQcow2Header>
  try {
    header = readQcow2Header(bytes)
  } catch (error) {
    throw unsafe(errorText(error))
  }
  if (header.backingFile !== undefined) throw unsafe(`backing file ${JSON.stringify(header.backingFile)}`)
  if (header.externalData) throw unsafe('external data file')
  if (header.encrypted) throw unsafe('encrypted')
  if (header.unknownFeatures !== 0n) throw unsafe(`unknown features 0x${header.unknownFeatures.toString(16)}`)
  if (header.virtualSize !== claim.virtualSizeBytes) {
    throw unsafe(`virtual size ${header.virtualSize} instead of ${claim.virtualSizeBytes}`)
  }
}

const nobody = 65534
const sandbox = [
  'unshare',
  ['--net', '--ipc', '--'],
  'setpriv',
  [
    `--reuid=${nobody}`,
    `--regid=${nobody}`,
    '--clear-groups',
    '--no-new-privs',
    '--inh-caps=-all',
    '--bounding-set=-all',
    '--',
  ],
  'prlimit',
  ['--as=1073741824', '--cpu=20', '--fsize=0', '--nofile=64', '--core=0', '--'],
].flat()

async function openInSandbox(runtime: Runtime, stdin: number, claim: ImageClaim): Promise<void> {
  const [program, ...args] = [
    ...sandbox,
    'qemu-img',
    'info',
    '-U',
    '--output=json',
    '-f',
    'qcow2',
    '--',
    '/proc/self/fd/0',
  ]
  let answer: { 'virtual-size'?: unknown; 'backing-filename'?: unknown; format?: unknown }
  try {
    const { stdout } = await run(program as string, args, { runtime, timeoutMs: 30_000, stdin })
    answer = JSON.parse(stdout)
  } catch (error) {
    throw unsafe(errorText(error))
  }
  if (answer['backing-filename'] !== undefined) throw unsafe('backing file')
  if (answer['virtual-size'] !== claim.virtualSizeBytes) throw unsafe(`virtual size ${answer['virtual-size']}`)
}

function unsafe(seen: string): Error {
  return hostRefusal(agentFailure('template.unsafe', 'The image is not safe to use', { seen }))
}

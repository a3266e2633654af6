import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostContext } from '../host-context.ts'

const tailBytes = 16_384

/**
 * How the last life of a guest ended on this host, in libvirt's word (`migrated`, `shutdown`, `crashed`, `failed`,
 * `destroyed`): from the log that libvirt keeps of each guest, which outlives a crash of everything else. Undefined when
 * there is no such word, as after a power cut.
 */
export async function lastEnd(context: HostContext, instanceName: string): Promise<string | undefined> {
  const directory = context.settings.get('alto.qemu.log.dir') ?? context.paths.qemuLogDir
  const text = await tail(join(directory, `${instanceName}.log`))
  const begun = text.lastIndexOf(': starting up ')
  return [...text.slice(Math.max(begun, 0)).matchAll(/: shutting down, reason=(\w+)/g)].at(-1)?.[1]
}

async function tail(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return ''
  try {
    const { size } = await file.stat()
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

import { execFileSync } from 'node:child_process'
import { topFile } from '../src/vm/block-file-name.ts'
import type { AgentHost } from './agent-host.ts'

type Block = { readonly qdev?: string; readonly inserted?: { readonly file: string } }

async function blocks(host: AgentHost, instanceName: string): Promise<readonly Block[]> {
  const domain = await host.agent.context.libvirt.find(instanceName)
  if (domain === undefined) throw new Error(`no guest ${instanceName}`)
  const answer = await host.agent.context.libvirt.use((client) =>
    client.block.monitor(domain, { execute: 'query-block' }),
  )
  return (answer as { readonly return: readonly Block[] }).return
}

/** Writes a pattern as the guest would: through the device of its QEMU that has the file. */
export async function guestWrite(
  host: AgentHost,
  instanceName: string,
  path: string,
  pattern: { readonly byte: number; readonly offset: number; readonly length: number },
): Promise<void> {
  const all = await blocks(host, instanceName)
  const device = all.find(({ inserted }) => inserted !== undefined && topFile(inserted.file) === path)?.qdev
  const domain = await host.agent.context.libvirt.find(instanceName)
  if (device === undefined || domain === undefined) throw new Error(`no device of ${instanceName} has ${path}`)
  const line = `qemu-io -d ${device} "write -P ${pattern.byte} ${pattern.offset} ${pattern.length}"`
  const command = { execute: 'human-monitor-command', arguments: { 'command-line': line } }
  const answer = (await host.agent.context.libvirt.use((client) => client.block.monitor(domain, command))) as {
    readonly return?: string
    readonly error?: { readonly desc: string }
  }
  if (answer.error !== undefined || answer.return !== '') throw new Error(JSON.stringify(answer))
}

/** Whether an image that nobody writes holds the pattern there, read by qemu-io. */
export function holds(
  path: string,
  pattern: { readonly byte: number; readonly offset: number; readonly length: number },
): boolean {
  const line = `read -P ${pattern.byte} ${pattern.offset} ${pattern.length}`
  try {
    execFileSync('qemu-io', ['-r', '-f', 'qcow2', '-c', line, path], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

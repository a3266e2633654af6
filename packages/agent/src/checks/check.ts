import type { CheckResult } from '@altostack/agent-api'
import { agentErrors } from '@altostack/core'
import type { HostContext } from '../host-context.ts'

export type CheckName = 'virtualisation' | 'kvm' | 'libvirtd' | 'name' | 'bridge' | 'space' | 'server-port'
export type Check = { readonly name: CheckName; readonly run: (context: HostContext) => Promise<CheckResult> }

/** Fine, with what was seen. */
export function passed(name: CheckName, seen: string): CheckResult {
  return { name, status: 'ok', seen }
}

/** Not fine: the code's fix unless a more exact one is given. */
export function failed(name: CheckName, status: 'warn' | 'fail', seen: string, fix?: string): CheckResult {
  const code = `check.${name}` as keyof typeof agentErrors
  return { name, status, code, seen, fix: fix ?? agentErrors[code].fix }
}

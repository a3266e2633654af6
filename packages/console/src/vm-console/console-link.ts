import { useContractStore } from '../contract/contract-store.ts'

export type ConsoleKind = 'vnc' | 'serial'

/** Asks for a link that works once and answers the address of its WebSocket. Throws ApiFailure. */
export async function newConsoleSocket(vmId: string, kind: ConsoleKind): Promise<string> {
  const answer = await useContractStore().call('createConsoleEndpoint', { virtualmachineid: vmId, kind })
  return socketAddress(String(answer.consoleendpoint?.websocket?.path ?? ''))
}

/** The WebSocket of a link that somebody was given. */
export function linkedConsoleSocket(token: string): string {
  return socketAddress(`/client/console?token=${encodeURIComponent(token)}`)
}

function socketAddress(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`
}

/** Why a console was closed, as the server's close frame says: `code: what was seen`. */
export type ConsoleEnd = { readonly code: string; readonly seen: string }

export function endOf({ reason, code }: CloseEvent): ConsoleEnd {
  const at = reason.indexOf(': ')
  return at === -1 ? { code: String(code), seen: reason } : { code: reason.slice(0, at), seen: reason.slice(at + 2) }
}

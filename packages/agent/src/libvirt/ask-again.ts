import { errorText, type Runtime } from '@altostack/core'

export type Passing = { readonly says: RegExp; readonly attempts: number; readonly pauseMs: number }

/**
 * libvirt chooses a port for the guest's screen, and QEMU opens it a moment later: another program, or another libvirtd,
 * may have taken it between the two. Nothing has started then.
 */
export const screenPortTaken: Passing = {
  says: /-vnc .*Failed to find an available port/s,
  attempts: 4,
  pauseMs: 300,
}

/** The destination's libvirtd is being restarted, or the network knows no way to it yet. Nothing has begun then. */
export const destinationAway: Passing = {
  says: /unable to connect to server at .*(?:Connection refused|No route to host)/s,
  attempts: 5,
  pauseMs: 2000,
}

/** Asks libvirt again after an error that passes by itself and leaves nothing behind. Throws other errors, the last, and what it had when `signal` came. */
export async function askAgain<Answer>(
  { says, attempts, pauseMs }: Passing,
  ask: () => Promise<Answer>,
  runtime: Pick<Runtime, 'sleep'>,
  signal?: AbortSignal,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === attempts || signal?.aborted || !says.test(errorText(error))) throw error
      await runtime.sleep(pauseMs)
      if (signal?.aborted) throw error
    }
  }
}

import { errorText, type Runtime } from '@altostack/core'

const attempts = 4

/**
 * libvirt chooses a port for the guest's screen, and QEMU opens it a moment later: another program, or another libvirtd,
 * may have taken it between the two. Nothing has started then, so `create` is asked again. Throws its other errors.
 */
export async function createDomain<Domain>(
  create: () => Promise<Domain>,
  runtime: Pick<Runtime, 'sleep'>,
): Promise<Domain> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await create()
    } catch (error) {
      if (attempt === attempts || !/-vnc .*Failed to find an available port/s.test(errorText(error))) throw error
      await runtime.sleep(200 * attempt)
    }
  }
}

import { labFailure } from './errors.ts'
import type { Argv, ExecOptions, ExecResult } from './run.ts'

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'
const sshFile = '/etc/ssh/sshd_config.d/lab-clock.conf'
/** The agent's unit and the name that operators of CloudStack know. */
const agentUnits = ['altostack-agent', 'cloudstack-agent'] as const

/**
 * A container has its machine's clock. So a wrong clock is shown to those who would see it: what runs in an ssh
 * session, and the agent. Only the wall clock is shifted.
 */
export async function setHostClock(
  exec: (argv: Argv, options?: ExecOptions) => Promise<ExecResult>,
  offsetSeconds: number,
): Promise<void> {
  if (!Number.isFinite(offsetSeconds)) throw labFailure('lab.argument', 'The clock offset is a number of seconds')
  const must = async (argv: Argv, input?: string): Promise<void> => {
    const result = await exec(argv, input === undefined ? {} : { input })
    if (result.code === 0) return
    throw labFailure('lab.program', `${argv.join(' ')} in the host ended with ${result.code}: ${result.stderr.trim()}`)
  }
  const dropIns = agentUnits.map((unit) => `/etc/systemd/system/${unit}.service.d/lab-clock.conf`)
  if (offsetSeconds === 0) {
    await must(['rm', '-f', sshFile, ...dropIns])
  } else {
    const settings = clockEnvironment(offsetSeconds)
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    await must(['tee', sshFile], `SetEnv ${words.join(' ')}\n`)
    for (const path of dropIns) {
      await must(['mkdir', '-p', path.slice(0, path.lastIndexOf('/'))])
      await must(['tee', path], `[Service]\n${words.map((word) => `Environment=${word}\n`).join('')}`)
    }
  }
  await must(['systemctl', 'daemon-reload'])
  // Not a reload: that returns before the daemon has read its files. Sessions outlive a restart (KillMode=process).
  await must(['systemctl', 'restart', 'ssh'])
  for (const unit of agentUnits) {
    // One may be the other's alias, or the agent is not installed yet.
    if ((await exec(['systemctl', 'is-active', '-q', unit])).code !== 0) continue
    return must(['systemctl', 'restart', unit])
  }
}

/** What libfaketime reads. Timers must not jump with the wall clock, so the monotonic clock stays true. */
export function clockEnvironment(offsetSeconds: number): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME: `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  }
}

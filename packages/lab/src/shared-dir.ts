import { readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { mountsUnder } from './container.ts'
import { run } from './run.ts'

/**
 * A host's own door to the shared directory: bindfs in FUSE, one a host. Stopping it is what a dead storage network
 * looks like to the host: reads and writes hang, and go on when the door opens again.
 */
export async function openDoor(source: string, door: string): Promise<void> {
  await closeDoor(door)
  await mkdir(door, { recursive: true })
  // Locks count inside the host only: bindfs can forward them, but drops all of a file's locks when anyone closes it.
  await run(['bindfs', '--multithreaded', source, door])
}

/** Ends the door at once, whatever waits in it, and unmounts it. */
export async function closeDoor(door: string): Promise<void> {
  for (const pid of doorPids(door)) process.kill(pid, 'SIGKILL')
  for (const point of mountsUnder(door)) await run(['umount', '--lazy', point])
}

/** Hangs or frees the door. */
export function hangDoor(door: string, hang: boolean): void {
  for (const pid of doorPids(door)) process.kill(pid, hang ? 'SIGSTOP' : 'SIGCONT')
}

function doorPids(door: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const argv = commandLine(pid)
      return argv[0]?.endsWith('bindfs') === true && argv.includes(door)
    })
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { DomainConsoleFlags, type LibvirtClient } from '@altostack/libvirt'
import { MIB } from './oracle.ts'

/** The shell on the serial line of the tiny guest: what is written through it goes through the guest's own kernel. */
export type GuestShell = {
  /** Fills the MiB at each place with its byte, on stable storage when it returns. */
  readonly write: (volumeId: string, place: number, byte: number) => Promise<void>
  /** Reads the MiB at the place from the disk, not from memory; answers its sha256. */
  readonly read: (volumeId: string, place: number) => Promise<string>
  /** Everything the guest said since this shell was opened. */
  readonly said: () => string
  readonly close: () => Promise<void>
}

export async function openGuestShell(client: LibvirtClient, instanceName: string): Promise<GuestShell> {
  const domain = await client.domain.lookupByName(instanceName)
  const { stream } = await client.callStream('domainOpenConsole', {
    dom: domain,
    devName: null,
    flags: DomainConsoleFlags.FORCE,
  })
  let text = ''
  let ended = false
  const reading = (async () => {
    for await (const chunk of stream) text += Buffer.from(chunk).toString('latin1')
  })()
  reading.catch(() => undefined).finally(() => (ended = true))
  let next = 0

  /** Runs a line; answers what it printed. Ticks and kernel messages between are not mistaken for it. */
  async function run(line: string, timeoutMs = 120_000): Promise<string> {
    const mark = `${instanceName}-${++next}`
    const from = text.length
    // The echo of the line itself has a quote in the middle of the words.
    await stream.write(Buffer.from(`echo "RE""SULT ${mark} $(${line}) EN""D" \n`))
    const end = performance.now() + timeoutMs
    const result = new RegExp(`RESULT ${mark} (.*?) END`, 's')
    for (;;) {
      const found = result.exec(text.slice(from))
      if (found !== null) return (found[1] ?? '').replaceAll(/TICK [^\n]*\n/g, '').trim()
      if (ended) throw new Error(`the serial line of ${instanceName} ended`)
      if (performance.now() > end) throw new Error(`${instanceName} did not answer ${line}: ${text.slice(-1500)}`)
      await sleep(50)
    }
  }

  /** The guest begins to listen some seconds after its start; whatever is typed before is lost. */
  async function awaitShell(): Promise<void> {
    const end = performance.now() + 180_000
    for (;;) {
      await stream.write(Buffer.from('\n'))
      const ready = await run('echo here', 3000).catch(() => '')
      if (ready === 'here') return
      if (ended || performance.now() > end) throw new Error(`${instanceName} has no shell: ${text.slice(-1500)}`)
    }
  }

  /** A disk that was plugged just now is there when the guest's kernel has heard of it. */
  async function deviceOf(volumeId: string): Promise<string> {
    const serial = volumeId.replaceAll('-', '').slice(0, 20)
    for (let at = 0; at < 60; at++) {
      const found = /block\/(vd[a-z])\//.exec(await run(`grep -l ${serial} /sys/block/vd*/serial`))?.[1]
      if (found !== undefined) return `/dev/${found}`
      await sleep(500)
    }
    throw new Error(`${instanceName} does not see the disk ${volumeId}: ${await run('cat /sys/block/vd*/serial')}`)
  }
  await awaitShell()
  return {
    async write(volumeId, place, byte) {
      const octal = byte.toString(8).padStart(3, '0')
      const seek = place / MIB
      const device = await deviceOf(volumeId)
      const answer = await run(
        `tr '\\0' '\\${octal}' </dev/zero | dd of=${device} bs=1M count=1 iflag=fullblock seek=${seek} conv=notrunc,fsync 2>/run/said; echo $?; tail -1 /run/said`,
      )
      if (!/^0\s/.test(answer)) throw new Error(`the guest could not write: ${answer}`)
    },
    async read(volumeId, place) {
      const device = await deviceOf(volumeId)
      const answer = await run(
        `echo 3 >/proc/sys/vm/drop_caches; dd if=${device} bs=1M count=1 skip=${place / MIB} 2>/dev/null | sha256sum`,
      )
      return /[0-9a-f]{64}/.exec(answer)?.[0] ?? answer
    },
    said: () => text,
    async close() {
      await stream.abort().catch(() => undefined)
      await reading.catch(() => undefined)
    },
  }
}

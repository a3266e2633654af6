import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  connectLibvirt,
  decode,
  LibvirtError,
  nodeTimers,
  type Procedures,
  procedures,
  programs,
  types,
  UnsupportedCallError,
} from '../src/index.ts'
import { Connection } from '../src/rpc/connection.ts'
import { decodeMessage, encodeMessage, Framer, type Message } from '../src/rpc/message.ts'
import { openTransport } from '../src/transport.ts'
import { int } from '../src/xdr/codec.ts'
import { cannotRun, startLibvirtd, type TestDaemon } from './libvirtd.ts'
import { RandomSource, seeded } from './random-source.ts'

/** These are answered, or end the connection, before any driver is opened. */
const needNoDriver: ReadonlySet<string> = new Set([
  'connectOpen',
  'connectClose',
  'connectSupportsFeature',
  'authList',
  'authSaslInit',
  'authSaslStart',
  'authSaslStep',
  'authPolkit',
])

/** Gives every argument a value that the test driver may know: this object's name and UUID, the number given, no flags. */
class PlausibleSource extends RandomSource {
  readonly #object: { name: string; uuid: string }
  readonly #length: number

  constructor(object: { name: string; uuid: string }, length: number) {
    super(() => 0)
    this.#object = object
    this.#length = length
  }

  override int(): number {
    return this.#length
  }

  override bool(): boolean {
    return true
  }

  override length(max: number): number {
    return Math.min(max, this.#length)
  }

  override fixedOpaque(count: number): Uint8Array {
    return count === 16 ? Buffer.from(this.#object.uuid.replaceAll('-', ''), 'hex') : super.fixedOpaque(count)
  }

  override string(): string {
    return this.#object.name
  }
}

describe('every procedure of the protocol', { skip: cannotRun(), timeout: 120_000 }, () => {
  let daemon: TestDaemon
  let connection: Connection

  async function withoutDriver(): Promise<Connection> {
    const address = { transport: 'unix', path: daemon.socket } as const
    return new Connection(await openTransport(address, { timers: nodeTimers, timeoutMs: 5000 }), {
      timers: nodeTimers,
      keepalive: { intervalMs: 0, count: 0 },
      callTimeoutMs: 10_000,
      maxInFlight: 5,
      onEvent: () => undefined,
    })
  }

  before(async () => {
    daemon = await startLibvirtd({ ownNetwork: true })
    connection = await withoutDriver()
  })

  after(async () => {
    connection?.destroy('the test is over')
    await daemon?.stop()
  })

  /**
   * libvirtd decodes the arguments first and only then misses the open driver. So its "not open" says that it read our bytes
   * as a value of its own type, to the last one; "Unable to decode message payload" would say otherwise.
   */
  it('sends arguments that the real libvirtd can read', async () => {
    const names = (Object.keys(procedures) as (keyof Procedures)[]).filter((name) => !needNoDriver.has(name))
    const refusals = new Map<string, number>()
    for (let seed = 1; seed <= 8; seed++) {
      const source = new RandomSource(seeded(seed))
      for (const name of names) {
        const procedure = procedures[name]
        const args = procedure.args.read(source) as never
        const call = procedure.stream === 'none' ? connection.call(name, args) : connection.callStream(name, args)
        const error: unknown = await call.then(
          () => 'it was answered',
          (reason: unknown) => reason,
        )
        if (procedure.passesFds) {
          assert.ok(error instanceof UnsupportedCallError, `${name}: ${String(error)}`)
        } else {
          assert.ok(error instanceof LibvirtError, `${name}, seed ${seed}: ${String(error)}`)
          assert.match(error.message, /connection not open|is not open/, `${name}, seed ${seed}: ${error.codeName}`)
          refusals.set(name, (refusals.get(name) ?? 0) + 1)
        }
      }
    }
    assert.ok(refusals.size > 380, `${refusals.size} procedures`)
  })

  it('would show arguments that libvirtd cannot read', async () => {
    const socket = await openTransport(
      { transport: 'unix', path: daemon.socket },
      { timers: nodeTimers, timeoutMs: 5000 },
    )
    const framer = new Framer()
    const answer = new Promise<Message>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        for (const frame of framer.push(chunk)) resolve(decodeMessage(frame))
      })
    })
    const { id, version } = programs.remote
    const header = {
      program: id,
      version,
      procedure: procedures.domainLookupByName.number,
      type: 0,
      serial: 1,
      status: 0,
    }
    socket.write(encodeMessage(header, int, 1_000_000))
    const { message } = decode(types.netMessageError, (await answer).payload)
    socket.destroy()
    assert.match(String(message), /Unable to decode message payload/)
  })

  /** libvirt's test driver has one of each kind of object, so that many calls with plausible arguments succeed. */
  it('reads what the real libvirtd answers: a value or a typed error, never a surprise', async () => {
    const client = await connectLibvirt({ socket: daemon.socket, driverUri: 'test:///default', reconnect: false })
    const objects = [await client.domain.lookupByName('test')].map(({ name, uuid }) => ({ name, uuid }))
    const { nets } = await client.call('connectListAllNetworks', { needResults: 1, flags: 0 })
    const { pools } = await client.call('connectListAllStoragePools', { needResults: 1, flags: 0 })
    for (const { name, uuid } of [...nets, ...pools]) objects.push({ name, uuid })
    const answered = new Set<string>()
    // What ends an object comes last, so that it is there for all the others.
    const ends = (name: string): number =>
      /Destroy|Undefine|Delete|Rename|Shutdown|Suspend|Save|Migrate/.test(name) ? 1 : 0
    const names = (Object.keys(procedures) as (keyof Procedures)[]).sort((a, b) => ends(a) - ends(b))
    for (const object of objects) {
      for (const length of [0, 1]) {
        const source = new PlausibleSource(object, length)
        for (const name of names) {
          const { args, stream, passesFds } = procedures[name]
          // The host's own memory and sleep are nobody's to try.
          if (needNoDriver.has(name) || passesFds || /^node(Suspend|AllocPages|SetMemory)/.test(name)) continue
          const value = args.read(source) as never
          try {
            if (stream === 'none') await client.call(name, value)
            else await (await client.callStream(name, value)).stream.abort()
            answered.add(name)
          } catch (error) {
            assert.ok(error instanceof LibvirtError, `${name}: ${String(error)}`)
          }
        }
      }
    }
    await client.close()
    assert.ok(answered.size >= 100, `${answered.size} procedures gave an answer: ${[...answered].join(' ')}`)
  })
})

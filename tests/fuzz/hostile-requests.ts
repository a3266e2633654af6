import { type CommandDefinition, canonicalString, encodeValue, isReadOnly, type Pair } from '@altostack/api'
import type { Choices } from '../../packages/api/fuzz/random.ts'
import type { UserKeys } from '../../packages/server/src/auth/user-keys.ts'
import { hmacSha1 } from '../../packages/server/src/auth/verify-request.ts'

/** Bytes of one HTTP request as they go out, whatever they are. */
export type Hostile = {
  readonly kind: string
  readonly bytes: Buffer
  /** A request that is broken off or has no end may be left without an answer. */
  readonly mayHang?: boolean
}
export type Target = {
  readonly commands: readonly CommandDefinition[]
  readonly admin: UserKeys
  readonly user: UserKeys
}

/** They would reach out to other machines, whose names are random here. */
const reachesOut = new Set(['addHost', 'registerTemplate', 'reconnectHost'])

export function hostileRequest(random: Choices, target: Target): Hostile {
  // Only signed ones reach the commands: they come most often.
  const kind = random.next() < 0.4 ? 'signed' : random.pick(Object.keys(kinds) as (keyof typeof kinds)[])
  return kinds[kind](random, target)
}

const kinds = {
  /** Signed as it should be; what it says is hostile. */
  signed: (random: Choices, target: Target): Hostile => {
    const { command, pairs } = callOf(random, target)
    const asUser = random.next() < 0.4
    const signed: Pair[] = [...pairs, ['apiKey', (asUser ? target.user : target.admin).apiKey]]
    if (!asUser && (!isReadOnly(command) || reachesOut.has(command.name))) signed.push(['dryrun', 'true'])
    if (random.next() < 0.2) signed.push(['signatureversion', '3'], ['expires', random.pick(dates)])
    const first = signed.filter(([name], at) => signed.findIndex((pair) => pair[0] === name) === at)
    const secret = (asUser ? target.user : target.admin).secretKey
    const signature = hmacSha1(secret, canonicalString(first))
    const text = [...first, ['signature', signature] as Pair]
      .map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeValue(value)}`)
      .join('&')
    return { kind: 'signed', bytes: random.next() < 0.5 ? get(text) : post(text) }
  },
  wrongSignature: (random: Choices, target: Target): Hostile => {
    const { pairs } = callOf(random, target)
    const text = formOf([
      ...pairs,
      ['apiKey', random.pick([target.admin.apiKey, random.text(90), ''])],
      ['signature', random.pick(['', '=', random.text(200), 'A'.repeat(5000), 'AAAAAAAAAAAAAAAAAAAAAAAAAAA='])],
      ...(random.next() < 0.3 ? ([['sessionkey', random.text(40)]] as Pair[]) : []),
    ])
    return { kind: 'wrong signature', bytes: random.next() < 0.5 ? get(text) : post(text) }
  },
  encoding: (random: Choices): Hostile => {
    const parts = Array.from(
      { length: 1 + random.below(12) },
      () =>
        random.pick(['command', 'id', 'response', '']) +
        random.pick(['=', '==', '', '[0].a=', '[=']) +
        random.pick(oddities),
    )
    const text = parts.join(random.pick(['&', ';', '&&', '%26']))
    const clean = text.replaceAll(/[^\x21-\x7e]/g, (char) => encodeURIComponent(char.toWellFormed()))
    return { kind: 'odd encoding', bytes: random.next() < 0.5 ? get(clean) : post(Buffer.from(text, 'latin1')) }
  },
  huge: (random: Choices, target: Target): Hostile => {
    const name = random.pick(target.commands).name
    const size = random.pick([5_000, 60_000, 70_000, 400_000, 4_300_000])
    const long = random.pick([
      () => `command=${name}&id=${'a'.repeat(size)}`,
      () => `command=${name}&${'a=b&'.repeat(Math.floor(size / 4))}`,
      () => `command=${name}&details${'[0]'.repeat(Math.floor(size / 3))}=x`,
      () => `command=${name}&ids=${'a,'.repeat(Math.floor(size / 2))}`,
      () => `command=${'x'.repeat(size)}`,
    ])()
    return { kind: 'huge', bytes: size < 100_000 && random.next() < 0.5 ? get(long) : post(long) }
  },
  repeated: (random: Choices, target: Target): Hostile => {
    const { pairs } = callOf(random, target)
    const many = Array.from({ length: 1 + random.below(60) }, () => random.pick(pairs))
    const text = formOf([...many, ['command', 'listZones'], ['command', random.text(8)]])
    return { kind: 'repeated', bytes: post(text, `/client/api?${formOf(many.slice(0, 20))}`) }
  },
  method: (random: Choices): Hostile => {
    const method = random.pick(['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'GE T'])
    const path = random.pick([
      '/client/api',
      '/client/api/',
      '/client/events',
      '/',
      '//client/api',
      '/client/api/x',
      '*',
    ])
    return { kind: 'method', bytes: head(`${method} ${path} HTTP/1.1`) }
  },
  content: (random: Choices): Hostile => {
    const type = random.pick([
      'application/json',
      'multipart/form-data; boundary=x',
      'text/plain',
      '',
      'a/b; charset=utf-16',
    ])
    const body = random.pick([
      '{"command":"listZones"}',
      '{"a":',
      '--x\r\n\r\ncommand=listZones\r\n--x--',
      random.text(300),
    ])
    const bytes = Buffer.from(body.toWellFormed())
    return {
      kind: 'content type',
      bytes: Buffer.concat([
        head('POST /client/api HTTP/1.1', [`Content-Type: ${type}`, `Content-Length: ${bytes.length}`]),
        bytes,
      ]),
    }
  },
  cookies: (random: Choices): Hostile => {
    const cookie = random
      .pick(['JSESSIONID=x; sessionkey=y', `JSESSIONID=${'z'.repeat(9000)}`, ';;;=;', `sessionkey=${random.text(60)}`])
      .replaceAll(/[^\x20-\x7e]/g, '?')
    const query = `command=listZones&sessionkey=${encodeURIComponent(random.text(30).toWellFormed())}`
    return { kind: 'cookies', bytes: head(`GET /client/api?${query} HTTP/1.1`, [`Cookie: ${cookie}`]) }
  },
  login: (random: Choices): Hostile => {
    const text = formOf([
      ['command', random.pick(['login', 'logout'])],
      ['username', random.pick(['nobody', '', random.text(300)])],
      ['password', random.text(20)],
      [
        random.pick(['domain', 'domainId', 'domainid']),
        random.pick(['/', '-1', '999999999999999999999', random.text(30)]),
      ],
    ])
    return { kind: 'login', bytes: random.next() < 0.8 ? post(text) : get(text) }
  },
  events: (random: Choices): Hostile => ({
    kind: 'event stream',
    bytes: head(`GET /client/events?after=${encodeURIComponent(random.text(30).toWellFormed())} HTTP/1.1`, [
      `Last-Event-ID: ${random.pick(['-1', '1e9', '99999999999999999999', 'x'])}`,
    ]),
  }),
  framing: (random: Choices): Hostile => ({
    kind: 'framing',
    mayHang: true,
    bytes: random.pick([
      () => head('POST /client/api HTTP/1.1', ['Content-Length: 1000000']),
      () => head('POST /client/api HTTP/1.1', ['Content-Length: -1']),
      () => head('POST /client/api HTTP/1.1', ['Transfer-Encoding: chunked', 'Content-Length: 3']),
      () => Buffer.concat([head('POST /client/api HTTP/1.1', ['Transfer-Encoding: chunked']), Buffer.from('zz\r\n')]),
      () => head('GET /client/api HTTP/9.9'),
      () => head('GET /client/api?command=listZones HTTP/1.1', [`X-A: ${'b'.repeat(80_000)}`]),
      () => Buffer.from(random.text(400).toWellFormed()),
      () => Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
    ])(),
  }),
} satisfies Readonly<Record<string, (random: Choices, target: Target) => Hostile>>

const dates = ['2000-01-01T00:00:00Z', '2999-01-01T00:00:00+0000', '', 'x', '2999-13-45T99:99:99Z', '99999999999999']
const oddities = [
  '%',
  '%zz',
  '%0',
  '%00',
  '%c0%80',
  '%ed%a0%80',
  '%ff%fe',
  '%f4%90%80%80',
  '+',
  '%2B',
  '%26',
  '%3D',
  '\xff',
  'é',
  '%u0041',
  '..%2f..%2fetc',
  '<script>',
  "'; drop table host; --",

  '__proto__',
  '[0].constructor',
  '\u2028',
  'a'.repeat(300),
]
const values = [
  '',
  'true',
  'false',
  '-1',
  '0',
  '1',
  '2147483648',
  '99999999999999999999',
  '1e309',
  'NaN',
  '2026-01-01',
  '%',
  '_',
  '\\',
  '6f2d9d3c-1b7a-4f0e-9a55-0c1d2e3f4a5b',
  'KVM',
  'a,b,,c',
  ',',
  '10.0.0.0/8',
  '256.1.1.1',
  '::1',
  "' or 1=1 --",
  '\u0000',
  '💥',
  '../..',
]

/** A command with some of its own parameters and some that are nobody's. */
function callOf(random: Choices, target: Target): { command: CommandDefinition; pairs: Pair[] } {
  const offered = target.commands.filter((one) => !one.session && !reachesOut.has(one.name))
  const command = random.pick(offered)
  const names = Object.keys(command.params)
  const pairs: Pair[] = [['command', command.name]]
  if (random.next() < 0.6) pairs.push(['response', random.pick(['json', 'xml', 'JSON', '', random.text(8)])])
  for (const [name, param] of Object.entries(command.params)) {
    if (param.required && random.next() < 0.8)
      pairs.push([name, param.type === 'uuid' ? (values[14] as string) : random.pick(values)])
  }
  for (let count = random.below(8); count > 0; count--) {
    const name = random.next() < 0.85 && names.length > 0 ? random.pick(names) : random.text(10)
    const suffix = random.pick(['', '', '', '[0].key', '[0].value', '[0]', '[9999].a', '[-1].a', '[0].__proto__'])
    pairs.push([name + suffix, random.next() < 0.7 ? random.pick(values) : random.text(random.next() < 0.1 ? 700 : 20)])
  }
  return { command, pairs }
}

function formOf(pairs: readonly Pair[]): string {
  return pairs
    .map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&')
}

function head(line: string, headers: readonly string[] = []): Buffer {
  return Buffer.from(`${[line, 'Host: localhost', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`, 'latin1')
}

function get(query: string): Buffer {
  return head(`GET /client/api?${query} HTTP/1.1`)
}

function post(form: string | Buffer, path = '/client/api'): Buffer {
  const body = Buffer.from(form)
  const headers = ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`]
  return Buffer.concat([head(`POST ${path} HTTP/1.1`, headers), body])
}

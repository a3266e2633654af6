import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { guardRules } from '@altostack/agent-api'

const skip = process.getuid?.() === 0 ? false : 'needs root for namespaces'
const hostUuid = 'aaaaaaaa-0000-4000-8000-000000000000'
const [host, outside] = [`alto-gh${process.pid}`, `alto-go${process.pid}`]
const [friend, peer, stranger] = ['10.99.7.1', '10.99.7.3', '10.99.7.4']

const ip = (...args: string[]): void => void execFileSync('ip', args)
const inside = (space: string, argv: readonly string[], input?: string): string =>
  execFileSync('ip', ['netns', 'exec', space, ...argv], { encoding: 'utf8', ...(input === undefined ? {} : { input }) })
/** Packets that a chain of the guard has dropped. */
const dropped = (): number[] =>
  [...inside(host, ['nft', 'list', 'ruleset']).matchAll(/counter packets (\d+)/g)].map((match) => Number(match[1]))
type Sent = readonly [from: string, kind: 'udp' | 'tcp', port: number]
/** Sends datagrams and opens connections from addresses outside; answers what became of each: sent, refused or silence. */
function send(all: readonly Sent[]): string[] {
  const code = `import json, socket, sys
def one(source, kind, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == 'udp' else socket.SOCK_STREAM)
    s.settimeout(0.3)
    s.bind((source, 0))
    try:
        s.connect(('10.99.7.2', port))
        s.send(b'x')
        return 'sent'
    except ConnectionRefusedError: return 'refused'
    except TimeoutError: return 'silence'
print(json.dumps([one(*each) for each in json.loads(sys.argv[1])]))`
  return JSON.parse(inside(outside, ['python3', '-c', code, JSON.stringify(all)])) as string[]
}

test('the guard closes its ports and VXLAN to strangers, and nothing else', { skip }, () => {
  for (const space of [host, outside]) ip('netns', 'add', space)
  try {
    ip('link', 'add', 'g0', 'netns', host, 'type', 'veth', 'peer', 'name', 'g1', 'netns', outside)
    ip('-n', host, 'addr', 'add', '10.99.7.2/24', 'dev', 'g0')
    for (const address of [friend, peer, stranger]) ip('-n', outside, 'addr', 'add', `${address}/24`, 'dev', 'g1')
    ip('-n', host, 'link', 'set', 'g0', 'up')
    ip('-n', outside, 'link', 'set', 'g1', 'up')
    const rules = guardRules(hostUuid, { friends: [friend], peers: [peer], isServer: false })
    for (let repeat = 0; repeat < 2; repeat++) inside(host, ['nft', '-f', '-'], rules)

    // Answers of name and time servers, ping and whatever else a host lives by.
    assert.equal(
      spawnSync('ip', ['netns', 'exec', outside, 'ping', '-c1', '-W2', '-I', stranger, '10.99.7.2']).status,
      0,
    )
    // No sshd listens here, but the packet came.
    assert.deepEqual(
      send([
        [stranger, 'udp', 123],
        [stranger, 'tcp', 22],
      ]),
      ['sent', 'refused'],
    )
    assert.deepEqual(dropped(), [0, 0])

    const ports = [5900, 8250, 16_514, 49_200]
    assert.deepEqual(
      send(
        ports.flatMap((port): Sent[] => [
          [friend, 'tcp', port],
          [stranger, 'tcp', port],
        ]),
      ),
      ports.flatMap(() => ['refused', 'silence']),
    )
    // A host of another pod sends frames only.
    assert.deepEqual(
      send([
        [peer, 'tcp', 16_514],
        [friend, 'udp', 8472],
        [peer, 'udp', 8472],
      ]),
      ['silence', 'sent', 'sent'],
    )
    const [connections = 0, frames = 0] = dropped()
    assert.ok(connections >= 5)
    assert.equal(frames, 0)
    send([[stranger, 'udp', 8472]])
    assert.deepEqual(dropped(), [connections, 1])
  } finally {
    for (const space of [host, outside]) ip('netns', 'del', space)
  }
})

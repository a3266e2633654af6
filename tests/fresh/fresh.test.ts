import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { handOverInside } from '../../tools/gate/inside-fresh.ts'
import { installPackages } from '../../tools/gate/packages.ts'
import { type FreshRoot, freshPackages, startFreshRoot } from './fresh-root.ts'

/** `Done means` 1: a clean Debian 12, `./alto up --yes`, a guest that answers ping; again; the cheap layers inside. */

const port = '18480'
const where = ['--data-dir', '/var/lib/altostack', '--port', port]
let fresh: FreshRoot
let first: { url: string; apiKey: string; vmAddress: string } | undefined

before(async () => {
  installPackages(freshPackages, (text) => process.stderr.write(text))
  fresh = await startFreshRoot()
})
after(async () => {
  await fresh.run(['./alto', 'down', '--purge', ...where], { timeoutMs: 60_000 })
  await fresh.stop()
})

test('./alto up --yes ends with a guest that answers ping', async () => {
  const up = await fresh.run(['./alto', 'up', '--yes', '--json', ...where])
  assert.equal(up.code, 0, up.stderr.slice(-3000))
  first = JSON.parse(lastLine(up.stdout))
  assert.match(up.stderr, /✓ ping/)
  const ping = await fresh.run(['ping', '-n', '-c', '1', '-W', '5', first?.vmAddress ?? ''])
  assert.equal(ping.code, 0, ping.stdout)
})

test('a second run changes nothing', async () => {
  const ids = [
    'listZones',
    'listPods',
    'listClusters',
    'listHosts',
    'listStoragePools',
    'listTemplates templatefilter=all',
    'listVirtualMachines',
    'listNetworks',
  ]
  const look = async (): Promise<string[]> => {
    const answers = []
    for (const words of ids) {
      const answer = await fresh.run(['./alto', ...words.split(' '), '--data-dir', '/var/lib/altostack'])
      assert.equal(answer.code, 0, answer.stderr)
      answers.push(
        [...answer.stdout.matchAll(/"(?:id|state|status|created)": "([^"]+)"/g)].map((match) => match[1]).join(' '),
      )
    }
    return answers
  }
  const before = await look()
  const guests = await processes('qemu-system')
  const again = await fresh.run(['./alto', 'up', '--yes', '--json', ...where])
  assert.equal(again.code, 0, again.stderr.slice(-3000))
  assert.deepEqual(JSON.parse(lastLine(again.stdout)), first)
  assert.deepEqual(await look(), before)
  assert.equal(await processes('qemu-system'), guests)
  assert.notEqual(guests, '')
})

test('./alto down leaves nothing running', async () => {
  assert.notEqual(await processes('packages/server/src/main'), '')
  const down = await fresh.run(['./alto', 'down', ...where], { timeoutMs: 300_000 })
  assert.equal(down.code, 0, down.stderr)
  for (const name of ['qemu-system', 'packages/server/src/main', 'packages/agent/src/main'])
    assert.equal(await processes(name), '', name)
})

test('the cheap layers pass inside', async () => {
  const result = await fresh.run(['./alto', 'test', '--layer', 'unit,repository,server'], { timeoutMs: 1_800_000 })
  // The gate runs these layers here only: it shows and counts them.
  process.stderr.write(result.stdout)
  handOverInside(lastLine(result.stdout))
  assert.match(lastLine(result.stdout), /^\d+ passed, 0 failed, \d+ skipped$/, result.stdout.slice(-4000))
  assert.equal(result.code, 0)
})

/** Ids of the processes inside whose words hold this. */
async function processes(words: string): Promise<string> {
  return (await fresh.run(['pgrep', '-f', words])).stdout
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { build } from '../tools/build.ts'
import { cannotRun, startLibvirtd, type TestDaemon } from './libvirtd.ts'

const run = promisify(execFile)
const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1]!)

describe('the package as others install it', () => {
  let dir: string

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'alto-package-'))
    const target = join(dir, 'node_modules', '@altostack', 'libvirt')
    mkdirSync(join(dir, 'node_modules', '@altostack'), { recursive: true })
    build(target)
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }\n')
  })

  after(() => {
    rmSync(dir, { recursive: true, force: true })
  })

  it('holds JavaScript, declarations, README and licence, and no TypeScript or test', async () => {
    const { stdout } = await run('npm', [
      'pack',
      '--dry-run',
      '--json',
      join(dir, 'node_modules', '@altostack', 'libvirt'),
    ])
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
    const paths = files.map((file) => file.path)
    for (const wanted of ['index.js', 'index.d.ts', 'README.md', 'LICENSE', 'package.json'])
      assert.ok(paths.includes(wanted))
    assert.deepEqual(
      paths.filter((path) => /\.test\.|(?<!\.d)\.ts$/.test(path)),
      [],
    )
  })

  it('is typed: a program that misuses it does not compile', async () => {
    const tsc = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin', 'tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', '']
    const good = "import { connectLibvirt } from '@altostack/libvirt'\nconst c = await connectLibvirt()\n"
    writeFileSync(
      join(dir, 'good.ts'),
      `${good}const n: number = (await c.domain.getInfo(await c.domain.lookupById(1))).vcpus\nexport { n }\n`,
    )
    writeFileSync(join(dir, 'bad.ts'), `${good}await c.call('domainReboot', { flags: '0' })\n`)
    await run(tsc, [...options, '--skipLibCheck', 'good.ts'], { cwd: dir })
    await assert.rejects(run(tsc, [...options, '--skipLibCheck', 'bad.ts'], { cwd: dir }), (error) => {
      assert.match((error as { stdout: string }).stdout, /bad\.ts\(3,\d+\): error TS/)
      return true
    })
  })

  describe('runs the examples of the README', { skip: cannotRun(), timeout: 120_000 }, () => {
    let daemon: TestDaemon
    const expected = [
      /^libvirt 9\.\d+\.\d+ on alto-libvirt-test/,
      /event readme[\s\S]*NO_DOMAIN 42 QEMU/,
      /^0 domains, connected/,
    ]
    expected.push(/^\d+ procedures; \d+n MiB free/)

    before(async () => {
      daemon = await startLibvirtd({ ownNetwork: true })
    })

    after(async () => {
      await daemon?.stop()
    })

    it('as many as there are', () => assert.equal(examples.length, expected.length))

    for (const [index, example] of examples.entries()) {
      it(`example ${index + 1}`, async () => {
        const file = join(dir, `example-${index}.js`)
        writeFileSync(file, example)
        const env = { ...process.env, LIBVIRT_DEFAULT_URI: `qemu+unix:///system?socket=${daemon.socket}` }
        const { stdout } = await run(process.execPath, [file], { cwd: dir, env, timeout: 20_000 })
        assert.match(stdout, expected[index]!)
      })
    }
  })
})

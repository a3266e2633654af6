import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import type { Settings } from '../properties/settings.ts'
import { dialled, requireListener } from './listener.ts'

test('what a source dials is read from the URI', () => {
  assert.deepEqual(dialled('qemu+tls://10.0.0.2/system'), { address: '10.0.0.2', port: 16514 })
  assert.deepEqual(dialled('qemu+tls://[fd00::2]/system'), { address: 'fd00::2', port: 16514 })
  assert.deepEqual(dialled('qemu+tcp://h2:7000/system?pkipath=/x'), { address: 'h2', port: 7000 })
  assert.equal(dialled('qemu+unix:///system?socket=/x'), undefined)
})

test('a host on whose port nobody listens is refused by name, one that listens again is taken', async () => {
  const runtime = { ...systemRuntime(), sleep: async () => {} }
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const values: Record<string, string> = {
    'alto.migration.uri': `qemu+tls://127.0.0.1:${port}/system`,
    'alto.migration.address': '127.0.0.1',
  }
  const settings = { get: (name: string) => values[name] } as Settings
  await requireListener(settings, runtime)
  await new Promise((resolve) => server.close(resolve))
  await assert.rejects(requireListener(settings, runtime), (error: { data?: Record<string, unknown> }) => {
    assert.equal(error.data?.code, 'vm.migration-port')
    assert.match(String(error.data?.seen), /ECONNREFUSED/)
    assert.match(String(error.data?.fix), /libvirtd-tls\.socket/)
    return true
  })
  // A libvirtd that is being restarted comes back between two looks.
  let looks = 0
  const patient = {
    ...runtime,
    async sleep() {
      if (++looks === 2) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    },
  }
  await requireListener(settings, patient)
  server.close()
})

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { defaultSocket, parseUri } from './address.ts'
import { ConnectError } from './errors.ts'

describe('libvirt URIs', () => {
  it('name a socket, a TCP port or a TLS port', () => {
    assert.deepEqual(parseUri('qemu+unix:///system?socket=/run/x'), {
      address: { transport: 'unix', path: '/run/x' },
      driverUri: 'qemu:///system',
    })
    assert.deepEqual(parseUri('qemu+tcp://h1.example/system'), {
      address: { transport: 'tcp', host: 'h1.example', port: 16509 },
      driverUri: 'qemu:///system',
    })
    assert.deepEqual(parseUri('qemu+tls://[2001:db8::1]:17000/system?no_verify=1&pkipath=/pki'), {
      address: { transport: 'tls', host: '2001:db8::1', port: 17000, tls: { verify: false }, pkiPath: '/pki' },
      driverUri: 'qemu:///system',
    })
    assert.equal(parseUri('qemu://host/system').address.transport, 'tls')
    assert.equal(parseUri('test+tcp://127.0.0.1/default').driverUri, 'test:///default')
    assert.equal(parseUri('remote+tcp://h/?name=xen:///').driverUri, 'xen:///')
  })

  it('that cannot be followed are refused with the reason', () => {
    for (const [uri, reason] of [
      ['nonsense', /not of the form/],
      ['qemu+ssh://h/system', /"ssh" is not supported/],
      ['qemu+tls:///system', /needs a host/],
      ['qemu+unix://h/system', /has no host/],
      ['qemu+tcp://h:99999/system', /port 99999/],
    ] as const) {
      assert.throws(
        () => parseUri(uri),
        (e) => e instanceof ConnectError && e.code === 'BAD_ADDRESS' && reason.test(e.message),
      )
    }
  })

  it("of a user's session lead to the modular daemon where it runs, to libvirtd elsewhere", () => {
    const dir = mkdtempSync(join(tmpdir(), 'alto-uri-'))
    try {
      const env = { XDG_RUNTIME_DIR: dir }
      assert.equal(defaultSocket('qemu:///session', env), `${dir}/libvirt/libvirt-sock`)
      mkdirSync(join(dir, 'libvirt'))
      writeFileSync(join(dir, 'libvirt', 'virtqemud-sock'), '')
      assert.equal(defaultSocket('qemu:///session', env), `${dir}/libvirt/virtqemud-sock`)
      assert.equal(defaultSocket('test:///default', env), '/run/libvirt/libvirt-sock')
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})

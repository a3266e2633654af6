import assert from 'node:assert/strict'
import test from 'node:test'
import { redact } from './redact.ts'

const canary = 'cAnAry7391'
const pem = `-----BEGIN EC PRIVATE KEY-----\n${canary}${canary}\n-----END EC PRIVATE KEY-----`

test('no secret survives, whatever its form', () => {
  for (const text of [
    `password=${canary}`,
    `keystore.passphrase = ${canary}`,
    `{"level":30,"password":"${canary}","msg":"x"}`,
    `{"msg":"{\\"apiKey\\":\\"${canary}\\",\\"a\\":1}"}`,
    `secretkey: '${canary} with blanks'`,
    `"vncPassword": "two ${canary} words"`,
    `mysql://cloud:${canary}@10.0.0.1/cloud`,
    `sshpass --password ${canary} root@h1`,
    `<graphics type='vnc' passwd='${canary}'/>`,
    `GET /client/api?apikey=${canary}&signature=${canary}`,
    `Authorization: Bearer ${canary}`,
    `node.session.auth.password = ${canary}`,
    `before\n${pem}\nafter`,
    pem.slice(0, 50),
    `join ${canary}${'x'.repeat(120)}`,
    `export AWS_SECRET_ACCESS_KEY=${canary}`,
    `token: ${canary}`,
  ]) {
    assert.ok(!redact(text).includes(canary), `${text} became ${redact(text)}`)
  }
})

test('what is no secret stays', () => {
  for (const text of [
    'host=10.0.0.1:8250',
    'nfs: server 10.0.0.9 not responding',
    `certificate fingerprint ${'ab12'.repeat(16)}`,
    '{"level":30,"msg":"Agent connected","host":"h1"}',
    'PasswordAuthentication yes',
  ]) {
    assert.equal(redact(text), text)
  }
})

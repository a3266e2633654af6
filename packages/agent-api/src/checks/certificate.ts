import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { CheckSubject } from './check-subject.ts'
import { defineCheck, fail, ok, shell, type Verdict, warn } from './define-check.ts'

const cut = '----8<----'
/** The public half of the key, where openssl is there to tell it; never the key itself. */
const script = [
  `cat "$1"; echo; echo '${cut}'; cat "$2"; echo; echo '${cut}'`,
  'command -v openssl > /dev/null && openssl pkey -in "$3" -pubout 2>&1; true',
].join('\n')
const again = 'Run addHost again with the same address: it gives the host a new certificate.'

export const certificateCheck = defineCheck({
  name: 'certificate',
  proves: "The host's certificate is valid now, of this cloud's CA, and names this host.",
  code: 'check.certificate',
  at: ['doctor'],
  seenBy: 'host',
  args: ({ joined, files }) => (joined ? shell(script, files.certificate, files.ca, files.key) : undefined),
  judge(end, subject, { answered }) {
    const [certificate = '', ca = '', publicKey = ''] = end.stdout.split(cut).map((part) => part.trim())
    if (certificate === '' || ca === '') return fail(end.stderr.trim().split('\n')[0] || 'no certificate', again)
    try {
      return judgeCertificate(new X509Certificate(certificate), new X509Certificate(ca), publicKey, subject, answered)
    } catch (error) {
      return fail(`the certificate cannot be read: ${error instanceof Error ? error.message : String(error)}`, again)
    }
  },
})

function judgeCertificate(
  own: X509Certificate,
  ca: X509Certificate,
  publicKey: string,
  subject: CheckSubject,
  now: number,
): Verdict {
  const [from, to] = [Date.parse(own.validFrom), Date.parse(own.validTo)]
  const until = `valid until ${new Date(to).toISOString()}`
  if (to <= now) return fail(`expired ${new Date(to).toISOString()}`, again)
  if (from > now) return fail(`not valid before ${new Date(from).toISOString()}`, 'Set the clock of the host right.')
  const caPrint = createHash('sha256').update(ca.raw).digest('hex')
  if (subject.caFingerprint !== undefined && caPrint !== subject.caFingerprint) {
    return fail(`the CA file is of another cloud (${ca.subject.replaceAll('\n', ', ')})`, again)
  }
  if (!own.checkIssued(ca) || !own.verify(ca.publicKey)) {
    return fail(`not issued by the CA of this cloud, but by ${own.issuer.replaceAll('\n', ', ')}`, again)
  }
  const name = /(?:^|\n)CN=([^\n]*)/.exec(own.subject)?.[1] ?? ''
  if (subject.hostUuid !== undefined && name !== subject.hostUuid) {
    return fail(`names host ${name}, this is host ${subject.hostUuid}`, again)
  }
  const refused = subject.refusedCertificates[own.serialNumber.toLowerCase().replace(/^0+/, '')]
  if (refused !== undefined) return fail(`serial ${own.serialNumber} is ${refused} in the database`, again)
  if (
    publicKey.startsWith('-----BEGIN') &&
    publicKey !== String(own.publicKey.export({ type: 'spki', format: 'pem' })).trim()
  ) {
    return fail('the key file does not belong to the certificate', again)
  }
  const { address } = subject
  if (address !== undefined && isIP(address) !== 0 && own.checkIP(address) === undefined) {
    return warn(
      `${until}; its names (${own.subjectAltName}) lack the host's address ${address}: migrations to it fail`,
      again,
    )
  }
  // Agents renew after two thirds of the life: the last sixth is never reached by one that works.
  if (now > to - (to - from) / 6) return warn(`${until}: its renewal is overdue`, 'Look at 8250 and restart the agent.')
  return ok(until)
}

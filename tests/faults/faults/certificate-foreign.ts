import { defineFault, sh } from '../fault.ts'

const file = '/etc/cloudstack/agent/cloud.crt'

export const fault = defineFault({
  make: (place) =>
    sh(
      place,
      `cp ${file} /root/kept.crt; openssl req -x509 -key /etc/cloudstack/agent/cloud.key -days 7 -subj /CN=${place.hostId} -out ${file}`,
    ),
  undo: ({ run }) => run('mv', '/root/kept.crt', file),
  names: [
    {
      check: 'certificate',
      status: 'fail',
      code: 'check.certificate',
      seen: /not issued by the CA/,
      fix: /addHost again/,
    },
  ],
})

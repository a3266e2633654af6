import { defineFault, sh } from '../fault.ts'

const file = '/etc/cloudstack/agent/cloud.crt'

export const fault = defineFault({
  make: (place) =>
    sh(
      place,
      `cp ${file} /root/kept.crt; faketime '2020-01-01 00:00:00' openssl req -x509 -key /etc/cloudstack/agent/cloud.key -days 7 -subj /CN=${place.hostId} -out ${file}`,
    ),
  undo: ({ run }) => run('mv', '/root/kept.crt', file),
  names: [
    { check: 'certificate', status: 'fail', code: 'check.certificate', seen: /expired 2020/, fix: /addHost again/ },
  ],
})

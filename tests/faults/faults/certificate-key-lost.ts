import { defineFault, sh } from '../fault.ts'

const file = '/etc/cloudstack/agent/cloud.key'

export const fault = defineFault({
  make: (place) =>
    sh(
      place,
      `cp -a ${file} /root/kept.key; umask 077; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${file}`,
    ),
  undo: ({ run }) => run('mv', '/root/kept.key', file),
  names: [
    { check: 'certificate', status: 'fail', code: 'check.certificate', seen: /does not belong/, fix: /addHost again/ },
  ],
})

import { defineFault, sh } from '../fault.ts'

const file = '/root/.ssh/authorized_keys'

export const fault = defineFault({
  make: (place) => sh(place, `cp -a ${file} /root/keys; sed -i '/altostack/d' ${file}`),
  undo: (place) => sh(place, `cat /root/keys > ${file}`),
  names: [{ check: 'ssh', status: 'warn', code: 'check.ssh', seen: /refused the server's key/, fix: /alto ssh-key/ }],
  heals: true,
})

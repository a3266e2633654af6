import { addRule, defineFault, removeRules, sh } from '../fault.ts'

const path = '/mnt/doctor-log'

/** Another mount with little patience, whose server falls silent under a read: the kernel says so in its log. */
export const fault = defineFault({
  async make(place) {
    const { nas } = place.env.lab
    const options = 'vers=4.2,nosharecache,timeo=10,retrans=1'
    await sh(
      place,
      `mkdir -p ${path}; mount -t nfs -o ${options} ${nas?.addresses[0]}:${nas?.exports.secondary} ${path}`,
    )
    await addRule(place, 'output', 'tcp dport 2049 drop')
    await sh(
      place,
      `ls ${path} > /dev/null 2>&1 &
      for at in $(seq 1 50); do dmesg | grep -q 'server .* not responding' && exit 0; sleep 1; done; exit 1`,
    )
  },
  async undo(place) {
    await removeRules(place)
    await sh(place, `timeout -s KILL 40 ls ${path} > /dev/null; umount -f ${path} || umount -l ${path}`)
  },
  names: [
    {
      check: 'kernel-rpc',
      status: 'fail',
      code: 'check.kernel-rpc',
      seen: /not responding/,
      fix: /NFS|network|server/,
    },
  ],
})

import { defineFault, sh } from '../fault.ts'

const file = '/etc/systemd/system/avahi-daemon.service'

export const fault = defineFault({
  make: (place) =>
    sh(
      place,
      `printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > ${file}; systemctl daemon-reload; systemctl enable --now avahi-daemon`,
    ),
  undo: (place) => sh(place, `systemctl disable --now avahi-daemon; rm ${file}; systemctl daemon-reload`),
  names: [
    {
      check: 'services',
      status: 'warn',
      code: 'check.services',
      seen: /avahi-daemon\.service \(announces/,
      fix: /disable/,
    },
  ],
  heals: 'by-name',
})

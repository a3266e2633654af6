import { errorCatalogue, failures } from '@altostack/core'

/** Failures of the lab: each says what this machine lacks, or which host or program did not answer. */
export const labErrors = errorCatalogue({
  'lab.root': {
    api: 531,
    cause: 'The lab makes bridges, mounts and namespaces, which only root may do.',
    fix: 'Run the command as root.',
  },
  'lab.packages': {
    api: 533,
    cause: 'Debian packages that the lab runs are not installed.',
    fix: 'Run ./alto lab up --yes, or install the named packages with apt-get.',
  },
  'lab.program': {
    api: 530,
    cause: 'A program of this machine failed.',
    fix: 'Read its last words, which are given with the error.',
  },
  'lab.none': {
    api: 431,
    cause: 'There is no lab in this directory.',
    fix: 'Run ./alto lab up first, or give --data-dir.',
  },
  'lab.argument': { api: 431, cause: 'An argument of the command is missing or wrong.', fix: 'See ./alto lab help.' },
  'lab.host-unknown': { api: 431, cause: 'The lab has no host of that name.', fix: 'See ./alto lab list.' },
  'lab.host-off': { api: 537, cause: 'The host is off.', fix: 'Start it with ./alto lab start HOST.' },
  'lab.host-start': {
    api: 537,
    cause: 'The host did not come up.',
    fix: "Read the host's console.log in the lab's directory.",
  },
  'lab.subnet': {
    api: 533,
    cause: 'Every subnet that the lab may take overlaps a route of this machine.',
    fix: 'Free a /24 in 10.64.0.0/10, or bring down other labs.',
  },
  'lab.storage-bind': {
    api: 431,
    cause: 'The shared directory is bind-mounted: there is no wire between host and storage that could be cut.',
    fix: 'Make the lab with --shared-via fuse.',
  },
  'lab.kernel': {
    api: 533,
    cause: 'The kernel of this machine lacks something that the lab is built on.',
    fix: 'Use a kernel that has it; packages/lab/README.md lists what is needed.',
  },
})

export const labFailure = failures(labErrors)

import { errorCatalogue, failures } from '../errors.ts'

/** Failures of templates: registering, fetching, examining, installing. */
export const templateErrors = errorCatalogue({
  'template.url': {
    api: 431,
    cause: 'The url cannot be read, or its scheme is not one that is fetched.',
    fix: 'Use http:// or https:// and the full name of the image.',
  },
  'template.format': {
    api: 431,
    cause: 'Templates are QCOW2 or RAW.',
    fix: 'Convert the image with qemu-img convert.',
  },
  'template.checksum-form': {
    api: 431,
    cause: 'The checksum is not of a known form.',
    fix: 'Write {SHA-256}HEX, {SHA-512}HEX, {SHA-1}HEX or {MD5}HEX; bare hex is told by its length.',
  },
  'template.public': {
    api: 531,
    cause: 'Only an administrator registers public or featured templates here.',
    fix: 'Leave ispublic and isfeatured out, or ask an administrator; see allow.public.user.templates.',
  },
  'template.address-refused': {
    api: 530,
    cause: 'The url leads to a private, loopback or link-local address.',
    fix: 'An administrator may name its network in alto.fetch.allowed.cidrs.',
  },
  'template.download': {
    api: 530,
    cause: 'The image could not be fetched.',
    fix: 'See what was seen; check the url from the management server.',
  },
  'template.fetch-time': {
    api: 530,
    cause: 'Fetching the image took longer than it may.',
    fix: 'Fetch from a faster source, or raise alto.fetch.total.timeout.',
  },
  'template.too-large': {
    api: 530,
    cause: 'The image is larger than templates may be.',
    fix: 'Raise max.template.iso.size (GiB), or make the image smaller.',
  },
  'template.wrong-checksum': {
    api: 530,
    cause: 'The fetched image does not have the given checksum.',
    fix: 'Compare url and checksum; fetch again.',
  },
  'template.image': {
    api: 530,
    cause: 'The image is not what its format says, or refers to other files.',
    fix: 'Flatten it with qemu-img convert and register it again.',
  },
  'template.virtual-size': {
    api: 530,
    cause: 'The disk inside the image is larger than templates may be.',
    fix: 'Raise max.template.iso.size (GiB), or make the disk smaller.',
  },
  'template.no-space': {
    api: 530,
    cause: 'The image store of the management server has too little free space.',
    fix: 'Free space in the data directory of the server.',
  },
  'template.not-ready': {
    api: 431,
    cause: 'The template is not downloaded.',
    fix: 'Wait until listTemplates says isready, or register it again.',
  },
  'template.zone': {
    api: 431,
    cause: 'The template is not in the zone.',
    fix: 'Register it for the zone.',
  },
})
export const templateFailure: ReturnType<typeof failures<typeof templateErrors>> = failures(templateErrors)

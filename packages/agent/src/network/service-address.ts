/** Where guests find DHCP, DNS and metadata: on every host and network the same. */
export const serviceAddress = '169.254.169.254'
export const serviceMac = '02:a9:fe:a9:fe:fe'

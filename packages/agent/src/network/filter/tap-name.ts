/** The NIC's device on whatever host it is, so that its rules are there before it is. Linux allows 15 characters. */
export function tapName(nicUuid: string): string {
  return `tap${nicUuid.replaceAll('-', '').slice(0, 11)}`
}

/** Guests' devices, by our name or by libvirt's. */
export function isTap(name: string): boolean {
  return /^(vnet\d+|tap[0-9a-f]{11}|tap\d+)$/.test(name)
}

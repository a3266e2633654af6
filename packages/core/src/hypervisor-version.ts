/**
 * Orders versions of libvirt or QEMU by their first two numbers (`7.2.22` and `7.2` are equal): within these, live
 * migration goes both ways. Negative when `one` is the older.
 */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)]
  return a[0] - b[0] || a[1] - b[1]
}

function numbers(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return [major, minor]
}

/** X11 key symbol of a character: Latin-1 as it is, others by code point. */
export function keysymOf(character: string): number {
  const point = character.codePointAt(0) ?? 0
  if (point === 10) return 0xff0d
  if (point === 9) return 0xff09
  return point >= 0x20 && point <= 0xff ? point : 0x01000000 | point
}

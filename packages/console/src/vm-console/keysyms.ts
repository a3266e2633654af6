/** X11 key symbols of a text, for pasting into a guest that has no clipboard: Latin-1 as it is, others by code point. */
export function keysymsOf(text: string): readonly number[] {
  return [...text.replaceAll('\r\n', '\n')].map((character) => {
    const point = character.codePointAt(0) ?? 0
    if (point === 10) return 0xff0d
    if (point === 9) return 0xff09
    if (point >= 0x20 && point <= 0xff) return point
    return 0x01000000 | point
  })
}

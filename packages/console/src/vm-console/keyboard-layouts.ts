/**
 * What the keys of a keyboard give, for typing a text into a guest: keys are sent as scan codes, so what comes out is
 * the guest's layout. Each layout is its four rows of keys, plain, with Shift and with AltGr; a space stands for nothing.
 */
const rows = [
  'Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal',
  'KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight',
  'KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backslash',
  'IntlBackslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash',
].map((row) => row.split(' '))

type Layout = {
  readonly name: string
  readonly plain: readonly [string, string, string, string]
  readonly shift: readonly [string, string, string, string]
  readonly altGr?: Readonly<Record<string, string>>
  /** Keys that wait for the next one: a space after them gives the sign itself. */
  readonly dead?: string
}

export const layouts = {
  us: {
    name: 'English (US)',
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", ' zxcvbnm,./'],
    shift: ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', ' ZXCVBNM<>?'],
  },
  uk: {
    name: 'English (UK)',
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'#", '\\zxcvbnm,./'],
    shift: ['¬!"£$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:@~', '|ZXCVBNM<>?'],
    altGr: { '€': 'Digit4' },
  },
  de: {
    name: 'Deutsch',
    plain: ['^1234567890ß´', 'qwertzuiopü+', 'asdfghjklöä#', '<yxcvbnm,.-'],
    shift: ['°!"§$%&/()=?`', 'QWERTZUIOPÜ*', "ASDFGHJKLÖÄ'", '>YXCVBNM;:_'],
    altGr: {
      '{': 'Digit7',
      '[': 'Digit8',
      ']': 'Digit9',
      '}': 'Digit0',
      '\\': 'Minus',
      '@': 'KeyQ',
      '€': 'KeyE',
      '~': 'BracketRight',
      '|': 'IntlBackslash',
      µ: 'KeyM',
    },
    dead: '^´`',
  },
  fr: {
    name: 'Français',
    plain: ['²&é"\'(-è_çà)=', 'azertyuiop^$', 'qsdfghjklmù*', '<wxcvbn,;:!'],
    shift: [' 1234567890°+', 'AZERTYUIOP¨£', 'QSDFGHJKLM%µ', '>WXCVBN?./§'],
    altGr: {
      '~': 'Digit2',
      '#': 'Digit3',
      '{': 'Digit4',
      '[': 'Digit5',
      '|': 'Digit6',
      '`': 'Digit7',
      '\\': 'Digit8',
      '^': 'Digit9',
      '@': 'Digit0',
      ']': 'Minus',
      '}': 'Equal',
      '€': 'KeyE',
    },
    dead: '¨',
  },
} as const satisfies Readonly<Record<string, Layout>>
export type LayoutName = keyof typeof layouts

/** A key as the browser names it, and what is held with it. */
export type Stroke = { readonly code: string; readonly shift: boolean; readonly altGr: boolean }

const named: Readonly<Record<string, string>> = { ' ': 'Space', '\n': 'Enter', '\t': 'Tab' }

/** The keys that write a text; undefined for what the layout cannot write. */
export function strokesOf(text: string, name: LayoutName): readonly { char: string; strokes?: readonly Stroke[] }[] {
  const layout: Layout = layouts[name]
  const known = new Map<string, Stroke>()
  for (const [char, code] of Object.entries(named)) known.set(char, { code, shift: false, altGr: false })
  for (const [char, code] of Object.entries(layout.altGr ?? {})) known.set(char, { code, shift: false, altGr: true })
  for (const level of ['plain', 'shift'] as const) {
    for (const [index, row] of rows.entries()) {
      for (const [place, char] of [...layout[level][index as 0]].entries())
        if (char !== ' ' && !known.has(char))
          known.set(char, { code: row[place] ?? '', shift: level === 'shift', altGr: false })
    }
  }
  const space: Stroke = { code: 'Space', shift: false, altGr: false }
  return [...text.replaceAll('\r\n', '\n')].map((char) => {
    const stroke = known.get(char)
    if (!stroke) return { char }
    const waits = !stroke.altGr && layout.dead?.includes(char) === true
    return { char, strokes: waits ? [stroke, space] : [stroke] }
  })
}

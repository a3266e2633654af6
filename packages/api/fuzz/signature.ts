import { createHmac } from 'node:crypto'
import { AltoError } from '@altostack/core'
import { mergePairs, type Pair, parseForm } from '../src/wire/parse-form.ts'
import { canonicalVariants, checkExpiry, sign, verifySignature } from '../src/wire/signature.ts'
import { type Choices, choices } from './random.ts'

const hmac = (secretKey: string, text: string): string => createHmac('sha1', secretKey).update(text).digest('base64')

/**
 * Signs `inputs` hostile requests: each must verify, each changed one must not, and no signature or date, however
 * broken, may do worse than 401. Throws with seed and input otherwise.
 */
export function fuzz(inputs: number, seed: number): { inputs: number; verified: number; refused: number } {
  const random = choices(seed)
  let verified = 0
  let refused = 0
  for (let at = 0; at < inputs; at++) {
    const pairs = request(random)
    try {
      const signature = sign(pairs, 'secret', hmac)
      if (!verifySignature([...pairs, ['signature', signature]], 'secret', hmac))
        throw new Error('its own signature is refused')
      verified++
      const changed = change(pairs, random)
      const same = canonicalVariants(changed).some((text) => hmac('secret', text) === signature)
      if (!same && verifySignature([...changed, ['signature', signature]], 'secret', hmac))
        throw new Error('a changed request verifies')
      if (verifySignature([...pairs, ['signature', random.text(40)]], 'secret', hmac))
        throw new Error('garbage verifies')
      refused++
      checkDates(random)
    } catch (error) {
      throw new Error(`seed ${seed}, input ${at}: ${JSON.stringify(pairs)}`, { cause: error })
    }
  }
  return { inputs, verified, refused }
}

function request(random: Choices): readonly Pair[] {
  const pairs = Array.from({ length: 1 + random.below(8) }, (): Pair => [`n${random.text(6)}`, random.text(20)])
  const form = pairs.map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join('=')).join('&')
  return mergePairs(parseForm(form), [])
}

function change(pairs: readonly Pair[], random: Choices): readonly Pair[] {
  const at = random.below(pairs.length)
  return pairs.map(
    ([name, value], index): Pair =>
      index === at ? [name, `${value}${random.pick(['x', '&', '=', ' ', '%'])}`] : [name, value],
  )
}

function checkDates(random: Choices): void {
  const expires =
    random.next() < 0.5
      ? `20${10 + random.below(40)}-0${random.below(10)}-01T00:00:00${random.pick(['Z', '+0000', ' 0000', ''])}`
      : random.text(24)
  try {
    checkExpiry(
      [
        ['signatureVersion', random.pick(['3', '2', ''])],
        ['expires', expires],
      ],
      1.75e12,
      random.next() < 0.5,
    )
  } catch (error) {
    if (!(error instanceof AltoError) || error.api !== 401) throw error
  }
}

import { createI18n } from 'vue-i18n'
import { en } from './en.ts'
import { pseudo, pseudoMessages } from './pseudo.ts'

const place = 'altostack.locale'
const chosen = localStorage.getItem(place) ?? 'en'

/** English, and a pseudo-locale (`altostack.locale` = `pseudo` in the browser's storage) that shows what is not translated. */
export const i18n = createI18n({
  legacy: false,
  locale: chosen === 'pseudo' ? 'pseudo' : 'en',
  fallbackLocale: 'en',
  messages: { en, pseudo: pseudoMessages(en) as unknown as typeof en },
})

/** A text that is made of the contract's words, not of ours. */
export function derived(text: string): string {
  return i18n.global.locale.value === 'pseudo' ? pseudo(text) : text
}

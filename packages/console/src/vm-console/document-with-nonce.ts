/** The document, whose style elements carry the nonce of the page: the content policy refuses those without. */
export function documentWithNonce(): Document {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
  return new Proxy(document, {
    get(target, key) {
      if (key === 'createElement') {
        return (tag: string, options?: ElementCreationOptions) => {
          const element = target.createElement(tag, options)
          if (element instanceof HTMLStyleElement) element.nonce = nonce
          return element
        }
      }
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

/** Naive UI makes its style elements at run time: they carry the nonce of the page, or the content policy refuses them. */
function styleNonce(): Plugin {
  return {
    name: 'style-nonce',
    transform(code, id) {
      if (!/css-render\/(?:esm|lib)\/utils\.js$/.test(id)) return undefined
      const made = "document.createElement('style');"
      if (!code.includes(made)) throw new Error('css-render makes its style elements elsewhere now')
      const nonce = "document.querySelector('meta[property=csp-nonce]')?.nonce ?? ''"
      return { code: code.replace(made, `${made} el.nonce = ${nonce};`), map: null }
    },
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/client/',
  plugins: [vue(), styleNonce()],
  html: { cspNonce: '__CSP_NONCE__' },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/client/api': 'http://127.0.0.1:8080', '/client/events': 'http://127.0.0.1:8080' } },
})

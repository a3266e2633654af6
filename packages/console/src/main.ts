import { createPinia } from 'pinia'
import { createApp } from 'vue'
import AppRoot from './AppRoot.vue'
import { i18n } from './i18n/i18n.ts'
import { router } from './router.ts'
import './theme/tokens.css'
import './theme/shapes.css'

createApp(AppRoot).use(createPinia()).use(i18n).use(router).mount('#app')

import { darkTheme, type GlobalThemeOverrides } from 'naive-ui'
import { computed, ref, watchEffect } from 'vue'

export type ThemeChoice = 'system' | 'light' | 'dark'
const place = 'altostack.theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(system.matches)
system.addEventListener('change', (event) => {
  systemDark.value = event.matches
})

export const themeChoice = ref<ThemeChoice>((localStorage.getItem(place) as ThemeChoice | null) ?? 'system')
export const isDark = computed(() => (themeChoice.value === 'system' ? systemDark.value : themeChoice.value === 'dark'))
export const naiveTheme = computed(() => (isDark.value ? darkTheme : null))

watchEffect(() => {
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
  localStorage.setItem(place, themeChoice.value)
})

const fonts = "Inter, 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
const mono = "ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Menlo, monospace"
const shape = { fontFamily: fonts, fontFamilyMono: mono, borderRadius: '7px', fontWeightStrong: '600' }

/** Placeholders and helpers are dark (or light) enough to be read. */
export const themeOverrides = computed<GlobalThemeOverrides>(() =>
  isDark.value
    ? {
        common: {
          ...shape,
          primaryColor: '#2dd4bf',
          primaryColorHover: '#5eead4',
          primaryColorPressed: '#14b8a6',
          primaryColorSuppl: '#2dd4bf',
          bodyColor: '#0b1220',
          cardColor: '#111a2b',
          modalColor: '#162136',
          popoverColor: '#1b2840',
          tableColor: '#111a2b',
          inputColor: '#0d1626',
          borderColor: '#2b3b58',
          dividerColor: '#22304a',
          textColor1: '#f1f5f9',
          textColor2: '#dbe5f0',
          textColor3: '#9fb0c6',
          placeholderColor: '#8fa1b8',
        },
        Input: { border: '1px solid #2b3b58' },
        InternalSelection: { border: '1px solid #2b3b58' },
        Steps: { headerTextColorWait: '#9fb0c6', headerTextColorFinish: '#9fb0c6', indicatorTextColorWait: '#9fb0c6' },
        Button: {
          textColorPrimary: '#042f2e',
          textColorHoverPrimary: '#042f2e',
          textColorPressedPrimary: '#042f2e',
          textColorFocusPrimary: '#042f2e',
        },
      }
    : {
        common: {
          ...shape,
          primaryColor: '#0f766e',
          primaryColorHover: '#0d9488',
          primaryColorPressed: '#115e59',
          primaryColorSuppl: '#0f766e',
          bodyColor: '#f4f6f8',
          textColor1: '#0f172a',
          textColor2: '#1e293b',
          textColor3: '#5b6779',
          placeholderColor: '#64748b',
          borderColor: '#cbd5e1',
          dividerColor: '#e2e8f0',
          errorColor: '#b91c1c',
          warningColor: '#a16207',
          successColor: '#15803d',
        },
        Steps: { headerTextColorWait: '#5b6779', headerTextColorFinish: '#475569', indicatorTextColorWait: '#5b6779' },
      },
)

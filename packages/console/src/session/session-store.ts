import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { callApi, useSession } from '../api/transport.ts'

export type Login = {
  readonly username: string
  readonly userid: string
  readonly account: string
  readonly domainid: string
  readonly type: string
  readonly sessionkey: string
}
const place = 'altostack.session'

/**
 * Who is logged in. The cookie that is the session can be read by no script; the key kept here is what the server asks for
 * beside it, so that no other site can speak in this user's name.
 */
export const useSessionStore = defineStore('session', () => {
  const login = ref<Login | undefined>(stored())
  /** True when the server ended it, not the user. */
  const expired = ref(false)

  useSession({
    key: () => login.value?.sessionkey,
    lost: (key) => {
      if (key === login.value?.sessionkey) forget(true)
    },
  })
  // Another tab logged in or out.
  window.addEventListener('storage', (event) => {
    if (event.key === place) login.value = stored()
  })

  function forget(byServer: boolean): void {
    if (byServer && login.value !== undefined) expired.value = true
    login.value = undefined
    localStorage.removeItem(place)
  }

  async function logIn(username: string, password: string, domain: string): Promise<void> {
    const answer = await callApi('login', { username, password, domain }, { anonymous: true })
    const { userid, account, domainid, type, sessionkey } = answer
    login.value = { username, userid, account, domainid, type, sessionkey }
    expired.value = false
    localStorage.setItem(place, JSON.stringify(login.value))
  }

  async function logOut(): Promise<void> {
    await callApi('logout').catch(() => undefined)
    forget(false)
  }

  return {
    login,
    expired,
    loggedIn: computed(() => login.value !== undefined),
    isRootAdmin: computed(() => login.value?.type === '1'),
    logIn,
    logOut,
  }
})

function stored(): Login | undefined {
  try {
    const text = localStorage.getItem(place)
    return text === null ? undefined : (JSON.parse(text) as Login)
  } catch {
    return undefined
  }
}

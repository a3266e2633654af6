import { createRouter, createWebHashHistory } from 'vue-router'
import { part } from './shell/load-part.ts'

/** Addresses after `#`, so that the same page serves `/` and `/client/` and a reload finds its place. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/overview' },
    { path: '/overview', component: part(() => import('./pages/OverviewPage.vue')) },
    { path: '/infrastructure', component: part(() => import('./pages/InfrastructurePage.vue')) },
    { path: '/add/:what', component: part(() => import('./pages/WizardPage.vue')), props: true },
    { path: '/deploy', component: part(() => import('./pages/DeployPage.vue')) },
    { path: '/tasks', component: part(() => import('./pages/TasksPage.vue')) },
    { path: '/vm-console', component: part(() => import('./pages/VmConsolePage.vue')) },
    { path: '/:resource', component: part(() => import('./pages/ResourceListPage.vue')), props: true },
    { path: '/:resource/:id', component: part(() => import('./pages/ResourceDetailPage.vue')), props: true },
    { path: '/:rest(.*)*', redirect: '/overview' },
  ],
})

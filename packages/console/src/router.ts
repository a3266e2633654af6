import { createRouter, createWebHashHistory } from 'vue-router'

/** Addresses after `#`, so that the same page serves `/` and `/client/` and a reload finds its place. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/overview' },
    { path: '/overview', component: () => import('./pages/OverviewPage.vue') },
    { path: '/infrastructure', component: () => import('./pages/InfrastructurePage.vue') },
    { path: '/add/:what', component: () => import('./pages/WizardPage.vue'), props: true },
    { path: '/deploy', component: () => import('./pages/DeployPage.vue') },
    { path: '/tasks', component: () => import('./pages/TasksPage.vue') },
    { path: '/vm-console', component: () => import('./pages/VmConsolePage.vue') },
    { path: '/:resource', component: () => import('./pages/ResourceListPage.vue'), props: true },
    { path: '/:resource/:id', component: () => import('./pages/ResourceDetailPage.vue'), props: true },
    { path: '/:rest(.*)*', redirect: '/overview' },
  ],
})

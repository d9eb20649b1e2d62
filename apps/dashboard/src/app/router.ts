/** The screens and their addresses; the server knows the same list. */
import { createRouter, createWebHistory } from 'vue-router';

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: () => import('../home/HomeScreen.vue') },
    { path: '/reports', name: 'reports', component: () => import('../reports/ReportList.vue') },
    {
      path: '/reports/:id',
      name: 'report',
      component: () => import('../reports/ReportScreen.vue'),
      props: true,
    },
    { path: '/live', name: 'live', component: () => import('../boards/LiveScreen.vue') },
    { path: '/goals', name: 'goals', component: () => import('../goals/GoalsScreen.vue') },
    { path: '/keys', name: 'keys', component: () => import('../account/KeysScreen.vue') },
    { path: '/settings', name: 'settings', component: () => import('../account/SettingsScreen.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('../account/SignInScreen.vue') },
    { path: '/tv', name: 'tv', component: () => import('../tv/TvScreen.vue'), meta: { bare: true } },
    { path: '/:unknown(.*)*', name: 'unknown', component: () => import('./UnknownScreen.vue') },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
});

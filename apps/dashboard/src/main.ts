import { QueryClient, VUE_QUERY_CLIENT } from '@tanstack/vue-query';
import { createApp, watch } from 'vue';
import { ApiError } from './api/client';
import App from './app/App.vue';
import { preferences, startPreferences } from './app/preferences';
import { router } from './app/router';
import { loadWords } from './i18n';
import './styles/tokens.css';
import './styles/base.css';

startPreferences();

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A refused question is refused again; a server that is away is asked again by the panels' clock.
      retry: (failures, error) => failures < 1 && !(error instanceof ApiError && error.status >= 400),
      refetchOnWindowFocus: true,
      refetchIntervalInBackground: false,
      gcTime: 5 * 60_000,
    },
  },
});

// Provided by hand: the plug-in would bring its developer tools into the shell.
queryClient.mount();
const app = createApp(App).use(router).provide(VUE_QUERY_CLIENT, queryClient);
watch(
  () => preferences.locale,
  (locale) => void loadWords(locale),
);
void loadWords(preferences.locale).then(() => app.mount('#app'));

/** Names of scenes, as people choose them. */
import { boardName } from '../boards/names';
import { t } from '../i18n';
import { SCENES } from './scenes';

export function sceneName(id: string): string {
  const kind = SCENES.find((scene) => scene.id === id)?.kind;
  return kind === undefined || kind === 'board' ? boardName(id) : t(`tv.${kind}`);
}

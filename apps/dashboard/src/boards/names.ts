/** Names of the boards: a wall screen may not read the catalogue, which has them too. */
import { tOr } from '../i18n';

export const boardName = (board: string): string => tOr(`boards.${board}`, board);

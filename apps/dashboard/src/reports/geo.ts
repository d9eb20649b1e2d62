/** A mounted map as paths of a drawing: provinces by name, as the reports call them. */
import { TILES } from './provinces';

type Position = readonly [number, number, ...number[]];
interface Feature {
  properties?: { name?: unknown } | null;
  geometry?: { type: string; coordinates: unknown } | null;
}
export interface GeoMap {
  features: readonly Feature[];
}

export interface Shape {
  /** The province's name in reports, null for what is no province (borders). */
  province: string | null;
  path: string;
}

export const WIDTH = 600;
export const HEIGHT = 450;

/** `广东省`, `广西壮族自治区` as reports call them. */
export const provinceOf = (name: unknown): string | null =>
  typeof name === 'string'
    ? (Object.keys(TILES).find((province) => name.startsWith(province)) ?? null)
    : null;

const ringsOf = ({ geometry }: Feature): Position[][] => {
  if (geometry?.type === 'Polygon') return geometry.coordinates as Position[][];
  if (geometry?.type === 'MultiPolygon') return (geometry.coordinates as Position[][][]).flat();
  return [];
};

/** Shapes fitted into WIDTH by HEIGHT; degrees of longitude shrunk as in the middle of the map. */
export function shapesOf(map: GeoMap): Shape[] {
  const parts = map.features.map((feature) => ({ feature, rings: ringsOf(feature) }));
  const points = parts.flatMap(({ rings }) => rings.flat());
  if (points.length === 0) return [];
  const range = (axis: 0 | 1): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (const point of points) [low, high] = [Math.min(low, point[axis]), Math.max(high, point[axis])];
    return [low, high];
  };
  const [[west, east], [south, north]] = [range(0), range(1)];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(
    WIDTH / Math.max((east - west) * shrink, 1e-9),
    HEIGHT / Math.max(north - south, 1e-9),
  );
  const at = ([x, y]: Position): string =>
    `${((x - west) * shrink * scale).toFixed(1)} ${((north - y) * scale).toFixed(1)}`;
  return parts.map(({ feature, rings }) => ({
    province: provinceOf(feature.properties?.name),
    path: rings.map((ring) => `M${ring.map(at).join('L')}Z`).join(''),
  }));
}
